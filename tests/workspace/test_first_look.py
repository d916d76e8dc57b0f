"""A new workspace: a first look of seconds, then the sample's whole bake-off."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from pipelines.cli.start import first_look, prepare, sample_request
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.runtime import processes


@pytest.fixture
def prepared(workspace, monkeypatch, fake_jobs, wait_until):
    """The jobs of a new workspace; each is made up and ends when it is released."""
    command = workspace.worker_command
    monkeypatch.setattr(type(workspace), "worker_command", command)
    monkeypatch.setattr(type(workspace), "register_samples", lambda self: None)
    prepare()
    yield list(reversed(workspace.jobs()))
    fake_jobs.end()


def test_a_first_look_comes_before_the_whole_bakeoff(workspace, prepared):
    first, whole = prepared
    assert first.params == first_look() and not first.params["tracked"]
    assert whole.params == {**sample_request(), "after": first.id}
    asked = [entry.name for entry in BakeoffRequest.of(sample_request()).entries]
    given = {k: v for k, v in first_look().items() if k != "tracked"}
    looked = [entry.name for entry in BakeoffRequest.of(given).entries]
    assert looked == asked[: len(looked)] and len(looked) < len(asked)


def test_a_workspace_with_jobs_is_left_alone(workspace, prepared):
    prepare()
    assert len(workspace.jobs()) == len(prepared)


def test_a_job_waits_for_the_one_before_it(workspace, tmp_path, wait_until, assay_home):
    workspace.worker_command = (sys.executable, "-c", "import signal; signal.pause()")
    first = workspace.submit("bakeoff", {})
    del workspace.worker_command
    second = workspace.submit("bakeoff", {"dataset": "none", "tracked": False, "after": first})
    wait_until(lambda: workspace.job(second).message.startswith("waiting for another"))
    assert workspace.job(second).state == "running"
    os.kill(workspace.job(first).pid, signal.SIGKILL)
    wait_until(lambda: not workspace.job(second).live)
    assert workspace.job(first).state == "lost"
    assert "no dataset 'none'" in workspace.job(second).error
    wait_until(lambda: not processes.alive(workspace.job(second).pid))
