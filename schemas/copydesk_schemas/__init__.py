"""The data contract of copydesk: record types, enums and topics. Needs pydantic and nothing else."""

from copydesk_schemas.dead_letter import DeadLetter
from copydesk_schemas.duplicate import DuplicateArticle
from copydesk_schemas.enriched import EnrichedArticle
from copydesk_schemas.parsed import ParsedArticle, UniqueArticle
from copydesk_schemas.raw import RawArticle
from copydesk_schemas.topics import TOPICS, TopicRole, TopicSpec
from copydesk_schemas.version import SCHEMA_VERSION

__all__ = [
    "SCHEMA_VERSION",
    "TOPICS",
    "DeadLetter",
    "DuplicateArticle",
    "EnrichedArticle",
    "ParsedArticle",
    "RawArticle",
    "TopicRole",
    "TopicSpec",
    "UniqueArticle",
]
