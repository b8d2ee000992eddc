"""Settings: read once from the environment (`COPYDESK_…`), validated at start with a sentence a key."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from copydesk.adapters.kafka.fuse import FuseConfig
from copydesk.app.secret_files import FILE_SUFFIX, SecretFiles, secret_names
from copydesk.app.security import security_problems
from copydesk.core.options import DedupeOptions, EnrichOptions, Options, ParseOptions
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import DAY_MS, TOPICS, TopicRole, TopicSpec

PREFIX = "COPYDESK_"


class Delivery(StrEnum):
    """`transactional` is exactly once for a read_committed reader; `at_least_once` may repeat after a crash."""

    TRANSACTIONAL = "transactional"
    AT_LEAST_ONCE = "at_least_once"


class LogFormat(StrEnum):
    """`auto` is pretty on a terminal and JSON elsewhere."""

    AUTO = "auto"
    JSON = "json"
    PRETTY = "pretty"


class ConfigurationError(Exception):
    """The settings are not usable; the text has one sentence a key."""


class TopicOverride(BaseModel):
    """What may differ from the topic table; null keeps the default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str | None = None
    partitions: PositiveInt | None = None
    retention_ms: PositiveInt | None = None
    max_message_bytes: PositiveInt | None = None


class Topics(BaseModel):
    """Overrides of the topic table, by role."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    raw: TopicOverride = TopicOverride()
    parsed: TopicOverride = TopicOverride()
    unique: TopicOverride = TopicOverride()
    enriched: TopicOverride = TopicOverride()
    duplicate: TopicOverride = TopicOverride()
    dead: TopicOverride = TopicOverride()
    fingerprints: TopicOverride = TopicOverride()
    replays: TopicOverride = TopicOverride()


def _split(value: Any) -> Any:
    """Accept `parse,enrich` from the environment where a list is meant, JSON too."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return tuple(json.loads(value))
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _bootstrap(value: str) -> str:
    for address in value.split(","):
        host, _, port = address.strip().rpartition(":")
        if not host or not port.isdigit():
            raise ValueError(f"«{address}» is not host:port")
    return value


