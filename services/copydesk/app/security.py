"""Do the security settings fit together? A credential that the protocol never sends is an error, not a detail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # settings are read by commands that need no Kafka client
    from copydesk.adapters.kafka.connection import ConnectionSettings

TOKENS = "OAUTHBEARER"


def security_problems(settings: ConnectionSettings) -> Iterator[str]:
    """A sentence, without its full stop, for each thing that does not fit."""
    protocol = settings.security_protocol
    if (settings.ssl_certfile is None) != (settings.ssl_keyfile is None):
        yield "ssl_certfile and ssl_keyfile: give both or neither"
    if settings.ssl_key_password is not None and settings.ssl_keyfile is None:
        yield "ssl_key_password: there is no ssl_keyfile that it could open"
    files = (settings.ssl_cafile, settings.ssl_certfile, settings.ssl_keyfile)
    if protocol not in ("SSL", "SASL_SSL"):
        if any(files):
            yield f"ssl_cafile, ssl_certfile, ssl_keyfile: {protocol} uses no TLS; set security_protocol to (SASL_)SSL"
        if not settings.ssl_check_hostname:
            yield f"ssl_check_hostname: {protocol} uses no TLS, so there is no certificate to check"
    if protocol.startswith("SASL"):
        yield from _sasl_problems(settings)
    elif _credentials(settings):
        yield (
            f"{', '.join(_credentials(settings))}: {protocol} sends no credentials; "
            "set security_protocol to SASL_SSL (or SASL_PLAINTEXT)"
        )


def _sasl_problems(settings: ConnectionSettings) -> Iterator[str]:
    sources = [name for name in ("sasl_oauth_provider", "sasl_oauth_token_file") if getattr(settings, name) is not None]
    if settings.sasl_mechanism == TOKENS:
        if settings.sasl_username is not None or settings.sasl_password is not None:
            yield f"sasl_username and sasl_password: {TOKENS} sends a token instead of them"
        if len(sources) != 1:
            yield f"sasl_oauth_provider and sasl_oauth_token_file: {TOKENS} needs one of them"
        return
    if sources:
        yield f"{' and '.join(sources)}: {settings.sasl_mechanism} sends no token; set sasl_mechanism to {TOKENS}"
    if settings.sasl_username is None or settings.sasl_password is None:
        yield f"sasl_username and sasl_password: both are needed with {settings.sasl_mechanism}"


def _credentials(settings: ConnectionSettings) -> list[str]:
    names = ("sasl_username", "sasl_password", "sasl_oauth_provider", "sasl_oauth_token_file")
    return [name for name in names if getattr(settings, name) is not None]
