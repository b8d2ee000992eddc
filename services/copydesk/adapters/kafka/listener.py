"""What does a listener speak? Single connections for a diagnosis, on the library's own protocol code."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import SaslAuthenticateRequest, SaslHandShakeRequest

_ILLEGAL_SASL_STATE = 34
_CLOSE_WITHIN_S = 1.0


class Probe(AIOKafkaConnection):  # type: ignore[misc] # aiokafka is untyped
    """One connection that remembers what the broker said about SASL.

    Args:
        host: of the broker.
        port: of the broker.
        within_s: time limit of each request.
        connection: as for any client; the addresses in it are not used.
    """

    def __init__(self, host: str, port: int, within_s: float, connection: Mapping[str, Any]) -> None:
        self.connection = {key: value for key, value in connection.items() if key != "bootstrap_servers"}
        self.connection["request_timeout_ms"] = int(within_s * 1000)
        self.mechanisms: Sequence[str] = ()
        """What the broker offers, once it was asked."""
        self.refused_token: str | None = None
        """Why it did not take a token. The library goes on as if it had."""
        super().__init__(host, port, **self.connection)

    def send(self, request: Any, expect_response: bool = True) -> Awaitable[Any]:  # noqa: FBT001, FBT002 - as the library has it
        """Send, and note the answers to the two requests of SASL."""
        answer: Awaitable[Any] = super().send(request, expect_response)
        if isinstance(request, SaslHandShakeRequest | SaslAuthenticateRequest):
            return self._noted(answer)
        return answer

    async def end(self) -> None:
        """Close, and wait until the socket is gone: the loop may end right after."""
        closed = self.close()
        if self._protocol is not None:  # else there never was a connection
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_WITHIN_S):
                    await closed

    async def _noted(self, answer: Awaitable[Any]) -> Any:
        response = await answer
        self.mechanisms = getattr(response, "enabled_mechanisms", self.mechanisms)
        if self._sasl_mechanism == "OAUTHBEARER" and getattr(response, "error_code", 0) == 0:
            self.refused_token = _refusal(getattr(response, "sasl_auth_bytes", None) or b"")
        return response


def _refusal(answer: bytes) -> str | None:
    """The status in the answer to a token (RFC 7628, 3.2.2); a broker that takes the token answers with nothing."""
    if not answer:
        return None
    try:
        return str(json.loads(answer)["status"])
    except (ValueError, KeyError, TypeError):
        return "refused"


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close a connection over which nothing was said; the other side need not agree."""
    writer.transport.abort()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_CLOSE_WITHIN_S):
            await writer.wait_closed()


async def speaks_tls(host: str, port: int, within_s: float) -> bool:
    """Whether a TLS handshake gets anything of TLS in answer. Whose certificate it is does not matter here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing is sent over it
    try:
        async with asyncio.timeout(within_s):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as error:
        return "ALERT" in (error.reason or "")
    except (OSError, TimeoutError):
        return False
    await hang_up(writer)
    return True


async def speaks_plaintext(host: str, port: int, within_s: float) -> bool:
    """Whether Kafka's first request, which needs no authentication, is answered without TLS."""
    probe = Probe(host, port, within_s, {"security_protocol": "PLAINTEXT"})
    try:
        await probe.connect()
    except (OSError, KafkaError, TimeoutError):
        return False
    finally:
        await probe.end()
    return True


async def sasl_mechanisms(probe: Probe, within_s: float) -> Sequence[str]:
    """Mechanisms of a listener that wants SASL, asked with the connection of `probe`; none where it wants no SASL."""
    asking = Probe(probe.host, probe.port, within_s, probe.connection)
    try:
        await asking.connect()
        answer = await asking.send(SaslHandShakeRequest("PLAIN"))
    except (OSError, KafkaError, TimeoutError):
        return ()
    finally:
        await asking.end()
    return () if answer.error_code == _ILLEGAL_SASL_STATE else tuple(asking.mechanisms)
