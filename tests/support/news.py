"""Small parsed articles with names in several fields, for tests of single enrichers."""

from __future__ import annotations

from tests.support.articles import parsed

from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.parts import Dateline, Media


def parsed_article(
    body: str,
    *,
    title: str | None = None,
    captions: tuple[str, ...] = (),
    dateline: str | None = None,
    language: str = "en",
) -> ParsedArticle:
    """An article with text and nothing else."""
    return parsed("x", title, language).model_copy(
        update={
            "body": body,
            "dateline": Dateline(text=dateline, location=dateline) if dateline else None,
            "media": [Media(caption=caption) for caption in captions],
        }
    )
