"""What docs/security.md says of the output: texts are as they came, addresses are http or https."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.records import articles, raw

MARKUP = "<script>alert(1)</script>"
ESCAPED = MARKUP.replace("<", "&lt;").replace(">", "&gt;")
BAD = ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "//[", "ftp://a.example/x")
PAGE = f"""<html lang="en"><head><title>Ferry {ESCAPED} landing</title><meta name="author" content="Ann {ESCAPED} Lee">
<meta property="og:image" content="{{bad}}"><link rel="canonical" href="{{bad}}">
<script type="application/ld+json">{{json}}</script></head>
<body><article><h1>Ferry {ESCAPED} landing</h1>
<p>The town council of Marlow voted on Tuesday to rebuild the old ferry landing, {ESCAPED} which was swept away by the
floods of last winter. Work will begin <a href="{{bad}}">in April</a> and is <a href="https://b.example/plan">expected</a>
to take a year, the engineer, Ruth Adler, said. Shopkeepers had asked for the landing to be rebuilt in stone.</p>
<figure><img src="{{bad}}" alt="{ESCAPED}"><figcaption>The landing {ESCAPED} in May</figcaption></figure>
<p>“We have waited long enough for this,” Adler told the meeting. The council chose timber because it is cheaper and can
be repaired piece by piece, and because the old piles could be used again.</p></article></body></html>"""


def page(bad: str) -> str:
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "url": bad,
        "image": {"url": bad, "caption": MARKUP},
        "author": {"@type": "Person", "name": f"Ann {MARKUP} Lee", "url": bad, "sameAs": bad},
        "publisher": {"@type": "Organization", "name": MARKUP, "url": bad, "logo": bad},
        "license": bad,
    }
    return PAGE.replace("{bad}", bad).replace("{json}", json.dumps(linked).replace("</", "<\\/"))


def addresses(value: Any, name: str = "") -> Iterator[str]:
    """All strings under a key that names an address."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from addresses(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from addresses(member, name)
    elif isinstance(value, str) and name.endswith(("url", "uri", "href")):
        yield value


@pytest.mark.parametrize("bad", BAD)
def test_texts_are_not_escaped_and_addresses_are_http(bad: str) -> None:
    (article,) = articles(raw(page(bad), content_type="text/html", x_url="https://a.example/x"))
    assert MARKUP in (article.title or "")
    assert MARKUP in article.body
    found = list(addresses(article.model_dump(mode="json")))
    assert "https://b.example/plan" in found
    assert [address for address in found if not address.startswith(("https://", "http://"))] == []
    assert not any(bad in address for address in found)
