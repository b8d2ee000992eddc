"""Load every model and table once, before the first article."""

from __future__ import annotations

from copydesk.core.dead_letters import message_of
from copydesk.core.options import Options
from copydesk.core.records import StageResult
from copydesk_schemas.reasons import Code

_PAGE = b"""<!doctype html><html lang="en"><head><title>Harbour bridge reopens</title></head><body><article>
<h1>Harbour bridge reopens</h1><p>The harbour bridge in Lisbon reopened on Monday after two years of repairs, the city's
mayor, Anna Keller, said. &quot;We are glad that the work is done,&quot; she told reporters at the site.</p>
<p>Traffic had been diverted through the old town since March 2022, when inspectors found cracks in a pillar.</p>
</article></body></html>"""


_FAULTS = (Code.PARSE_ERROR, Code.ENRICH_ERROR)


class WarmUpError(Exception):
    """A model or table could not be loaded. Articles would be blamed for it."""


def warm_up(options: Options) -> None:
    """Run one small article through parse and enrich, so that lazily loaded models are there.

    Raises:
        WarmUpError: a stage fails where nothing is wrong with the article.
    """
    from datetime import UTC, datetime

    from copydesk.core.ports import Overlay
    from copydesk.core.records import Message
    from copydesk.core.stages import run_dedupe, run_enrich, run_parse

    now = datetime.fromtimestamp(0, UTC)
    parsed = _sound(run_parse(Message("warm-up", 0, 0, 0, None, _PAGE), options, now))
    for emit in parsed.emits:
        decided = run_dedupe(Message("warm-up", 0, 0, 0, None, emit.value), Overlay(_Nothing()), options, now)
        for unique in _sound(decided.result).emits:
            _sound(run_enrich(Message("warm-up", 0, 0, 0, None, unique.value), options, now))


def _sound(result: StageResult) -> StageResult:
    """The result, unless a stage failed. That it may refuse the article, for its language, say, is its right."""
    for emit, outcome in zip(result.emits, result.outcomes, strict=True):
        if outcome.code in _FAULTS:
            raise WarmUpError(f"{outcome.stage}: {message_of(emit)}")
    return result


class _Nothing:
    """A state without articles."""

    def get(self, key: bytes) -> bytes | None:  # noqa: ARG002 - it knows none
        return None
