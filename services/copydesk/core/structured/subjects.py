"""Section and tags: what the publisher files the article under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from copydesk.core.structured.jsonld import text_of
from copydesk.core.structured.marks import Mark, Marked
from copydesk.core.structured.page import PageData
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_line
from copydesk_schemas.reasons import FoundIn

_MAX_TAGS = 30
_TAG_CHARS = 80
_SECTION_CHARS = 100
_MAX_PARTS = 20
_SECTION_METAS = (
    "article:section", "og:article:section", "og:section", "article:top-level-section", "parsely-section", "section",
    "articlesection", "prism.section", "dcterms.type",
)  # fmt: skip
_WORD = re.compile(r"\w+")
_TITLE_WORDS = 4
"""Tags in lower case that are each a word of the headline, from which on they are nothing else."""
_RECORD = re.compile(r"([A-Za-z][\w ]{1,30}):\s?\S")
_RECORDS = 3
"""Names before a colon, as in «Page Type: Article», from which on such tags are a system's records."""
_TAGS_IN_ONE = 5
"""Tags, itself among them, that a tag may hold: «Russia Ukraine war» is one beside all that is in it."""
_MACHINE = re.compile(
    # Identifiers, and what advertising and recommendation systems write for themselves.
    r"[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9a-f]{16,}|\d{1,12}|https?://\S+|[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|ca|uk|de|eu)|"
    r"nlp [\w ]+:.*|"
    r"(?:nlp-)?(?:category|cat|tag|type|template|section|page|content|channel|author|id|primary|secondary|region|ads?)"
    r"[-_:=]\s*\S.*",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"(?:tag|topic|subject|keyword|thema|stichwort)\s*:\s*(?=\S)", re.IGNORECASE)
_HOME = re.compile(
    r"home(?:page)?|start(?:seite|sida|side)?|inicio|início|accueil|forside|hjem|hem|etusivu|главная|головна|"
    r"strona główna|ana sayfa|ホーム|トップ|首页|首頁|홈|news|nachrichten|actualités|noticias|notizie|nyheter|ニュース",
    re.IGNORECASE,
)
_FOLDERS = re.compile(r"[a-z0-9]+(?:[_/][a-z0-9-]+)+")
"""A section as a system names it: folders of an address, in lower case."""
_SPACED = re.compile(r"\s+")


def read_section(page: PageData, marked: Marked | None, title: str | None) -> tuple[str, FoundIn, float] | None:
    """The section with where it was found and how sure: as stated, else the last step of the trail to the article."""
    stated = ((page.jsonld.text("articleSection"), FoundIn.JSONLD), (page.first(*_SECTION_METAS), FoundIn.META))
    for text, where in stated:
        if text and len(text) <= _SECTION_CHARS and not (_MACHINE.fullmatch(text) or _FOLDERS.fullmatch(text)):
            return text, where, 0.85
    steps = _trail(page)
    if steps and (step := _last_step(steps, title)):
        return step, FoundIn.JSONLD, 0.7
    for element in marked[Mark.TAGS] if marked else []:
        if element.tag == "a" and "category" in (element.get("rel") or ""):
            text = normalize_line(element.text_content())
            if 2 <= len(text) <= 40 and not _HOME.fullmatch(text):
                return text, FoundIn.DOM, 0.6
    for element in islice(marked[Mark.TRAIL] if marked else [], _MAX_PARTS):
        steps = [normalize_line(anchor.text_content()) for anchor in islice(element.iter("a"), _MAX_PARTS)]
        if step := _last_step(steps, title):
            return step, FoundIn.DOM, 0.6
    return None


def _trail(page: PageData) -> list[str]:
    """Names of the steps of a BreadcrumbList in JSON-LD, in order."""
    steps: list[tuple[int, str]] = []
    for number, item in enumerate(page.jsonld.nodes(page.jsonld.trail.get("itemListElement"))[:_MAX_PARTS]):
        if not isinstance(item, dict):
            continue
        inner = item.get("item")
        name = text_of(item.get("name")) or (text_of(inner.get("name")) if isinstance(inner, dict) else None)
        position = str(item.get("position") or number)
        if name:
            steps.append((int(position) if position.isdecimal() and len(position) < 6 else number, name))
    return [name for _, name in sorted(steps, key=lambda step: step[0])]


