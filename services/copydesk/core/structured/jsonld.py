"""JSON-LD: the node that describes the page's article, with what it refers to resolved.

Vocabulary: schema.org Article and its subtypes. Publishers write one node, a list, a `@graph` whose nodes refer to each
other by `@id`, or an article wrapped in a WebPage's `mainEntity`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from copydesk.core.structured.json_text import load_json
from copydesk.core.text.normalize import normalize_line

Node = dict[str, Any]

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|LiveBlogPosting|Review|NewsStory|CreativeWork)\Z")
_RANK = {
    "NewsArticle": 0,
    "ReportageNewsArticle": 0,
    "LiveBlogPosting": 0,
    "AnalysisNewsArticle": 0,
    "OpinionNewsArticle": 0,
    "BackgroundNewsArticle": 0,
    "ReviewNewsArticle": 0,
    "AdvertiserContentArticle": 0,
    "Article": 1,
    "BlogPosting": 1,
    "Report": 1,
    "Review": 3,
    "CreativeWork": 4,
}
_PAGE = re.compile(r"(?:WebPage|ItemPage|AboutPage|MedicalWebPage)\Z")
_WORK = re.compile(r"(?:(?<!Job)Posting|Recipe|HowTo|VideoObject|AudioObject|PodcastEpisode|Dataset|Course)\Z")
_DESCEND = ("mainEntity", "mainEntityOfPage", "@graph", "subjectOf", "about", "breadcrumb")
_TAG = re.compile(r"<[^<>]{1,200}>")


@dataclass(slots=True)
class JsonLd:
    """The article's node, the page's node, and all nodes by `@id`."""

    article: Node = field(default_factory=dict)
    page: Node = field(default_factory=dict)
    site: Node = field(default_factory=dict)
    trail: Node = field(default_factory=dict)
    """The first BreadcrumbList."""
    types: tuple[str, ...] = ()
    """Types of all top nodes, in order, without repeats."""
    articles: int = 0
    """How many article nodes the page has."""
    works: list[Node] = field(default_factory=list)
    """Other works on the page that say when they were published: posts, recipes, videos."""
    by_id: dict[str, Node] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """A node for a reference: a dict of nothing but `@id` (and `@type`) stands for the node of that id."""
        if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
            return self.by_id.get(value["@id"], value)
        return value

    def nodes(self, value: Any) -> list[Any]:
        """A value as a list of resolved items: publishers write one item without a list."""
        items = value if isinstance(value, list) else [value]
        return [self.resolve(item) for item in items if item not in (None, "", {}, [])]

    def text(self, key: str) -> str | None:
        """A text property of the article, on one line, without markup; None where it is absent or no text."""
        return text_of(self.article.get(key))


def text_of(value: Any) -> str | None:
    """One line of text from a JSON-LD value: a string, a list's first string, or an object's `@value` or `name`."""
    if isinstance(value, list):
        value = next((item for item in value if item), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    return normalize_line(plain(value)) or None


def plain(text: str) -> str:
    """Text without the entities and inline tags that publishers leave in JSON-LD."""
    if "&" in text:
        text = html.unescape(text)
    return _TAG.sub(" ", text) if "<" in text else text


def types_of(node: Node) -> tuple[str, ...]:
    """Types of a node without a schema.org prefix."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return tuple(kind.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in listed if isinstance(kind, str))


def read_jsonld(scripts: Sequence[str]) -> JsonLd:
    """Read all JSON-LD blocks of a page; what is not JSON is passed over."""
    return from_values([value for script in scripts if (value := load_json(script)) is not None])


def from_values(values: Sequence[Any]) -> JsonLd:
    """The same from parsed values."""
    found = JsonLd()
    kinds: list[str] = []
    best = 99
    for node in (node for value in values for node in _walk(value, 0)):
        types = types_of(node)
        kinds += types
        if isinstance(node.get("@id"), str) and len(node) > 2:
            found.by_id.setdefault(node["@id"], node)
        if any(_PAGE.search(kind) for kind in types):
            found.page = found.page or node
        if "WebSite" in types:
            found.site = found.site or node
        if "BreadcrumbList" in types:
            found.trail = found.trail or node
        articles = [kind for kind in types if _ARTICLE.search(kind)]
        if not articles and any(_WORK.search(kind) for kind in types):
            found.works.append(node)
        if articles and any(node.get(key) for key in ("headline", "name", "articleBody", "datePublished")):
            found.articles += 1
            rank = min(_RANK.get(kind, 2) for kind in articles) + (0 if node.get("headline") else 2)
            if rank < best:
                best, found.article = rank, node
    found.types = tuple(dict.fromkeys(kinds))
    return found


def _walk(value: Any, depth: int) -> Iterator[Node]:
    """Top nodes in order, those of `@graph` and of a page's main entity included; never the items of lists."""
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in _DESCEND:
            if isinstance(value.get(key), dict | list):
                yield from _walk(value[key], depth + 1)
