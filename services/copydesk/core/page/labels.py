"""What a page says of itself and extraction takes for paragraphs: labels, offers to subscribe, notices of rights.

Only a paragraph that is nothing but a label is one: of an advertisement, of reading time, above other stories. What
many a story has as a heading of its own («See also», «Further reading») is none. Offers and notices are looked for
among the last paragraphs alone, for a story may be about them.
"""

from __future__ import annotations

import re

from copydesk.core.lines.lexicon import PHRASES, UNSPACED
from copydesk.core.page.removed import Reason, note_removed
from copydesk.core.text.normalize import paragraphs
from copydesk.core.trace import NO_TRACE, Trace

_CHARS = 60
"""Characters of a label at most."""
_WORD = re.compile(r"\w+")
_AMBIGUOUS = frozenset(
    {
        "see also", "further reading", "recommended reading", "also read", "also on", "in other news", "more in",
        "more from", "more on this", "mehr von", "mehr aus", "mehr dazu", "zum thema", "aus dem archiv",
        "weitere themen", "voir aussi", "à lire", "à découvrir", "en continu", "más información", "más sobre",
        "mira también", "veja também", "saiba mais", "zobacz też", "zobacz także", "смотрите также", "по теме",
        "son dakika", "don t miss", "must read", "continue reading", "live blog", "live updates", "follow live",
        "mehr zu", "read our", "à voir", "à voir aussi", "se også", "se även", "viz také", "viz též", "zie ook",
        "katso myös", "mer om", "les mer om", "meer over", "więcej o", "latest news", "top stories", "în plus",
        "also check", "daha fazla",
    }
)  # fmt: skip
_RELATED = (
    frozenset(phrase for phrase in PHRASES["related"].split("|") if " " in phrase)
    | frozenset(phrase for phrase in UNSPACED["related"].split("|") if len(phrase) > 2)
) - _AMBIGUOUS
"""Headings above other stories. Single words are headings of stories too."""
_ADVERTS = frozenset(
    {
        "advertisement", "advertisements", "story continues below", "article continues below", "scroll to continue",
        "skip ad", "report this ad", "anzeige", "werbung", "publicité", "la suite après la publicité", "publicidad",
        "publicidade", "continua após a publicidade", "pubblicità", "advertentie", "reklama", "реклама", "annons",
        "annonse", "annonce", "mainos", "inzerce", "hirdetés", "publicitate", "διαφήμιση", "إعلان", "विज्ञापन", "广告",
        "廣告", "広告", "광고", "โฆษณา",
    }
)  # fmt: skip
_CONTENTS = frozenset(
    {
        "table of contents", "inhaltsverzeichnis", "table des matières", "tabla de contenidos", "índice de contenidos",
        "inhoudsopgave", "spis treści", "innehållsförteckning", "目次",
    }
)  # fmt: skip
_MINUTES = r"(?:min(?:ut(?:e[sn]?|os?|i|uta|en|er)?)?|мин(?:ут[аы]?)?|хв)\b\.?"
_READING_TIME = re.compile(
    rf"(?:reading time|read time|time to read|lesezeit|lesedauer|temps de lecture|tiempo de lectura|tempo di lettura|"
    rf"tempo de leitura|leestijd|lästid|lesetid|læsetid|lukuaika|czas czytania|doba čtení|время чтения|час читання|"
    r"okuma süresi)\s*[:：]?\s*(?:ca\.?|about|etwa|environ|около)?\s*"
    rf"\d{{1,3}}(?:\s*[-–]\s*\d{{1,3}})?\s*(?:{_MINUTES})?|"
    rf"\d{{1,3}}\s*[-–]?\s*{_MINUTES}\s*(?:read(?:ing time)?|lesezeit|de lecture|de lectura|di lettura|de leitura|"
    rf"leestijd|lästid|lesetid|læsetid|czytania|чтения|okuma)",
    re.IGNORECASE,
)
_START = r"(?:\A\W*|[.!?…:|]\s+)"
_OFFER = re.compile(
    # An invitation to the reader, not a sentence about one: an imperative opens the sentence, or it is «ours».
    rf"{_START}(?:please |now )?(?:sign[ -]up|subscribe|register|join|get|stay informed)\b[^.!?]{{0,120}}"
    r"\b(?:newsletters?|your inbox|mailing list)\b|"
    rf"{_START}(?:please )?subscribe\b[^.!?]{{0,80}}\b(?:to|by|via) (?:your )?e-?mail\b|"
    r"\b(?:sign(?:ing)?[ -]up|subscribe|subscribing|join)\b[^.!?]{0,30}\b(?:our|my)\b[^.!?]{0,60}"
    r"\b(?:newsletters?|mailing list|blog|channel)\b|"
    rf"\A\W*follow us\b|{_START}follow us on\b|"
    r"\Afollow \w+[^.!?]{0,30}\bon (?:google news|facebook|instagram|whatsapp)\b|"
    rf"{_START}(?:jetzt |hier )?(?:abonnieren sie|abonniere?|bestellen sie|bestelle|melden sie sich|melde dich)\b"
    r"[^.!?]{0,80}\bnewsletter\b|"
    r"\bnewsletter\b[^.!?]{0,60}\binformiert (?:sie|dich)\b|"
    r"\bnewsletter\b[^.!?]{0,30}\b(?:abonnieren|bestellen|anmelden)\W*\Z|"
    rf"\Afolgst du schon\b|{_START}(?:folgen sie|folg|folgt) uns\b|"
    r"\b(?:inscrivez|abonnez)-vous\b[^.!?]{0,80}\b(?:newsletter|infolettre|lettre)|\bsuivez-nous\b|"
    r"\b(?:suscr[ií]bete|suscr[ií]base|ap[uú]ntate|reg[ií]strate)\b[^.!?]{0,80}\b(?:newsletter|bolet[ií]n)|"
    r"\bs[ií]guenos\b|"
    rf"\biscriviti\b[^.!?]{{0,80}}\bnewsletter|{_START}seguici su\b|"
    r"\b(?:inscreva-se|assine)\b[^.!?]{0,80}\bnewsletter|"
    rf"{_START}(?:schrijf je in|abonneer)\b[^.!?]{{0,80}}\bnieuwsbrief|"
    rf"{_START}volg ons\b|{_START}zapisz się\b[^.!?]{{0,80}}\bnewsletter|"
    r"\b(?:подпи(?:шитесь|сывайтесь)|підпи(?:шіться|суйтесь)) на (?:наш|канал|рассылк|розсилк|нас)|"
    r"会員限定です|会員登録できます",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\ball rights reserved\b|\A\W*copyright\W*(?:[©ⓒ]|\(c\)|\d{4}\b)|\A\W*[©ⓒ]\s*\w|無断転載|무단\s*전재|"
    r"未经(?:授权|许可|书面)[^。]{0,12}(?:不得|严禁|禁止)[^。]{0,10}(?:转载|使用|复制|摘编)|"
    r"\A(?:zuletzt )?(?:aktualisiert|last (?:updated|reviewed|modified))\b.{0,30}\d{4}\W*\Z",
    re.IGNORECASE,
)
_CLOSING = frozenset(
    {
        "comments", "leave a comment", "join the conversation", "join our commenting forum", "share this article",
        "tags", "kommentare", "artikel teilen", "commentaires", "partager cet article", "comentarios", "comentários",
        "commenti", "reacties", "kommentarer", "komentarze", "комментарии", "коментарі", "komentáře", "yorumlar",
        "评论", "評論", "コメント", "댓글",
    }
)  # fmt: skip
"""Headings of what comes after a story."""
_OFFER_CHARS = 400
_LAST = 6
"""Paragraphs at the end among which offers and notices are looked for."""
_HEADLINES = 12
_HEADLINE_CHARS = 200
"""Paragraphs below a label for other stories, up to the end, that may be their headlines, and characters of each."""
_CLOSERS = '"”’»)）'
_STATEMENT_END = tuple(".…!?。।！？」』؟۔።။")
"""How a statement or speech ends. A headline may end so too; then it stays."""
_NO_ENDS = re.compile("[\u0e00-\u0eff\u0f00-\u0fff\u1780-\u17ff]")
"""Scripts whose sentences end without a mark: whether a text is a headline cannot be told."""
_STORY_SHARE = 0.5
"""Share of a body that stands before the headlines of other stories at its end."""


