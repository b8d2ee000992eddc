"""Documents that want the reader to open something: an address, a file, a definition that lies elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.support.hostile.base import STORY, Dice, headed, html, kind
from tests.support.service import Raw


def reaching(address: str, path: str) -> Iterator[tuple[str, Raw]]:
    """Documents by name that point at an http address (without a slash at its end) and at a file.

    Args:
        address: such as `http://127.0.0.1:8000`.
        path: absolute.
    """
    file = f"file://{path}"
    rss = f"<rss version='2.0'><channel><title>&x;</title><item><title>Bridge &x;</title><description>{STORY}&x;</description></item></channel></rss>"
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>&x;</title><content>{STORY}&x;</content></entry></feed>"
    xhtml = f"<html xmlns='http://www.w3.org/1999/xhtml'><head><title>&x;</title></head><body><p>{STORY * 3}&x;</p></body></html>"
    nitf = f"<nitf><body><body.head><hedline><hl1>Bridge</hl1></hedline></body.head><body.content><p>{STORY}&x;</p></body.content></body></nitf>"
    newsml = f"<newsItem guid='urn:x'><contentMeta><headline>&x;</headline></contentMeta><contentSet><inlineData>{STORY}&x;</inlineData></contentSet></newsItem>"
    for scheme, target in (("file", file), ("http", f"{address}/xxe"), ("bare", path), ("php", f"php://filter/resource={path}"),
                           ("ftp", address.replace("http", "ftp", 1)), ("netdoc", f"netdoc://{path}"), ("jar", f"jar:{file}!/x")):  # fmt: skip
        for name, root, body in (
            ("rss", "rss", rss),
            ("atom", "feed", atom),
            ("xhtml", "html", xhtml),
            ("nitf", "nitf", nitf),
            ("newsml", "newsItem", newsml),
        ):
            yield (
                f"{name}-entity-{scheme}",
                Raw(f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY x SYSTEM "{target}">]>{body}'.encode()),
            )
            yield (
                f"{name}-dtd-{scheme}",
                Raw(f'<?xml version="1.0"?><!DOCTYPE {root} SYSTEM "{target}">{body}'.encode()),
            )
            yield (
                f"{name}-parameter-entity-{scheme}",
                Raw(f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY % p SYSTEM "{target}"> %p;]>{body}'.encode()),
            )
            yield (
                f"{name}-late-entity-{scheme}",
                Raw(
                    f'<?xml version="1.0"?><!--{" " * 150_000}--><!DOCTYPE {root} [<!ENTITY x SYSTEM "{target}">]>{body}'.encode()
                ),
            )
    include = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{file}' parse='text'/>"
    yield "xinclude-file", Raw(rss.replace("&x;", include).encode())
    yield "xinclude-http", Raw(rss.replace("&x;", include.replace(file, f"{address}/xi")).encode())
    yield "xinclude-page", Raw(html(include))
    yield "xinclude-nitf", Raw(nitf.replace("&x;", include).encode())
    yield (
        "catalog-newsml",
        Raw(newsml.replace("<contentMeta", f"<catalogRef href='{address}/c.xml'/><contentMeta").encode()),
    )
    yield "schema-location", Raw(rss.replace("<rss ", f"<rss xsi:schemaLocation='urn:x {address}/x.xsd' ").encode())
    yield (
        "stylesheet",
        Raw(f"<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='{address}/x.xsl'?>{rss}".encode()),
    )
    yield "feed-base", Raw(rss.replace("<rss ", f"<rss xml:base='{file}' ").replace("&x;", "").encode())
    yield (
        "feed-of-addresses",
        Raw(
            f"<rss version='2.0'><channel><link>{address}</link><atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='self' href='{address}/feed'/>"
            f"<item><title>Bridge</title><link>{address}/1</link><enclosure url='{address}/a.jpg' type='image/jpeg'/><description>{STORY}"
            f"&lt;img src='{address}/b.jpg'&gt;&lt;a href='{file}'&gt;it&lt;/a&gt;</description><source url='{address}/s'/></item></channel></rss>".encode()
        ),
    )
    for target, name in ((address, "http"), (file, "file"), (path, "bare")):
        yield (
            f"page-{name}",
            Raw(
                html(
                    f"<img src='{target}/a.jpg' srcset='{target}/b.jpg 2x'><iframe src='{target}'></iframe><object data='{target}'></object>"
                    f"<embed src='{target}'><figure><img src='{target}/c.jpg'><figcaption>Photo: A. Keller</figcaption></figure>"
                    f"<p>{STORY}<a href='{target}/link'>the council of Alder decided</a></p><svg><image xlink:href='{target}'/><use href='{target}#a'/></svg>"
                    f"<script src='{target}/x.js'></script><video src='{target}' poster='{target}'></video><applet codebase='{target}'></applet>",
                    f"<base href='{target}/'><link rel='canonical' href='{target}'><link rel='stylesheet' href='{target}'><link rel='import' href='{target}'>"
                    f"<link rel='amphtml' href='{target}'><meta http-equiv='refresh' content='0;url={target}'><meta property='og:image' content='{target}/i.jpg'>"
                    f"<link rel='license' href='{target}'><meta property='og:url' content='{target}'>",
                )
            ),
        )
        linked = {
            "@context": target, "@id": target, "@type": "NewsArticle", "headline": "Bridge", "articleBody": STORY * 3, "image": target,
            "url": target, "author": {"@id": target, "@type": "Person", "name": "A. Keller", "sameAs": target}, "license": target,
        }  # fmt: skip
        yield f"json-ld-{name}", Raw(json.dumps(linked).encode())
        yield f"json-ld-script-{name}", Raw(html(f"<script type='application/ld+json'>{json.dumps(linked)}</script>"))
        yield f"envelope-{name}", Raw(
            json.dumps(
                {"content": STORY * 2, "source": {"domain": target, "feed_url": target}, "feed_item": {"link": target, "guid": target},
                 "http": {"status": 301, "headers": {"Location": target, "Content-Location": target}}, "charset": target}
            ).encode()
        )  # fmt: skip
        yield f"address-as-content-{name}", Raw(target.encode())
        yield f"address-as-feed-{name}", headed(target.encode(), (("content-type", b"application/rss+xml"),))
        yield f"header-{name}", headed(html(""), (("x-url", target.encode()), ("content-location", target.encode())))
        yield f"ninjs-{name}", Raw(
            json.dumps(
                {"uri": target, "headline": "Bridge", "body_html": f"<img src='{target}'>{STORY}", "standard": {"schema": target},
                 "associations": {"a": {"type": "picture", "uri": target, "renditions": {"b": {"href": target}}}}}
            ).encode()
        )  # fmt: skip
        yield (
            f"nitf-media-{name}",
            Raw(nitf.replace("&x;</p>", f"</p><media><media-reference source='{target}'/></media>").encode()),
        )
        yield (
            f"markdown-{name}",
            Raw(
                f"---\ntitle: Bridge\nimage: {target}\ncanonical_url: {target}\n---\n\n![a]({target})\n\n[b]({target}) {STORY}\n\n[c]: {target}\n\n<{target}>\n".encode()
            ),
        )
        yield f"json-feed-{name}", Raw(
            json.dumps(
                {"version": "https://jsonfeed.org/version/1", "feed_url": target, "next_url": target,
                 "items": [{"id": target, "url": target, "image": target, "content_html": f"<img src='{target}'>{STORY}"}]}
            ).encode()
        )  # fmt: skip
    yield "takedown", Raw(json.dumps({"action": "delete", "url": f"{address}/gone"}).encode())


@kind
def documents_that_reach_out(dice: Dice) -> Raw:
    # Nobody listens on the discard port; whether anything connects is the business of a test with a listener.
    return dice.choice([raw for _, raw in reaching("http://127.0.0.1:9", "/etc/hostname")])
