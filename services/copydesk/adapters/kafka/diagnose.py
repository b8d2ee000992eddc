"""Why is there no connection? The client library says «Unable to bootstrap»; this looks again, step by step.

Called after a failure only, never in the way of a connection that works. Nothing of the secrets is in a sentence.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from copydesk.adapters.kafka.connection import ConnectionSettings
from copydesk.adapters.kafka.listener import Probe, hang_up, sasl_mechanisms, speaks_plaintext, speaks_tls
from copydesk.adapters.kafka.tls import certificate_sentence
from copydesk.adapters.kafka.tokens import TokenError

STEP_WITHIN_S = 2.0
"""For each step: a person waits."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong.

    Attributes:
        sentence: begins in lower case and names the address; ends without a full stop.
        reached: whether something answered there; then security is at fault, else the way.
    """

    sentence: str
    reached: bool


async def diagnose(settings: ConnectionSettings, connection: Mapping[str, Any]) -> Diagnosis | None:
    """What is wrong with the brokers' addresses or our credentials; None where all works (by now).

    Args:
        settings: how the brokers are reached.
        connection: `connection_kwargs` of these settings.
    """
    addresses = [address.strip() for address in settings.bootstrap_servers.split(",")]
    found = await asyncio.gather(*(_look(address, settings, connection) for address in addresses))
    if any(one is None for one in found):
        return None
    faults = [one for one in found if one is not None]
    # Of several addresses, one that answers tells more than one that does not.
    return next((fault for fault in faults if fault.reached), faults[0])


async def _look(address: str, settings: ConnectionSettings, connection: Mapping[str, Any]) -> Diagnosis | None:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    missing = await unreachable(host, int(port))
    if missing is not None:
        return Diagnosis(f"no connection to Kafka at {address}: {missing}", reached=False)
    probe = Probe(host, int(port), STEP_WITHIN_S, connection)
    try:
        await probe.connect()
        metadata = await probe.send(MetadataRequest([]))
    except (OSError, KafkaError, TimeoutError, EOFError) as error:
        return await _refusal(error, address, probe, settings)
    finally:
        await probe.end()
    if probe.refused_token is not None:
        return Diagnosis(
            f"the broker at {address} does not accept the token ({probe.refused_token}): it may have expired, or be "
            "meant for someone else",
            reached=True,
        )
    return await _advertised(address, metadata.brokers)


async def unreachable(host: str, port: int) -> str | None:
    """Why nothing can be said to `host`, or None."""
    try:
        await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        async with asyncio.timeout(STEP_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except socket.gaierror:
        return f"the name «{host}» is not known here"
    except TimeoutError:
        return "no answer; the host is down, or a firewall drops what is sent there"
    except ConnectionRefusedError:
        return "nobody listens there"
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__
    await hang_up(writer)
    return None


async def _advertised(address: str, brokers: Sequence[tuple[int, str, int, str | None]]) -> Diagnosis | None:
    """After the first connection a client uses the addresses that the brokers give of themselves."""
    for _, host, port, *_ in brokers:
        missing = await unreachable(host, port)
        if missing is not None:
            return Diagnosis(
                f"no connection to Kafka at {host}:{port}: {missing}. The broker at {address} gives this as its "
                "address (advertised.listeners)",
                reached=False,
            )
    return None


async def _refusal(error: Exception, address: str, probe: Probe, settings: ConnectionSettings) -> Diagnosis:
    mechanism = settings.sasl_mechanism
    if isinstance(error, TokenError):
        sentence = str(error).removeprefix("TokenError: ")
    elif isinstance(error, SaslAuthenticationFailed):
        sentence = f"the broker at {address} refuses user «{settings.sasl_username}»: wrong user or password"
        if mechanism == "OAUTHBEARER":
            sentence = f"the broker at {address} does not accept the token"
    elif isinstance(error, UnsupportedSaslMechanismError):
        offered = ", ".join(probe.mechanisms) or "none"
        sentence = (
            f"the broker at {address} does not take {mechanism}; it offers {offered}. Set COPYDESK_SASL_MECHANISM"
        )
    elif isinstance(error, IllegalSaslStateError):
        without = "SSL" if settings.security_protocol == "SASL_SSL" else "PLAINTEXT"
        sentence = (
            f"the listener at {address} takes no SASL: COPYDESK_SECURITY_PROTOCOL would be {without}, or the port is "
            "another one"
        )
    else:
        known = _tls_sentence(error, address, settings) or await _other_protocol(error, address, probe, settings)
        if known is None:
            said = "does not answer as Kafka does" if isinstance(error, TimeoutError) else "ends it at once"
            return Diagnosis(
                f"no connection to Kafka at {address}: something takes a connection there and {said}", reached=False
            )
        sentence = known
    return Diagnosis(sentence, reached=True)


def _tls_sentence(error: Exception, address: str, settings: ConnectionSettings) -> str | None:
    for cause in (error, error.__cause__):
        if isinstance(cause, ssl.SSLError):
            return certificate_sentence(cause, address, settings.ssl_cafile, settings.ssl_certfile)
    return None


async def _other_protocol(error: Exception, address: str, probe: Probe, settings: ConnectionSettings) -> str | None:
    """The broker hung up, or said nothing: does it speak another protocol than we do?"""
    protocol = settings.security_protocol
    encrypted = protocol in ("SSL", "SASL_SSL")
    if not encrypted and await speaks_tls(probe.host, probe.port, STEP_WITHIN_S):
        wanted = "SASL_SSL" if protocol.startswith("SASL") else "SSL or SASL_SSL"
        return f"the listener at {address} speaks TLS, and COPYDESK_SECURITY_PROTOCOL is {protocol}: set it to {wanted}"
    if encrypted and await speaks_plaintext(probe.host, probe.port, STEP_WITHIN_S):
        wanted = "SASL_PLAINTEXT" if protocol.startswith("SASL") else "PLAINTEXT or SASL_PLAINTEXT"
        return (
            f"the listener at {address} speaks no TLS, and COPYDESK_SECURITY_PROTOCOL is {protocol}: use its TLS "
            f"port, or set {wanted}"
        )
    if not protocol.startswith("SASL") and not isinstance(error, TimeoutError):
        offered = await sasl_mechanisms(probe, STEP_WITHIN_S)
        if offered:
            return (
                f"the broker at {address} wants SASL ({', '.join(offered)}): set COPYDESK_SECURITY_PROTOCOL to "
                f"{'SASL_SSL' if encrypted else 'SASL_PLAINTEXT'}, with user and password or a token"
            )
    return None
