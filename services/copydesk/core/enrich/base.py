"""What an enricher is given and what it must be.

A module of this package holds one enricher and offers it as `ENRICHER`; the registry names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from copydesk.core.options import EnrichOptions
from copydesk.core.text.segment import Span, sentences, words
from copydesk.core.trace import NO_TRACE, Trace
from copydesk_schemas.parsed import ParsedArticle
from copydesk_schemas.parts import ModelInfo


@dataclass(frozen=True)
class Document:
    """A parsed article as enrichers see it, with the segmentation that they share."""

    article: ParsedArticle
    options: EnrichOptions = field(default_factory=EnrichOptions)
    trace: Trace = NO_TRACE

    @property
    def body(self) -> str:
        """Text of the body; offsets of everything found count its code points."""
        return self.article.body

    @cached_property
    def language(self) -> str:
        """Primary language code, lower case: `pt` for `pt-BR`; `und` when unknown."""
        return self.article.language.code.partition("-")[0].lower()

    @cached_property
    def sentences(self) -> list[Span]:
        """Sentences of the body, in order; none crosses a paragraph."""
        return sentences(self.article.body, self.language)

    @cached_property
    def words(self) -> list[Span]:
        """Words of the body, in order."""
        return words(self.article.body)


class Enricher(Protocol):
    """Adds fields to the record. Stateless and deterministic; tables are loaded at the first call."""

    @property
    def name(self) -> str:
        """Name in the options. Example: `keywords`."""

    @property
    def version(self) -> str:
        """Changes with every change of results."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields of `EnrichedArticle` that it fills."""

    def enrich(self, document: Document, found: Mapping[str, Any]) -> dict[str, Any]:
        """Values for exactly `fields`: types of `copydesk_schemas.parts`, lists of them, or None where that is allowed.

        Floats have at most six decimals, so that the content hash does not hang on the last bits of a machine.

        Args:
            document: the article.
            found: fields that earlier enrichers filled; a field whose enricher is switched off is missing.
        """

    def models(self) -> tuple[ModelInfo, ...]:
        """Models, lexicons and tables that results depend on."""
