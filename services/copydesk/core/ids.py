"""Identifiers: stable across runs, machines and extractor versions."""

from __future__ import annotations

import hashlib


def content_sha256(content: bytes) -> str:
    """SHA-256 of a document's bytes, hex."""
    return hashlib.sha256(content).hexdigest()


def raw_coordinates(topic: str, partition: int, offset: int, item: int) -> str:
    """`topic-partition-offset-item`: names an item for ever, through redeliveries and replays."""
    return f"{topic}-{partition}-{offset}-{item}"


def article_id(canonical_url: str | None, sha256: str) -> str:
    """32 hex digits, from the canonical URL where there is one, else from the content's hash.

    Never from extracted text: that changes with the extractor, and an article's id must not.
    """
    basis = f"url:{canonical_url}" if canonical_url else f"sha256:{sha256}"
    return hashlib.sha256(basis.encode()).hexdigest()[:32]
