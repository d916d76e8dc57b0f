"""`assay run`: what it prepares before the app's process takes its place."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from app import access
from pipelines.cli import start
from pipelines.workspace import Workspace


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Replaced(Exception):
    """The process would be the app's now."""


def test_a_read_only_server_shows_what_is_shipped_and_starts_nothing(
    monkeypatch, assay_home, free_port
):
    def execv(program, command):
        assert program == sys.executable and "streamlit" in command
        raise Replaced

    monkeypatch.setattr(start.os, "execv", execv)
    monkeypatch.setattr(start.os, "chdir", lambda folder: None)
    monkeypatch.setattr(start.preload, "prepare", lambda: None)
    monkeypatch.setattr(start.children, "hand_over", lambda: None)
    monkeypatch.setenv(access.READ_ONLY, "0")
    with pytest.raises(Replaced):
        start.start(free_port, read_only=True)
    assert os.environ[start.READ_ONLY] == "1" and start.READ_ONLY == access.READ_ONLY
    workspace = Workspace.open(assay_home)
    assert [r.shipped for r in workspace.bakeoffs()] == [True]
    assert workspace.jobs() == []
