"""Hostile texts: floods, invisible characters, and bait for every expression that reads a line."""

from __future__ import annotations

from tests.support.hostile.base import STORY, Dice, html, kind, text

_BAIT = (
    "By Anna Keller and ", "By ", "(Photo by ", "Photo: ", "LONDON, Jan. 1 (Reuters) - ", "LONDON (AP) — ", "Mr. ",
    "A. B. C. ", "said ", "“", "”", "“a” ", '"', "'", "((((", ")", "[", "1/1/", "12:12:", "2019-03-", "Jan. ",
    "1 January 2019, ", "last Monday ", "on Monday, ", "http://a.example/b ", "http://", "www.", "@", "a@b.example ",
    "#", "* ", "- ", "— ", "• ", "=" * 40 + "\n", "|", "\t", ". ", ".", "...", "?!", "1,000,000 ", "$", "€1.5bn ", "%",
    "U.S. ", "e.g. ", "Keller ", "Anna Keller ", "van der ", "of the ", "McX ", "O’", "de la ", "Anna-", "ANNA ", "IIII",
    "Image caption ", "Read more: ", "Also read ", "Updated: ", "Published: ", "Advertisement\n", "Share\n", "©", "AFP ",
    "Continue reading ", "Subscribe ", "Source: ", "Editing by ", "Reporting by ", "1. ", "a)", "»", "«", "„a“ ", "「", "」",
    "a\u200d", "\u00ad", "&amp; ", "<b>", "</p>", "\\", "\\u0041", "{", "}", "{{", "%s", "\r", "\r\n", "\v", "\f",
    "\u2028", "\u0085", " \n", "\n ", "\n\n", "x\n", "\u00a0", "\u3000", "。", "！", "は", "ก", "ﷺ", "İ", "ß", "ŉ", "ﬁ",
    "twenty-", "-one ", "years ago ", "two ", "next ", "Q1 ", "1990s ", "'90s ", "-", "_", "/", ":", ";", ",", "~{", "+",
)  # fmt: skip


def _flood(one: str, size: int) -> str:
    return one * (size // len(one.encode("utf-8", "surrogatepass")) + 1)


@kind
def bait(dice: Dice) -> bytes:
    return text(_flood(dice.choice(_BAIT), dice.much(dice.choice((20_000, 2**18, 2**20)))))


@kind
def bait_in_a_page(dice: Dice) -> bytes:
    flood = _flood(dice.choice(_BAIT), dice.much(2**18)).replace("<", "&lt;")
    return html(f"<p>{flood}</p><figure><figcaption>{flood[:50_000]}</figcaption></figure>")


@kind
def mixed_bait(dice: Dice) -> bytes:
    return text("".join(dice.choice(_BAIT) for _ in range(dice.much(100_000))))


@kind
def bait_lines(dice: Dice) -> bytes:
    return text("\n".join(_flood(dice.choice(_BAIT), dice.randrange(1, 400)) for _ in range(dice.much(5_000))))


@kind
def bait_as_first_line(dice: Dice) -> bytes:
    flood = _flood(dice.choice(_BAIT), dice.much(2**17))
    return f"{flood}\n\n{STORY}\n\n{STORY}".encode("utf-8", "surrogatepass")


@kind
def bait_as_last_line(dice: Dice) -> bytes:
    flood = _flood(dice.choice(_BAIT), dice.much(2**17))
    return f"{STORY}\n\n{STORY}\n\n{flood}".encode("utf-8", "surrogatepass")


@kind
def bait_and_its_near_miss(dice: Dice) -> bytes:
    """A long run and then what spoils the match: the worst case of an expression that tries all ways to divide it."""
    run = dice.choice(
        (" ", "a", "A", "1", "Aa ", "a ", "A. ", "\n", "-", ".", "“", "a,", "A and ", "1 ", "\u00a0", "x's ")
    )
    return text(_flood(run, dice.much(2**18)) + dice.choice(("!", "\u0000x", "<", "1", "a", "\n", "”", "{")))


@kind
def one_line(dice: Dice) -> bytes:
    return text(_flood(STORY, dice.much(6 * 2**20)))


@kind
def one_word(dice: Dice) -> bytes:
    return text(dice.choice("aA1-éд字") * dice.much(2**20))


@kind
def one_random_word(dice: Dice) -> bytes:
    return text(dice.letters(dice.much(2**20)))


@kind
def many_words(dice: Dice) -> bytes:
    return text(" ".join(dice.letters(dice.randrange(1, 12)) for _ in range(dice.much(200_000))))


@kind
def many_names(dice: Dice) -> bytes:
    names = (dice.letters(dice.randrange(3, 9)).title() for _ in range(dice.much(120_000)))
    return text(" ".join(f"{name} said that" if dice.random() < 0.2 else name for name in names))


@kind
def many_lines(dice: Dice) -> bytes:
    return text("\n".join(dice.letters(dice.randrange(1, 60)) for _ in range(dice.much(150_000))))


@kind
def many_quotes(dice: Dice) -> bytes:
    one = dice.choice(
        ("“It is so,” said Keller. ", "“", "“a ", "”", '"a" ', "'", "“‘", "»a« ", "「a」", '"It is," she said. ')
    )
    return text(_flood(one, dice.much(2**19)))


@kind
def many_numbers(dice: Dice) -> bytes:
    return text(" ".join(str(dice.randrange(10 ** dice.randrange(1, 40))) for _ in range(dice.much(60_000))))


@kind
def many_dates(dice: Dice) -> bytes:
    months = ("January", "Feb.", "März", "mai", "июня", "7月", "aoŭt", "XII", "13", "0")
    one = "{day} {month} {year}, "
    return text(
        "".join(
            one.format(day=dice.randrange(99), month=dice.choice(months), year=dice.choice((0, 1, 19, 2019, 99999)))
            for _ in range(dice.much(40_000))
        )
    )


@kind
def absurd_dates(dice: Dice) -> bytes:
    dates = (
        "0000-00-00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2019-02-30", "99999-01-01",
        "2019-03-28T25:61:61Z", "1/0/0", "32 January 2019", "-1-1-1", "1e999", "9" * 5000, "1900-01-01T00:00:00+99:99",
        "31 December 9999", "1 January 0001", "1553766000000000000000", "２０１９年３月２８日", "٢٠١٩-٠٣-٢٨", "२०१९-०३-२८",
        "Feb 29 1900", "24:00 on Monday", "next year 9999", "10000 years ago", "99999999999 days ago", "in 9999999999 years",
    )  # fmt: skip
    when = dice.choice(dates)
    body = " ".join(dice.choices(dates, k=50))
    return html(
        f"<p>{when}</p><p>{STORY} on {body}.</p><time datetime='{when}'>{when}</time>",
        f"<meta property='article:published_time' content='{when}'>"
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"x","datePublished":"{when}"}}</script>',
    )


