from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("copydesk_schemas", "copydesk.core", "copydesk.adapters", "copydesk.app")
"""From the inside out: each may import itself and what stands before it."""

SOURCES = {
    **{p: p.relative_to(ROOT / "services") for p in sorted((ROOT / "services/copydesk").rglob("*.py"))},
    **{p: p.relative_to(ROOT / "schemas") for p in sorted((ROOT / "schemas/copydesk_schemas").rglob("*.py"))},
}

IMPURE = {
    "aiokafka",
    "asyncio",
    "confluent_kafka",
    "faust",
    "http",
    "logging",
    "multiprocessing",
    "prometheus_client",
    "random",
    "requests",
    "rocksdict",
    "secrets",
    "socket",
    "ssl",
    "structlog",
    "subprocess",
    "tempfile",
    "threading",
    "urllib.request",
}
"""What has no place in the core: engines, logs, metrics, networks, chance."""

IMPURE_CALLS = {
    "time.time",
    "time.time_ns",
    "time.sleep",
    "time.localtime",
    "time.gmtime",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "date.today",
    "datetime.date.today",
    "os.environ",
    "os.getenv",
    "os.urandom",
    "os.listdir",
    "uuid.uuid4",
    "uuid.uuid1",
    "open",
    "print",
    "input",
    "hash",
}
"""Clocks, environment, chance and files. `time.perf_counter` is allowed: timings are no result."""


def imports(tree: ast.AST) -> Iterator[str]:
    """Every imported name in a module, those within functions included, with what is taken from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and dotted(node.func).rsplit(".", 1)[-1] in {"import_module", "__import__"}:
            yield "a name made at run time"


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def layer(name: str) -> str | None:
    return next((one for one in LAYERS if name == one or name.startswith(f"{one}.")), None)


def outward(name: str, tree: ast.AST) -> list[str]:
    own = layer(name)
    if own is None:
        return []
    allowed = LAYERS[: LAYERS.index(own) + 1]
    return [found for found in imports(tree) if layer(found) not in {None, *allowed}]


def impurities(tree: ast.AST) -> list[str]:
    found = [n for n in imports(tree) if any(n == bad or n.startswith(f"{bad}.") for bad in IMPURE)]
    found += [n for n in imports(tree) if n in IMPURE_CALLS or n == "a name made at run time"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node) in IMPURE_CALLS:
            found.append(dotted(node))
        if isinstance(node, ast.Call) and dotted(node.func) in IMPURE_CALLS:
            found.append(dotted(node.func))
    return found


def module(path: Path) -> str:
    return ".".join(SOURCES[path].with_suffix("").parts).removesuffix(".__init__")


def test_the_tree_was_found() -> None:
    for name in LAYERS:
        assert any(layer(module(path)) == name for path in SOURCES), name


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_imports_go_one_way(path: Path) -> None:
    assert outward(module(path), ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", [p for p in SOURCES if layer(module(p)) == "copydesk.core"], ids=module)
def test_the_core_is_pure(path: Path) -> None:
    assert impurities(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("copydesk.core.parse", "from copydesk.adapters import pool"),
        ("copydesk.core.parse", "def f():\n    import copydesk.app.settings"),
        ("copydesk.adapters.pool", "from copydesk.app.settings import Settings"),
        ("copydesk_schemas.raw", "from copydesk.core import ids"),
        ("copydesk_schemas.raw", "from copydesk.core.ids import article_id"),
    ],
)
def test_an_import_the_other_way_is_seen(name: str, code: str) -> None:
    assert len(outward(name, ast.parse(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "import logging",
        "def f():\n    from urllib.request import urlopen",
        "import urllib.request",
        "import time\ntime.time()",
        "from time import time",
        "import os\nos.environ['HOME']",
        "from os import environ",
        "import random",
        "datetime.now(UTC)",
        "open('x')",
        "hash('x')",
        "import importlib\nimportlib.import_module('x')",
    ],
)
def test_an_impurity_is_seen(code: str) -> None:
    assert impurities(ast.parse(code))


def test_what_is_pure_passes() -> None:
    assert impurities(ast.parse("import time\nfrom urllib.parse import urlsplit\ntime.perf_counter()")) == []


def test_the_contract_needs_pydantic_and_nothing_else() -> None:
    code = (
        "import json, sys, pydantic; pydantic.TypeAdapter(int); before = set(sys.modules); "
        "import copydesk_schemas, copydesk_schemas.export; copydesk_schemas.export.json_schemas(); "
        "print(json.dumps(sorted({n.split('.')[0] for n in set(sys.modules) - before})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    own = {"copydesk_schemas", "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}
    assert "copydesk_schemas" in loaded
    assert loaded - own - sys.stdlib_module_names == set()
