"""Names in markup: what they are taken for, and that looking for their beginnings first hides none."""

from __future__ import annotations

import pytest

from copydesk.core.formats.extraction import parse_html
from copydesk.core.structured.marks import Mark, read_marks


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("wp-caption-text", Mark.CAPTION),
        ("ImageCaption_caption__j7HRu", Mark.CAPTION),
        ("thumbcaption", Mark.CAPTION),
        ("bildunterschrift", Mark.CAPTION),
        ("pie-de-foto", Mark.CAPTION),
        ("fotoBU", Mark.CAPTION),
        ("photoCredit", Mark.CREDIT),
        ("KEY-POINTS", Mark.KEY_POINTS),
        ("key-takeaways", Mark.KEY_POINTS),
        ("tldr", Mark.KEY_POINTS),
        ("at-a-glance", Mark.KEY_POINTS),
        ("article__tags", Mark.TAGS),
        ("Schlagworte", Mark.TAGS),
        ("breadcrumb", Mark.TRAIL),
        ("lireAussi", Mark.RELATED),
        ("mehr-zum-thema", Mark.RELATED),
        ("js-paywall", Mark.WALL),
        ("subscribe-to-continue", Mark.WALL),
        ("live-blog-post", Mark.LIVE),
        ("text-caption", None),
        ("has-caption", None),
        ("container", None),
    ],
)
def test_what_a_name_says(name: str, mark: Mark | None) -> None:
    tree = parse_html(f"<body><div class='plain {name}'>x</div></body>")
    assert tree is not None
    found = [one for one, elements in read_marks(tree).items() if elements]
    assert (mark in found) if mark is not None else not found
