"""What ninjs, NewsML and NITF have in common: whether an item may be published, its dates, credits and tags.

Vocabularies: IPTC NewsCodes `pubstatusg2`, `ninature` and `genre` (cv.iptc.org).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from copydesk import __version__
from copydesk.core.dates.read import read_date
from copydesk.core.document import Draft, FoundDate, RawDocument
from copydesk.core.envelope import is_web_url
from copydesk.core.errors import Rejected
from copydesk.core.lines.byline import read_byline
from copydesk.core.lines.dateline import read_dateline
from copydesk.core.structured.authors import read_authors
from copydesk.core.structured.metadata import language_tag
from copydesk.core.structured.publisher import agency, credited, host_of
from copydesk.core.structured.title_text import key_of
from copydesk.core.text.normalize import normalize_line, paragraphs
from copydesk_schemas.parts import Dateline, Genre, Media, Rights, Source
from copydesk_schemas.reasons import Code, DateRole, Flag, FoundIn, MediaType

MAX_TAGS = 30
MAX_MEDIA = 50
MAX_LINKS = 300
_DATE_CHARS = 200
_RIGHTS_CHARS = 2_000
_BYLINE_CHARS = 150
_SIGN = re.compile(r"[a-z]{1,3}|[A-Z]{1,3}|[a-z0-9]+(?:[._\-][a-z0-9]+)+")
"""Initials and user names, with which editors sign: no names."""
_SIGN_OFF = re.compile(
    r"[-–—(]*\s*(?:ends?|ENDS?|Ends?|30|#+|_+|\*+)\s*[-–—)]*"
    r"|(?P<wire>[A-Za-z]{2,8})(?:[ /][A-Z]{2,4})?(?: [a-z]{2,4}(?:/[a-z]{2,4})*)?"
)
"""What ends an agency's copy: «ends», «-30-», «AFP sn», «AAP RTV ar/bp»."""
_WORD = re.compile(r"[^\W\d_]{2}")
_CODE_END = re.compile(r"[:/#]")
_ZONES = timedelta(hours=14)
"""How far a time without its zone may be from UTC."""
_GENRES = {
    "opinion": "opinion", "column": "opinion", "editorial": "opinion", "commentary": "opinion", "letter": "opinion",
    "letterstotheeditor": "opinion", "analysis": "analysis", "review": "review", "pressrelease": "press-release",
    "live": "live", "liveblog": "live", "current": "news", "breakingnews": "news",
}  # fmt: skip
_MEDIA = {
    "picture": MediaType.IMAGE, "photo": MediaType.IMAGE, "graphic": MediaType.IMAGE, "image": MediaType.IMAGE,
    "video": MediaType.VIDEO, "audio": MediaType.AUDIO,
}  # fmt: skip


def code_name(code: str | None) -> str | None:
    """The name of a concept without its scheme, lower case: of `stat:canceled` or `http://cv.iptc.org/…/canceled`."""
    return (_CODE_END.split(code.strip())[-1].lower() or None) if code else None


def is_withdrawn(status: str | None) -> bool:
    """Whether a publication status takes the item back.

    Raises:
        Rejected: withheld, where it is neither that nor usable.
    """
    name = code_name(status)
    if name in {"canceled", "cancelled"}:
        return True
    if name not in {None, "usable"}:
        raise Rejected(
            Code.WITHHELD,
            f"its provider's publication status is {name[:40]!r}, not usable",
            facts="its provider's publication status is not usable",
        )
    return False


def refuse_embargoed(until: str | None, document: RawDocument, *, release: bool = False) -> None:
    """Refuse what must not be published yet.

    Args:
        until: as it stands.
        document: for the time at which it was fetched.
        release: it is a plain date of release, which nearly every item has: without a time zone it counts as passed
            once it may be. Of an embargo the latest that it can mean counts.

    Raises:
        Rejected: withheld, where the embargo had not ended when the document was fetched, or where that is not known.
    """
    if until is None:
        return
    read = read_date(until)
    end = read.date.as_instant() if read is not None else None
    if read is None or end is None:
        facts = "it is under an embargo whose end can not be read"
        raise Rejected(Code.WITHHELD, f"{facts}: {until[:60]!r}", facts=facts)
    slack = timedelta() if read.date.tz_known else _ZONES
    if document.fetched_at is None or (end - slack if release else end + slack) > document.fetched_at:
        raise Rejected(Code.WITHHELD, f"it is under an embargo until {read.date.value}")


