"""The publisher of the page, and the names under which the site goes."""

from __future__ import annotations

from urllib.parse import urlsplit

from copydesk.core.document import RawDocument
from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.page import PageData
from copydesk_schemas.parts import Source, SyndicatedFrom

_AGENCIES = {
    "reuters": "Reuters", "thomson reuters": "Reuters", "ap": "Associated Press",
    "associated press": "Associated Press", "the associated press": "Associated Press", "afp": "AFP",
    "agence france-presse": "AFP", "dpa": "dpa", "apa": "APA", "efe": "EFE", "agencia efe": "EFE", "ansa": "ANSA",
    "pti": "PTI", "press trust of india": "PTI", "ani": "ANI", "xinhua": "Xinhua", "tass": "TASS", "тасс": "TASS",
    "interfax": "Interfax", "интерфакс": "Interfax", "ntb": "NTB", "tt": "TT", "ritzau": "Ritzau", "stt": "STT",
    "belga": "Belga", "anp": "ANP", "lusa": "Lusa", "pap": "PAP", "čtk": "ČTK", "ctk": "ČTK", "mti": "MTI",
    "kyodo": "Kyodo", "kyodo news": "Kyodo", "yonhap": "Yonhap", "upi": "UPI", "united press international": "UPI",
    "pa media": "PA Media", "press association": "PA Media", "bloomberg": "Bloomberg", "sid": "SID", "kna": "KNA",
    "epd": "epd", "europa press": "Europa Press", "keystone-sda": "Keystone-SDA",
    "canadian press": "The Canadian Press", "the canadian press": "The Canadian Press", "aap": "AAP",
    "anadolu": "Anadolu", "anadolu agency": "Anadolu", "ians": "IANS",
}  # fmt: skip

_MAX_NAMES = 30
_NAME_CHARS = 200
_LABEL_CHARS = 4
"""Characters from which on a label of a host name rather names the site than a country or a department."""


def host_of(url: str | None) -> str | None:
    """Host name of an address, lower case, without `www.`; None where there is no address."""
    if not url:
        return None
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def site_names(page: PageData, document: RawDocument, url: str | None) -> list[str]:
    """Names of the site, best first: what it calls itself, then host name and its longest label."""
    article = page.jsonld.article
    names = [
        page.first("og:site_name"),
        *(text_of(node) for node in page.jsonld.nodes(article.get("publisher"))),
        text_of(page.jsonld.site.get("name")),
        text_of(page.jsonld.site.get("alternateName")),
        page.first("application-name", "apple-mobile-web-app-title", "al:ios:app_name"),
        document.source.name if document.source else None,
    ]
    host = host_of(url)
    if host:
        labels = [label for label in host.split(".")[:-1] if len(label) >= _LABEL_CHARS]
        names += [host, *(labels or [host.split(".")[0]])]
    return list(dict.fromkeys(name for name in names if name and len(name) <= _NAME_CHARS))[:_MAX_NAMES]


def read_source(page: PageData, document: RawDocument, url: str | None) -> Source:
    """The publisher: what the producer says comes first, then the page, then its address."""
    hint = document.source
    names = site_names(page, document, None)
    return Source(
        domain=(hint.domain if hint and hint.domain else None) or host_of(url),
        name=(hint.name if hint and hint.name else None) or next(iter(names), None),
        country=hint.country if hint else None,
        feed_url=hint.feed_url if hint else None,
    )


def agency(name: str) -> str | None:
    """The usual name of a news agency, where `name` is one."""
    return _AGENCIES.get(" ".join(name.casefold().split()))


def credited(names: list[str], source: Source) -> SyndicatedFrom | None:
    """The agency that a byline credits, unless it is the publisher itself."""
    for name in names:
        known = agency(name)
        if known is not None and known.casefold() not in (source.name or "").casefold():
            return SyndicatedFrom(name=known)
    return None
