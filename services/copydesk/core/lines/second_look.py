"""Features of the second pass: where a line stands in the story that the first pass has found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from copydesk.core.lines.features import Look

_LEVELS = (0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97)


def level(probability: float) -> int:
    """Class of a probability, 0 to 7."""
    return sum(probability > limit for limit in _LEVELS)


def _coarse(probability: float) -> str:
    return "n" if probability < 0.15 else "l" if probability < 0.5 else "h" if probability < 0.85 else "y"


def best_block(looks: Sequence[Look], chances: Sequence[float], price: float = 0.45) -> tuple[int, int]:
    """The run of lines with the greatest sum of (chance - price) times length: first line, and one past the last."""
    best, best_at = 0.0, (0, 0)
    running, begin = 0.0, 0
    for i, (one, chance) in enumerate(zip(looks, chances, strict=True)):
        running += (chance - price) * min(one.line.units + 1, 120)
        if running > best:
            best, best_at = running, (begin, i + 1)
        if running <= 0:
            running, begin = 0.0, i + 1
    return best_at


def _distance(steps: int) -> str:
    return str(steps) if steps <= 3 else "4-6" if steps <= 6 else "7-15" if steps <= 15 else "far"


def second_features(looks: Sequence[Look], chances: Sequence[float], first: Sequence[list[str]]) -> list[list[str]]:
    """Features of every line given the chances of the first pass; those of the first pass are among them."""
    count = len(looks)
    begin, end = best_block(looks, chances)
    kept = [min(one.line.units, 120) * (chance > 0.5) for one, chance in zip(looks, chances, strict=True)]
    running = [0]
    for amount in kept:
        running.append(running[-1] + amount)
    total = running[-1] or 1
    words = _story_words(looks, chances)
    story = sum(words.values())
    sure_before = _steps_since(chances)
    sure_after = _steps_since(chances[::-1])[::-1]
    features: list[list[str]] = []
    for i, one in enumerate(looks):
        here = list(first[i])
        shape = one.shape
        own = level(chances[i])
        left = _coarse(chances[i - 1]) if i else "^"
        right = _coarse(chances[i + 1]) if i + 1 < count else "$"
        here.append(f"own={own}")
        here.append(f"around={left}{_coarse(chances[i])}{right}")
        here.append(f"{shape}&around={left}{right}")
        left2 = _coarse(chances[i - 2]) if i > 1 else "^"
        right2 = _coarse(chances[i + 2]) if i + 2 < count else "$"
        here.append(f"left={left2}{left}&{shape}")
        here.append(f"right={right}{right2}&{shape}")
        place = "in" if begin <= i < end else f"-{_distance(begin - i)}" if i < begin else f"+{_distance(i - end + 1)}"
        here.append(f"{shape}&block={place}")
        here.append(f"own={own}&block={place}")
        here.append(f"{shape}&gone={_share(running[i] / total)}&left={_share((total - running[i + 1]) / total)}")
        here.append(f"{shape}&reach={_distance(sure_before[i])}/{_distance(sure_after[i])}")
        near = running[min(count, i + 4)] - running[max(0, i - 3)] - kept[i]
        here.append(f"{shape}&company={sum(near > n for n in (0, 20, 60, 150))}")
        here.append(f"{shape}&theme={_theme(one, words, chances[i], story)}")
        features.append(here)
    return features


def _share(value: float) -> int:
    return sum(value > limit for limit in (0, 0.05, 0.5, 0.95))


def _steps_since(chances: Sequence[float]) -> list[int]:
    steps, since = [], 99
    for chance in chances:
        steps.append(since)
        since = 0 if chance > 0.8 else since + 1
    return steps


def _keys(one: Look) -> set[str]:
    """Words that may carry a theme; character pairs where a script has no spaces."""
    keys = {token for token in one.tokens if len(token) >= 5}
    if "script=unspaced" in one.own:
        keys |= {token[i : i + 2] for token in one.tokens for i in range(len(token) - 1)}
    return keys


def _story_words(looks: Sequence[Look], chances: Sequence[float]) -> Counter[str]:
    words: Counter[str] = Counter()
    for one, chance in zip(looks, chances, strict=True):
        if chance > 0.5 and one.line.units >= 6:
            words.update(_keys(one))
    return words


def _theme(one: Look, words: Counter[str], chance: float, story: int) -> str:
    """How much of the line's vocabulary the rest of the story shares."""
    keys = _keys(one)
    if len(keys) < 3 or story < 30:
        return "?"
    mine = 1 if chance > 0.5 and one.line.units >= 6 else 0
    shared = sum(words[key] > mine for key in keys) / len(keys)
    return str(sum(shared > limit for limit in (0, 0.1, 0.2, 0.35, 0.6)))
