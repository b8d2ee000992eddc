import re
from pathlib import Path

import pytest

from copydesk.app.settings import OTHER_VARIABLES, ConfigurationError, Delivery, Settings
from copydesk_schemas.reasons import Stage
from copydesk_schemas.topics import DAY_MS, TopicRole


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for key in list(os.environ):
        if key.startswith("COPYDESK_"):
            monkeypatch.delenv(key)


def test_defaults_need_no_environment() -> None:
    settings = Settings.load()
    assert settings.delivery is Delivery.TRANSACTIONAL
    assert settings.stages == (Stage.PARSE, Stage.DEDUPE, Stage.ENRICH)
    assert settings.web_bind == "127.0.0.1"
    assert settings.topic(TopicRole.RAW) == "raw-articles"


def test_every_kind_of_value_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_STAGES", "parse, enrich")
    monkeypatch.setenv("COPYDESK_STATE_DIR", "/elsewhere")
    monkeypatch.setenv("COPYDESK_DEDUPE__WINDOW_DAYS", "7")
    monkeypatch.setenv("COPYDESK_DEDUPE__SHARDS", "3")
    monkeypatch.setenv("COPYDESK_ENRICH__ENRICHERS", "entities,quotes")
    monkeypatch.setenv("COPYDESK_TOPICS__RAW__NAME", "incoming")
    settings = Settings.load()
    assert settings.stages == (Stage.PARSE, Stage.ENRICH)
    assert settings.state_dir == Path("/elsewhere")
    assert settings.options().enrich.enrichers == ("entities", "quotes")
    assert settings.topic(TopicRole.RAW) == "incoming"
    assert settings.spec(TopicRole.FINGERPRINTS).retention_ms == 8 * DAY_MS
    assert settings.partitions(TopicRole.PARSED) == settings.partitions(TopicRole.FINGERPRINTS) == 3


def test_all_enrichers_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_ENRICH__ENRICHERS", "")
    assert Settings.load().enrich.enrichers == ()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("COPYDESK_STAGES", "parse,print", "COPYDESK_STAGES"),
        ("COPYDESK_STAGES", "", "at least one"),
        ("COPYDESK_WEB_PORT", "many", "COPYDESK_WEB_PORT"),
        ("COPYDESK_BOOTSTRAP_SERVERS", "broker", "is not host:port"),
        ("COPYDESK_WEBPORT", "6066", "COPYDESK_WEBPORT: there is no such setting"),
        ("COPYDESK_DEDUPE__SHARDS", "some", "COPYDESK_DEDUPE__SHARDS"),
        ("COPYDESK_ENRICH__ENRICHERS", "horoscope", "unknown horoscope"),
        ("COPYDESK_HEARTBEAT_INTERVAL_MS", "5000", "at most a third"),
        ("COPYDESK_SECURITY_PROTOCOL", "SASL_SSL", "sasl_password"),
        ("COPYDESK_SSL_CERTFILE", "client.pem", "give both or neither"),
    ],
)
def test_a_wrong_value_gets_a_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, key: str, value: str, words: str
) -> None:
    monkeypatch.setenv(key, value)
    with pytest.raises(ConfigurationError, match=words.replace(".", r"\.")):
        Settings.load()


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_WEB_PORT", "x")
    monkeypatch.setenv("COPYDESK_BATCH_RECORDS", "0")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load()
    assert len(str(caught.value).splitlines()) == 2


def test_secrets_are_masked_wherever_settings_are_shown() -> None:
    settings = Settings.load(sasl_password="open sesame", sasl_username="desk", security_protocol="SASL_SSL")  # noqa: S106 - a made-up password
    shown = "\n".join(f"{row.variable}={row.value}" for row in settings.describe())
    assert "open sesame" not in shown
    assert "open sesame" not in repr(settings)
    assert "COPYDESK_SASL_USERNAME=desk" in shown


def test_rows_tell_what_differs_from_the_defaults() -> None:
    rows = {row.variable: row for row in Settings.load(web_port=7000).describe()}
    assert rows["COPYDESK_WEB_PORT"].changed
    assert not rows["COPYDESK_APP_ID"].changed
    assert all(row.meaning for row in rows.values())


def test_a_memory_limit_has_room_for_the_models_or_is_none() -> None:
    assert Settings.load(pool_memory_mib=0).pool_memory_mib == 0
    with pytest.raises(ConfigurationError, match=r"COPYDESK_POOL_MEMORY_MIB: 0 for no limit, or at least 512"):
        Settings.load(pool_memory_mib=100)


def test_what_the_ci_script_sets_is_no_unknown_setting() -> None:
    script = (Path(__file__).parents[2] / ".ci" / "run").read_text(encoding="utf-8")
    named = set(re.findall(r"COPYDESK_[A-Z_]+", script))
    assert "COPYDESK_REQUIRE_KAFKA" in named
    assert named <= OTHER_VARIABLES
