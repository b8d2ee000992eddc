"""Hash of a record's content: equal for two records that say the same of the same bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.reasons import DateRole

NOT_CONTENT = frozenset(
    {"content_hash", "processing", "raw", "ingested_at", "fetched_at", "revision", "change", "dedup"}
)
"""Fields that tell where, when and after what an article came, not what it says."""


def content_hash(article: EnrichedArticle) -> str:
    """SHA-256 (hex) of the RFC 8785 JSON of a record without `NOT_CONTENT` and without candidates taken from the fetch.

    Anyone can compute it again from the published JSON.

    Raises:
        rfc8785.CanonicalizationError: a number that JSON cannot carry (NaN, an integer beyond 2**53).
    """
    return content_hash_of(article.model_dump(mode="json"))


def content_hash_of(record: dict[str, Any]) -> str:
    """The same, from the JSON object of a published record."""
    content = {name: value for name, value in record.items() if name not in NOT_CONTENT}
    content["date_candidates"] = [c for c in record["date_candidates"] if c["role"] != DateRole.FETCHED]
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()
