"""The bytecode of what is imported is written after installing, whatever the environment says."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from pipelines.cli import bytecode
from pipelines.runtime.children import Preload


def test_our_files_are_compiled_though_the_environment_forbids_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(bytecode.paths, "CHECKOUT", tmp_path)
    monkeypatch.setattr(bytecode, "PRELOAD", Preload())
    monkeypatch.setattr(bytecode, "OTHERS", ("no_such_module", "made_once"))
    for folder in ("pipelines", "app", "site"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "made_once.py").write_text("MADE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert bytecode.main() == 0
    written = sorted(path.parent.parent.name for path in tmp_path.rglob("made_once.*.pyc"))
    assert written == ["app", "pipelines", "site"]
    assert capsys.readouterr().err == (
        "no_such_module cannot be imported: No module named 'no_such_module'\n"
    )
    sys.modules.pop("made_once")


@pytest.mark.parametrize("name", [*bytecode.PRELOAD.now, *bytecode.PRELOAD.later, *bytecode.OTHERS])
def test_what_is_named_can_be_found(name):
    assert importlib.util.find_spec(name.partition(":")[0].partition(".")[0])