def drop_labels(body: str, trace: Trace = NO_TRACE) -> str:
    """A body without labels, without the headlines of other stories below the last of them, offers and notices."""
    found = paragraphs(body)
    kept: list[str] = []
    for number, paragraph in enumerate(found):
        kind = _kind(paragraph)
        if kind is None and kept and number >= len(found) - _LAST and _is_offer(paragraph):
            kind = _OFFER
        if kind is None:
            kept.append(paragraph)
            continue
        if kind is _RELATED and _are_headlines(found[number + 1 :]) and _chars(kept) >= _STORY_SHARE * _chars(found):
            note_removed(trace, "\n\n".join(found[number:]), Reason.LABEL)
            break
        note_removed(trace, paragraph, Reason.LABEL)
    return "\n\n".join(kept) if len(kept) < len(found) else body


def _kind(paragraph: str) -> object | None:
    if len(paragraph) > _CHARS:
        return None
    if _READING_TIME.fullmatch(paragraph.strip(" |•·.()")):
        return _READING_TIME
    words = _words(paragraph)
    return next((kind for kind in (_RELATED, _ADVERTS, _CONTENTS) if words in kind), None)


def _words(text: str) -> str:
    """As the lexicon has them: casefolded, one space between them."""
    return " ".join(_WORD.findall(text.casefold()))


def _is_offer(paragraph: str) -> bool:
    return len(paragraph) <= _OFFER_CHARS and (
        _OFFER.search(paragraph) is not None or _NOTICE.search(paragraph) is not None or _words(paragraph) in _CLOSING
    )


def _are_headlines(rest: list[str]) -> bool:
    return len(rest) <= _HEADLINES and all(_is_offer(text) or _is_headline(text) for text in rest)


def _is_headline(text: str) -> bool:
    return (
        len(text) <= _HEADLINE_CHARS
        and not text.rstrip(_CLOSERS).endswith(_STATEMENT_END)
        and _NO_ENDS.search(text) is None
    )


def _chars(texts: list[str]) -> int:
    return sum(map(len, texts))
