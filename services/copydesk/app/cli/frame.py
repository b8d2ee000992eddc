"""One frame of `copydesk top`: `/api/now` drawn for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from copydesk.app.cli.cards import COLOURS
from copydesk.app.now import Condition, Lag, Now
from copydesk.app.recent import plain
from copydesk.app.why import duration

if TYPE_CHECKING:
    from copydesk.app.now import StageNow

_TONES = {
    Condition.HEALTHY: "bold green",
    Condition.STARTING: "bold blue",
    Condition.ATTENTION: "bold yellow",
    Condition.UNHEALTHY: "bold red",
}
_STATES = {"working": "green", "committing": "green", "waiting": "bold red", "paused": "bold red", "idle": "dim"}
_BLOCKS = "▁▂▃▄▅▆▇█"
_ARTICLES = 12
"""Articles of a frame that need not fit a screen."""
_LETTERS = 5
"""Codes of dead letters, at most."""
_LEAST = 3
"""So many articles are shown before any dead letters are."""
_HEADINGS = 2
"""Lines above the rows of a table: an empty one, and the columns' names."""
_LONG = 400


def frame(now: Now, console: Console, *, fit: bool, trouble: str | None = None) -> RenderableType:
    """The frame.

    Args:
        now: what the worker said.
        console: where it is shown.
        fit: whether it must fit the console's height: dead letters give way to articles.
        trouble: why there was no newer answer.
    """
    above = Group(*_health(now, trouble), _figures(now), *_history(now, console.width), _stages(now))
    if not fit:
        return Group(above, *_letters(now, _LETTERS), _articles(now, _ARTICLES))
    left = console.height - len(console.render_lines(above, pad=False)) - _HEADINGS
    letters = max(0, min(_LETTERS, len(now.dead_letters), left - 2 * _LEAST - _HEADINGS))
    room = (left - (letters + _HEADINGS if letters else 0)) // 2
    return Group(above, *_letters(now, letters), _articles(now, max(1, room)))


def _say(text: str, style: str = "") -> Text:
    return Text(plain(text, _LONG), style=style, overflow="ellipsis", no_wrap=True)


def _health(now: Now, trouble: str | None) -> list[RenderableType]:
    worker = now.worker
    line = Text.assemble(
        ("● ", _TONES[now.health.condition]), (plain(now.health.sentence, _LONG), _TONES[now.health.condition])
    )
    if trouble is not None:
        line = Text.assemble(("● ", "bold red"), (plain(trouble, _LONG), "bold red"), f" Below: {now.at:%H:%M:%S} UTC.")
    about = (
        f"{worker.app_id} on {worker.brokers} · {', '.join(worker.stages)} · copydesk {worker.version} · "
        f"up {duration(round(worker.uptime_s))} · {now.at:%H:%M:%S} UTC"
    )
    below = [*(_say(reason, "red") for reason in now.health.reasons), _say(about, "dim")]
    return [line, *(Padding(text, (0, 0, 0, 2)) for text in below)]


def _figures(now: Now) -> RenderableType:
    names = {"received": "in", "enriched": "enriched", "duplicate": "copies", "dead": "dead"}
    rates = [
        Text.assemble(
            (f"{label} ", "dim"),
            (f"{getattr(now.rates, name):,.1f}/s", COLOURS.get(name, "bold")),
            (f" of {getattr(now.totals, name):,}", "dim"),
        )
        for name, label in names.items()
    ]
    latency, in_flight = now.latency, now.totals.in_flight
    others = {
        "behind": _records(now.lag),
        "oldest waits": _seconds(now.lag),
        "median": "–" if latency is None else duration(latency.median_s),
        "95 % within": "–" if latency is None else duration(latency.p95_s),
        "in flight": "–" if in_flight is None else f"{in_flight:,}",
    }
    state = [Text.assemble((f"{label} ", "dim"), (value, "bold")) for label, value in others.items()]
    return Padding(Group(Text("   ").join(rates), Text("   ").join(state)), (1, 0, 1, 2))


