"""What became of a page's blocks, as a list for people and as JSON lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from textwrap import fill
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from copydesk.core.page.fates import PageFates
    from copydesk.core.page.folding import Fold

_MARKS = {"kept": ("✓", "green"), "field": ("→", "cyan"), "removed": ("✗", "red"), "left_out": ("–", "yellow")}
_LEGEND = "✓ in the body   → in another field   ✗ taken out   – left out"
_ELEMENT = 28
_START = 70


def block_lines(document: str, page: PageFates) -> Iterator[dict[str, Any]]:
    """Each block of a page as a JSON line."""
    for number, one in enumerate(page.blocks, 1):
        first, last = one.paragraphs or (None, None)
        yield {
            "document": document,
            "stage": "blocks",
            "subject": one.block.text[: 2 * _START],
            "decision": one.fate.value,
            "reason": one.reason,
            "block": number,
            "path": one.block.path,
            "words": len(one.block.words),
            "linked_words": one.block.linked,
            "first_paragraph": first,
            "last_paragraph": last,
            "facts": [fact.kind.value for fact in one.facts],
        }
    if page.more:
        yield {
            "document": document,
            "stage": "blocks",
            "subject": f"{page.more} more blocks",
            "decision": "not told",
            "reason": f"only the first {len(page.blocks)} are",
        }


def print_blocks(out: Console, page: PageFates, *, every: bool, dead: bool) -> None:
    """Print a page's blocks: neighbours with one fate and reason as one line, unless `every` one is asked for.

    Args:
        out: where to.
        page: its blocks.
        every: whether each is shown on a line of its own.
        dead: whether the page ended as a dead letter, so that its body was not published.
    """
    from copydesk.core.page.folding import fold

    out.print(f"\n[bold cyan]blocks[/]\n[dim]{_LEGEND}[/]")
    if dead:
        out.print("The page ends as a dead letter: what is marked ✓ was read as its body, and is not published.")
    folds = fold(page.blocks, every=every)
    for one in folds:
        _print_fold(out, one)
    if page.more:
        out.print(f"  … and {page.more:,} more blocks; only the first {len(page.blocks):,} are told.")
    out.print(f"\n[bold]{summary(page)}[/]")
    if len(folds) < len(page.blocks):
        out.print("[dim]--all shows each block on a line of its own.[/]")


def _print_fold(out: Console, one: Fold) -> None:
    from rich.text import Text

    mark, colour = _MARKS[one.fate.value]
    count = len(one.blocks)
    what = one.within if count == 1 else f"{count} blocks in {one.within}"
    head = Text.assemble(
        (f"  {mark} ", f"bold {colour}"), (f"{_cut(what, _ELEMENT):{_ELEMENT}}", ""), f"{one.words:>6}  "
    )
    texts = [one.blocks[0].block.text] if count == 1 else [one.blocks[0].block.text, one.blocks[-1].block.text]
    room = max(20, min(_START, out.width - head.cell_len - 1))
    each = (room - 3 * (len(texts) - 1)) // len(texts)
    head.append(" … ".join(_cut(text, each) for text in texts), "" if one.fate.value == "kept" else "dim")
    out.print(head, no_wrap=True, overflow="ellipsis")
    indent = " " * 6
    out.print(Text(fill(one.reason, out.width, initial_indent=indent, subsequent_indent=indent), colour))


def summary(page: PageFates) -> str:
    """Blocks and words by fate, in a sentence."""
    from copydesk.core.page.fates import Fate

    total = len(page.blocks)
    removed = Counter(one.because for one in page.blocks if one.fate is Fate.REMOVED)
    reasons = f" ({'; '.join(f'{n} × {reason}' for reason, n in removed.most_common())})" if removed else ""
    return (
        f"{_number(total, 'block')}, read with {page.reader}: "
        f"{page.count(Fate.KEPT)} kept with {_number(page.words(Fate.KEPT), 'word')}; "
        f"{page.count(Fate.FIELD)} in other fields; "
        f"{sum(removed.values())} taken out{reasons}; "
        f"{page.count(Fate.LEFT_OUT)} left out with {_number(page.words(Fate.LEFT_OUT), 'word')}. "
        f"Links: {page.linked():.0%} of all words."
    )


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _cut(text: str, columns: int) -> str:
    from rich.text import Text

    cut = Text(text)
    cut.truncate(columns, overflow="ellipsis")
    return cut.plain
