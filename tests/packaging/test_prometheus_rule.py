"""The rules of the Prometheus operator are those that promtool tests."""

import importlib.util
import sys
from types import ModuleType

import pytest
from tests.support.manifests import ROOT


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_prometheus_rule", ROOT / "tools" / "build_prometheus_rule.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_prometheus_rule"] = module
    spec.loader.exec_module(module)
    return module


def test_the_committed_rules_are_what_their_builder_writes() -> None:
    built = builder()
    if not built.RULES.is_dir():
        pytest.skip("there are no rules yet")
    assert built.WRITTEN.read_text(encoding="utf-8") == built.render()
