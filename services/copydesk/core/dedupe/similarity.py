"""Similarity of titles, and the stretches of a copy that its original does not have."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from copydesk.core.fingerprint import CHARACTERS_PER_SHINGLE, WORDS_PER_SHINGLE, normalised_words, sampled_shingle

_MAX_SPAN = 200
_MAX_SPANS = 3
_TOKEN = re.compile(r"\S+")


def title_similarity(a: str | None, b: str | None) -> float | None:
    """Dice coefficient of the letter pairs within words, 0 to 1; None where a title is missing.

    Letter pairs rather than words: headlines are inflected and re-cut, and some scripts have no spaces.
    """
    if not a or not b:
        return None
    words_a, words_b = normalised_words(a), normalised_words(b)
    if words_a == words_b:
        return 1.0
    pairs_a, pairs_b = _pairs(words_a), _pairs(words_b)
    if not pairs_a or not pairs_b:
        return 0.0
    return round(2 * len(pairs_a & pairs_b) / (len(pairs_a) + len(pairs_b)), 3)


def _pairs(words: list[str]) -> set[tuple[str, str]]:
    return {pair for word in words for pair in pairwise(f" {word} ")}


def new_stretches(body: str, method: str, original: Collection[int], bound: int) -> list[str]:
    """At most 3 stretches of `body` that the original does not have, the longest first, 200 characters each.

    The original's text is not kept (2.3 KB compressed for a median article, more than all the rest of the state), but
    its sketch is: where every sampled shingle between two shared ones is unknown to it, the words between are new. The
    ends are therefore uncertain by some words, and a stretch that only the original has cannot be shown.

    Args:
        body: the copy's text.
        method: `word3` or `char15`, as in its fingerprint.
        original: the original's sketch.
        bound: largest hash up to which that sketch is complete.
    """
    tokens = [(m.start(), m.end(), words) for m in _TOKEN.finditer(body) if (words := normalised_words(m.group()))]
    if method == "char15":
        units = [(s, e, c) for s, e, words in tokens for c in "".join(words)]
        size, glue = CHARACTERS_PER_SHINGLE, ""
    else:
        units = [(s, e, w) for s, e, words in tokens for w in words]
        size, glue = WORDS_PER_SHINGLE, " "
    stretches: list[tuple[int, int]] = []
    begin, misses = 0, 0
    for i in range(len(units) - size + 1):
        value = sampled_shingle(glue.join(unit[2] for unit in units[i : i + size]))
        if value is None or value > bound:
            continue
        if value in original:
            if misses > 1:
                stretches.append((begin, i))
            begin, misses = i + size, 0
        else:
            misses += 1
    if misses > 1:
        stretches.append((begin, len(units)))
    longest = sorted(stretches, key=lambda s: (s[0] - s[1], s[0]))[:_MAX_SPANS]
    return [body[units[first][0] : units[last - 1][1]][:_MAX_SPAN] for first, last in longest if last > first]
