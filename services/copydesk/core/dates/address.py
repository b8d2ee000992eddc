"""What a page's address says of its date, and of the country whose order of day and month it follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from copydesk.core.dates.names import fold, names
from copydesk.core.document import FoundDate
from copydesk_schemas.reasons import DateRole

_PATH_CHARS = 2_000
_YEAR = r"(?P<y>(?:19[5-9]|20[0-4])\d)"
_DAY = re.compile(rf"/{_YEAR}(?:/|-|_)?(?P<m>0[1-9]|1[0-2])(?:/|-|_)?(?P<d>0[1-9]|[12]\d|3[01])(?!\d)")
_LOOSE_DAY = re.compile(rf"(?<!\d){_YEAR}(?P<s>[/_-])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)")
_NAMED_DAY = re.compile(rf"/{_YEAR}/(?P<m>[a-z]{{3,9}})/(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)", re.IGNORECASE)
_MONTH = re.compile(rf"/{_YEAR}(?:/|-)(?P<m>0[1-9]|1[0-2])(?=/)")
_GENERIC = frozenset(
    {
        "ac", "ag", "ai", "am", "app", "as", "bz", "cc", "cd", "cm", "co", "cx", "dj", "eu", "fm", "ga", "gd", "gg",
        "gl", "gs", "im", "io", "is", "it", "je", "la", "lc", "li", "ly", "me", "ml", "mn", "ms", "mu", "nu", "ph",
        "pw", "sc", "sh", "sr", "st", "so", "su", "tc", "tf", "tk", "tl", "to", "tv", "vc", "vg", "vu", "ws",
    }
)  # fmt: skip
"""Country codes that stand for no country in addresses, or for one that has no bearing on the order."""
_CODES = {"uk": "GB"}
_AMERICAN = frozenset({"gov", "mil", "edu"})


def url_dates(url: str | None) -> list[FoundDate]:
    """Dates in the path of an address: a day, which may be taken, or a month, which only supports others."""
    try:
        path = urlsplit(url or "").path[:_PATH_CHARS]
    except ValueError:
        return []
    for pattern, confidence in ((_DAY, 0.7), (_NAMED_DAY, 0.7), (_LOOSE_DAY, 0.5)):
        for match in pattern.finditer(path):
            month = match["m"]
            number = int(month) if month.isdigit() else names("en").months.get(fold(month))
            try:
                day = date(int(match["y"]), number or 0, int(match["d"]))
            except ValueError:
                continue
            return [FoundDate(day.isoformat(), DateRole.URL, "url", confidence)]
    found = _MONTH.search(path)
    return [FoundDate(f"{found['y']}-{found['m']}", DateRole.URL, "url", 0.4)] if found is not None else []


def country_of(url: str | None, claims: Sequence[str]) -> str | None:
    """The country whose way of writing dates a page follows, ISO 3166-1; None where nothing tells.

    The host's country code, else the region of a language claim. `en-US` tells nothing: it is what programs write
    where nobody chose a language.

    Args:
        url: the page's address.
        claims: BCP 47 tags that the page claims.
    """
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        host = ""
    last = host.rpartition(".")[2].lower()
    if last in _AMERICAN:
        return "US"
    if len(last) == 2 and last.isalpha() and last not in _GENERIC:
        return _CODES.get(last, last.upper())
    for claim in claims:
        region = claim.partition("-")[2].upper()
        if len(region) == 2 and region.isalpha() and claim.lower() != "en-us":
            return region
    return None
