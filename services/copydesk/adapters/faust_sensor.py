"""Faust's own sensor beside our metrics, in the same registry, under its own prefix.

It sees the agents, the channels and the web server. Of Kafka it sees nothing: consuming and publishing are not Faust's
here. Its times are milliseconds.
"""

from __future__ import annotations

from typing import Any

from faust.sensors.prometheus import FaustMetrics, PrometheusMonitor
from prometheus_client import CollectorRegistry

PREFIX = "faust"


def faust_monitor(registry: CollectorRegistry) -> Any:
    """A monitor for `app.monitor`. Faust's own set-up would bring a second page and the global registry."""
    return PrometheusMonitor(metrics=FaustMetrics.create(registry, PREFIX))
