"""Faults around the worker: sources, broker, machine, deployment."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from benchmarks.faults.proxy import Proxy
from benchmarks.monitoring.stand import Deployed
from benchmarks.monitoring.watch import Fired, watching
from confluent_kafka import KafkaException, Producer
from tests.support.documents import BROKEN
from tests.support.kafka import free_port
from tests.support.newswire import SOURCES, Trouble, newswire
from tests.support.service import Raw, Service

from copydesk_schemas.topics import TopicRole


def sources(fired: list[Fired]) -> None:
    """Sources that stop naming authors, stop sending, send rubbish; and nobody sends."""
    with watching(fired, 60) as watch:
        trouble = Trouble()
        news = watch.stand.stream(newswire(sources=SOURCES[:3], trouble=trouble), 8)
        time.sleep(100)  # rules need a past to compare with
        trouble.without_authors.add(SOURCES[0])
        watch.until(f"{SOURCES[0]} stops naming authors", "CopydeskFillRateDropped")
        trouble.silent.add(SOURCES[1])
        watch.until(f"{SOURCES[1]} stops sending", "CopydeskSourceSilent")
        news.halt()
        watch.until("nobody sends", "CopydeskNoInput")
        watch.stand.stream((Raw(value, b"broken") for value in itertools.cycle(BROKEN)), 5)
        watch.until("a crawler sends error pages and empty records", "CopydeskRejections")


def machine(fired: list[Fired]) -> None:
    """A machine that is short of CPU, a frozen worker, a frozen broker, a worker that is gone."""
    with watching(fired, 60) as watch:
        stand = watch.stand
        (worker,) = stand.service.processes
        stand.stream(newswire(), 3)
        time.sleep(10)
        with _stuttering(worker):
            watch.until("the process gets no CPU for 0.9 s of every 1.3 s", "CopydeskEventLoopSlow")
        watch.calm("CopydeskTargetDown")
        worker.send_signal(signal.SIGSTOP)
        watch.until("the worker is frozen (SIGSTOP)", "CopydeskTargetDown")
        worker.send_signal(signal.SIGCONT)
        watch.calm("CopydeskBrokerDown", "CopydeskNotReady")
        stand.broker.signal(signal.SIGSTOP)
        watch.until("the broker is frozen (SIGSTOP)", "CopydeskBrokerDown", "CopydeskNotReady", within_s=120)
        stand.broker.signal(signal.SIGCONT)
        stand.service.kill(worker)
        watch.until("the worker is gone (SIGKILL)", "CopydeskNoWorker")


@contextlib.contextmanager
def _repeating(step: Callable[[], None], pause_s: float) -> Iterator[None]:
    """Do something again and again beside what is done within, with a pause before each time."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(pause_s):
            step()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _stuttering(worker: subprocess.Popen[bytes]) -> contextlib.AbstractContextManager[None]:
    def stutter() -> None:
        worker.send_signal(signal.SIGSTOP)
        time.sleep(0.9)
        worker.send_signal(signal.SIGCONT)

    return _repeating(stutter, 0.4)


def delivery(fired: list[Fired]) -> None:
    """A topic that takes only small records, a second deployment with the same name, a worker that crashes."""
    with watching(fired, 10) as watch:
        stand = watch.stand
        stand.stream(newswire(), 4)
        time.sleep(5)
        asyncio.run(_limit(stand.broker.bootstrap, stand.service.names[TopicRole.ENRICHED], 3000))
        watch.until("the topic of enriched articles takes 3 kB a record", "CopydeskRecordsRefused")
        with _fencing(stand.broker.bootstrap, f"watched-{stand.service.names[TopicRole.PARSED]}-0"):
            watch.until(
                "a copy of the deployment with the same COPYDESK_APP_ID fences the producer of a partition",
                "CopydeskPartitionFailing",
                "CopydeskTransactionsAborted",
            )


def crashes(fired: list[Fired]) -> None:
    """A worker that crashes and is started again."""
    with watching(fired, 3) as watch:
        stand = watch.stand
        stand.stream(newswire(), 2)
        began = time.monotonic()
        for _ in range(3):
            stand.service.kill(stand.service.processes[-1])
            stand.service.start("worker", stand.port)
            stand.ready()
            time.sleep(5)  # be scraped
        watch.until("the worker is killed three times", "CopydeskRestarting", since=began, within_s=400)


async def _limit(bootstrap: str, topic: str, size: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        configs = {"max.message.bytes": str(size)}
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=configs)])
    finally:
        await admin.close()


def _fencing(bootstrap: str, transactional_id: str) -> contextlib.AbstractContextManager[None]:
    def fence() -> None:
        with contextlib.suppress(KafkaException):
            rival = {"bootstrap.servers": bootstrap, "transactional.id": transactional_id, "log_level": 0}
            Producer(rival).init_transactions(10)

    return _repeating(fence, 0.3)


def unscraped(fired: list[Fired]) -> None:
    """A second worker that Prometheus does not know."""
    with watching(fired, 60) as watch:
        stand = watch.stand
        stand.service.start("second", free_port())
        stand.stream(newswire(), 8)
        watch.until("a second worker that Prometheus does not scrape", "CopydeskBalanceOff")


def restore(fired: list[Fired]) -> None:
    """A state that must be filled again through a slow network."""
    outer, inner = free_port(), free_port()
    properties = {
        "listeners": f"PLAINTEXT://127.0.0.1:{{port}},SLOW://127.0.0.1:{inner},CONTROLLER://127.0.0.1:{{controller}}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{{port}},SLOW://127.0.0.1:{outer}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SLOW:PLAINTEXT,CONTROLLER:PLAINTEXT",
    }
    with Proxy(outer, inner, 1) as proxy, watching(fired, 60, Deployed(properties=properties)) as watch:
        stand = watch.stand
        news = stand.stream(newswire(), 10)
        stand.wait(lambda: news.sent > 600, 120)
        news.halt()
        time.sleep(15)
        stand.service.kill(stand.service.processes[0])
        shutil.rmtree(stand.service.folder / "worker")
        slow = Service(
            f"127.0.0.1:{outer}",
            stand.service.app_id,
            stand.service.folder,
            stand.service.names,
            stand.service.settings,
        )
        slow.start("worker", stand.port)
        stand.service.processes.extend(slow.processes)
        stand.wait(lambda: bool(stand.prometheus.query('up{job="copydesk"} == 1')), 90)
        proxy.bytes_per_s = 20_000
        watch.until("the state is gone, and the network passes 20 kB a second", "CopydeskRestoreSlow", within_s=150)
