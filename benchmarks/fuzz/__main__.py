"""Coverage-guided fuzzing with atheris: `python -m benchmarks.fuzz --seconds 60` runs each target for so long.

Seeds are the contract's examples, the golden files and small records of the hostile generator. What breaks an
invariant is kept under var/fuzz/ and ends the target; run it again with the file as its argument:
`python -m benchmarks.fuzz text --again var/fuzz/text-crash-…`. A find becomes a regression test.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FINDS = ROOT / "var" / "fuzz"
_MAX_BYTES = 16_384
_DOCUMENTS = frozenset({".txt", ".html", ".md", ".ninjs", ".newsml", ".nitf"})


def seeds(folder: Path) -> None:
    """Write the seeds, each a file."""
    from tests.support.hostile import hostile, kinds

    found = [path.read_bytes() for path in sorted((ROOT / "schemas" / "examples" / "raw").rglob("*")) if path.is_file()]
    found += [path.read_bytes() for path in sorted((ROOT / "tests" / "golden").rglob("*")) if path.suffix in _DOCUMENTS]
    found += [one.raw.value or b"" for one in hostile(1, len(kinds()), scale=0.001)]
    for number, value in enumerate(found):
        (folder / f"{number:03}").write_bytes(value[: _MAX_BYTES - 1] + b"\n")


def fuzz(name: str, corpus: Path, seconds: int) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["copydesk"]):
        from benchmarks.fuzz.targets import TARGETS, timed

        from copydesk.core.options import Options
        from copydesk.core.warm_up import warm_up
    warm_up(Options())
    FINDS.mkdir(parents=True, exist_ok=True)
    options = (
        f"-max_total_time={seconds}",
        "-timeout=60",
        f"-max_len={_MAX_BYTES}",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
    )
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={FINDS}/{name}-", str(corpus)], timed(TARGETS[name]))
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "targets", nargs="*", default=["decode", "sniff", "envelope", "text", "html", "feed", "document", "markdown"]
    )
    parser.add_argument("--seconds", type=int, default=60, help="a target")
    parser.add_argument("--again", type=Path, help="a file to run once")
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.again:
        from benchmarks.fuzz.targets import TARGETS, timed

        timed(TARGETS[given.targets[0]])(given.again.read_bytes())
        return
    if given.corpus:
        fuzz(given.targets[0], given.corpus, given.seconds)
    failed = []
    for name in given.targets:
        with tempfile.TemporaryDirectory(prefix="copydesk-fuzz-") as folder:
            seeds(Path(folder))
            command = [
                sys.executable,
                "-m",
                "benchmarks.fuzz",
                name,
                "--seconds",
                str(given.seconds),
                "--corpus",
                folder,
            ]
            print(f"{name}: {given.seconds} s", flush=True)
            if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
                failed.append(name)
    sys.exit(f"something is wrong with {', '.join(failed)}: see {FINDS}" if failed else 0)


if __name__ == "__main__":
    main()
