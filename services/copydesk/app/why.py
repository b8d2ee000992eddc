"""Words for a published record: what it is about, what became of it, and why. Reads the JSON of any output topic."""

from __future__ import annotations

from typing import Any

Fields = dict[str, Any]
_EXCERPT = 90
"""Characters that are shown of a stretch that differs."""

_COPIES = {
    "redelivered": "its raw_id was seen before",
    "exact_bytes": "the same bytes, already published",
    "exact_text": "the same text word for word",
    "same_url_unchanged": "the same address, nothing changed",
}


def outcome(fields: Fields) -> str:
    """`enriched`, `duplicate` or `dead`."""
    if "dead_letter_id" in fields:
        return "dead"
    return "duplicate" if "duplicate_of" in fields else "enriched"


def verdict(fields: Fields) -> str:
    """The verdict of deduplication, or the dead letter's code."""
    if "dead_letter_id" in fields:
        return str(fields["code"])
    return str(fields["verdict"] if "duplicate_of" in fields else fields["dedup"]["verdict"])


def headline(fields: Fields) -> str:
    """The article's title, a copy's title, a dead letter's origin."""
    if "dead_letter_id" in fields:
        return str(fields["dead_letter_id"])
    article = fields.get("this", fields)
    return str(article.get("title") or article.get("url") or fields["article_id"])


def why(fields: Fields) -> str:
    """One sentence."""
    if "dead_letter_id" in fields:
        message = str(fields["message"]).rstrip(".")
        return f"{message[:1].upper()}{message[1:]}. {fields['hint']}"
    return _copy(fields) if "duplicate_of" in fields else _article(fields)


def evidence(fields: Fields) -> list[str]:
    """What a copy's verdict rests on, a phrase each; nothing for what is no copy. What is equal in all is left out."""
    if "duplicate_of" not in fields:
        return []
    found = fields["evidence"]
    told = []
    if found["shingles_total"]:
        told.append(f"{found['shingles_shared'] or 0} of {found['shingles_total']} sampled phrases shared")
    if found["title_similarity"] is not None and (found["title_similarity"] < 1 or fields["verdict"] not in _COPIES):
        told.append(f"titles {_percent(found, 'title_similarity')} alike")
    if found["length_ratio"] not in (None, 1):
        told.append(f"{_percent(found, 'length_ratio')} as long as the original")
    if found["published_delta_s"]:
        told.append(_apart(float(found["published_delta_s"])))
    told.extend(
        f"only in {'this copy' if span['side'] == 'this' else 'the original'}: «{_excerpt(span['text'])}»"
        for span in found["differing_spans"]
    )
    return told


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `850 ms`, `12.5 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`."""
    if seconds == 0:
        return "0 s"
    if seconds < 1:
        return f"{max(1, seconds * 1000):.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, name, next_size, next_name in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // next_size
            return f"{whole // size} {name}" + (f" {rest} {next_name}" if rest else "")
    return f"{whole} s"


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rsplit(' ', 1)[0]} …"


def _apart(delta_s: float) -> str:
    return f"published {duration(abs(delta_s))} {'after' if delta_s > 0 else 'before'} it"


def _article(fields: Fields) -> str:
    change, dedup = fields["change"], fields["dedup"]
    if change["kind"] == "takedown":
        return f"Withdrawn by its publisher: revision {fields['revision']}, canceled, without text."
    if dedup["verdict"] == "revision":
        changed = ", ".join(change["changed_fields"])
        told = f", changed: {changed}" if changed else ""
        return f"The same address with another text: revision {fields['revision']}{told}."
    nearest = dedup["nearest"]
    if dedup["verdict"] == "expanded":
        return (
            f"Holds {_percent(nearest)} of an older article and adds to it." if nearest else "Adds to an older article."
        )
    if nearest:
        limit = _percent(nearest, "threshold")
        return f"Nothing like it: the nearest article shares {_percent(nearest)}, and {limit} would be a copy."
    return "Nothing like it was published before."


def _copy(fields: Fields) -> str:
    from copydesk.core.dedupe.decision import EARLIER_FETCH

    original = fields["duplicate_of"]
    known = _COPIES.get(fields["verdict"])
    if fields["method"] == EARLIER_FETCH:
        known = "the same address, but fetched before what is published"
    if known is None:
        part = "all of its text stands in" if fields["verdict"] == "contained" else "nearly the same text as"
        limit = _percent(fields, "threshold")
        known = f"{part} an older article ({_percent(fields)} of the sampled phrases; {limit} is enough)"
    name = original["title"] or original["url"] or original["article_id"]
    return f"{known[0].upper()}{known[1:]}: «{name}», copy no. {fields['copies']}."


def _percent(fields: Fields, key: str = "similarity") -> str:
    return f"{float(fields[key]):.0%}"