def _web_address(value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError(f"«{value}» does not begin with http:// or https://")
    return value


def _memory(mebibytes: int) -> int:
    if mebibytes != 0 and mebibytes < 512:
        raise ValueError("0 for no limit, or at least 512: the models alone take about 230")
    return mebibytes


class Settings(BaseSettings):
    """Everything that can be set. Each key is an environment variable: `COPYDESK_` and the name in capitals.

    A member of a group is set as `COPYDESK_DEDUPE__WINDOW_DAYS`.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    bootstrap_servers: Annotated[str, AfterValidator(_bootstrap)] = "127.0.0.1:9092"
    """Kafka brokers, host:port, divided by commas."""
    app_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")] = "copydesk"
    """Name of the deployment: consumer groups and transactional ids derive from it."""
    stages: Annotated[tuple[Stage, ...], NoDecode] = (Stage.PARSE, Stage.DEDUPE, Stage.ENRICH)
    """Stages that this worker runs, divided by commas."""
    delivery: Delivery = Delivery.TRANSACTIONAL
    """`transactional` (exactly once) or `at_least_once`."""
    declare_topics: bool = True
    """Whether missing topics are created at start."""
    replication_factor: PositiveInt = 1
    """Replicas of topics that are created."""
    topics: Topics = Topics()
    """Names, partitions, retention and limits that differ from the topic table."""

    security_protocol: Annotated[str, Field(pattern=r"^(PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL)$")] = "PLAINTEXT"
    """How to talk to the brokers."""
    sasl_mechanism: Annotated[str, Field(pattern=r"^(PLAIN|SCRAM-SHA-256|SCRAM-SHA-512|OAUTHBEARER)$")] = "PLAIN"
    """SASL mechanism."""
    sasl_username: str | None = None
    """SASL user."""
    sasl_password: SecretStr | None = None
    """SASL password; better, COPYDESK_SASL_PASSWORD_FILE names a file that holds it."""
    sasl_oauth_provider: str | None = None
    """With OAUTHBEARER: `module:attribute` of a token provider or of a function that returns a token."""
    sasl_oauth_token_file: Path | None = None
    """With OAUTHBEARER: file with the token, read at each connection; something else keeps it fresh."""
    ssl_cafile: Path | None = None
    """Certificate authority, PEM; the system's where empty."""
    ssl_certfile: Path | None = None
    """Client certificate, PEM."""
    ssl_keyfile: Path | None = None
    """Client key, PEM."""
    ssl_key_password: SecretStr | None = None
    """Password of the client key; better, COPYDESK_SSL_KEY_PASSWORD_FILE names a file that holds it."""
    ssl_check_hostname: bool = True
    """Whether a broker's certificate must be for its address; the certificate itself is verified in any case."""

    session_timeout_ms: Annotated[int, Field(ge=1000)] = 6_000
    """After so long without a heartbeat a worker's partitions go to others."""
    heartbeat_interval_ms: Annotated[int, Field(ge=100)] = 1_000
    """Time between heartbeats."""
    transaction_timeout_ms: Annotated[int, Field(ge=1000)] = 15_000
    """After so long the broker ends an open transaction."""
    batch_records: PositiveInt = 100
    """Records of one partition in one transaction, at most."""
    batch_bytes: PositiveInt = 16 * 1024 * 1024
    """Bytes fetched from one partition at a time; never less than the largest record."""
    batch_wait_ms: PositiveInt = 50
    """How long a fetch waits for records."""

    state_dir: Path = Path("var/state")
    """Folder of the dedupe state, a cache of its log topic."""
    pool_workers: Annotated[int, Field(ge=0)] = 0
    """Processes for parsing and enriching; 0 means one a core."""
    pool_memory_mib: Annotated[int, AfterValidator(_memory)] = 1_536
    """Memory limit of a pool process, MiB, about 230 for its models included; 0 means none. Linux only."""
    parse_timeout_s: PositiveFloat = 20.0
    """Time limit a record in the parse stage."""
    enrich_timeout_s: PositiveFloat = 20.0
    """Time limit an article in the enrich stage."""

    web_bind: str = "127.0.0.1"
    """Address of the web pages, health and metrics."""
    web_port: Annotated[int, Field(ge=0, le=65535)] = 6066
    """Port of the web pages, health and metrics."""
    web_page: bool = True
    """Whether `/` and `/api/now` show what the worker is doing. Whoever reaches them reads titles of articles."""
    web_page_articles: Annotated[int, Field(ge=0, le=1000)] = 50
    """Articles that the page remembers; with 0 it shows figures only, and no text of any article."""
    stall_after_s: PositiveFloat = 120.0
    """A worker that has records to read, whose brokers answer, and that gets no further for so long ends with exit code
    5, so that its supervisor starts it again. Keep it above the time limits of a record."""
    fuse: FuseConfig = FuseConfig()
    """When too many records fail, a stage pauses instead of emptying its topic into the dead letters."""
    lag_interval_s: PositiveFloat = 5.0
    """Time between measurements of the lag."""
    top_sources: Annotated[int, Field(ge=0, le=1000)] = 50
    """Publishers with metrics of their own, the most frequent; all others together are `other`."""
    log_format: LogFormat = LogFormat.AUTO
    """`json`, `pretty`, or `auto`: pretty on a terminal."""
    log_level: Annotated[str, Field(pattern=r"^(debug|info|warning|error)$")] = "info"
    """Least severe level that is logged."""
    log_burst: Annotated[int, Field(ge=0)] = 500
    """Lines of the same event in one second, from where on they are sampled; 0 means that all are written."""
    log_keep_one_in: PositiveInt = 100
    """Of sampled lines one in so many is written, with the number of those left out."""
    otel_endpoint: Annotated[str | None, AfterValidator(_web_address)] = None
    """Base address of an OpenTelemetry collector, such as `http://127.0.0.1:4318` (OTLP over HTTP): each stage's work
    on a record becomes a span. Needs the extra `otel`; OTEL_EXPORTER_OTLP_ENDPOINT does the same."""

    parse: ParseOptions = ParseOptions()
    """Options of the parse stage."""
    dedupe: DedupeOptions = DedupeOptions()
    """Options of the dedupe stage."""
    enrich: EnrichOptions = EnrichOptions()
    """Options of the enrich stage."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the files that it names for secrets."""
        return init_settings, env_settings, SecretFiles(settings_cls, PREFIX)

    @model_validator(mode="before")
    @classmethod
    def _lists_from_text(cls, values: Any) -> Any:
        """Lists may be written `a,b` (or as JSON) wherever they stand."""
        if not isinstance(values, dict):
            return values
        values = dict(values)
        if "stages" in values:
            values["stages"] = _split(values["stages"])
        for group, member in (("enrich", "enrichers"), ("parse", "blocked_languages")):
            given = values.get(group)
            if isinstance(given, dict) and member in given:
                values[group] = {**given, member: _split(given[member])}
        return values

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        if not self.stages:
            raise ValueError("stages: name at least one of parse, dedupe, enrich")
        if len(set(self.stages)) != len(self.stages):
            raise ValueError("stages: each stage at most once")
        if self.heartbeat_interval_ms * 3 > self.session_timeout_ms:
            raise ValueError("heartbeat_interval_ms: at most a third of session_timeout_ms")
        if self.stall_after_s < max(self.parse_timeout_s, self.enrich_timeout_s, 3 * self.lag_interval_s):
            raise ValueError(
                "stall_after_s: at least parse_timeout_s, enrich_timeout_s and three times lag_interval_s, or what is "
                "merely slow would seem stalled"
            )
        insecure = list(security_problems(self))
        if insecure:
            raise ValueError(".\n".join(insecure))
        if self.partitions(TopicRole.PARSED) != self.partitions(TopicRole.FINGERPRINTS):
            raise ValueError(
                "topics: parsed-articles and article-fingerprints need as many partitions as dedupe.shards"
            )
        unknown = set(self.enrich.enrichers) - set(EnrichOptions().enrichers)
        if unknown:
            raise ValueError(f"enrich.enrichers: unknown {', '.join(sorted(unknown))}")
        return self

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Settings from the environment, with `overrides` on top.

        Raises:
            ConfigurationError: one sentence a key that is wrong or unknown.
        """
        environment = os.environ if environment is None else environment
        problems = list(_unknown_keys(environment))
        try:
            settings = cls(**overrides)
        except ValidationError as error:
            problems.extend(_sentence(e) for e in error.errors(include_input=False, include_url=False))
        except SettingsError as error:
            problems.append(f"{error}: {error.__cause__}" if error.__cause__ else str(error))
        if problems:
            raise ConfigurationError("\n".join(problems))
        return settings

    def spec(self, role: TopicRole) -> TopicSpec:
        """The topic of a role with all overrides applied."""
        base = TOPICS[role]
        override: TopicOverride = getattr(self.topics, role.name.lower())
        partitions = base.partitions
        retention = base.retention_ms
        if role in (TopicRole.PARSED, TopicRole.FINGERPRINTS):
            partitions = self.dedupe.shards
        if role is TopicRole.FINGERPRINTS:
            retention = (self.dedupe.window_days + 1) * DAY_MS
        if role is TopicRole.REPLAYS:
            # A letter that outlived the note of its replay could be replayed again.
            retention = max(retention, 2 * self.spec(TopicRole.DEAD).retention_ms)
        return TopicSpec(
            role=role,
            partitions=override.partitions or partitions,
            retention_ms=override.retention_ms or retention,
            max_message_bytes=override.max_message_bytes or base.max_message_bytes,
            key=base.key,
            public=base.public,
        )

    def topic(self, role: TopicRole) -> str:
        """Name of the topic of a role."""
        override: TopicOverride = getattr(self.topics, role.name.lower())
        return override.name or role.value

    def partitions(self, role: TopicRole) -> int:
        """Partitions that the topic of a role is declared with."""
        return self.spec(role).partitions

    def options(self) -> Options:
        """Options of the core."""
        return Options(parse=self.parse, dedupe=self.dedupe, enrich=self.enrich)

    def secrets(self) -> list[str]:
        """Values that must never be shown."""
        found = (getattr(self, name) for name in secret_names(type(self)))
        return [secret.get_secret_value() for secret in found if secret is not None]

    def workers(self) -> int:
        """Number of pool processes."""
        return self.pool_workers or len(os.sched_getaffinity(0))

    def describe(self) -> Iterator[SettingRow]:
        """Every setting with its value, secrets masked."""
        given = self.model_fields_set
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            meaning = " ".join((field.description or "").split())
            nested = _members(value)
            if nested is None:
                yield SettingRow(PREFIX + name.upper(), _shown(value), meaning, changed=name in given)
                continue
            defaults = _members(field.default) or {}
            for key, member in nested.items():
                yield SettingRow(
                    f"{PREFIX}{name.upper()}__{key.upper()}",
                    _shown(member),
                    meaning,
                    changed=member != defaults.get(key),
                )


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One line of `copydesk config`."""

    variable: str
    value: str
    meaning: str
    changed: bool


def _members(value: Any) -> dict[str, Any] | None:
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    slots = getattr(value, "__dataclass_fields__", None)
    return None if slots is None else {name: getattr(value, name) for name in slots}


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return ",".join(map(str, value))
    if isinstance(value, BaseModel):
        return ", ".join(f"{k}={v}" for k, v in value.model_dump(exclude_none=True).items())
    return str(value)


def _unknown_keys(environment: Mapping[str, str]) -> Iterator[str]:
    """Misspelt variables would otherwise be ignored in silence."""
    known = {name.upper() for name in Settings.model_fields}
    known |= {f"{name.upper()}{FILE_SUFFIX}" for name in secret_names(Settings)}
    for key in sorted(environment):
        if key.startswith(PREFIX) and key not in OTHER_VARIABLES:
            name = key.removeprefix(PREFIX).split("__")[0]
            if name not in known:
                yield f"{key}: there is no such setting; `copydesk config` lists them all."


OTHER_VARIABLES = frozenset(
    {
        "COPYDESK_EVAL_DATA",
        "COPYDESK_KAFKA_CACHE",
        "COPYDESK_REQUIRE_BROWSER",
        "COPYDESK_REQUIRE_KAFKA",
        "COPYDESK_REQUIRE_NODE",
        "COPYDESK_REQUIRE_PROMETHEUS",
    }
)
"""Variables of the tests and the evaluation, which are no settings of the service."""


def _sentence(error: Any) -> str:
    path = "__".join(str(part) for part in error["loc"] if not str(part).isdigit())
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{PREFIX}{path.upper()}: {message}." if path else f"{message}."
