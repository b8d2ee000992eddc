"""What a rule is, and how it is written as YAML that Prometheus 2 and 3 read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

RUNBOOK = "docs/runbook.md"


class Severity(StrEnum):
    """`page`: somebody looks now. `ticket`: somebody looks today."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Record:
    """A recording rule: an expression whose value is kept under a name."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Alert:
    """An alerting rule.

    Args:
        name: begins with `Copydesk`; the heading of its section in the runbook.
        severity: who is to look, and when.
        expression: fires where it has a result.
        hold: how long it must have one first, such as `5m`; empty for at once.
        summary: one line, with the labels and the value of the series.
    """

    name: str
    severity: Severity
    expression: str
    hold: str
    summary: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated together, in order."""

    name: str
    interval: str
    rules: Sequence[Record | Alert]


def _block(text: str, indent: int) -> str:
    return "|-\n" + "\n".join(" " * indent + line for line in text.strip().splitlines())


def _rule(rule: Record | Alert, runbook: str) -> list[str]:
    if isinstance(rule, Record):
        return [f"      - record: {rule.name}", f"        expr: {_block(rule.expression, 10)}"]
    return [
        f"      - alert: {rule.name}",
        f"        expr: {_block(rule.expression, 10)}",
        *([f"        for: {rule.hold}"] if rule.hold else []),
        "        labels:",
        f"          severity: {rule.severity}",
        "        annotations:",
        f"          summary: {json.dumps(rule.summary, ensure_ascii=False)}",
        f"          runbook_url: {json.dumps(f'{runbook}#{rule.name.lower()}')}",
    ]


def to_yaml(groups: Sequence[Group], runbook: str = RUNBOOK) -> str:
    """The text of a rule file."""
    lines = ["# Written by `python -m tools.alerts`; each alert has a section in docs/runbook.md.", "groups:"]
    for group in groups:
        lines += [f"  - name: {group.name}", f"    interval: {group.interval}", "    rules:"]
        for rule in group.rules:
            lines += _rule(rule, runbook)
    return "\n".join(lines) + "\n"