@kind
def zalgo(dice: Dice) -> bytes:
    marks = "".join(map(chr, range(0x300, 0x36F)))
    return text(
        "".join(letter + "".join(dice.choices(marks, k=dice.randrange(200))) for letter in STORY * dice.randrange(1, 8))
    )


@kind
def one_letter_with_marks(dice: Dice) -> bytes:
    """Canonical ordering sorts the marks of one letter: in quadratic time, if it is done by hand."""
    marks = dice.choice(("\u0301\u0316", "\u0316\u0301", "\u0345\u0334", "\u05b0\u0591", "\u0f71\u0f72\u0f74"))
    return text("a" + marks * (dice.much(2**20) // 4))


@kind
def hangul_and_compositions(dice: Dice) -> bytes:
    one = dice.choice(("\u1100\u1161\u11a8", "\u1100", "\u1161", "\ufdfa", "\u0390", "\u1f82", "\ufb2c", "\u212b"))
    return text(_flood(one, dice.much(2**20)))


@kind
def invisible(dice: Dice) -> bytes:
    flood = "".join(dice.choices("\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u2063", k=dice.much(300_000)))
    return text(flood + "".join(letter + "\u200b" * 50 for letter in STORY))


@kind
def right_to_left(dice: Dice) -> bytes:
    marks = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
    return text("".join(dice.choice(marks) + letter for letter in STORY * 20) + dice.choice(marks) * dice.much(100_000))


@kind
def unassigned_and_private(dice: Dice) -> bytes:
    pool = [0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFF, 0x10FFFF, 0xE000, 0xF8FF, 0xE0001, 0xE0041, 0xFE0F, 0xFFF9, 0x2FE0, 0x0378]
    return text("".join(chr(dice.choice(pool)) for _ in range(dice.much(100_000))) + STORY)


@kind
def emoji(dice: Dice) -> bytes:
    return text("👨\u200d👩\u200d👧\u200d👦🏳️\u200d🌈🇦🇧" * dice.much(20_000))


@kind
def scripts_without_spaces(dice: Dice) -> bytes:
    first, last = dice.choice(((0x4E00, 0x9FFF), (0x3041, 0x3096), (0xE01, 0xE2E), (0x1780, 0x17B3), (0xAC00, 0xD7A3)))
    count = dice.much(400_000)
    return "".join(chr(dice.randrange(first, last)) if dice.random() > 0.02 else "。" for _ in range(count)).encode()


@kind
def control_characters(dice: Dice) -> bytes:
    share = dice.choice((0.002, 0.009, 0.05))
    controls = [*range(9), *range(14, 32), *range(127, 160)]
    return "".join(
        letter + (chr(dice.choice(controls)) if dice.random() < share else "") for letter in STORY * 50
    ).encode()


@kind
def repetition(dice: Dice) -> bytes:
    """What packs a thousandfold: the same hundred bytes over megabytes."""
    return dice.letters(100, "abc \n.,<>").encode() * (dice.much(6 * 2**20) // 100)


@kind
def boilerplate_lines(dice: Dice) -> bytes:
    return text(
        "\n".join(
            dice.choice(("Share this", "Read more", "Advertisement", "By A. Keller")) for _ in range(dice.much(50_000))
        )
    )


@kind
def addresses(dice: Dice) -> bytes:
    schemes = ("http://[::1", "file:///etc/passwd", "javascript:alert(1)", "http://a.example/" + "a/" * 3000, "//", "http:",
               "http://\u202e.example", "http://xn--a.example", "http://1.1.1.1:99999", "data:text/html,x", "gopher://a")  # fmt: skip
    return html(
        "".join(f'<p>{STORY[:60]}<a href="{dice.choice(schemes)}">it is so</a></p>' for _ in range(dice.much(3_000)))
    )
