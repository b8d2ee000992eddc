"""Tokens for SASL OAUTHBEARER. Where they come from is the business of the deployment: a hook, with one default."""

from __future__ import annotations

import asyncio
import base64
import binascii
import importlib
import inspect
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import KafkaError

_MODULE_AND_ATTRIBUTE = 2


class TokenError(KafkaError):  # type: ignore[misc] # aiokafka is untyped
    """No token could be had. A KafkaError, so that clients try again as they do after any failed connection."""


class TokenFile(AbstractTokenProvider):  # type: ignore[misc] # aiokafka is untyped
    """Reads the token from a file at each connection; something else keeps the file fresh.

    Args:
        path: a text file with the token and nothing else; white space around it is ignored.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def token(self) -> str:
        """The token.

        Raises:
            TokenError: the file cannot be read, is empty, or its token says itself that it has expired.
        """
        try:
            token = (await asyncio.to_thread(self._path.read_text, "ascii")).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise TokenError(f"COPYDESK_SASL_OAUTH_TOKEN_FILE: {self._path} cannot be read: {_why(error)}") from None
        if not token:
            raise TokenError(f"COPYDESK_SASL_OAUTH_TOKEN_FILE: {self._path} is empty")
        ended = expired_for(token, time.time())
        if ended is not None:
            raise TokenError(
                f"COPYDESK_SASL_OAUTH_TOKEN_FILE: the token in {self._path} expired {ended:.0f} s ago; "
                "whatever refreshes the file has stopped"
            )
        return token


class SuppliedTokens(AbstractTokenProvider):  # type: ignore[misc] # aiokafka is untyped
    """Tokens from a function that the deployment supplies; whatever it raises becomes a TokenError.

    Args:
        name: `module:attribute`, for messages.
        supply: gives a token, at once or as an awaitable; a plain function runs in a thread, for it may wait.
        extensions: SASL extensions, as in `AbstractTokenProvider.extensions`.
    """

    def __init__(self, name: str, supply: Callable[[], Any], extensions: Callable[[], dict[str, str]] = dict) -> None:
        self._name = name
        self._supply = supply
        self._extensions = extensions

    async def token(self) -> str:
        """The token.

        Raises:
            TokenError: the function failed or gave no text. Its message is not repeated: it may hold the token.
        """
        try:
            if inspect.iscoroutinefunction(self._supply):
                token = await self._supply()
            else:
                token = await asyncio.to_thread(self._supply)
        except Exception as error:  # noqa: BLE001 - foreign code; only its kind is told
            raise TokenError(f"COPYDESK_SASL_OAUTH_PROVIDER: {self._name} raised {type(error).__name__}") from None
        if not isinstance(token, str) or not token:
            raise TokenError(f"COPYDESK_SASL_OAUTH_PROVIDER: {self._name} gave {type(token).__name__}, not a token")
        return token

    def extensions(self) -> dict[str, str]:
        """SASL extensions."""
        return self._extensions()


def supplied(name: str) -> AbstractTokenProvider:
    """The provider that `module:attribute` names.

    The attribute is an `aiokafka.abc.AbstractTokenProvider` (an instance, or a class without arguments), or a
    function, plain or async, that returns a token.

    Raises:
        ValueError: it cannot be imported, or is none of these; the text is a sentence without the setting's name.
    """
    parts = name.split(":")
    if len(parts) != _MODULE_AND_ATTRIBUTE or not all(parts):
        raise ValueError(f"«{name}» is not module:attribute")
    try:
        found: Any = importlib.import_module(parts[0])
        for attribute in parts[1].split("."):
            found = getattr(found, attribute)
        if inspect.isclass(found):
            found = found()
    except Exception as error:  # noqa: BLE001 - foreign code; only its kind is told, for its text may hold a secret
        raise ValueError(f"{name} cannot be loaded: {type(error).__name__}") from None
    if isinstance(found, AbstractTokenProvider):
        return SuppliedTokens(name, found.token, found.extensions)
    if callable(found):
        return SuppliedTokens(name, found)
    raise ValueError(f"{name} is neither a token provider nor a function")


def expired_for(token: str, now: float) -> float | None:
    """Seconds since a JWT's own `exp`; None where it is still good or says nothing. Its signature is not looked at."""
    parts = token.split(".")
    if len(parts) != 3:  # header, claims, signature
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        until = float(claims["exp"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    return now - until if until < now else None


def _why(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not ASCII text"
