"""Lines beside a story: teasers for other stories, source lines, counters, and why a line was left out."""

from __future__ import annotations

import re

from copydesk.core.lines import patterns
from copydesk.core.lines.features import Look

_SOURCE = re.compile(
    r"(?:source|sources|quelle|quellen|fuente|fuentes|fonte|fonti|bron|źródło|источник|джерело|källa|kilde|lähde|zdroj|"
    r"kaynak|forrás|sursa|πηγή|المصدر|来源|來源|出典|출처|स्रोत|originally (?:published|appeared) (?:on|in|at|by)|"
    r"this (?:article|story|post) (?:was )?(?:originally|first) (?:published|appeared) (?:on|in|at|by)|"
    r"zuerst erschienen (?:auf|bei|in))\s*[:：]?\s*(?P<name>.{2,120})$",
    re.IGNORECASE,
)
_COLON = re.compile(r"[^:：]{3,40}[:：]")
_LINK_WORDS = re.compile(
    r"(?:read (?:the )?(?:full|original|more|whole)\b.*|full (?:article|story)|link|here|click here.*|view original.*|"
    r"original(?:artikel)?|lire l[’']article.*|leer (?:artículo|más).*)$",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"(?<=…)\s+(?=\S)|(?<=\.\.\.)\s+(?=\S)")
_TEASER_PREFIX = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|related|more|watch|lesen sie auch|mehr zum thema|lire aussi|"
    r"à lire aussi|lee también|lea también|leggi anche|leia também|lees ook|czytaj (?:także|też|również)|читайте также|"
    r"читайте також|läs (?:också|även|mer)|les også|læs også|lue myös|čtěte také|اقرأ أيضا|اقرأ المزيد|"
    r"延伸閱讀|相关阅读|"
    r"関連記事)\s*[:：|»>-]\s*(?P<title>\S.{5,200})$",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"[(\[](?:(?:additional |with )?(?:reporting|editing|writing|files?|inputs?)|written|compiled|translated|edited) "
    r"(?:by|from)\b[^()\[\]]{2,300}[)\]]\.?$",
    re.IGNORECASE,
)
_REASONS = {
    "share": "a share button", "signup": "an offer to subscribe or follow", "consent": "a consent notice",
    "account": "an account link", "comments": "part of the comment section", "related": "a heading over other stories",
    "advert": "an advertisement mark", "legal": "a legal notice or page footer", "menu": "part of the page's menu",
    "tags": "a tag list", "author": "a note about the author", "photo": "a picture's credit",
    "source": "a source line", "dated": "a time stamp",
}  # fmt: skip


def source_name(text: str) -> tuple[bool, str | None]:
    """Whether a line names the source of the story, and the name unless it is only a link's words."""
    if len(text) > 160:
        return False, None
    match = _SOURCE.match(text)
    if not match:
        return False, None
    name = match["name"].strip(" .:")
    if not _COLON.match(text) and not text.casefold().startswith(("originally", "this ", "zuerst")):
        return False, None
    return True, None if _LINK_WORDS.match(name) else name


def is_sign_off(text: str) -> bool:
    """Whether a line in brackets says who worked on the story, as agencies end theirs."""
    return len(text) <= 320 and _SIGN_OFF.match(text) is not None


def teasers_in(one: Look) -> list[str]:
    """Headlines of other stories that one line holds; several may run together, each cut short by an ellipsis."""
    text = one.line.text
    if match := _TEASER_PREFIX.match(text[:300]):
        return [match["title"]]
    if len(text) > 2000 or ("…" not in text and "..." not in text):
        return []
    parts = [part.strip() for part in _ELLIPSIS.split(text)]
    cut = [part for part in parts if part.endswith(("…", "...")) and len(part.split()) >= 3]
    if len(cut) == len(parts) and (len(cut) >= 2 or one.line.bullet):
        return cut
    return []


def reason_to_drop(one: Look, place: str) -> str:
    """Why a line was left out, in words."""
    text = one.line.text
    if patterns.is_counter(text):
        return "a counter"
    if one.kinds:
        kind, hits = max(one.kinds.items(), key=lambda item: item[1])
        if hits * 3 >= len(one.tokens) or one.shape in "SB":
            return _REASONS[kind]
    if patterns.date_share(text) > 0.45:
        return "a time stamp"
    if one.line.bullet and one.line.units <= 4:
        return "an entry of a menu or list outside the story"
    if one.line.units <= 4:
        return f"a short line {place}"
    return f"it does not read as part of the story and stands {place}"
