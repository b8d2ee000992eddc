"""Errors of the core. A `Rejected` becomes a dead letter of kind rejected; any other exception one of kind failed."""

from __future__ import annotations

from copydesk_schemas.reasons import Code


class Rejected(Exception):  # noqa: N818 - it is a decision, not an error
    """An item that policy keeps out.

    Args:
        code: why, for machines.
        message: why, for people; no article text beyond a short excerpt.
        facts: the same without any words of the record, for the log; None where the message has none.
    """

    def __init__(self, code: Code, message: str, *, facts: str | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.facts = message if facts is None else facts

    def __str__(self) -> str:
        return self.message
