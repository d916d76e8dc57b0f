"""A contender's process: its memory, and what becomes of it where something is killed."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import run_bakeoff
from pipelines.runtime import children, forkserver
from pipelines.runtime.progress import Cancelled
from pipelines.testing.datasets import dataset

DATA = dataset()
REQUEST = BakeoffRequest.of({"dataset": DATA.name, "split": "last-n:2", "k": 5, "metric": "ndcg@5"})

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
forking = pytest.mark.skipif(not forkserver.possible(), reason="this system does not fork")


@pytest.fixture
def bakeoff(tmp_path):
    """`bakeoff(on_popular)`: Random and Popular; `on_popular` is called once while it runs."""

    def run(on_popular=lambda pid: None):
        met = []

        def progress(share, message):
            if message.startswith("Popular:") and not met:
                met.extend(processes_of(tmp_path / "b" / "contenders" / "popular"))
                assert len(met) == 1
                on_popular(met[0])

        done = run_bakeoff(DATA, REQUEST, tmp_path / "b", tmp_path / "stages", "b", progress)
        assert met
        return done

    return run


@pytest.fixture
def server(servers):
    """A fork server that a test may kill; `server()` is its process."""

    def process():
        (found,) = servers.values()
        return found._process

    return process


def processes_of(here: Path) -> list[int]:
    """The processes that write into a contender's log."""
    log = str(here / "log.txt")
    return [int(p.parent.parent.name) for p in Path("/proc").glob("[0-9]*/fd/2") if _leads(p, log)]


def _leads(descriptor: Path, file: str) -> bool:
    try:
        return str(descriptor.readlink()) == file
    except OSError:  # it has ended meanwhile
        return False


@linux
@pytest.mark.parametrize("how", ["on", "off"])
def test_its_memory_is_its_own_and_not_its_parents(bakeoff, monkeypatch, how):
    monkeypatch.setenv(forkserver.INHERITED, how)
    ballast = np.ones(800_000_000, np.uint8)
    popular = bakeoff().contender("popular")
    assert 10 < popular.peak_mb < len(ballast) / 1e6 - 100
    if how == "on" and forkserver.possible():
        assert 10 < popular.preloaded_mb < popular.peak_mb
    else:
        assert popular.preloaded_mb is None


@linux
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (signal.SIGKILL, "Its process ended with signal 9; it may have run out of memory."),
        (signal.SIGSEGV, "Its process ended with signal 11."),
    ],
)
def test_a_killed_contender_fails_alone(bakeoff, number, reason):
    document = bakeoff(lambda pid: os.kill(pid, number))
    popular = document.contender("popular")
    assert (popular.status, popular.reason) == ("failed", reason)
    assert document.contender("random").status == "scored"


@linux
def test_a_cancelled_bakeoff_leaves_no_process(bakeoff, tmp_path, wait_until):
    met = []

    def stop(pid):
        met.append(pid)
        raise Cancelled

    with pytest.raises(Cancelled):
        bakeoff(stop)
    assert met and not processes_of(tmp_path / "b" / "contenders" / "popular")


@forking
def test_a_contender_ends_well_though_the_fork_server_was_killed(bakeoff, server):
    def kill_server(_pid):
        server().kill()
        server().wait()

    document = bakeoff(kill_server)
    assert [(c.status, c.notes) for c in document.contenders] == [("scored", [])] * 2


@forking
def test_a_contender_is_started_anew_where_the_fork_server_died(bakeoff, server, monkeypatch):
    children.prepare(children.Preload(now=("no_such_module",)))
    document = bakeoff()
    random, popular = document.contenders
    assert random.status == popular.status == "scored"
    assert random.notes == [
        "Its process was started anew: the fork server ended with exit code 1: "
        "ModuleNotFoundError: No module named 'no_such_module'."
    ]
    assert popular.notes == []  # of the next server, with the modules that it asks for
