from __future__ import annotations

from pathlib import Path

import pytest
from tools import audit_dependencies as tool
from tools.audit_dependencies import Report, Result

CLEAN = {"name": "orjson", "version": "3.10", "vulns": []}
BAD = {"name": "jinja2", "version": "2.10", "vulns": [{"id": "PYSEC-2019-217"}]}
UNKNOWN = {"name": "lxml", "skip_reason": "Dependency not found on PyPI and could not be audited: lxml (5.3)"}
FILE = Path("requirements.txt")


class Services:
    """Advisory services with given answers to the control and to the file."""

    def __init__(self, control: dict[str, Report], answer: Report) -> None:
        self.control = control
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, service: str, requirements: Path) -> Report:
        if requirements == FILE:
            self.asked.append(service)
            return self.answer
        assert requirements.read_text(encoding="ascii").strip() == tool.CONTROL
        return self.control[service]


WORKS = Report([BAD])
BLIND = Report([UNKNOWN])
BROKEN = Report(None, "ConnectionError: no route to the service")


@pytest.mark.parametrize(
    ("answer", "result", "words"),
    [
        (Report([CLEAN]), Result.CLEAN, "1 packages of requirements.txt: nothing known"),
        (Report([CLEAN, BAD]), Result.FOUND, "VULNERABLE: jinja2 2.10: PYSEC-2019-217"),
        (Report([CLEAN, UNKNOWN]), Result.FOUND, "NOT LOOKED UP: lxml"),
        (Report([]), Result.FOUND, ""),
        (BROKEN, Result.FOUND, "came to no end: ConnectionError"),
    ],
)
def test_only_a_complete_and_empty_answer_is_clean(
    answer: Report, result: Result, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = tool.main([str(FILE), "--allow-unreachable"], Services({"pypi": WORKS}, answer))
    assert code == result
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("useless", [BLIND, BROKEN, Report([CLEAN]), Report([])])
def test_a_service_that_does_not_know_the_control_is_not_believed(useless: Report) -> None:
    services = Services({"pypi": useless, "osv": WORKS}, Report([CLEAN]))
    assert tool.main([str(FILE)], services) == Result.CLEAN
    assert services.asked == ["osv"]


@pytest.mark.parametrize(("options", "code"), [([], Result.UNREACHABLE), (["--allow-unreachable"], Result.CLEAN)])
def test_without_any_service_it_says_that_nothing_was_audited(
    options: list[str], code: Result, capsys: pytest.CaptureFixture[str]
) -> None:
    services = Services({"pypi": BLIND, "osv": BROKEN}, Report([BAD]))
    assert tool.main([str(FILE), *options], services) == code
    assert services.asked == []
    said = capsys.readouterr().out
    assert "NOT AUDITED" in said
    assert "could not be audited" in said
    assert "no route to the service" in said


def test_a_missing_tool_is_not_an_unreachable_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # noqa: ARG005 - the signature is the library's
    assert tool.main([str(FILE), "--allow-unreachable"], Services({}, BLIND)) == Result.FOUND


def test_the_real_pip_audit_reads_our_file_and_writes_what_is_read(tmp_path: Path) -> None:
    """Whatever the network gives: an end with every package in it, or none."""
    few = tmp_path / "requirements.txt"
    lines = tool.REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    few.write_text("\n".join(lines[: lines.index(next(line for line in lines[1:] if line[0] not in " #"))]) + "\n")
    report = tool.pip_audit("pypi", few)
    assert report.dependencies is None or len(report.dependencies) == 1
    assert report.dependencies is not None or report.said