def item_dates(
    where: str,
    *,
    first: str | None,
    this: str | None,
    version: str | None,
    created: str | None,
    modified: str | None = None,
    embargo: str | None = None,
) -> list[FoundDate]:
    """Dates of an item with what they claim to be.

    Args:
        where: name of the format.
        first: creation of the item's first version, which is its publication unless an embargo put that off.
        this: creation of this version: the publication of a first one, else a modification.
        version: number of this version, where stated.
        created: creation of the content, which precedes publication.
        modified: last change of the content.
        embargo: end of an embargo, which has passed.
    """
    is_first = first is None and version in {None, "", "1", "0"}
    claims = (
        (embargo, DateRole.PUBLISHED, "embargoed", 0.8),
        (first, DateRole.FEED if embargo else DateRole.PUBLISHED, "firstCreated", 0.6 if embargo else 0.9),
        (this, DateRole.FEED if is_first else DateRole.MODIFIED, "versionCreated", 0.7 if embargo else 0.85),
        (modified, DateRole.MODIFIED, "contentModified", 0.8),
        (created, DateRole.FEED, "contentCreated", 0.6),
    )
    return [found_date(raw, role, f"{where}:{name}", sure) for raw, role, name, sure in claims if raw]


def found_date(raw: str, role: DateRole, source: str, confidence: float) -> FoundDate:
    """A date as it stands, cut where it is no date."""
    return FoundDate(raw[:_DATE_CHARS], role, source, confidence)


def take_address(draft: Draft, fetched: str | None, stated: str | None) -> None:
    """Where it was fetched, else what it calls its own address, which counts where it is one of the web."""
    draft.canonical_link = stated if stated and is_web_url(stated) else None
    draft.url = fetched or draft.canonical_link


def take_source(draft: Draft, document: RawDocument, name: str | None) -> None:
    """The publisher: what the producer says comes first, then what the item says."""
    hint = document.source
    draft.source = Source(
        domain=(hint.domain if hint and hint.domain else None) or host_of(draft.url),
        name=(hint.name if hint and hint.name else None) or name,
        country=hint.country if hint else None,
        feed_url=hint.feed_url if hint else None,
    )


def take_credits(draft: Draft, bylines: Iterable[str | None], others: Iterable[str | None] = ()) -> None:
    """Authors from bylines; an agency among them, or in another credit, is whom the text comes from, and no author."""
    lines = [text for text in bylines if text]
    source = draft.source or Source()
    found = read_authors([(text, None) for text in lines], [name for name in (source.name, source.domain) if name])
    names = [author.name for author in found] + [text for text in (*lines, *others) if text and len(text) <= 80]
    _take_agency(draft, names)
    draft.authors = [author for author in found if agency(author.name) is None and not _SIGN.fullmatch(author.name)]


def take_printed_byline(draft: Draft) -> None:
    """The byline that agencies print as the first paragraph, where nothing else names the author."""
    first, _, rest = draft.body.partition("\n\n")
    if draft.authors or not rest or len(first) > _BYLINE_CHARS:
        return
    named = read_byline(first)
    if named:
        draft.body = rest
        take_credits(
            draft, [author.name for author in named], [draft.syndicated_from.name] if draft.syndicated_from else []
        )
        draft.authors = [author.model_copy(update={"raw": first}) for author in draft.authors]


def take_dateline(draft: Draft, printed: str | None, located: str | None) -> None:
    """The dateline as stated; else as the body opens with it; else the place that the item was sent from."""
    printed = printed if printed and _WORD.search(printed) else None
    opening = next(iter(paragraphs(draft.body)), "") if printed is None else f"{printed} — ."
    reading = read_dateline(opening)
    text = printed or (reading.dateline.text if reading is not None else located)
    if text is not None:
        place, wire = _place_and_agency(reading.dateline.location if reading is not None else None)
        place = located or place
        day = read_date(reading.date) if reading is not None and reading.date else None
        draft.dateline = Dateline(text=text[:300], location=place, date=day.date.value if day else None)
        wire = wire or (reading.agency if reading is not None else None)
        if wire and draft.syndicated_from is None:
            _take_agency(draft, [wire])
    if reading is not None and reading.date:
        draft.dates.append(found_date(reading.date, DateRole.DATELINE, "text:dateline", 0.7))


