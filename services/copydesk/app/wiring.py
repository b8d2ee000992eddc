"""The one place where adapters are picked and put together."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import faust
import structlog
from faust.app.base import BootStrategy
from mode import Service

from copydesk.adapters.faust_sensor import faust_monitor
from copydesk.adapters.kafka.budget import ByteBudget
from copydesk.adapters.kafka.fuse import Fuse
from copydesk.adapters.kafka.jobs import Ask, Handled
from copydesk.adapters.kafka.partition import StageWork
from copydesk.adapters.kafka.progress import Progress
from copydesk.adapters.kafka.pump import StagePump
from copydesk.adapters.kafka.restore import Apply
from copydesk.adapters.kafka.selftest import check_transactions
from copydesk.adapters.kafka.topics import check_topics, declare_topics
from copydesk.adapters.metrics import Metrics
from copydesk.adapters.pool import ProcessTaskPool
from copydesk.adapters.spans import Spans
from copydesk.adapters.state_rocksdict import RocksStores
from copydesk.app.accounting import Accounting
from copydesk.app.agents import declare_agents
from copydesk.app.delivery import delivery_config
from copydesk.app.figures import watch_loop
from copydesk.app.handlers import DedupeHandler, Handler, PoolHandler, Refusal
from copydesk.app.health import declare_pages
from copydesk.app.page import DEFAULT_PORT
from copydesk.app.recent import Recent
from copydesk.app.settings import Settings
from copydesk.app.tracing import spans_for
from copydesk.core.dedupe import apply_event, prune
from copydesk.core.options import Options
from copydesk.core.ports import Overlay, StateStore, StateStores, TaskPool
from copydesk.core.stages import run_enrich, run_parse
from copydesk.core.warm_up import warm_up
from copydesk_schemas.reasons import Stage

_log = structlog.get_logger("copydesk.worker")


@dataclass(frozen=True, slots=True)
class Overrides:
    """Parts that replace the usual ones: fakes of a test, or those of the embedded demo."""

    pool: TaskPool | None = None
    stores: StateStores | None = None
    handlers: Mapping[Stage, Handler] | None = None
    apply: Apply | None = None
    """Applies a record of the state log, where `handlers` has a dedupe stage of its own."""
    metrics: Metrics | None = None
    spans: Spans | None = None
    web: bool = True


class Desk(Service):
    """Everything that runs beside Faust: topics, self-test, pool and pumps, started and stopped with the app."""

    def __init__(self, settings: Settings, overrides: Overrides, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self.config = delivery_config(settings)
        self.options = settings.options()
        self.metrics = overrides.metrics or Metrics(settings.stages, settings.top_sources)
        self.recent = Recent(settings.web_page_articles) if settings.web_page else None
        self.accounting = Accounting(self.metrics, observe=self.recent.record if self.recent is not None else None)
        self.started_at = datetime.now(UTC)
        self.activity = Progress()
        self.spans = overrides.spans or spans_for(settings, {stage: self.config.group(stage) for stage in Stage})
        self.pumps: dict[Stage, StagePump] = {}
        self.starting: str | None = "waiting for its turn"
        """What the start is at; None once it is done."""
        self._start = Progress()
        self.pool: TaskPool | None = overrides.pool
        self._loop_watch: asyncio.Task[None] | None = None
        self._overrides = overrides
        self._asks: Mapping[Stage, Ask] = {}

    def handlers(self) -> dict[Stage, Handler]:
        """A handler for each stage of this worker."""
        given = self._overrides.handlers or {}
        in_pool = functools.partial(
            PoolHandler, pool=_Later(self), options=self.options, activity=self.activity, spans=self.spans
        )
        usual: dict[Stage, Handler] = {
            Stage.PARSE: in_pool(Stage.PARSE, run_parse),
            Stage.DEDUPE: DedupeHandler(self.options, spans=self.spans),
            Stage.ENRICH: in_pool(Stage.ENRICH, run_enrich),
        }
        return {stage: given.get(stage, usual[stage]) for stage in self.settings.stages}

    def connect(self, asks: Mapping[Stage, Ask]) -> None:
        """Learn how to reach the agents."""
        self._asks = asks

    @property
    def ready(self) -> bool:
        """Whether every stage has its partitions, open and restored."""
        return bool(self.pumps) and all(pump.ready for pump in self.pumps.values())

    def stalled(self) -> list[str]:
        """What has not moved for longer than the settings allow although it should, a sentence each."""
        after_s = self.settings.stall_after_s
        if self.starting is not None:
            idle = self._start.idle_for()
            return [f"start: {self.starting} for {idle:.0f} s"] if idle > after_s else []
        return [line for pump in self.pumps.values() for line in pump.stalled(after_s)]

    def forgive(self, seconds: float) -> None:
        """So much time was nobody's fault."""
        self._start.forgive(seconds)
        for pump in self.pumps.values():
            pump.forgive(seconds)

    def _begin(self, step: str) -> None:
        self.starting = step
        self._start.touch()

    async def on_start(self) -> None:
        """Declare topics, test the broker, start the pool, then the pumps."""
        self._loop_watch = asyncio.create_task(watch_loop(self.metrics), name="event-loop-delay")
        self._begin("declaring topics")
        if self.settings.declare_topics and self.config.transactional:
            await declare_topics(self.config, self.settings.replication_factor)
            await check_topics(self.config)
        self._begin("testing the broker's transactions")
        if self.config.transactional:
            await check_transactions(self.config)
        self._begin("loading models")
        needs_pool = {Stage.PARSE, Stage.ENRICH} & set(self.settings.stages) - set(self._overrides.handlers or {})
        if self.pool is None and needs_pool:
            limit = max(self.settings.parse_timeout_s, self.settings.enrich_timeout_s)
            pool = ProcessTaskPool(
                self.settings.workers(),
                limit,
                memory_mib=self.settings.pool_memory_mib,
                warm_up=functools.partial(warm_up, self.options),
                waited=self.metrics.pool_wait,
            )
            self.pool = pool
            await pool.start()
        self._begin("joining the consumer groups")
        for stage in self.settings.stages:
            self.pumps[stage] = StagePump(self._work(stage))
        # Together: after a kill each group waits for the session of the dead member, and three in a row take thrice.
        await asyncio.gather(*(pump.start() for pump in self.pumps.values()))
        self.starting = None

    async def on_stop(self) -> None:
        """Stop the pumps together, then the pool."""
        if self._loop_watch is not None:
            self._loop_watch.cancel()
            await asyncio.gather(self._loop_watch, return_exceptions=True)
        stopped = await asyncio.gather(*(pump.stop() for pump in self.pumps.values()), return_exceptions=True)
        for error in stopped:
            if isinstance(error, BaseException):
                _log.warning("a pump did not stop cleanly", exc_info=error)
        if self.pool is not None and self._overrides.pool is None:
            await self.pool.close()
        await asyncio.to_thread(self.spans.close)

    def _work(self, stage: Stage) -> StageWork:
        stateful = stage is Stage.DEDUPE
        stores = self._overrides.stores or RocksStores(self.settings.state_dir / self.settings.app_id)
        return StageWork(
            stage=stage,
            config=self.config,
            ask=self._asks[stage],
            refuse=Refusal(self.options),
            committed=self._committed,
            metrics=self.metrics,
            budget=ByteBudget(self.config.in_flight_bytes),
            fuse=Fuse(self.config.fuse),
            activity=None if stateful else self.activity,
            stores=stores if stateful else None,
            apply=(self._overrides.apply or functools.partial(_apply, self.options)) if stateful else None,
            # A state of someone else's making is not ours to prune.
            prune=functools.partial(_prune, self.options) if stateful and self._overrides.apply is None else None,
        )

    def _committed(self, stage: Stage, handled: Sequence[Handled]) -> None:
        for one in handled:
            self.accounting.record(stage, one.result)


