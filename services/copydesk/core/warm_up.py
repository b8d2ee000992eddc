"""Load every model and table once, before the first article."""

from __future__ import annotations

from copydesk.core.options import Options

_PAGE = b"""<!doctype html><html lang="en"><head><title>Harbour bridge reopens</title></head><body><article>
<h1>Harbour bridge reopens</h1><p>The harbour bridge in Lisbon reopened on Monday after two years of repairs, the city's
mayor, Anna Keller, said. &quot;We are glad that the work is done,&quot; she told reporters at the site.</p>
<p>Traffic had been diverted through the old town since March 2022, when inspectors found cracks in a pillar.</p>
</article></body></html>"""


def warm_up(options: Options) -> None:
    """Run one small article through parse and enrich, so that lazily loaded models are there."""
    from datetime import UTC, datetime

    from copydesk.core.ports import Overlay
    from copydesk.core.records import Message
    from copydesk.core.stages import run_dedupe, run_enrich, run_parse

    now = datetime.fromtimestamp(0, UTC)
    parsed = run_parse(Message("warm-up", 0, 0, 0, None, _PAGE), options, now)
    for emit in parsed.emits:
        decided = run_dedupe(Message("warm-up", 0, 0, 0, None, emit.value), Overlay(_Nothing()), options, now)
        for unique in decided.result.emits:
            run_enrich(Message("warm-up", 0, 0, 0, None, unique.value), options, now)


class _Nothing:
    """A state without articles."""

    def get(self, key: bytes) -> bytes | None:  # noqa: ARG002 - it knows none
        return None
