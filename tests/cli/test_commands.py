"""`explain`, `config`, `schemas` and `process --raw`: what they print, and what they say when something is wrong."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from copydesk.app.cli import cli, main
from copydesk.app.settings import Settings
from copydesk_schemas.export import RECORDS

SCHEMAS = Path(__file__).parents[2] / "schemas" / "json"
TEXT = " ".join(f"The council of town number {n} met on Monday and voted for new lamps." for n in range(12))
PAGE = f"<html><body><article><h1>Lamps for all</h1><p>{TEXT}</p></article></body></html>"


def run(*arguments: str | Path, stdin: str | bytes = b"", code: int = 0, env: dict[str, str] | None = None) -> Result:
    result = CliRunner().invoke(cli, [str(a) for a in arguments], input=stdin, env=env)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_command_has_help() -> None:
    told = run("--help").stdout
    for name, command in cli.commands.items():
        assert name in told
        assert (command.short_help or "") in told
        assert run(name, "--help").stdout.startswith("Usage: ")


def test_explain_tells_each_decision_and_the_record() -> None:
    told = lines(run("explain", "-", "--url", "https://a.example/news/1", stdin=PAGE))
    *steps, end = told
    assert {"decode", "dedupe"} <= {step["stage"] for step in steps}
    assert all(step["decision"] for step in steps)
    assert end["topic"] == "enriched-articles"
    assert end["record"]["title"] == "Lamps for all"
    assert end["record"]["url"] == "https://a.example/news/1"
    assert all(entry["document"] == "standard input" for entry in told)


def test_explain_in_words() -> None:
    shown = run("explain", "-", "--text", stdin=PAGE).stdout
    assert "enriched, to enriched-articles: Lamps for all" in shown
    assert "Nothing like it was published before." in shown
    brief = run("explain", "-", "--text", "--no-record", stdin=PAGE).stdout
    assert "Nothing like it was published before." in brief
    assert '"article_id"' in shown
    assert '"article_id"' not in brief


BLOCKS = f"""<html><body><nav class="menu"><ul><li><a href="/">Home</a><li><a href="/s">Sport</a>
<li><a href="/c">Coast</a></ul></nav>
<article><h1>Lamps for all</h1><p>{TEXT}</p><p>They will be lit <b>[red]today[/red]</b>, the mayor of the
town said to reporters.</p></article></body></html>"""


def test_explain_tells_what_became_of_each_block_in_words() -> None:
    shown = run("explain", "-", "--text", "--no-record", stdin=BLOCKS, env={"COLUMNS": "120"}).stdout
    assert "– 3 blocks in ul 3 Home … Coast" in " ".join(shown.split())
    assert "      left out by trafilatura; speaks against them: in nav.menu; 3 of 3 words are links" in shown
    assert "✓ 2 blocks in article" in shown
    assert "      paragraphs 1–2 of the body" in shown
    assert "6 blocks, read with trafilatura" in shown
    every = run("explain", "-", "--text", "--no-record", "--all", stdin=BLOCKS, env={"COLUMNS": "120"}).stdout
    assert "They will be lit [red]today[/red], the mayor" in every
    assert every.count("in nav.menu") == 3
    assert "--all" not in every


def test_the_documented_example_is_what_is_printed() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "extraction.md").read_text()
    example = page.partition("<!-- explain: begin -->")[2].partition("<!-- explain: end -->")[0]
    _, command, shown = example.strip().removeprefix("```\n").removesuffix("\n```").partition("$ COLUMNS=100 copydesk ")
    arguments, _, shown = shown.partition("\n")
    assert command
    *options, file = arguments.split()
    printed = run(*options, root / file, env={"COLUMNS": "100"}).stdout
    assert shown in "\n".join(line.rstrip() for line in printed.splitlines())


def test_explain_tells_what_became_of_each_block_in_json() -> None:
    told = [line for line in lines(run("explain", "-", stdin=BLOCKS)) if line.get("stage") == "blocks"]
    assert [(line["block"], line["decision"]) for line in told] == [
        (1, "left_out"),
        (2, "left_out"),
        (3, "left_out"),
        (4, "field"),
        (5, "kept"),
        (6, "kept"),
    ]
    home, *_, last = told
    assert (home["path"], home["words"], home["linked_words"]) == ("nav.menu > ul > li", 1, 1)
    assert home["facts"] == ["tag", "outside", "links", "label"]
    assert (last["first_paragraph"], last["last_paragraph"], last["facts"]) == (2, 2, [])
    assert all(line["reason"] and line["subject"] for line in told)


def test_explain_tells_the_blocks_of_a_page_that_is_rejected() -> None:
    links = "".join(f"<li><a href='/{n}'>Headline of another story {n}</a></li>" for n in range(30))
    page = f"<html><body><ul>{links}</ul></body></html>"
    shown = run("explain", "-", "--text", "--no-record", stdin=page, env={"COLUMNS": "120"}).stdout
    assert "dead letter (listing_page)" in shown
    assert "The page ends as a dead letter" in shown
    assert "Links: 100% of all words." in shown


def test_explain_says_when_a_page_has_more_blocks_than_it_tells() -> None:
    page = f"<html><body><article>{''.join(f'<p>{TEXT} {n}</p>' for n in range(2_003))}</article></body></html>"
    result = run("explain", "-", "--no-record", stdin=page)
    *_, last = [line for line in lines(result) if line.get("stage") == "blocks"]
    assert (last["subject"], last["decision"]) == ("3 more blocks", "not told")


def test_explain_tells_no_blocks_of_a_text() -> None:
    assert "\nblocks" not in run("explain", "-", "--text", stdin=f"Lamps for all\n\n{TEXT}\n").stdout


def test_explain_shows_a_dead_letter_just_the_same() -> None:
    end = lines(run("explain", "-", stdin=b"%PDF-1.7\n1 0 obj\n"))[-1]
    assert (end["topic"], end["record"]["code"]) == ("dead-letter", "unsupported_media_type")


def test_explained_documents_meet_in_one_state(tmp_path: Path) -> None:
    first, second = tmp_path / "a.html", tmp_path / "b.html.gz"
    first.write_text(PAGE)
    second.write_bytes(gzip.compress(PAGE.encode()))
    ends = [entry for entry in lines(run("explain", first, second)) if "record" in entry]
    assert [end["topic"] for end in ends] == ["enriched-articles", "duplicate-articles"]
    assert ends[1]["record"]["verdict"] == "exact_bytes"


def test_one_url_for_two_documents_is_wrong_usage(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text(PAGE)
    assert "give one FILE" in run("explain", page, page, "--url", "https://a.example/", code=2).stderr


def test_a_file_that_is_not_there_and_one_that_is_broken(tmp_path: Path) -> None:
    broken = tmp_path / "a.html.gz"
    broken.write_bytes(gzip.compress(PAGE.encode())[:-20])
    assert run("explain", tmp_path / "none", code=1).stderr.endswith("cannot be read: No such file or directory.\n")
    assert f"{broken} cannot be read" in run("explain", broken, code=1).stderr


def test_config_lists_every_setting_with_its_origin() -> None:
    rows = {row["variable"]: row for row in lines(run("config", env={"COPYDESK_APP_ID": "desk-2"}))}
    assert rows["COPYDESK_APP_ID"] == {
        "variable": "COPYDESK_APP_ID",
        "value": "desk-2",
        "from": "environment",
        "meaning": rows["COPYDESK_APP_ID"]["meaning"],
    }
    assert rows["COPYDESK_WEB_PORT"]["from"] == "default"
    assert all(row["meaning"] for row in rows.values())
    plain = {name for name in Settings.model_fields if name not in ("topics", "fuse", "parse", "dedupe", "enrich")}
    assert {f"COPYDESK_{name.upper()}" for name in plain} <= rows.keys()


def test_config_can_be_kept_to_what_was_changed() -> None:
    told = lines(run("config", "--changed", env={"COPYDESK_DEDUPE__WINDOW_DAYS": "3"}))
    assert [(row["variable"], row["value"]) for row in told] == [("COPYDESK_DEDUPE__WINDOW_DAYS", "3")]


SASL = {"COPYDESK_SECURITY_PROTOCOL": "SASL_SSL", "COPYDESK_SASL_USERNAME": "desk"}


def test_config_masks_secrets() -> None:
    shown = run("config", env=SASL | {"COPYDESK_SASL_PASSWORD": "hunter2"}).stdout
    assert "COPYDESK_SASL_PASSWORD" in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("command", [("config",), ("explain", "-"), ("produce", "-"), ("consume",), ("worker",)])
def test_an_unknown_variable_is_wrong_settings(command: tuple[str, ...]) -> None:
    result = run(*command, stdin=PAGE, code=2, env={"COPYDESK_BOOTSTRAP_SERVER": "kafka:9092"})
    assert result.stderr == (
        "copydesk: COPYDESK_BOOTSTRAP_SERVER: there is no such setting; `copydesk config` lists them all.\n"
    )
    assert result.stdout == ""


def test_each_wrong_setting_has_its_sentence() -> None:
    env = {"COPYDESK_WEB_PORT": "http", "COPYDESK_BOOTSTRAP_SERVERS": "kafka"}
    told = run("config", code=2, env=env).stderr
    assert "COPYDESK_WEB_PORT: " in told
    assert "COPYDESK_BOOTSTRAP_SERVERS: «kafka» is not host:port." in told


def test_schemas_are_listed_and_printed() -> None:
    listed = [line.split("\t") for line in run("schemas").stdout.splitlines()]
    assert [name for name, *_ in listed] == list(RECORDS)
    assert all(identity.startswith(f"urn:copydesk:schema:{name}:") and about for name, identity, about in listed)
    printed = json.loads(run("schemas", "enriched").stdout)
    assert printed == json.loads((SCHEMAS / "enriched.schema.json").read_text(encoding="utf-8"))
    assert "enriched" in run("schemas", "enrichd", code=2).stderr


def test_written_schemas_are_the_files_of_the_repository(tmp_path: Path) -> None:
    run("schemas", "--write", tmp_path / "new")
    written = {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert written == {path.name: path.read_bytes() for path in SCHEMAS.glob("*.json")}


def test_schemas_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cannot be written" in run("schemas", "--write", tmp_path / "file" / "deep", code=1).stderr


def test_the_script_returns_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schemas"]) == 0
    assert main(["schemas", "none"]) == 2
    assert main(["no-such-command"]) == 2
    assert main(["explain", "no such file"]) == 1
    assert "no such file cannot be read" in capsys.readouterr().err
