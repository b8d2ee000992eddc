"""A real broker that asks who is there: mTLS, SASL over TLS and in the clear, and an authorizer that denies by default.

The plain listener is the administrator's: whoever comes in by it is a super user. Every other listener gives its
callers a name, and the name gets nothing but what its ACLs say.
"""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from tests.support.kafka import CLIENT, KafkaBroker, free_port, jars

USER = "copydesk"
OPERATOR = "desk-operator"
"""Another user, with the same password; SCRAM only."""
PASSWORD = "open-sesame-7Q"  # noqa: S105 - made up, and looked for in everything that is written
KEY_PASSWORD = "key-sesame-8R"  # noqa: S105 - likewise
_UNSECURED = "org.apache.kafka.common.security.oauthbearer.internals.unsecured"
_ACL_TOOL = "org.apache.kafka.tools.AclCommand"


@dataclass(frozen=True)
class Certificates:
    """Files of one certificate authority, one broker and one client, and of an authority that nobody trusts."""

    folder: Path

    @property
    def ca(self) -> Path:
        """The authority that the broker trusts, and its clients should."""
        return self.folder / "ca.pem"

    @property
    def other_ca(self) -> Path:
        """Another authority."""
        return self.folder / "other-ca.pem"

    @property
    def client(self) -> Path:
        """The client's certificate."""
        return self.folder / "client.pem"

    @property
    def client_key(self) -> Path:
        """The client's key in the clear."""
        return self.folder / "client.key"

    @property
    def encrypted_key(self) -> Path:
        """The same, encrypted with `KEY_PASSWORD`."""
        return self.folder / "client-encrypted.key"

    @property
    def stranger(self) -> Path:
        """A client's certificate, with its key, of the other authority."""
        return self.folder / "stranger.pem"

    @classmethod
    def make(cls, folder: Path) -> Certificates:
        """Issue everything anew."""
        files = cls(folder)
        ours, other = trustme.CA(), trustme.CA()
        ours.cert_pem.write_to_path(str(files.ca))
        other.cert_pem.write_to_path(str(files.other_ca))
        # For the address only: «localhost» is then a name that the certificate does not have.
        broker = ours.issue_cert("127.0.0.1", common_name="broker")
        chain = b"".join(part.bytes() for part in broker.cert_chain_pems)
        (folder / "broker.pem").write_bytes(_pkcs8(broker.private_key_pem.bytes()) + chain)
        client = ours.issue_cert(f"{USER}@clients.example", common_name=USER)
        files.client.write_bytes(b"".join(part.bytes() for part in client.cert_chain_pems))
        files.client_key.write_bytes(_pkcs8(client.private_key_pem.bytes()))
        files.encrypted_key.write_bytes(_pkcs8(client.private_key_pem.bytes(), KEY_PASSWORD))
        other.issue_cert(f"{USER}@clients.example", common_name=USER).private_key_and_cert_chain_pem.write_to_path(
            str(files.stranger)
        )
        return files


