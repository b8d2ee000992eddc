"""Made-up pages with dates on them, and the decision on each."""

from __future__ import annotations

from datetime import datetime

from copydesk.core.dates.address import url_dates
from copydesk.core.dates.choose import DateDecision, choose_dates
from copydesk.core.formats.extraction import lighten, parse_html
from copydesk.core.structured.dates import read_dates
from copydesk.core.structured.page import read_page

TITLE = "The lighthouse at Varn gets its lamp back"
STORY = "<p>" + "The keeper climbed the stairs once more and lit the lamp that had been dark for years. " * 8 + "</p>"


def decide(
    body: str,
    *,
    head: str = "",
    lang: str = "en",
    url: str = "",
    country: str | None = None,
    reference: datetime | None = None,
) -> DateDecision:
    """The decision on a page with this body, after a title in the head."""
    tree = parse_html(f'<html lang="{lang}"><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>')
    assert tree is not None
    page = read_page(tree)
    lighten(tree)
    found = read_dates(page, tree) + url_dates(url)
    return choose_dates(found, language=lang, country=country, reference=reference)


def article(line: str, *, above: str = "", below: str = "") -> str:
    """A page's body with a date line under its headline."""
    return f"{above}<main><h1>{TITLE}</h1>{line}{STORY * 3}</main>{below}"


def day(decision: DateDecision) -> str | None:
    """The published day, as the publisher would name it."""
    found = decision.published.as_day() if decision.published else None
    return found.isoformat() if found else None
