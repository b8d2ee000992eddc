"""Whether somebody traces, and where to."""

from __future__ import annotations

import os
from collections.abc import Mapping

import structlog

from copydesk.adapters.spans import NoSpans, Spans
from copydesk.app.settings import ConfigurationError, Settings
from copydesk_schemas.reasons import Stage

_log = structlog.get_logger("copydesk.tracing")
ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""Variables that OpenTelemetry's exporter reads itself."""


def spans_for(settings: Settings, groups: Mapping[Stage, str], environment: Mapping[str, str] | None = None) -> Spans:
    """Spans to the collector that the settings or OpenTelemetry's own variables name; none where none is named.

    Raises:
        ConfigurationError: the settings name one, but the extra is not installed.
    """
    environment = os.environ if environment is None else environment
    ambient = any(environment.get(name) for name in ENDPOINTS)
    named = settings.otel_endpoint is not None or ambient
    if not named or environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return NoSpans()
    try:
        from copydesk.adapters.otel import otlp_spans
    except ImportError as error:
        if settings.otel_endpoint is None:
            # Platforms give this variable to every container: that is no wish of this worker's.
            _log.warning("no traces: the extra is not installed", missing=error.name, extra="copydesk[otel]")
            return NoSpans()
        raise ConfigurationError(
            f"COPYDESK_OTEL_ENDPOINT asks for traces, and {error.name} is not installed: "
            "pip install 'copydesk[otel]', or unset it."
        ) from error
    return otlp_spans(settings.app_id, groups, settings.otel_endpoint)
