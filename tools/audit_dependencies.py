"""Hold every pinned dependency against the published advisories, with pip-audit.

Usage: python tools/audit_dependencies.py [--allow-unreachable] [REQUIREMENTS]

pip-audit says «No known vulnerabilities found», with exit code 0, where its advisory service knew none of the packages.
So each service is first asked about a release with known vulnerabilities. A service that does not know of them is no
service, and the next one is asked.

Exit codes: 0 nothing known, 1 vulnerabilities, packages that were not looked up, or no pip-audit, 3 no service can be
reached (with --allow-unreachable that is said, and the code is 0).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).parent.parent / "requirements.txt"
SERVICES = ("pypi", "osv")
CONTROL = "jinja2==2.10"
"""Has had a sandbox escape among others since 2019 (CVE-2019-10906): every advisory service knows it."""
TIMEOUT_S = 15
"""Of one request, not of the audit."""


class Result(IntEnum):
    """Exit codes."""

    CLEAN = 0
    FOUND = 1
    UNREACHABLE = 3


@dataclass(frozen=True)
class Report:
    """What one run of pip-audit says. `dependencies` is None where it came to no end."""

    dependencies: Sequence[dict[str, Any]] | None
    said: str = ""

    @property
    def vulnerable(self) -> list[str]:
        """Packages with the advisories against them."""
        return [
            f"{d['name']} {d['version']}: {', '.join(sorted(v['id'] for v in d['vulns']))}"
            for d in self.dependencies or ()
            if d.get("vulns")
        ]

    @property
    def skipped(self) -> list[str]:
        """Packages that were not looked up, and why."""
        return [f"{d['name']}: {d['skip_reason']}" for d in self.dependencies or () if "skip_reason" in d]


Audit = Callable[[str, Path], Report]
"""Audits a requirements file with a service."""


def pip_audit(service: str, requirements: Path) -> Report:
    """Run pip-audit and read its report, not its words: with and without findings it writes the same JSON."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        options = ["--vulnerability-service", service, "--timeout", str(TIMEOUT_S), "--progress-spinner", "off"]
        # Pinned, so nothing need be resolved or installed.
        options += ["--disable-pip", "--no-deps", "--format", "json", "--output", str(file)]
        done = subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-m", "pip_audit", "--requirement", str(requirements), *options],
            check=False,
            capture_output=True,
            text=True,
        )
        if not file.exists():
            return Report(None, (done.stderr.strip().splitlines() or ["nothing"])[-1])
        return Report(json.loads(file.read_text(encoding="utf-8"))["dependencies"])


def working_service(audit: Audit, tell: Callable[[str], None] = print) -> str | None:
    """The first service that knows of the control's vulnerabilities."""
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder) / "control.txt"
        control.write_text(CONTROL + "\n", encoding="ascii")
        for service in SERVICES:
            report = audit(service, control)
            if report.vulnerable:
                return service
            why = "; ".join(report.skipped) or report.said or f"it knows nothing against {CONTROL}"
            tell(f"advisory service {service} is of no use here: {why}")
    return None


def run(requirements: Path, audit: Audit = pip_audit, tell: Callable[[str], None] = print) -> Result:
    """Audit a file of pinned requirements and tell what was found."""
    service = working_service(audit, tell)
    if service is None:
        tell(f"NOT AUDITED: no advisory service can be reached, so nothing is known of {requirements.name}.")
        return Result.UNREACHABLE
    report = audit(service, requirements)
    if report.dependencies is None:
        tell(f"the audit of {requirements.name} with {service} came to no end: {report.said}")
        return Result.FOUND
    for line in report.vulnerable:
        tell(f"VULNERABLE: {line}")
    for line in report.skipped:
        tell(f"NOT LOOKED UP: {line}")
    if report.vulnerable or report.skipped or not report.dependencies:
        return Result.FOUND
    tell(f"{len(report.dependencies)} packages of {requirements.name}: nothing known against them ({service}).")
    return Result.CLEAN


def main(arguments: Sequence[str] | None = None, audit: Audit = pip_audit) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("requirements", nargs="?", type=Path, default=REQUIREMENTS)
    parser.add_argument("--allow-unreachable", action="store_true", help="exit 0 if no service can be reached")
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("pip_audit") is None:  # else it would look like a service that cannot be reached
        print("pip-audit is not installed: `make setup`.")
        return Result.FOUND
    result = run(options.requirements, audit)
    if result is Result.UNREACHABLE and options.allow_unreachable:
        print("NOT AUDITED, and allowed to go on: run `make audit-dependencies` where a service can be reached.")
        return Result.CLEAN
    return result


if __name__ == "__main__":
    sys.exit(main())
