"""Metrics and selectors of PromQL expressions, held against the catalogue."""

from __future__ import annotations

from typing import Any

import promql_parser

from copydesk.adapters.catalogue import CATALOGUE, Kind

TARGET_LABELS = ("job", "instance")
"""Labels that Prometheus adds to what it scrapes."""


def exported_names() -> dict[str, tuple[str, ...]]:
    """Series of the catalogue with their labels, and those that Prometheus itself makes."""
    names: dict[str, tuple[str, ...]] = {
        "up": (),
        # Of the Python client, for the worker's main process.
        "process_start_time_seconds": (),
        "process_resident_memory_bytes": (),
        "process_cpu_seconds_total": (),
        "ALERTS": ("alertname", "alertstate", "severity"),
        "ALERTS_FOR_STATE": ("alertname", "severity"),
    }
    for spec in CATALOGUE:
        if spec.kind is Kind.HISTOGRAM:
            names[f"{spec.name}_bucket"] = (*spec.labels, "le")
            names[f"{spec.name}_sum"] = names[f"{spec.name}_count"] = spec.labels
        else:
            names[spec.name] = spec.labels
    return names


def selectors(node: Any) -> list[Any]:
    """All vector selectors of a parsed expression."""
    found = [node] if isinstance(node, promql_parser.VectorSelector) else []
    for attribute in ("expr", "lhs", "rhs", "vector_selector", "vs", "param", "arg"):
        child = getattr(node, attribute, None)
        if child is not None and not isinstance(child, str):
            found.extend(selectors(child))
    for child in getattr(node, "args", None) or []:
        found.extend(selectors(child))
    return found
