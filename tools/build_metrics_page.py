"""Write docs/metrics.md from the catalogue: `python tools/build_metrics_page.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from copydesk.adapters.catalogue import CATALOGUE, LABELS, Group, Kind, MetricSpec

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"

HEAD = """# Metrics

A worker serves its metrics on `/metrics`, on the port of its other pages (6066). This page is made from the catalogue
in `services/copydesk/adapters/catalogue.py` by `make metrics`; dashboards and alerts are tested against the same
catalogue.

- Everything is in base units: seconds, bytes, records. A timestamp is in seconds since 1970.
- A counter's series are there with 0 from the start wherever their labels can be named, so that the first fault is an
  increase.
- Labels are bounded. Sources are domains, never addresses: the most frequent ones have series of their own, as many as
  `COPYDESK_TOP_SOURCES` says (50); all others are `other`. A sighting counts half after a day, and a source keeps its
  series until another comes clearly more often, so that one which fell silent is still there to alarm.
- What nobody knows has no series: a lag while the brokers refuse to tell it, the state of a partition that went to
  another worker. While the brokers do not answer, a backlog that was there keeps its series and its age grows; a
  partition that had none has no lag, for nobody can tell that there is still none.
"""

TAIL = """## Beside them

- `faust_…`: Faust's own sensor, in the same registry. It sees agents and web pages; its times are milliseconds.
  Consuming and publishing are not Faust's here, so its figures of Kafka stay 0.
- `process_…`, `python_…`: of the Python client library: memory, CPU, open files, start time, garbage collection. They
  are of the worker's main process; the pool's processes are not among them.
"""


def render() -> str:
    """The page."""
    return "\n".join([HEAD, *(_chapter(group) for group in Group), _labels(), TAIL]).rstrip("\n") + "\n"


def _chapter(group: Group) -> str:
    lines = [f"## {group}", "", "| metric | kind | unit | labels | meaning |", "|---|---|---|---|---|"]
    lines += [_row(spec) for spec in CATALOGUE if spec.group is group]
    buckets = list(_buckets(group))
    if buckets:
        lines += ["", *buckets]
    return "\n".join(lines) + "\n"


def _row(spec: MetricSpec) -> str:
    labels = ", ".join(f"`{label}`" for label in spec.labels)
    return f"| `{spec.name}` | {spec.kind} | {spec.unit} | {labels} | {spec.help} |"


def _buckets(group: Group) -> Iterator[str]:
    for spec in CATALOGUE:
        if spec.group is group and spec.kind is Kind.HISTOGRAM:
            yield f"- Buckets of `{spec.name}`: {', '.join(f'{bound:.10g}' for bound in spec.buckets)}."


def _labels() -> str:
    used = {label for spec in CATALOGUE for label in spec.labels}
    rows = [f"| `{label}` | {meaning} |" for label, meaning in LABELS.items() if label in used]
    return "\n".join(["## Labels", "", "| label | what it holds |", "|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(PAGE)