def _place_and_agency(place: str | None) -> tuple[str | None, str | None]:
    """A place, and the agency behind it, as in «SEOUL, AFP»."""
    head, _, last = (place or "").replace(",", " ").rpartition(" ")
    wire = agency(last)
    return (head.strip(), wire) if wire is not None and head.strip() else (place, None)


def _take_agency(draft: Draft, names: list[str]) -> None:
    draft.syndicated_from = credited(names, draft.source or Source())
    draft.flags.discard(Flag.SYNDICATED)
    if draft.syndicated_from is not None:
        draft.flags.add(Flag.SYNDICATED)


def tidy_body(body: str, title: str | None) -> str:
    """The body without the headline that it repeats above the text and the mark that ends the copy."""
    first, _, rest = body.partition("\n\n")
    body = rest if title and rest and key_of(first) == key_of(title) else body
    above, _, last = body.rpartition("\n\n")
    signed = _SIGN_OFF.fullmatch(last) if above else None
    return above if signed is not None and (signed["wire"] is None or agency(signed["wire"])) else body


def subtitle_of(deck: str | None, title: str | None) -> str | None:
    """The deck, unless it is the title again."""
    return deck if deck and key_of(deck) != key_of(title or "") else None


def take_description(draft: Draft, text: str | None) -> None:
    """The provider's summary, unless the body opens with it."""
    text = normalize_line(text) if text else ""
    if text and not draft.body.startswith(text[:80]):
        draft.description = text[:2000]


def tags_of(names: Iterable[str | None], title: str | None = None) -> list[str]:
    """Names as tags, without repeats, letters that are codes, and a slug that is the title again."""
    said = key_of(title or "")
    found = dict.fromkeys(tag[:100] for name in names if name and (tag := normalize_line(name[:1000])))
    return [tag for tag in found if not (len(tag) == 1 and tag.isascii()) and key_of(tag) != said][:MAX_TAGS]


def genre_of(names: Iterable[str | None]) -> Genre | None:
    """The genre that one of the names stands for."""
    known = (_GENRES.get(key_of(name)) for name in names if name)
    value = next((genre for genre in known if genre is not None), None)
    return Genre(value=value, confidence=0.6 if value == "news" else 0.9) if value else None


def rights_of(holder: str | None, license_: str | None, notice: str | None) -> Rights | None:
    """What is stated of rights, or None."""
    rights = Rights(
        copyright_holder=holder[:_RIGHTS_CHARS] if holder else None,
        license=license_[:_RIGHTS_CHARS] if license_ else None,
        notice=notice[:_RIGHTS_CHARS] if notice else None,
    )
    return None if rights == Rights() else rights


def media_type(kind: str | None) -> MediaType | None:
    """The kind of a media item from a news nature (`picture`) or a media type (`image/jpeg`)."""
    return _MEDIA.get(kind.partition("/")[0].lower()) if kind else None


def pixels(value: object) -> int | None:
    """A width or height."""
    text = str(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    whole = text.partition(".")[0]
    return int(whole) or None if 0 < len(whole) <= 5 and whole.isascii() and whole.isdigit() else None


def best_rendition(
    renditions: Sequence[tuple[str, int | None, int | None]],
) -> tuple[str | None, int | None, int | None]:
    """The widest web address among renditions (address, width, height)."""
    usable = [one for one in renditions if is_web_url(one[0])]
    return max(usable, key=lambda one: one[1] or 0, default=(None, None, None))


def merge_media(own: list[Media], listed: list[Media]) -> list[Media]:
    """Media of the body and those that are listed; of two with one address or one caption the listed one stays."""
    said = {key for media in listed for key in (media.url, media.caption) if key}
    return (listed + [media for media in own if media.url not in said and media.caption not in said])[:MAX_MEDIA]


def claims_of(*languages: str | None) -> list[str]:
    """Language claims, the most reliable first."""
    return list(dict.fromkeys(code for claim in languages if claim and (code := language_tag(claim))))


def note_all(draft: Draft, extractor: str, confidences: dict[str, float], where: FoundIn = FoundIn.FEED) -> None:
    """Provenance of every field that has a value."""
    for name, confidence in confidences.items():
        if getattr(draft, name):
            draft.took(name, extractor, __version__, where, confidence)
