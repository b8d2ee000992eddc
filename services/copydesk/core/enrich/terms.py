"""Packaged word tables that several enrichers read."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from copydesk_schemas.parts import ModelInfo


def _bytes(name: str) -> bytes:
    return (files("copydesk.core") / "tables" / name).read_bytes()


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Rows of a tab-separated table; lines that begin with # are comments."""
    lines = _bytes(name).decode("utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("#"))


@cache
def table_info(name: str, version: str) -> ModelInfo:
    """Name, version and hash of a table, for the pipeline block."""
    return ModelInfo(name=name, version=version, sha256=hashlib.sha256(_bytes(name)).hexdigest())


@cache
def stop_words(language: str) -> frozenset[str]:
    """Function words of a language, lower case; of an unknown one none."""
    table = {code: frozenset(words.split()) for code, words in rows("stopwords.tsv")}
    return table.get({"nb": "no", "nn": "no"}.get(language, language), frozenset())