def _history(now: Now, width: int) -> Iterator[RenderableType]:
    columns = max(20, min(100, width - 30))
    for name, label in (("received", "in"), ("dead", "dead letters")):
        series: Sequence[int] = getattr(now.history, name)
        means = _bins(series, columns)
        drawn = (sparkline(means), COLOURS.get(name, "cyan"))
        yield Text.assemble((f"  {label:<13}", "dim"), drawn, (f" up to {max(means):,.1f}/s", "dim"))
    minutes = len(now.history.received) * now.history.step_s // 60
    yield Text(f"  {'':<13}{f'−{minutes} min':<{columns - 3}}now", style="dim")


def _bins(series: Sequence[int], count: int) -> list[float]:
    """Means of `count` parts of about the same length."""
    edges = [round(place * len(series) / count) for place in range(count + 1)]
    return [sum(series[a:b]) / max(1, b - a) for a, b in pairwise(edges)]


def sparkline(values: Sequence[float]) -> str:
    """A character a value; the highest is a full block, and only nothing at all is a gap."""
    highest = max(values, default=0)
    if highest <= 0:
        return "·" * len(values)
    return "".join("·" if v <= 0 else _BLOCKS[min(7, int(v / highest * 8))] for v in values)


def _stages(now: Now) -> RenderableType:
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim", expand=False)
    table.add_column("stage")
    for name in ("/s", "behind", "oldest waits"):
        table.add_column(name, justify="right")
    table.add_column("partitions", overflow="fold")
    for stage in now.stages:
        table.add_row(
            stage.stage, f"{stage.per_second:,.1f}", _records(stage.lag), _seconds(stage.lag), _partitions(stage)
        )
    return Padding(table, (1, 0, 0, 2))


def _partitions(stage: StageNow) -> Text:
    """`0–3 idle, 4 working (12 behind)`: neighbours that do the same are told together."""
    if not stage.broker_answers:
        return Text("the brokers do not answer", style="bold red")
    if not stage.partitions:
        return Text("none", style="dim")
    runs: list[tuple[int, int, str, int]] = []
    for part in stage.partitions:
        what, behind = part.restored or part.state, part.lag.records or 0
        if runs and runs[-1][2] == what and runs[-1][1] + 1 == part.partition:
            runs[-1] = (runs[-1][0], part.partition, what, runs[-1][3] + behind)
        else:
            runs.append((part.partition, part.partition, what, behind))
    told = Text(", ").join(
        Text.assemble(
            f"{first}" if first == last else f"{first}–{last}",
            " ",
            (plain(what, _LONG), _STATES.get(what, "yellow")),
            f" ({behind:,} behind)" if behind else "",
        )
        for first, last, what, behind in runs
    )
    for part in stage.partitions:
        if part.trouble:
            told.append(f"\n{part.partition}: {plain(part.trouble, _LONG)}", style="red")
    return told


def _letters(now: Now, room: int) -> Iterator[RenderableType]:
    if not now.dead_letters or not room:
        return
    table = Table(box=None, padding=(0, 3, 0, 2), header_style="dim", expand=True)
    table.add_column("dead letters", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("what to do", ratio=1, no_wrap=True, overflow="ellipsis")
    for entry in now.dead_letters[:room]:
        table.add_row(Text(plain(entry.code, _LONG), style="red"), f"{entry.count:,}", _say(entry.hint))
    yield Padding(table, (1, 0, 0, 0))


def _articles(now: Now, room: int) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim", expand=True)
    table.add_column("UTC", no_wrap=True, style="dim")
    table.add_column("became", no_wrap=True)
    table.add_column("last articles, and why", ratio=1, no_wrap=True, overflow="ellipsis")
    for article in now.articles[:room]:
        told = " · ".join(part for part in (article.why, *article.evidence[:1]) if part)
        table.add_row(
            f"{article.at:%H:%M:%S}",
            Text.assemble(
                (plain(article.outcome, _LONG), COLOURS.get(article.outcome, "")),
                "\n",
                (plain(article.reason, _LONG), "dim"),
            ),
            Text.assemble((plain(article.title, _LONG), "bold"), "\n", plain(told, _LONG)),
        )
    if not now.articles:
        table.add_row("", "", Text("no article has ended yet", style="dim"))
    return Padding(table, (1, 0, 0, 0))


def _records(lag: Lag) -> str:
    return "?" if lag.records is None else f"{lag.records:,}"


def _seconds(lag: Lag) -> str:
    return "–" if lag.seconds is None else duration(lag.seconds)
