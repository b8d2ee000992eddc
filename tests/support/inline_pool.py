"""A pool that runs in this process and fails where a test wants it to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from copydesk.core.records import Message

Fails = Callable[[str, Message], Exception | None]
"""Told the stage function's name and its record; the exception to raise, if any."""


def _never(function: str, message: Message) -> Exception | None:  # noqa: ARG001 - the signature is the type's
    return None


class InlinePool:
    """Runs at once, without a time limit."""

    def __init__(self, fails: Fails = _never) -> None:
        self._fails = fails

    async def run(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """The function's result, unless it is to fail."""
        error = self._fails(function.__name__, args[0])
        if error is not None:
            raise error
        return function(*args, **kwargs)

    async def close(self) -> None:
        """Nothing to close."""
