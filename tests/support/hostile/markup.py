"""Hostile pages: depth, width, and markup that never ends."""

from __future__ import annotations

import base64

from tests.support.hostile.base import STORY, Dice, html, kind

_NESTING = (
    "div", "span", "b", "a", "font", "ul", "li", "table", "td", "blockquote", "x-y", "svg", "g", "math", "section",
    "select", "object", "q", "ruby", "dl", "p", "button", "form", "noscript", "template", "wbr", "source",
)  # fmt: skip


@kind
def deep_element(dice: Dice) -> bytes:
    return html(f"<{dice.choice(_NESTING)}>" * dice.much(200_000) + STORY)


@kind
def deep_mixture(dice: Dice) -> bytes:
    return html("".join(f"<{dice.choice(_NESTING)}>" for _ in range(dice.much(90_000))) + STORY)


@kind
def deep_and_closed(dice: Dice) -> bytes:
    name, depth = dice.choice(_NESTING), dice.much(45_000)
    return html(f"<{name}>" * depth + STORY + f"</{name}>" * depth)


@kind
def deep_tables(dice: Dice) -> bytes:
    return html("<table><tr><td>" * dice.much(30_000) + STORY)


@kind
def deep_below_the_guard(dice: Dice) -> bytes:
    """Never deeper than the guard cuts, but again and again."""
    name, depth = dice.choice(("div", "ul", "b", "blockquote", "table")), 150
    return html((f"<{name}>" * depth + "word " + f"</{name}>" * depth) * max(1, dice.much(300)))


