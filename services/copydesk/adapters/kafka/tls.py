"""The TLS context of all Kafka clients, and a sentence for each file that is not what it should be."""

from __future__ import annotations

import ssl
from pathlib import Path


class CertificateError(Exception):
    """A certificate or key cannot be used; the text names the variable and the file, never what is in it."""


def tls_context(
    cafile: Path | None,
    certfile: Path | None,
    keyfile: Path | None,
    key_password: str | None,
    *,
    check_hostname: bool = True,
) -> ssl.SSLContext:
    """A context that verifies the broker: against `cafile`, or the system's authorities where there is none.

    Args:
        cafile: certificate authority, PEM.
        certfile: our certificate with its chain, PEM.
        keyfile: its key, PEM.
        key_password: of the key, where it is encrypted.
        check_hostname: whether the certificate must be for the address; its chain is verified in any case.

    Raises:
        CertificateError: a file is missing, unreadable or not PEM, or the key does not fit.
    """
    if cafile is not None:
        _readable("COPYDESK_SSL_CAFILE", cafile)
    try:
        context = ssl.create_default_context(cafile=str(cafile) if cafile else None)
    except ssl.SSLError as error:
        raise CertificateError(f"COPYDESK_SSL_CAFILE: {cafile} holds no PEM certificate") from error
    context.check_hostname = check_hostname
    if certfile is not None and keyfile is not None:
        _readable("COPYDESK_SSL_CERTFILE", certfile)
        _readable("COPYDESK_SSL_KEYFILE", keyfile)
        _load(context, certfile, keyfile, key_password)
    return context


def _load(context: ssl.SSLContext, certfile: Path, keyfile: Path, key_password: str | None) -> None:
    asked = False

    def password() -> str:
        # Without a function of ours OpenSSL would ask at the terminal and wait for an answer.
        nonlocal asked
        asked = True
        return key_password or ""

    try:
        context.load_cert_chain(str(certfile), str(keyfile), password)
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None)
        if asked and key_password is None:
            raise CertificateError(
                f"COPYDESK_SSL_KEYFILE: {keyfile} is encrypted; set COPYDESK_SSL_KEY_PASSWORD or its _FILE"
            ) from None
        if asked:
            raise CertificateError(f"COPYDESK_SSL_KEY_PASSWORD: it does not open {keyfile}") from None
        if reason == "KEY_VALUES_MISMATCH":
            raise CertificateError(
                f"COPYDESK_SSL_KEYFILE: {keyfile} is not the key of the certificate {certfile}"
            ) from None
        raise CertificateError(
            f"COPYDESK_SSL_CERTFILE and COPYDESK_SSL_KEYFILE: {certfile} and {keyfile} are not a PEM certificate and "
            f"its key ({reason or error})"
        ) from None


def _readable(variable: str, path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise CertificateError(f"{variable}: {path} cannot be read: {error.strerror}") from None


_NOT_FOR_THIS_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_UNKNOWN_AUTHORITY = (18, 19, 20, 21)  # self-signed, self-signed in the chain, no issuer, no issuer of the leaf
_EXPIRED = 10
_ABOUT_OUR_CERTIFICATE = ("CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE", "ACCESS_DENIED")


def certificate_sentence(error: ssl.SSLError, address: str, cafile: Path | None, certfile: Path | None) -> str | None:
    """What a failed handshake was about, ours or theirs; None where the other side does not speak TLS at all.

    Args:
        error: of the handshake, or of the first read after it: with TLS 1.3 that is where a client's fault shows.
        address: host:port of the broker.
        cafile: the authority that we trust, if not the system's.
        certfile: our certificate, if we have one.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _their_certificate(error, address, cafile)
    reason = error.reason or ""
    if "ALERT" not in reason:
        return None
    if not any(word in reason.partition("ALERT")[2] for word in _ABOUT_OUR_CERTIFICATE):
        return f"the broker at {address} breaks off the TLS handshake ({reason})"
    if certfile is None:
        return f"the broker at {address} wants a client certificate: set COPYDESK_SSL_CERTFILE and COPYDESK_SSL_KEYFILE"
    return (
        f"the broker at {address} does not accept the client certificate {certfile}: it trusts another authority, or "
        f"the certificate has expired ({reason})"
    )


def _their_certificate(error: ssl.SSLCertVerificationError, address: str, cafile: Path | None) -> str:
    if error.verify_code in _NOT_FOR_THIS_NAME:
        return (
            f"the certificate of the broker at {address} is for another name ({error.verify_message}): use the address "
            "that it was issued for"
        )
    if error.verify_code in _UNKNOWN_AUTHORITY:
        trusted = f"by {cafile}" if cafile else "by this system"
        return (
            f"the certificate of the broker at {address} is from an authority that is not trusted {trusted}: set "
            "COPYDESK_SSL_CAFILE to the authority of the broker"
        )
    if error.verify_code == _EXPIRED:
        return f"the certificate of the broker at {address} has expired"
    return f"the certificate of the broker at {address} is not valid: {error.verify_message}"
