"""Fit what speaks for a headline and for a name in a byline, on the WCXB development articles.

    python -m benchmarks.eval.fit_choices DATA_FOLDER
    python -m benchmarks.eval.fit_choices DATA_FOLDER fields

Prints both tables of points beside those in use, and the shares of right choices: by the table in use on every set,
and out of fold (each half of the training set by the points of the other, other sets by those of the whole). Headlines
are a conditional logit over the candidates of a page, names a logistic regression in which a page weighs as much as the
root of its number of names; both have an L2 penalty, which leaves out what holds of every name, and are fitted by
gradient descent with Barzilai-Borwein steps. With `fields`, what pages get in the end: their titles and authors, all
places considered, by the points in use, by those of the other half of both news and web pages, and of the other set.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.eval.html import SETS
from benchmarks.eval.scoring import author_matches, title_matches
from lxml.html import HtmlElement
from numpy.typing import NDArray

from copydesk.core.document import RawDocument
from copydesk.core.formats.extraction import lighten, parse_html
from copydesk.core.structured import byline_names, titles
from copydesk.core.structured.authorship import author_handles, read_authorship
from copydesk.core.structured.bylines import find_bylines
from copydesk.core.structured.metadata import title_candidates
from copydesk.core.structured.page import PageData, read_page
from copydesk.core.structured.publisher import site_names

TRAINING_SET = "wcxb_dev_articles300"
PENALTY = 1.0
STEPS = 500
CLOSE = 0.01
"""Steepest slope at which the fit has come close enough."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """The candidates of a page: what holds of each (rows), and which are right."""

    number: int
    stated: bool
    """Whether the truth states any; pages without authors teach what is no author, but have no right choice."""
    facts: Floats
    right: Floats


Slope = Callable[[Floats, Case], Floats]


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its truth, read as far as both choices need it."""

    number: int
    gold: Mapping[str, Any]
    url: str | None
    sites: list[str]
    titles: list[titles.Candidate]
    data: PageData
    tree: HtmlElement


def pages(folder: Path) -> Iterator[tuple[int, Mapping[str, Any], bytes]]:
    """Number, truth and bytes of each page of a set."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for page_id, gold in sorted(expected.items()):
        yield int(page_id), gold, gzip.decompress((folder / "html" / f"{page_id}.html.gz").read_bytes())


def read(folder: Path) -> Iterator[Page]:
    """All pages of a set that have elements."""
    for number, gold, content in pages(folder):
        tree = parse_html(content.decode("utf-8", "replace"))
        if tree is None:
            continue
        address = gold.get("url") or ""
        url = address if address.startswith("http") else None
        document, data = RawDocument(content, url=url), read_page(tree)
        lighten(tree)
        yield Page(number, gold, url, site_names(data, document, url), title_candidates(data, document), data, tree)


def cases(folder: Path) -> tuple[list[Case], list[Case]]:
    """Headlines and names of a set; pages without candidates are left out."""
    headlines: list[Case] = []
    names: list[Case] = []
    for page in read(folder):
        groups = titles.weigh_titles(page.titles, page.sites, page.url)
        if groups and page.gold.get("title"):
            found = [title_matches(page.gold["title"], group.members[0].text) for group in groups]
            headlines.append(_case(page.number, True, [group.facts for group in groups], titles.POINTS, found))
        bylines = find_bylines(page.tree, page.url)
        seen = byline_names.weigh_names(bylines, page.sites, author_handles(page.data))
        if seen:
            authors = page.gold.get("authors") or []
            found = [author_matches(authors, [name.author.name]) for name in seen]
            facts = [dict.fromkeys(name.facts, 1.0) for name in seen]
            names.append(_case(page.number, bool(authors), facts, byline_names.POINTS, found))
    return headlines, names


def _case(
    number: int,
    stated: bool,  # noqa: FBT001 - private
    facts: Sequence[Mapping[str, float]],
    points: Mapping[str, float],
    right: Sequence[bool],
) -> Case:
    rows = np.array([[held.get(fact, 0.0) for fact in points] for held in facts])
    return Case(number, stated, rows, np.array(right, dtype=np.float64))


def headline_slope(weights: Floats, case: Case) -> Floats:
    """Gradient of the negative log likelihood of a page's right candidates; zero where none is right."""
    if not case.right.any():
        return np.zeros_like(weights)
    scores = case.facts @ weights
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    slope: Floats = case.facts.T @ (chances - chances * case.right / float(chances @ case.right))
    return slope


def name_slope(weights: Floats, case: Case) -> Floats:
    """The same for names, each judged on its own."""
    wrong = 1 / (1 + np.exp(-(case.facts @ weights))) - case.right
    slope: Floats = case.facts.T @ wrong / float(np.sqrt(len(wrong)))
    return slope