def _last_step(steps: list[str], title: str | None) -> str | None:
    """The last step that is neither the home page nor the article itself."""
    own = key_of(title or "")
    for step in reversed(steps):
        key = key_of(step)
        if not key or len(step) > 40 or (own and (key in own or own in key)) or step.endswith("…"):
            continue
        return None if _HOME.fullmatch(step) else step
    return None


def read_tags(
    page: PageData, marked: Marked | None, title: str | None, sites: Sequence[str]
) -> tuple[list[str], FoundIn, float] | None:
    """The tags with where they were found and how sure: as stated, else the list of tags that the page shows.

    Args:
        page: what the head says.
        marked: parts of the page by what their names say.
        title: the headline, which some systems divide into words for search engines.
        sites: names of the site, with which it tags every page.
    """
    several = page.all("article:tag", "og:article:tag")
    stated = (
        (_split(page.jsonld.article.get("keywords")), FoundIn.JSONLD),
        (_split(several if len(several) > 1 else ",".join(several)), FoundIn.OPENGRAPH),
        (
            _split(page.first("news_keywords", "keywords", "parsely-tags", "sailthru.tags", "dcterms.subject")),
            FoundIn.META,
        ),
    )
    for tags, where in stated:
        if told := _telling(tags, title, sites):
            return told, where, 0.8
    shown = _shown(marked) if marked else []
    return (shown, FoundIn.DOM, 0.7) if shown else None


def _split(value: Any) -> list[str]:
    items = value if isinstance(value, list) else re.split(r"[,;、]", value) if isinstance(value, str) else [value]
    texts = [text for item in items if (text := text_of(item))]
    if len(texts) == 1 and "," in texts[0]:
        texts = [part.strip() for part in texts[0].split(",")]
    named = (_PREFIX.sub("", text, count=1).strip(" #") for text in texts)
    plain = (text for text in named if not _MACHINE.fullmatch(text))
    found: dict[str, str] = {}
    for text in plain:
        if text and len(text) <= _TAG_CHARS:
            found.setdefault(text.casefold(), text)
    return list(found.values())[:_MAX_TAGS]


def _telling(tags: list[str], title: str | None, sites: Sequence[str]) -> list[str]:
    """Tags that say something of this story: not the site's name, the headline's words, or records of a machine."""
    own = {site.casefold() for site in sites}
    words = frozenset(_WORD.findall((title or "").casefold()))
    of_title = {tag for tag in tags if tag in words}
    records = {tag: match[1] for tag in tags if (match := _RECORD.match(tag))}
    recorded = len(set(records.values())) >= _RECORDS
    kept = [
        tag
        for tag in tags
        if tag.casefold() not in own
        and not (tag in of_title and len(of_title) >= _TITLE_WORDS)
        and not (recorded and tag in records)
    ]
    # The others once more, as one.
    return [tag for tag in kept if sum(f" {other} " in f" {tag} " for other in kept) <= _TAGS_IN_ONE]


def _shown(marked: Marked) -> list[str]:
    """Tags as the page lists them: short links in a part that is named so; nothing where that is a menu."""
    for named in islice(marked[Mark.TAGS], _MAX_PARTS):
        element: Any = named
        if element.tag in {"body", "html", "main", "article", "header", "nav"} or any(
            parent.tag in {"nav", "header", "footer", "aside"} for parent in element.iterancestors()
        ):
            continue
        if element.tag == "a":
            if "category" in (element.get("rel") or ""):
                continue
            element = element.getparent()
        anchors = list(islice(element.iter("a"), _MAX_TAGS + 1))
        texts = list(dict.fromkeys(_SPACED.sub(" ", normalize_line(a.text_content()).strip(" #,")) for a in anchors))
        texts = [text for text in texts if text]
        whole = len(normalize_line(element.text_content()))
        if (
            1 <= len(texts) <= _MAX_TAGS
            and all(len(text) <= 40 and len(text.split()) <= 5 for text in texts)
            and all(_path(anchor) for anchor in anchors)
            and sum(map(len, texts)) >= 0.6 * whole
        ):
            return texts
    return []


def _path(anchor: Any) -> str:
    """The path that a link leads to; empty for buttons and other sites' front pages."""
    try:
        return urlsplit(anchor.get("href") or "").path.strip("/")
    except ValueError:
        return ""
