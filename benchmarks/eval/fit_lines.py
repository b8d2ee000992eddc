"""Fit the trees of the line model on scrapes of the WCXB development articles (Murrough Foley, CC BY 4.0).

    python -m benchmarks.eval.fit_lines DATA_FOLDER OUTPUT.json
    python -m benchmarks.eval.fit_lines DATA_FOLDER --held-out

The first form writes the tables that are packaged; the second prints what the parser keeps of each page when the
trees were fitted without it and without whatever was made of it. LightGBM is needed for both, and nowhere else.

Both passes are boosted trees of eight leaves. The second sees out-of-fold odds of the first, as it will on unseen
pages. A line weighs as many words as it has, and a page as much as any other. Of the lines far from any story, which
are many and easy, one in five is seen, five times as heavy.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.eval.foreign import Language
from benchmarks.eval.line_labels import labels
from benchmarks.eval.scoring import Counts, aggregate
from benchmarks.eval.scrape_kinds import FROM_PAGE, RESHAPED, cropped, junk_runs, with_boxes
from benchmarks.eval.scrapes import Page, page_text, pages, score_page
from numpy.typing import NDArray

from copydesk.core.lines import model
from copydesk.core.lines.features import look
from copydesk.core.lines.first_look import FIRST_NAMES, first_matrix
from copydesk.core.lines.line import Line, split_lines
from copydesk.core.lines.page import LinePage
from copydesk.core.lines.second_look import SECOND_NAMES, second_matrix
from copydesk.core.lines.trees import Trees

TRAINING_SET = "wcxb_dev_articles300"
FOLDS = 5
MADE = 0.5
"""Weight of a scrape that was reshaped or changed, against 1 of a page's own."""
UNSPACED = 0.3
"""Weight of a scrape in a made language without spaces: few pages are in one."""
FAR, THINNED = 25, 5
"""Lines from the nearest one of the story from which on one in so many is seen."""
COMMON: dict[str, Any] = {
    "objective": "cross_entropy", "num_leaves": 8, "lambda_l2": 5.0, "bagging_fraction": 0.7, "bagging_freq": 1,
    "max_bin": 63, "verbose": -1, "num_threads": 1, "seed": 1, "deterministic": True,
}  # fmt: skip
FIRST: dict[str, Any] = {"learning_rate": 0.05, "min_data_in_leaf": 200, "feature_fraction": 0.25}
SECOND: dict[str, Any] = {"learning_rate": 0.04, "min_data_in_leaf": 400, "feature_fraction": 0.3}
FIRST_TREES, SECOND_TREES = 300, 200

Floats = NDArray[np.float64]


class Example:
    """One scrape with its truth, line by line.

    Args:
        lines: its lines.
        truth: how much of each is the story.
        fold: number of the fold in which it is held out.
        weight: its weight against other scrapes.
    """

    def __init__(self, lines: Sequence[Line], truth: Floats, fold: int, weight: float) -> None:
        self.fold = fold
        self.page = LinePage([look(line) for line in lines])
        self.truth = truth
        self.first = first_matrix(self.page)
        self.odds: Floats = np.zeros(0)
        self.second: Floats = np.zeros((0, 0))
        self.seen, thinned = _thinned(truth)
        size = np.array([min(line.units, 150) + 0.5 for line in lines])
        story = max(60.0, float(size @ self.truth))
        rest = max(60.0, story, float(size @ (1 - self.truth)))
        self.weight = weight * thinned * np.where(self.truth >= 0.5, size / story, size / rest)