class _Later:
    """The pool by the time it is needed: handlers exist before it has started."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def run(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Run in the desk's pool."""
        if self._desk.pool is None:
            raise RuntimeError("the pool has not started")
        return await self._desk.pool.run(function, *args, **kwargs)

    async def close(self) -> None:
        """The desk closes it."""


class _WithoutFaustKafka(BootStrategy):
    """Agents, timers and web pages as usual; consuming and publishing are ours, and start last."""

    enable_kafka = False

    def server(self) -> Iterable[Any]:
        app: Any = self.app
        return [*super().server(), app.desk]


class CopydeskApp(faust.App):
    """A Faust app with the desk beside it."""

    BootStrategy = _WithoutFaustKafka
    desk: Desk


def build_app(settings: Settings, *, overrides: Overrides | None = None) -> CopydeskApp:
    """The application. Two of them in one process share nothing."""
    overrides = overrides or Overrides()
    app = CopydeskApp(
        settings.app_id,
        broker=f"kafka://{settings.bootstrap_servers.split(',')[0].strip()}",
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=overrides.web,
        web_bind=settings.web_bind,
        web_host=settings.web_bind,
        web_port=settings.web_port or DEFAULT_PORT,
        # Pages for tables and routing, which this service has none of.
        web_router_enabled=False,
        web_tables_enabled=False,
        datadir=str(settings.state_dir / "faust"),
        stream_wait_empty=False,
        worker_redirect_stdouts=False,
    )
    app.desk = Desk(settings, overrides)
    app.monitor = faust_monitor(app.desk.metrics.registry)
    app.desk.connect(declare_agents(app, app.desk.handlers()))
    declare_pages(app)
    return app


@asynccontextmanager
async def running(app: CopydeskApp) -> AsyncIterator[CopydeskApp]:
    """The app within this process and event loop, without signal handlers: for tests and the embedded demo."""
    app.desk.settings.state_dir.mkdir(parents=True, exist_ok=True)  # Faust makes its own folder, no parents
    try:
        await app.start()
        app.flow_control.resume()  # channel agents receive nothing before
        yield app
    finally:
        await app.stop()
        # Faust makes a consumer even where none is enabled; its thread never starts, and its loop would stay open.
        thread = getattr(app.consumer, "_thread", None)
        if thread is not None:
            thread.thread_loop.close()


def _apply(options: Options, key: bytes, value: bytes | None, overlay: Overlay) -> None:
    apply_event(key, value, overlay, options.dedupe)


def _prune(options: Options, store: StateStore, newest_ms: int, limit: int) -> int:
    return prune(store, options.dedupe, newest_ms, limit=limit)
