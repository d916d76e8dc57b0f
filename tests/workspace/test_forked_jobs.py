"""Jobs whose process was forked: they outlive the app and the fork server, and end as others do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.runtime import forkserver, paths, processes
from pipelines.workspace import Workspace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not forkserver.possible(), reason="this system does not fork"),
]


@pytest.fixture
def server(servers):
    """A fork server of this test's own; `server()` is its process."""

    def process():
        (found,) = servers.values()
        return found._process

    return process


@pytest.fixture
def running(workspace, fake_jobs, wait_until):
    """`running(do)`: the id of a job whose work has begun and has a child process."""

    def start(do="wait"):
        id = fake_jobs.submit(do)
        wait_until(lambda: fake_jobs.child() is not None)
        wait_until(lambda: workspace.job(id).state == "running")
        return id

    return start


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_job_is_forked_in_a_session_of_its_own(workspace, running, server, fake_jobs):
    pid = workspace.job(running()).pid
    assert parent(pid) == server().pid
    assert os.getsid(pid) == pid


def test_a_job_outlives_the_fork_server(workspace, running, server, fake_jobs, wait_until):
    id = running()
    server().kill()
    server().wait()
    assert workspace.mark_lost() == []
    fake_jobs.release.touch()
    wait_until(lambda: not workspace.job(id).live)
    assert workspace.job(id).state == "done"
    told = workspace.job(fake_jobs.submit("end"))
    wait_until(lambda: not workspace.job(told.id).live)
    assert workspace.job(told.id).state == "done"
    assert "A new interpreter starts: the fork server ended with signal 9." in workspace.job_log(
        told.id
    )


@pytest.mark.parametrize("how", ["cancelled", "killed"])
def test_a_contender_forked_for_a_job_ends_with_it(
    workspace, running, server, fake_jobs, wait_until, how
):
    id = running("contend")
    wait_until(lambda: workspace.job(id).message == "a contender waits")
    contender = fake_jobs.child()
    keeper = parent(contender)
    assert parent(keeper) == server().pid  # the job asked the server that it came from
    if how == "cancelled":
        workspace.cancel(id)
        wait_until(lambda: workspace.job(id).state == "cancelled")
    else:
        os.kill(workspace.job(id).pid, signal.SIGKILL)
        assert wait_until(workspace.mark_lost) == [id]
    wait_until(lambda: not processes.alive(contender))


APP = """
import sys
from pipelines.workspace import Workspace
workspace = Workspace.open()
workspace.worker_command = (sys.executable, "-m", "tests.workspace.fake_worker")
workspace.submit("bakeoff", {"do": "wait", "release": sys.argv[1], "pid_file": sys.argv[2]})
from pipelines.runtime import children
print([server._process.pid for server in children._servers.values()][0], flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["leaves", "is killed"])
def test_a_job_outlives_the_app_and_the_server_ends_after_it(workspace, tmp_path, wait_until, how):
    release, child = tmp_path / "release", tmp_path / "child"
    app = subprocess.Popen(
        [sys.executable, "-c", APP, release, child],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=paths.CHECKOUT,
    )
    server = int(app.stdout.readline())
    (job,) = Workspace.open().jobs()
    wait_until(child.exists)
    if how == "is killed":
        app.kill()
    app.communicate()
    assert workspace.mark_lost() == []
    assert processes.alive(job.pid) and processes.alive(server)
    release.touch()
    wait_until(lambda: workspace.job(job.id).state == "done")
    wait_until(lambda: not processes.alive(server))
