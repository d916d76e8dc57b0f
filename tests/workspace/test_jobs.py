"""Jobs: done, failed, cancelled, killed, silent, started again; never two workers for one."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from pipelines.errors import AssayError
from pipelines.runtime import processes
from pipelines.workspace import Workspace


@pytest.fixture
def ended(workspace, wait_until):
    """`ended(id)`: the job once it is no longer live."""

    def wait(id):
        wait_until(lambda: not workspace.job(id).live)
        return workspace.job(id)

    return wait


@pytest.fixture
def running(workspace, fake_jobs, wait_until):
    """`running(do)`: the id of a job whose work has begun and has a child process."""

    def start(do="wait"):
        id = fake_jobs.submit(do)
        wait_until(lambda: fake_jobs.child() is not None)
        wait_until(lambda: workspace.job(id).state == "running")
        return id

    return start


def test_a_job_runs_to_its_end_in_a_process_of_its_own(workspace, fake_jobs, ended):
    job = ended(fake_jobs.submit("end"))
    assert (job.state, job.share, job.message) == ("done", 1.0, "done")
    assert job.result == {"did": "end", "attempt_of": None}
    assert job.pid not in (None, os.getpid())
    assert job.seconds is not None and job.seconds >= 0


def test_progress_can_be_read_while_it_runs(workspace, fake_jobs, running, ended, wait_until):
    id = running()
    wait_until(lambda: workspace.job(id).share == 0.25)
    assert workspace.job(id).message == "waiting to be released"
    assert [job.id for job in workspace.live_jobs()] == [id]
    fake_jobs.release.touch()
    assert ended(id).state == "done"


def test_a_persons_error_is_kept_as_its_sentence(fake_jobs, ended):
    job = ended(fake_jobs.submit("refuse"))
    assert (job.state, job.error) == ("failed", "The file is empty; give another one.")


def test_a_defect_is_one_sentence_and_its_traceback_is_in_the_log(workspace, fake_jobs, ended):
    job = ended(fake_jobs.submit("break"))
    assert job.state == "failed"
    assert "KeyError" in job.error and "Traceback" not in job.error
    assert "Traceback" in workspace.job_log(job.id)


def test_a_running_job_is_cancelled_with_its_children(
    workspace, fake_jobs, running, ended, wait_until
):
    id = running()
    workspace.cancel(id)
    assert ended(id).state == "cancelled"
    wait_until(lambda: not processes.alive(fake_jobs.child()))
    with pytest.raises(AssayError, match="nothing to cancel"):
        workspace.cancel(id)


@pytest.mark.parametrize("do", ["deaf", "stubborn"])
def test_work_that_does_not_look_up_is_cancelled_too(
    workspace, fake_jobs, running, ended, wait_until, do
):
    id = running(do)
    workspace.cancel(id)
    assert ended(id).state == "cancelled"
    wait_until(lambda: not processes.alive(fake_jobs.child()))


def test_sigterm_cancels(workspace, fake_jobs, running, ended, wait_until):
    id = running()
    os.kill(workspace.job(id).pid, signal.SIGTERM)
    assert ended(id).state == "cancelled"
    wait_until(lambda: not processes.alive(fake_jobs.child()))


def test_a_waiting_job_is_cancelled_before_it_begins(workspace):
    workspace.worker_command = (sys.executable, "-c", "import signal; signal.pause()")
    id = workspace.submit("bakeoff", {})
    workspace.cancel(id)
    assert workspace.job(id).state == "cancelled"
    assert workspace.claim(id, os.getpid()) is None
    os.kill(workspace.job(id).pid, signal.SIGKILL)


def test_a_killed_worker_leaves_a_lost_job_and_no_process(
    workspace, fake_jobs, running, ended, wait_until
):
    id = running()
    os.kill(workspace.job(id).pid, signal.SIGKILL)
    assert wait_until(workspace.mark_lost) == [id]
    assert workspace.job(id).state == "lost"
    wait_until(lambda: not processes.alive(fake_jobs.child()))

    again = workspace.restart(id)
    fake_jobs.release.touch()
    job = ended(again)
    assert (job.state, job.attempt_of, job.params) == ("done", id, workspace.job(id).params)
    assert workspace.job(id).state == "lost"


def test_another_process_sees_a_killed_worker_too(workspace, running, wait_until):
    id = running()
    os.kill(workspace.job(id).pid, signal.SIGKILL)
    code = "from pipelines.workspace import Workspace; print(Workspace.open().mark_lost())"
    look = [sys.executable, "-c", code]
    wait_until(lambda: subprocess.check_output(look, text=True).strip() == f"[{id}]")


def test_a_worker_that_dies_before_it_claims_is_lost(workspace, wait_until):
    workspace.worker_command = (sys.executable, "-c", "raise SystemExit(3)")
    id = workspace.submit("bakeoff", {})
    assert wait_until(workspace.mark_lost) == [id]


def test_a_silent_worker_is_lost_and_found_when_it_speaks_again(
    workspace, fake_jobs, running, wait_until
):
    id = running()
    assert workspace.mark_lost() == []
    assert workspace.mark_lost(now=time.time() + 16) == [id]
    wait_until(lambda: workspace.job(id).state == "running")
    job = workspace.job(id)
    assert (job.error, job.ended) == (None, None)


def test_a_silent_worker_that_was_replaced_hears_that_it_should_stop(
    workspace, fake_jobs, running, wait_until
):
    id = running()
    pid = workspace.job(id).pid

    def replaced():
        workspace.mark_lost(now=time.time() + 16)
        try:
            return workspace.restart(id)
        except AssayError:  # it spoke up between the two
            return None

    assert wait_until(replaced) > id
    wait_until(lambda: workspace.job(id).state == "cancelled")
    wait_until(lambda: not processes.alive(pid))


def test_only_what_ended_without_a_result_is_started_again(workspace, fake_jobs, ended):
    id = fake_jobs.submit("end")
    assert ended(id).state == "done"
    with pytest.raises(AssayError, match="is done"):
        workspace.restart(id)
    with pytest.raises(AssayError, match="no job 99"):
        workspace.job(99)
    with pytest.raises(AssayError, match="no job of kind"):
        workspace.submit("nonsense", {})


def test_one_claim_wins(workspace):
    workspace.worker_command = (sys.executable, "-c", "")
    ids = [workspace.submit("bakeoff", {}) for _ in range(5)]
    wins = []
    start = threading.Barrier(8)

    def claim(number):
        mine = Workspace.open()
        for id in ids:
            start.wait()
            if mine.claim(id, number) is not None:
                wins.append(id)

    threads = [threading.Thread(target=claim, args=(1000 + n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wins) == ids


def test_a_second_worker_for_a_running_job_does_nothing(workspace, running):
    id = running()
    second = subprocess.run([*workspace.worker_command, str(id)], timeout=60)
    assert second.returncode == 1
    assert workspace.job(id).state == "running"


def test_jobs_are_listed_newest_first(workspace, fake_jobs, ended):
    ids = [fake_jobs.submit("end") for _ in range(3)]
    for id in ids:
        ended(id)
    assert [job.id for job in workspace.jobs(2)] == [ids[2], ids[1]]