def _pkcs8(key: bytes, password: str | None = None) -> bytes:
    """A private key as Java reads it."""
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return load_pem_private_key(key, None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


class SecureKafka:
    """A running broker with the listeners plain (super user), mTLS, SASL over TLS, and SASL in the clear."""

    def __init__(self, broker: KafkaBroker, certificates: Certificates, ports: Mapping[str, int]) -> None:
        self.broker = broker
        self.certificates = certificates
        self.plain = broker.bootstrap
        """Everything is allowed here, for the tests' own clients."""
        self.mtls = f"127.0.0.1:{ports['SSL']}"
        self.sasl_ssl = f"127.0.0.1:{ports['SASL_SSL']}"
        self.sasl_plaintext = f"127.0.0.1:{ports['SASL_PLAINTEXT']}"

    def scram(self, mechanism: str = "SCRAM-SHA-512") -> dict[str, str]:
        """Settings, without their prefix, of a client over SASL_SSL with user and password."""
        return {
            "BOOTSTRAP_SERVERS": self.sasl_ssl,
            "SECURITY_PROTOCOL": "SASL_SSL",
            "SASL_MECHANISM": mechanism,
            "SASL_USERNAME": USER,
            "SASL_PASSWORD": PASSWORD,
            "SSL_CAFILE": str(self.certificates.ca),
        }

    def with_certificate(self) -> dict[str, str]:
        """Settings, without their prefix, of a client over mTLS."""
        return {
            "BOOTSTRAP_SERVERS": self.mtls,
            "SECURITY_PROTOCOL": "SSL",
            "SSL_CAFILE": str(self.certificates.ca),
            "SSL_CERTFILE": str(self.certificates.client),
            "SSL_KEYFILE": str(self.certificates.client_key),
        }

    def oauth(self, token_file: Path) -> dict[str, str]:
        """Settings, without their prefix, of a client over SASL_SSL with a token."""
        return {
            "BOOTSTRAP_SERVERS": self.sasl_ssl,
            "SECURITY_PROTOCOL": "SASL_SSL",
            "SASL_MECHANISM": "OAUTHBEARER",
            "SASL_OAUTH_TOKEN_FILE": str(token_file),
            "SSL_CAFILE": str(self.certificates.ca),
        }

    def grant(self, command: str) -> None:
        """Carry out a line that `copydesk acls` printed, as the super user."""
        words = shlex.split(command)
        if words[0] != "kafka-acls.sh":
            raise ValueError(command)
        # Administrators come in by an address and with credentials of their own.
        self.acls([*words[words.index("--add") :]])

    def acls(self, arguments: Iterable[str]) -> str:
        """Run Kafka's own `kafka-acls.sh` as the super user; what it says."""
        tool = ["java", "-Xmx128m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{jars(CLIENT)}/*"]
        done = subprocess.run(
            [*tool, _ACL_TOOL, "--bootstrap-server", self.plain, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with these settings and no other ones of the service."""
    rest = {key: value for key, value in os.environ.items() if not key.startswith("COPYDESK_")}
    return rest | {f"COPYDESK_{key}": value for key, value in settings.items()}


def jwt(subject: str, lifetime_s: float) -> str:
    """An unsigned token, which this broker is told to take."""
    now = int(time.time())
    parts = [{"alg": "none"}, {"sub": subject, "iat": now - 3600, "exp": now + int(lifetime_s)}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."


def _properties(certificates: Certificates, ports: Mapping[str, int]) -> dict[str, str]:
    addresses = ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items())
    plain_users = f'required user_{USER}="{PASSWORD}";'
    properties = {
        "listeners": "PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}," + addresses,
        "advertised.listeners": "PLAINTEXT://127.0.0.1:{port}," + addresses,
        "listener.security.protocol.map": ",".join(
            f"{name}:{'PLAINTEXT' if name == 'CONTROLLER' else name}" for name in ("PLAINTEXT", "CONTROLLER", *ports)
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
        "auto.create.topics.enable": "false",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates.folder / "broker.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.ca),
        "listener.name.ssl.ssl.client.auth": "required",
        "listener.name.ssl.ssl.principal.mapping.rules": r"RULE:^.*CN=([a-zA-Z0-9._-]+).*$/$1/",
    }
    for listener in ("sasl_ssl", "sasl_plaintext"):
        prefix = f"listener.name.{listener}"
        properties[f"{prefix}.sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
        properties[f"{prefix}.plain.sasl.jaas.config"] = (
            f"org.apache.kafka.common.security.plain.PlainLoginModule {plain_users}"
        )
        for mechanism in ("scram-sha-256", "scram-sha-512"):
            properties[f"{prefix}.{mechanism}.sasl.jaas.config"] = (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            )
    prefix = "listener.name.sasl_ssl"
    properties[f"{prefix}.sasl.enabled.mechanisms"] += ",OAUTHBEARER"
    properties[f"{prefix}.oauthbearer.sasl.jaas.config"] = (
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
        'unsecuredLoginStringClaim_sub="broker";'
    )
    # Checks a token's form, subject and times, not its signature: enough to see ours arrive.
    properties[f"{prefix}.oauthbearer.sasl.server.callback.handler.class"] = (
        f"{_UNSECURED}.OAuthBearerUnsecuredValidatorCallbackHandler"
    )
    return properties


@contextmanager
def secure_kafka(folder: Path, extra: Mapping[str, str] | None = None) -> Iterator[SecureKafka]:
    """A started broker, stopped at the end.

    Raises:
        UnavailableError: none can be had here.
    """
    certificates = Certificates.make(folder)
    ports = {name: free_port() for name in ("SSL", "SASL_SSL", "SASL_PLAINTEXT")}
    scram = [
        word
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
        for user in (USER, OPERATOR)
        for word in ("--add-scram", f"{mechanism}=[name={user},password={PASSWORD}]")
    ]
    options: Sequence[str] = scram
    properties = _properties(certificates, ports) | dict(extra or {})
    with KafkaBroker.running(properties, format_options=options) as broker:
        yield SecureKafka(broker, certificates, ports)
