"""The fork server: what a forked process is, and what happens where something dies."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipelines.runtime import children, forkserver, messages, paths, processes
from pipelines.runtime.children import Preload
from pipelines.runtime.forkserver import ForkServer

pytestmark = pytest.mark.skipif(not forkserver.possible(), reason="this system does not fork")

PROGRAMS = "tests.runtime.programs"
PATH = os.pathsep.join([str(paths.CHECKOUT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
"""Where `python -m` finds the programs, whatever its folder is."""
LOADED = Preload(now=("numpy", "threadpoolctl", PROGRAMS))


@pytest.fixture(scope="module")
def shared():
    """A server for the tests that only ask it."""
    found: dict[str, ForkServer] = {}
    yield found
    for server in found.values():
        server.close()


@pytest.fixture
def asked(shared, monkeypatch):
    monkeypatch.setattr(children, "_servers", shared)


@pytest.fixture
def start(tmp_path):
    """`start(*arguments)`: a child that runs `programs`; killed with the test."""
    begun = []

    def begin(*arguments, preload=LOADED, **environment):
        with (tmp_path / "errors").open("ab") as errors:
            child = children.start(
                preload,
                PROGRAMS,
                arguments,
                environment={**os.environ, "PYTHONPATH": PATH, **environment},
                errors=errors.fileno(),
            )
        begun.append(child)
        return child

    yield begin
    for child in begun:
        child.end()


def told_by(child):
    told = json.loads("".join(child.lines()))
    assert child.wait() == 0
    return told


def the_process(servers):
    (server,) = servers.values()
    return server._process


def test_an_owner_with_many_open_files_has_a_server():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2_000:
        pytest.skip("this system allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2_000), hard))
    one, other = socket.socketpair()
    try:
        with one, other, socket.socket(fileno=fcntl.fcntl(one, fcntl.F_DUPFD, 1_500)) as high:
            assert messages.readable([high], 0) == []
            other.send(b"!")
            assert messages.readable([high], 0) == [high]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("asked")
class TestAForkedProcess:
    def test_is_what_a_new_interpreter_would_be(self, start, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        child = start("tell", "a", "b c", SECRET="s", OPENBLAS_NUM_THREADS="")
        told = told_by(child)
        assert child.note == ""
        assert told["arguments"] == ["a", "b c"]
        assert told["argv"] == ["tell", "a", "b c"]
        assert told["folder"] == told["path"] == str(tmp_path)
        given = {**os.environ, "PYTHONPATH": PATH, "SECRET": "s", "OPENBLAS_NUM_THREADS": ""}
        assert told["environment"] == given
        assert told["group"] and not told["session"]

    def test_has_the_threads_that_its_environment_asks_for(self, start, servers):
        cores = len(os.sched_getaffinity(0))
        assert set(told_by(start("tell"))["blas"]) == {cores}
        assert set(told_by(start("tell", OMP_NUM_THREADS="1"))["blas"]) == {1}

    def test_draws_random_numbers_of_its_own(self, start):
        assert told_by(start("tell"))["drawn"] != told_by(start("tell"))["drawn"]

    def test_reads_nothing_and_has_one_thread(self, start):
        assert "".join(start("read").lines()) == "True 1\n"

    @pytest.mark.parametrize("code", [0, 1, 7])
    def test_tells_its_exit_code(self, start, code):
        assert start("exit", str(code)).wait() == code

    def test_tells_an_exception_as_exit_code_1_and_prints_it(self, start, tmp_path):
        assert start("break").wait() == 1
        assert "KeyError: 'a defect'" in (tmp_path / "errors").read_text()

    @pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM])
    def test_tells_the_signal_that_ended_it(self, start, number):
        assert start("signal", str(int(number))).wait() == -number

    def test_is_ended_with_all_that_it_started(self, start, wait_until):
        child = start("with-child")
        grandchild = int(next(child.lines()))
        child.end()
        assert child.wait() == -signal.SIGKILL
        wait_until(lambda: not processes.alive(grandchild))

    def test_does_not_see_what_an_earlier_one_was_given(self, start):
        told_by(start("tell", SECRET="s"))
        assert "SECRET" not in told_by(start("tell"))["environment"]

    def test_threads_may_ask_at_once(self, start):
        codes = []
        asking = [
            threading.Thread(target=lambda n=n: codes.append(start("exit", str(n)).wait()))
            for n in range(8)
        ]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        assert sorted(codes) == list(range(8))


OWNER = f"""
import os, sys
from pipelines.runtime import children
child = children.start(children.Preload(now=({PROGRAMS!r},)), {PROGRAMS!r}, ["with-child"],
                       environment=os.environ, errors=2)
print(child.process.pid, next(child.lines()), flush=True)
if sys.argv[1] == "leave":
    os._exit(0)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["leave", "kill"])
def test_a_process_ends_with_its_owner_however_that_ends(wait_until, how):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pids = [int(word) for word in owner.stdout.readline().split()]
    assert len(pids) == 2
    if how == "kill":
        owner.kill()
    owner.communicate()
    wait_until(lambda: not any(processes.alive(pid) for pid in pids))


