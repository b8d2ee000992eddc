"""`copydesk audit`: prove that each item has exactly one outcome, or name those that have not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from copydesk.app.cli import options
from copydesk.app.cli.broker import broker_config, broker_errors, quiet_unless, topics_there
from copydesk.app.cli.errors import CommandError
from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import console, is_terminal, say, write_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from copydesk.adapters.kafka.audit import Audit
    from copydesk.app.settings import Settings

_MEANING = {
    "enriched": "published",
    "duplicate": "set aside as copies",
    "dead": "open dead letters",
    "in_flight": "between two stages",
    "waiting": "not yet read by the parse stage",
    "outcome_expired": "without an outcome, but older than what the outputs retain",
    "outcome_compacted": "without an outcome, but a compacted topic may have forgotten it",
    "lost": "without an outcome",
    "twice": "with more than one outcome",
    "unexplained": "outcomes of records that the raw topic does not have",
    "replayed": "ended by a replay of their dead letter",
    "expired_unread": "offsets of raw records that were deleted before they were read",
    "raw_expired": "outcomes whose raw record is not retained any more",
}
_WAIT_S = 0.5
_ITEMS = ("enriched", "duplicate", "dead", "in_flight", "waiting", "outcome_expired", "outcome_compacted", "lost")


@click.command(short_help="Prove that each item has exactly one outcome.")
@options.bootstrap_servers
@click.option(
    "--wait", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait first until the stages have caught up."
)
@click.option("--cases", type=click.IntRange(0, 1000), default=20, show_default=True, help="Problems to name.")
@click.option("--json/--table", "as_json", default=None, help="JSON or a table; default by reader.")
@options.verbose
def audit(
    *, bootstrap_servers: str | None, wait: float | None, cases: int, as_json: bool | None, verbose: bool
) -> None:
    """Read the topics and prove that each item of each raw record has exactly one outcome.

    An item is a raw record, or one entry of a raw record that is a feed. It ends in one enriched article, one duplicate
    or one open dead letter; dead letters that were replayed do not count. What is on its way is counted as such. Exit
    code 0 if all is in order, 1 if items are lost or have several outcomes, or if --wait was not long enough.
    """
    quiet_unless(verbose)
    settings = load_settings(bootstrap_servers=bootstrap_servers)
    as_json = not is_terminal() if as_json is None else as_json
    found, caught_up = asyncio.run(_run(settings, wait))
    if as_json:
        write_json(fields(found, cases))
    else:
        console().print(table(found, cases))
    if not found.report.in_order:
        if found.report.expired_unread:
            raise CommandError("raw records were deleted before they were read: retention is too short for the lag.")
        raise CommandError("not every item has exactly one outcome.")
    if not caught_up:
        raise CommandError(f"the stages had not caught up within {wait:g} s; what they have done is in order.")
    if not as_json:
        say(_verdict(found))


def _verdict(found: Audit) -> str:
    """What may be said of an audit that is in order."""
    report = found.report
    if not report.caught_up:
        return "In order as far as it has come."
    if report.outcome_compacted:
        return (
            f"In order as far as can be seen, but for {report.outcome_compacted:,} items nobody can tell: "
            "their outcomes may have been compacted away."
        )
    if report.outcome_expired:
        return f"In order, but for {report.outcome_expired:,} items nobody can tell: their outcomes may have expired."
    if found.compacted or found.policy_unknown:
        return "Every item has one outcome, as far as can be seen."
    return "Every item has exactly one outcome."


def _limits(found: Audit) -> Iterator[str]:
    """What cannot be proved of these topics."""
    if found.compacted:
        yield (
            f"compacted: {', '.join(found.compacted)}. What a later record of the same key has replaced is gone: "
            "that an item has two outcomes is proved where both are seen, that it has none, or only one, cannot be."
        )
    if found.policy_unknown:
        yield (
            f"perhaps compacted: {', '.join(found.policy_unknown)}. This user may not see it (DescribeConfigs), and "
            "what is called lost may have been compacted away."
        )


async def _run(settings: Settings, wait: float | None) -> tuple[Audit, bool]:
    from copydesk.adapters.kafka.audit import Auditor
    from copydesk_schemas.topics import TopicRole

    config = broker_config(settings)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + (wait or 0)
    needed = [settings.topic(role) for role in TopicRole if role not in (TopicRole.REPLAYS, TopicRole.FINGERPRINTS)]
    while missing := [topic for topic in needed if topic not in (there := await topics_there(settings, config))]:
        if loop.time() >= deadline:
            raise CommandError(f"there is no topic {missing[0]}: a worker makes it when it first runs.")
        await asyncio.sleep(_WAIT_S)
    showing = console(stderr=True).status("reading") if is_terminal() else nullcontext()
    with broker_errors(settings, "reading"), showing as status:
        auditor = Auditor(config, there, lambda topic: status.update(f"reading {topic}") if status else None)
        caught_up = wait is None or await auditor.wait(deadline - loop.time())
        return await auditor.run(), caught_up


def fields(found: Audit, cases: int) -> dict[str, Any]:
    """For a program."""
    report = asdict(found.report)
    report["cases"] = report["cases"][:cases]
    return {
        "in_order": found.report.in_order,
        "caught_up": found.report.caught_up,
        **report,
        "reentries": found.reentries,
        "unreadable": found.unreadable,
        "elsewhere": found.elsewhere,
        "compacted": found.compacted,
        "policy_unknown": found.policy_unknown,
    }


def table(found: Audit, cases: int) -> RenderableType:
    """For a person: the balance, what is wrong, and what else was met."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    report = found.report
    shown = Table.grid(padding=(0, 2))
    shown.add_column(justify="right")
    shown.add_column()
    shown.add_column(style="dim")
    of = "" if report.items == report.records else f" of {report.records:,} raw records"
    shown.add_row(f"{report.items:,}", Text("items" + of, style="bold"), "")
    for name in _ITEMS:
        number = getattr(report, name)
        if number or name in ("enriched", "duplicate", "dead", "lost"):
            shown.add_row(f"{number:,}", Text(name.replace("_", " "), style=_style(name, number)), _MEANING[name])
    shown.add_row("", "", "")
    for name in ("twice", "unexplained", "expired_unread", "replayed", "raw_expired"):
        number = getattr(report, name)
        if number or name == "twice":
            shown.add_row(f"{number:,}", Text(name.replace("_", " "), style=_style(name, number)), _MEANING[name])
    for number, what in (
        (found.reentries, "raw records that are replays of others"),
        (found.unreadable, f"records that cannot be read, the first: {found.first_stranger}"),
        (found.elsewhere, f"outcomes of records of other topics, the first: {found.first_stranger}"),
    ):
        if number:
            shown.add_row(f"{number:,}", "", Text(what))
    parts: list[RenderableType] = [shown, *(Text(limit, style="yellow") for limit in _limits(found))]
    parts += [Text(f"{case.problem}: {case.item} ({case.detail})", style="red") for case in report.cases[:cases]]
    return Group(*parts)


def _style(name: str, number: int) -> str:
    return "bold red" if number and name in ("lost", "twice", "unexplained", "expired_unread") else ""