def _thinned(truth: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Which lines are seen, and how many lines each stands for."""
    here = np.arange(len(truth))
    story = np.flatnonzero(truth >= 0.5)
    if not len(story):
        return np.ones(len(truth), bool), np.ones(len(truth))
    after = np.searchsorted(story, here)
    ends = np.minimum(np.abs(here - story[after - 1]), np.abs(here - story[np.minimum(after, len(story) - 1)]))
    far = ends > FAR
    return ~far | (here % THINNED == 0), np.where(far, float(THINNED), 1.0)


def examples(training: Sequence[Page]) -> Iterator[Example]:
    """The scrapes of all pages, and others made from each."""
    pool: dict[int, list[list[str]]] = {fold: [] for fold in range(FOLDS)}
    for i, page in enumerate(training):
        pool[i % FOLDS] += junk_runs(page.scrape, page.gold["body"])
    for i, page in enumerate(training):
        chance = random.Random(i)
        gold = page.gold["body"]
        made = [(RESHAPED[chance.choice(list(RESHAPED))](page.scrape), gold)]
        made.append((FROM_PAGE[chance.choice(list(FROM_PAGE))](page_text(page.html)), gold))
        made.append((cropped(chance, page.scrape, gold), gold))
        boxed = list(filter(None, [with_boxes(chance, page.scrape, gold, pool[i % FOLDS]) for _ in range(2)]))
        lines, truth = _labelled(page.scrape, gold)
        yield Example(lines, truth, i % FOLDS, 1.0)
        chance = random.Random(1000 + i)
        yield Example(Language(chance, unspaced=False).lines(lines), truth, i % FOLDS, MADE)
        yield Example(Language(chance, unspaced=True).lines(lines), truth, i % FOLDS, UNSPACED)
        for scrape, text in (*made, *boxed):
            lines, truth = _labelled(scrape, text)
            if not (truth >= 0.5).any():
                continue
            yield Example(lines, truth, i % FOLDS, MADE)
            if (scrape, text) in boxed:
                yield Example(Language(chance, unspaced=False).lines(lines), truth, i % FOLDS, MADE)


def _labelled(scrape: str, gold: str) -> tuple[list[Line], Floats]:
    lines = split_lines(scrape)
    return lines, labels(lines, gold) if lines else np.zeros(0)


def fit(parts: Sequence[Example], column: str, settings: dict[str, Any], count: int, names: Sequence[str]) -> Any:
    """A table of trees, as `Trees` reads it."""
    lightgbm = importlib.import_module("lightgbm")
    matrix = np.concatenate([getattr(part, column)[part.seen] for part in parts], dtype=np.float32)
    truth = np.concatenate([part.truth[part.seen] for part in parts])
    weight = np.concatenate([part.weight[part.seen] for part in parts])
    data = lightgbm.Dataset(matrix, truth, weight=weight * len(weight) / weight.sum())
    booster = lightgbm.train({**COMMON, **settings}, data, count)
    trees = [_tree(tree["tree_structure"], names) for tree in booster.dump_model()["tree_info"]]
    return {"base": 0.0, "trees": trees}


def _tree(root: dict[str, Any], names: Sequence[str]) -> list[Any]:
    """One of LightGBM's trees as questions and leaves; the learning rate and the start are in its leaves."""
    questions: list[Any] = []
    leaves: list[float] = []

    def place(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            leaves.append(round(float(node["leaf_value"]), 5))
            return -len(leaves)
        number = len(questions)
        question = [names[node["split_feature"]], float(f"{node['threshold']:.6g}"), 0, 0]
        questions.append(question)
        question[2], question[3] = place(node["left_child"]), place(node["right_child"])
        return number

    place(root)
    return [questions, leaves]


def tables(parts: Sequence[Example]) -> dict[str, Any]:
    """Tables of both passes."""
    for fold in sorted({part.fold for part in parts}):
        rest = [part for part in parts if part.fold != fold]
        trees = Trees(fit(rest, "first", FIRST, FIRST_TREES, FIRST_NAMES), FIRST_NAMES)
        for part in parts:
            if part.fold == fold:
                part.odds = trees.sums(part.first)
                part.second = second_matrix(part.page, part.first, part.odds)
    return {
        "first": fit(parts, "first", FIRST, FIRST_TREES, FIRST_NAMES),
        "second": fit(parts, "second", SECOND, SECOND_TREES, SECOND_NAMES),
    }


def held_out(training: Sequence[Page], parts: Sequence[Example]) -> list[Counts]:
    """Scores of the whole parser on every page, the trees fitted without the page's fold."""
    counts: list[Counts] = []
    for fold in range(FOLDS):
        table = tables([part for part in parts if part.fold != fold])
        fitted = (Trees(table["first"], FIRST_NAMES), Trees(table["second"], SECOND_NAMES))
        model.passes = lambda fitted=fitted: fitted  # type: ignore[assignment]
        counts += [score_page(page) for page in training[fold::FOLDS]]
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the trees of the line model")
    parser.add_argument("data", type=Path)
    parser.add_argument("output", type=Path, nargs="?")
    parser.add_argument("--held-out", action="store_true")
    arguments = parser.parse_args()
    training = list(pages(arguments.data, TRAINING_SET))
    parts = list(examples(training))
    if arguments.held_out:
        print({key: round(value, 4) for key, value in aggregate(held_out(training, parts)).items()})
    if arguments.output:
        table = {"data": "WCXB development articles, Murrough Foley, CC BY 4.0", **tables(parts)}
        text = json.dumps(table, ensure_ascii=False, separators=(",", ":")).replace("[[[", "\n[[[")
        arguments.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
