"""Packages of npm that a tool needs, installed once into the user's cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def packages(manifest: Path) -> Path:
    """Folder with the packages of a `package.json`; they are installed the first time, and when it has changed.

    Args:
        manifest: the `package.json`; its folder's name names the cache's.

    Raises:
        RuntimeError: node or npm is missing.
        subprocess.CalledProcessError: npm could not install them.
    """
    for name in ("node", "npm"):
        if shutil.which(name) is None:
            raise RuntimeError(f"{name} is not installed")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "copydesk-node" / manifest.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    have, wanted = folder / "package.json", manifest.read_text(encoding="utf-8")
    complete = folder / ".complete"
    if not complete.exists() or have.read_text(encoding="utf-8") != wanted:
        complete.unlink(missing_ok=True)
        have.write_text(wanted, encoding="utf-8")
        words = [
            "npm",
            "install",
            "--no-audit",
            "--no-fund",
            "--legacy-peer-deps",
            "--ignore-scripts",
            "--loglevel=error",
        ]
        subprocess.run(words, cwd=folder, check=True, timeout=900)  # noqa: S603 - words of our own
        complete.touch()
    return folder