@kind
def page_beyond_the_limit(dice: Dice) -> bytes:
    return html(f"<p>{STORY}</p>\n" * (dice.much(20 * 2**20) // len(STORY)))


@kind
def page_within_the_limit(dice: Dice) -> bytes:
    return html(f"<p>{STORY}</p>\n" * (dice.much(9 * 2**20) // len(STORY)))


@kind
def links(dice: Dice) -> bytes:
    name = dice.choice(("p", "li", "div"))
    return html("".join(f'<{name}><a href="/story/{n}">Story {n}</a></{name}>' for n in range(dice.much(100_000))))


@kind
def links_in_one_paragraph(dice: Dice) -> bytes:
    return html("<p>" + "".join(f'<a href="/s/{n}">word{n}</a> ' for n in range(dice.much(49_000))) + "</p>")


@kind
def links_with_prose(dice: Dice) -> bytes:
    count = dice.much(20_000)
    return html("".join(f'<p>{STORY[:90]} {n} <a href="/s/{n}">the council of Alder</a></p>' for n in range(count)))


@kind
def cells(dice: Dice) -> bytes:
    row = "<tr>" + "<td>17</td>" * 10 + "</tr>"
    return html("<table>" + row * (dice.much(200_000) // 10) + "</table>")


@kind
def cells_in_one_row(dice: Dice) -> bytes:
    return html("<table><tr>" + "<td>17</td>" * dice.much(99_000) + "</tr></table>")


@kind
def list_items(dice: Dice) -> bytes:
    return html("<ul>" + "<li>one more item" * dice.much(95_000) + "</ul>")


@kind
def line_breaks(dice: Dice) -> bytes:
    return html("<p>" + "a line<br>" * dice.much(95_000) + "</p>")


@kind
def short_paragraphs(dice: Dice) -> bytes:
    return html("<p>word</p>" * dice.much(49_000))


@kind
def same_long_paragraphs(dice: Dice) -> bytes:
    return html(f"<p>{STORY}</p>" * dice.much(20_000))


@kind
def a_tag_a_letter(dice: Dice) -> bytes:
    return html("<p>" + "<b>a</b>" * dice.much(49_000) + "</p>")


@kind
def never_closed(dice: Dice) -> bytes:
    opening = dice.choice(
        ("<!--", "<![CDATA[", "<script>", "<style>", '<a href="', "<a href='", "<title>", "<textarea>", "<xmp>",
         "<plaintext>", "<noscript>", "<?xml ", "<!DOCTYPE ", "<svg><title>", "<iframe>", "</", "<p ")
    )  # fmt: skip
    return html(opening + STORY * (dice.much(2 * 2**20) // len(STORY)))


@kind
def openings_without_end(dice: Dice) -> bytes:
    """Each of them makes a careless parser look through all the rest."""
    opening = dice.choice(
        ("<", "<a", "</", "<!", "<!--", "<![CDATA[", "<?", "<a<a", "<a ", '<a b="', "<wbr ", "<source ", "<path ",
         "<script>", "<style", "<!-", "&#", "<a b=c ")
    )  # fmt: skip
    return html(opening * (dice.much(4 * 2**20) // len(opening)))


@kind
def attribute_of_megabytes(dice: Dice) -> bytes:
    data = base64.b64encode(dice.randbytes(1000)).decode() * (dice.much(6 * 2**20) // 1336)
    name = dice.choice(("src", "href", "class", "id", "style", "alt", "srcset", "content", "onclick", "data-x"))
    return html(f'<figure><img {name}="data:image/png;base64,{data}"><figcaption>{STORY}</figcaption></figure>')


@kind
def attributes(dice: Dice) -> bytes:
    return html("<div " + " ".join(f'a{n}="{n}"' for n in range(dice.much(60_000))) + f">{STORY}</div>")


@kind
def attributes_without_values(dice: Dice) -> bytes:
    between = dice.choice((" ", "/", "\n"))
    return html("<p " + between.join(f"a{n}" for n in range(dice.much(150_000))) + f">{STORY}</p>")


@kind
def state_in_an_attribute(dice: Dice) -> bytes:
    state = ",".join(f'{{"href":"https://a.example/?id={n}&page={n}"}}' for n in range(dice.much(20_000)))
    return html(f"<div data-state='[{state}]'><p>{STORY}</p></div>")


@kind
def attribute_of_bait(dice: Dice) -> bytes:
    word = dice.choice(
        ("comment ", "share-", "paywall", "key-", "a ", "_", "-", "related\n", "summary-list ", "byline ")
    )
    return html(f'<div class="{word * (dice.much(2**20) // len(word))}" id="{word * 1000}"><p>{STORY}</p></div>')


@kind
def classes_of_bait(dice: Dice) -> bytes:
    words = ("comments", "sidebar", "paywall", "key-points", "related", "share", "byline", "caption", "promo", "date")
    return html("".join(f'<div class="{dice.choice(words)} x{n}">text {n}</div>' for n in range(dice.much(45_000))))


@kind
def wall_in_depth(dice: Dice) -> bytes:
    text = "e\u0301  word " * dice.much(60_000)
    return html(f"{STORY}<div class='paywall'>{'<div>' * 185}{text}{'</div>' * 185}</div>")


@kind
def size_of_blanks(dice: Dice) -> bytes:
    blanks = " " * dice.much(400_000)
    return html(f'<figure><img src="/a.jpg" width="5{blanks}x" height="{blanks}9{blanks}px"></figure>{STORY}')


@kind
def card_of_links(dice: Dice) -> bytes:
    links = "<a href='/x'>A headline of some words</a> " * dice.much(8_000)
    leads = "<p class='lead'>A line that is called a deck, of some words.</p>" * 10
    return html(
        f"<h1>A headline</h1><section>{' ' * 4_100}{leads}<span>{links}{'word ' * dice.much(100_000)}</span></section>"
    )


@kind
def offers_without_end(dice: Dice) -> bytes:
    line = dice.choice(("sign up ", "follow us, ", "subscribe to our ", "newsletter - ", "copyright © "))
    return html(f"{STORY}{''.join(f'<p>{line * 40}</p>' for _ in range(dice.much(2_000)))}")


@kind
def element_name_of_megabytes(dice: Dice) -> bytes:
    return html(f"<{'x' * dice.much(4 * 2**20)}>{STORY}")


@kind
def malformed_references(dice: Dice) -> bytes:
    one = dice.choice(
        ("&", "&#", "&#x", "&#xD800;", "&#x110000;", "&#0;", "&#99999999999999;", "&amp", "&ampamp;", "&notit;",
         "&#x80;", "&lt", "&#xFFFF;", "&CounterClockwiseContourIntegral;", "&amp;" * 3 + "lt;", "&" + "a" * 60)
    )  # fmt: skip
    return html(
        f"<p>{one * (dice.much(2**20) // len(one))}</p><p title='{one * 100}'>{STORY}</p>", f"<title>{one * 99}"
    )


@kind
def null_bytes_in_tags(dice: Dice) -> bytes:
    page = bytearray(html(f"<p>{STORY}</p>" * 50))
    for _ in range(dice.randrange(1, 100)):
        page.insert(dice.randrange(len(page)), 0)
    return bytes(page)


@kind
def meta_elements(dice: Dice) -> bytes:
    name = dice.choice(("og:title", "author", "article:tag", "keywords", "article:published_time", "og:image", "date"))
    value = dice.choice(("2019-03-28T10:00:00Z", "Anna Keller", "https://a.example/i.jpg", "x" * 200))
    return html("", f'<meta property="{name}" content="{value} ">' * dice.much(60_000))


@kind
def author_of_megabytes(dice: Dice) -> bytes:
    joint = dice.choice((" and ", ", ", " By ", "; ", " | ", " - ", " & ", "/", "\u00a0", "("))
    return html("", f'<meta name="author" content="{("Anna Keller" + joint) * (dice.much(2**20) // 12)}">')


@kind
def title_of_megabytes(dice: Dice) -> bytes:
    joint = dice.choice((" | ", " - ", " — ", ": ", " ", "", "»", "\n"))
    title = ("Bridge closed" + joint) * (dice.much(2 * 2**20) // 14)
    return html(f"<h1>{title}</h1>", f"<title>{title}</title><meta property='og:title' content='{title[:300_000]}'>")


@kind
def headings(dice: Dice) -> bytes:
    return html("".join(f"<h1>Bridge closed {n}</h1>" for n in range(dice.much(40_000))))


@kind
def figures(dice: Dice) -> bytes:
    one = '<figure><img src="/{0}.jpg" srcset="/{0}.jpg 1x, /{0}b.jpg 2x"><figcaption>Photo {0}: A. Keller</figcaption></figure>'
    return html("".join(one.format(n) for n in range(dice.much(24_000))))


@kind
def srcset_of_megabytes(dice: Dice) -> bytes:
    one = dice.choice(("/a.jpg 1x, ", ",", "a ", "/a.jpg 1e999w, ", " , ,", "/a.jpg " + "9" * 5000 + "w, "))
    return html(f'<figure><img src="/a.jpg" srcset="{one * (dice.much(2**20) // len(one))}"></figure>')


@kind
def times(dice: Dice) -> bytes:
    when = dice.choice(("2019-03-28T10:00:00Z", "0000-00-00", "9999-12-31T23:59:59-23:59", "1/2/3", "today", "9" * 400))
    return html(f'<time datetime="{when}" class="date">{when}</time>' * dice.much(30_000))


@kind
def frames_and_old_markup(dice: Dice) -> bytes:
    pieces = ("<frameset><frame>", "<marquee>", "<layer>", "<isindex>", "<table><p>", "</body></html>", "<body>",
              "<html>", "<head>", "<title>", "</p>", "</article>", "<image>", "<math><mtext><table>", "<select><p>")  # fmt: skip
    return html("".join(dice.choice(pieces) + "word " for _ in range(dice.much(30_000))))


@kind
def shuffled_page(dice: Dice) -> bytes:
    page = html(f'<p class="lead">{STORY}</p><ul><li>one</li></ul><figure><img src="a.png"></figure>' * 20)
    pieces = [page[at : at + 40] for at in range(0, len(page), 40)]
    dice.shuffle(pieces)
    return b"".join(pieces)


@kind
def mutated_page(dice: Dice) -> bytes:
    page = bytearray(html(f'<p class="lead">{STORY}</p><time datetime="2019-03-28">28 March 2019</time>' * 5))
    for _ in range(dice.randrange(1, 200)):
        page[dice.randrange(len(page))] = dice.choice((0x00, 0x3C, 0x3E, 0x22, 0x26, 0x2F, 0xC3, 0x80, 0xFF, 0x5D))
    return bytes(page)