def test_the_server_holds_no_variable_that_could_be_a_secret(servers, start, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    assert told_by(start("tell"))["environment"]["AWS_SECRET_ACCESS_KEY"] == "hush"
    held = Path(f"/proc/{the_process(servers).pid}/environ").read_text()
    assert "hush" not in held and "PATH=" in held


def test_a_server_that_died_while_idle_is_replaced_and_nothing_is_lost(servers, start, wait_until):
    told_by(start("tell"))
    first = the_process(servers)
    first.kill()
    wait_until(lambda: first.poll() is not None)
    child = start("tell")
    told_by(child)
    assert child.note == "the fork server ended with signal 9"
    after = start("tell")
    told_by(after)
    assert after.note == "" and the_process(servers).pid != first.pid


def test_a_server_that_keeps_dying_is_given_up(servers, start, wait_until):
    notes = []
    for _ in range(forkserver.STARTS + 1):
        child = start("exit", "0")
        assert child.wait() == 0
        notes.append(child.note)
        for server in servers.values():
            server._process.kill()
            server._process.wait()
    assert notes[0] == ""
    last = start("exit", "5")
    assert (last.wait(), last.note) == (5, "the fork server ended too often")


def test_a_running_process_survives_its_server_and_tells_its_end(servers, start, wait_until):
    child = start("wait")
    pid = int(next(child.lines()))
    the_process(servers).kill()
    the_process(servers).wait()
    assert processes.alive(pid)
    os.kill(pid, signal.SIGSEGV)
    assert child.wait() == -signal.SIGSEGV


def test_it_still_ends_with_its_owner_when_the_server_has_died(servers, start, wait_until):
    child = start("wait")
    pid = int(next(child.lines()))
    the_process(servers).kill()
    the_process(servers).wait()
    child.end()
    wait_until(lambda: not processes.alive(pid))


def test_a_server_with_a_second_thread_refuses_and_a_new_interpreter_starts(servers, start):
    child = start("tell", preload=Preload(now=("tests.runtime.threaded",)))
    assert told_by(child)["arguments"] == []
    assert child.note == "the fork server has 2 threads"


def test_a_server_that_cannot_start_says_why_and_a_new_interpreter_starts(servers, start):
    child = start("tell", preload=Preload(now=("no_such_module",)))
    told_by(child)
    assert child.note == (
        "the fork server ended with exit code 1: "
        "ModuleNotFoundError: No module named 'no_such_module'"
    )


def test_a_command_that_does_not_exist_is_told_too(servers, start, monkeypatch, tmp_path):
    with monkeypatch.context() as patched:
        patched.setattr(forkserver.sys, "executable", str(tmp_path / "nothing"))
        with pytest.raises(forkserver.Unforkable, match="cannot be started"):
            children._server(LOADED, os.environ)


def test_what_is_wanted_later_is_imported_while_nobody_asks(servers, start, wait_until):
    loaded = Preload(now=(PROGRAMS,), later=("tests.runtime.threaded",))
    wait_until(lambda: start("read", preload=loaded).note == "the fork server has 2 threads")


def test_another_environment_for_libraries_needs_another_server(servers, start):
    told_by(start("tell"))
    told_by(start("tell", PYTHONHASHSEED="1"))
    told_by(start("tell", ASSAY_HOME="/elsewhere"))
    assert len(servers) == 2


def test_changed_code_needs_another_server(monkeypatch, tmp_path):
    file = tmp_path / "one.py"
    file.write_text("")
    monkeypatch.setattr(forkserver.paths, "PACKAGE", tmp_path)
    before = forkserver.key_of({})
    os.utime(file, (1, 1))
    assert forkserver.key_of({}) != before


def test_it_is_switched_off_without_a_word(servers, start, monkeypatch):
    monkeypatch.setenv(forkserver.INHERITED, "off")
    child = start("tell")
    told_by(child)
    assert child.note == "" and not servers


def test_systems_that_cannot_fork_start_a_new_interpreter(servers, start, monkeypatch):
    monkeypatch.setattr(forkserver.sys, "platform", "darwin")
    child = start("exit", "3")
    assert (child.wait(), child.note) == (3, "") and not servers


def test_a_server_is_left_to_the_program_that_replaces_this_one():
    code = (
        "import os, sys; from pipelines.runtime import children\n"
        f"loaded = children.Preload(now=({PROGRAMS!r},))\n"
        "child = children.start(loaded, " + repr(PROGRAMS) + ", ['tell'], "
        "environment=os.environ, errors=2)\n"
        "told = ''.join(child.lines())\n"
        "print(child.wait(), repr(child.note), 'ASSAY_FORK_SERVER' in told)\n"
        "print([s._process for s in children._servers.values()])\n"
    )
    first = (
        "import os, sys; from pipelines.runtime import children\n"
        f"children.prepare(children.Preload(now=({PROGRAMS!r},)))\n"
        "children.hand_over()\n"
        "os.execv(sys.executable, [sys.executable, '-c', sys.argv[1]])\n"
    )
    done = subprocess.run([sys.executable, "-c", first, code], capture_output=True, text=True)
    assert done.stdout.splitlines() == ["0 '' False", "[None]"], done.stderr