def fit(training: Sequence[Case], slope_of: Slope) -> Floats:
    """Points that make the right candidates of these pages likeliest."""
    weights = np.zeros(training[0].facts.shape[1])
    penalty = np.where(
        [all(case.facts[:, fact].all() for case in training) for fact in range(len(weights))], 0, PENALTY
    )
    step, before, slope_before = 0.01, weights, weights
    for _ in range(STEPS):
        slope = penalty * weights + sum((slope_of(weights, case) for case in training), np.zeros_like(weights))
        moved, turned = weights - before, slope - slope_before
        if abs(moved @ turned) > 0:
            step = min(float(moved @ moved) / abs(float(moved @ turned)), 1.0)
        before, slope_before = weights, slope
        weights = weights - step * slope
        if float(np.abs(slope).max()) < CLOSE:
            break
    return weights


def share(tested: Sequence[Case], weights: Floats) -> float:
    """Of pages with candidates and truth, the share whose best candidate is right."""
    return float(np.mean([case.right[int(np.argmax(case.facts @ weights))] for case in tested if case.stated]))


def report(name: str, points: Mapping[str, float], sets: Mapping[str, Sequence[Case]], slope_of: Slope) -> list[str]:
    """Lines to print: the points, and shares of right choices by set."""
    training = sets[TRAINING_SET]
    fitted, used = fit(training, slope_of), np.array(list(points.values()))
    halves = [[case for case in training if case.number % 2 == odd] for odd in (0, 1)]
    crossed = [share(halves[0], fit(halves[1], slope_of)), share(halves[1], fit(halves[0], slope_of))]
    lines = [f"{name}: points fitted, in use"]
    lines += [f"  {new:+.2f} {old:+.2f}  {fact}" for fact, new, old in zip(points, fitted, used, strict=True)]
    for set_name, tested in sets.items():
        out = crossed if set_name == TRAINING_SET else [share(tested, fitted)]
        shown = " and ".join(f"{value:.3f}" for value in out)
        count = sum(case.stated for case in tested)
        lines.append(f"  {set_name}: in use {share(tested, used):.3f}, out of fold {shown}, of {count} pages")
    return lines


def fields(found: Sequence[Page]) -> list[list[bool]]:
    """Whether the title, any author, and any author where some are given, is right: one list each."""
    title: list[bool] = []
    author: list[bool] = []
    given: list[bool] = []
    for page in found:
        if page.gold.get("title"):
            chosen = titles.choose_title(page.titles, page.sites, page.url)
            title.append(chosen is not None and title_matches(page.gold["title"], chosen.text))
        if page.gold.get("authors"):
            authorship = read_authorship(page.data, page.sites, page.tree, page.url)
            names = [named.name for named in authorship.authors] if authorship else []
            author.append(author_matches(page.gold["authors"], names))
            given += author[-1:] if names else []
    return [title, author, given]


@contextmanager
def points_of(headlines: Sequence[Case], names: Sequence[Case]) -> Iterator[None]:
    """With the points fitted on these in place of those in use."""
    tables = ((titles.POINTS, headlines, headline_slope), (byline_names.POINTS, names, name_slope))
    used = [dict(table) for table, _, _ in tables]
    try:
        for table, training, slope_of in tables:
            table.update(zip(table, fit(training, slope_of).tolist(), strict=True))
        yield
    finally:
        for (table, _, _), before in zip(tables, used, strict=True):
            table.update(before)


def report_fields(data: Path) -> list[str]:
    """Lines to print: shares of pages whose fields are right, by points in use and out of fold."""
    folders = {name: data / "extraction" / name for name in SETS[:2]}
    found = {name: list(read(folder)) for name, folder in folders.items()}
    known = {name: cases(folder) for name, folder in folders.items()}
    lines = [f"{name}, in use: {_shares([fields(found[name])])}" for name in found]
    halves: dict[str, list[list[list[bool]]]] = {name: [] for name in found}
    for odd in (0, 1):
        training = ([case for kinds in known.values() for case in kinds[k] if case.number % 2 != odd] for k in (0, 1))
        with points_of(*training):
            for name, tested in found.items():
                halves[name].append(fields([page for page in tested if page.number % 2 == odd]))
    lines += [f"{name}, by the other half of both: {_shares(half)}" for name, half in halves.items()]
    for name, other in zip(found, reversed(found), strict=True):
        with points_of(*known[other]):
            lines.append(f"{name}, by the other set: {_shares([fields(found[name])])}")
    return lines


def _shares(parts: Sequence[Sequence[Sequence[bool]]]) -> str:
    joined = [[right for part in parts for right in part[k]] for k in range(3)]
    return "title {:.3f}, any author {:.3f}, where given {:.3f}".format(*(np.mean(values) for values in joined))


def main(data: Path) -> None:
    """Print both reports."""
    headlines: dict[str, list[Case]] = {}
    names: dict[str, list[Case]] = {}
    for set_name in SETS:
        headlines[set_name], names[set_name] = cases(data / "extraction" / set_name)
    lines = report("headlines", titles.POINTS, headlines, headline_slope)
    lines += report("names", byline_names.POINTS, names, name_slope)
    print("\n".join(lines))


if __name__ == "__main__":
    if sys.argv[2:] == ["fields"]:
        print("\n".join(report_fields(Path(sys.argv[1]))))
    else:
        main(Path(sys.argv[1]))
