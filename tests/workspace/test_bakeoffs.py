"""A bake-off for a job or a command: kept first, then tracked; one at a time; nothing half."""

import socket
import sqlite3
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.runtime import paths
from pipelines.runtime.progress import Cancelled, silent
from pipelines.tracking import deadline, store
from pipelines.workspace import Workspace, bakeoffs

pytestmark = pytest.mark.usefixtures("mlflow_store")

REQUEST = BakeoffRequest(dataset="tiny")


@pytest.fixture
def answer(document):
    """Stands for `run_bakeoff`: writes a file and finds nothing."""

    def run_bakeoff(dataset, request, folder, stages, bakeoff_id, progress):
        assert dataset.name == request.dataset and stages.is_dir()
        progress(0.5, "answering")
        (folder / "truth.parquet").write_text("")
        return document(bakeoff_id)

    return run_bakeoff


def test_a_bakeoff_is_kept_with_its_run(workspace, finished_folder, answer):
    workspace.add_dataset(finished_folder())
    told = []
    done = bakeoffs.run(
        workspace, REQUEST, lambda share, text: told.append((share, text)), run_bakeoff=answer
    )
    assert workspace.bakeoff(done.id) == done
    assert done.notes == [] and done.mlflow_run_id
    folder = workspace.bakeoff_folder(done.id)
    assert {p.name for p in folder.iterdir()} == {"document.json", "truth.parquet"}
    assert done.mlflow_run_id in (folder / "document.json").read_text()
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert paths.mlruns().is_relative_to(workspace.home)


def test_one_that_is_not_tracked_is_kept_without_runs(workspace, finished_folder, answer):
    workspace.add_dataset(finished_folder())
    done = bakeoffs.run(workspace, REQUEST, run_bakeoff=answer, tracked=False)
    assert workspace.bakeoff(done.id) == done
    assert (done.mlflow_run_id, done.notes) == (None, [])


@pytest.mark.parametrize("kind", ["broken", "older"])
def test_a_store_that_mlflow_refuses_is_a_note_and_the_result_is_kept(
    workspace, finished_folder, answer, monkeypatch, tmp_path, caplog, kind
):
    workspace.add_dataset(finished_folder())
    file = tmp_path / "mlflow.db"
    if kind == "broken":
        file.write_text("no database at all, though it is long enough to be read" * 40)
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
            connection.execute("INSERT INTO alembic_version VALUES ('451aebb31d03')")
            connection.execute("CREATE TABLE experiments (experiment_id INTEGER)")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{file}")
    done = bakeoffs.run(workspace, REQUEST, run_bakeoff=answer)
    assert done.mlflow_run_id is None
    assert len(done.notes) == 1 and done.notes[0].startswith("Not written to MLflow: ")
    # The note is all that a person sees of it: logging prints from warnings on.
    assert [r for r in caplog.records if r.name.startswith("pipelines")] == []
    assert workspace.bakeoff(done.id) == done


def test_what_fails_or_is_cancelled_leaves_no_folder(workspace, finished_folder):
    workspace.add_dataset(finished_folder())

    def broken(*_):
        raise AssayError("This split leaves no users.")

    def cancelled(*_):
        raise Cancelled

    with pytest.raises(AssayError, match="leaves no users"):
        bakeoffs.run(workspace, REQUEST, run_bakeoff=broken)
    with pytest.raises(Cancelled):
        bakeoffs.run(workspace, REQUEST, run_bakeoff=cancelled)
    assert list((workspace.home / "bakeoffs").iterdir()) == []
    assert workspace.bakeoffs() == []


def test_a_second_bakeoff_waits_and_may_give_up(workspace, finished_folder, answer):
    workspace.add_dataset(finished_folder())
    inside, go_on = threading.Event(), threading.Event()

    def slow(*arguments):
        inside.set()
        assert go_on.wait(60)
        return answer(*arguments)

    first = threading.Thread(
        target=bakeoffs.run, args=(workspace, REQUEST, silent), kwargs={"run_bakeoff": slow}
    )
    first.start()
    assert inside.wait(60)

    def impatient(_share, message):
        assert "waiting for another" in message
        raise Cancelled

    with pytest.raises(Cancelled):
        bakeoffs.run(Workspace.open(), REQUEST, impatient, run_bakeoff=answer)
    go_on.set()
    first.join()
    assert len(workspace.bakeoffs()) == 1


def test_a_dataset_that_is_not_there_is_told_before_anything_runs(workspace, answer):
    with pytest.raises(AssayError, match="no dataset 'tiny'"):
        bakeoffs.run(workspace, REQUEST, run_bakeoff=answer)


PASSWORD = "hunter2-of-mlflow"


@contextmanager
def refusing(on_request):
    """An MLflow server that takes no password; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            on_request()
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://ann:{PASSWORD}@127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_mlflow_refuses_is_logged_later_and_its_password_is_written_nowhere(
    workspace, finished_folder, answer, monkeypatch, caplog, assay
):
    workspace.add_dataset(finished_folder())
    free = []

    def look():
        with workspace.folders.free("bakeoff") as nobody:
            free.append(nobody)

    caplog.set_level("DEBUG")
    with refusing(look) as address:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
        done = bakeoffs.run(workspace, REQUEST, run_bakeoff=answer)
        code, out, err = assay("track", done.id)
    assert code == 2 and PASSWORD not in out + err
    assert free[-2:] == [True, True]  # the next bake-off need not wait for it
    assert done.notes[0].startswith("Not written to MLflow: ")
    assert f"`assay track {done.id}`" in done.notes[0] and workspace.bakeoff(done.id) == done
    kept = [path.read_bytes() for path in workspace.home.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in data for data in kept)
    assert "was not written to MLflow" in caplog.text and PASSWORD not in caplog.text

    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    client = store.client()
    left = client.create_run(store.experiment(client, "tiny"), tags={"assay.bakeoff": done.id})
    foreign = client.create_run(store.experiment(client, "tiny"), tags={"assay.bakeoff": "other"})
    code, out, _ = assay("track", done.id)
    assert code == 0 and "is now in MLflow: " in out
    logged = workspace.bakeoff(done.id)
    assert logged.notes == [] and logged.mlflow_run_id
    assert client.get_run(left.info.run_id).info.status == "KILLED"
    assert client.get_run(foreign.info.run_id).info.status == "RUNNING"
    assert assay("track", done.id)[2].startswith(f"assay: The bake-off {done.id} is in MLflow")


def test_a_store_that_does_not_answer_is_given_up(monkeypatch):
    monkeypatch.setattr(store, "_opening", threading.Lock())  # the thread that waits keeps it
    monkeypatch.setattr(store.migration_lock, "alone", threading.Lock())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(deadline.OutOfReach, match=r"within 0\.2 s"):
            store.client(0.2)
    watched = deadline.Watched(None)
    with pytest.raises(deadline.OutOfReach):
        watched.used_for(threading.Event().wait, seconds=0.2)


def test_what_ends_in_time_is_passed_on():
    assert deadline.within(60, lambda: 7) == 7
    watched = deadline.Watched([3])
    assert watched.used_for(lambda: watched.pop()) == 3
    with pytest.raises(ZeroDivisionError):
        deadline.within(60, lambda: 1 / 0)
