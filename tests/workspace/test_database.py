"""Opening a workspace: from nothing, again, by several at once, and what cannot be opened."""

import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from pipelines.errors import AssayError
from pipelines.tracking import store
from pipelines.workspace import Workspace
from pipelines.workspace.database import MIGRATIONS, REVISION
from pipelines.workspace.models import VERSION_TABLE, Base


def test_migrations_from_empty_make_the_tables_of_the_models(workspace):
    with workspace.database.read() as session:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == REVISION
        tables = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    assert "alembic_version" not in tables  # Optuna would refuse the database


def test_the_newest_migration_is_the_one_that_the_code_expects():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_connections_keep_foreign_keys_and_write_ahead(workspace):
    with workspace.database.read() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA busy_timeout")) == 30_000


def test_a_later_opening_runs_no_migration(workspace, monkeypatch):
    monkeypatch.setattr(command, "upgrade", lambda *_: pytest.fail("migrated again"))
    Workspace.open()


def test_workspaces_may_be_made_while_mlflow_makes_its_store(tmp_path, monkeypatch):
    # Both migrate with Alembic, whose `op` is one for the whole process.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    opening = threading.Thread(target=store.client)
    opening.start()
    made = 0
    while opening.is_alive():
        monkeypatch.setenv("ASSAY_HOME", str(tmp_path / f"home-{made}"))
        workspace = Workspace.open()
        assert workspace.jobs() == [] and workspace.bakeoffs() == []
        made += 1
    opening.join()
    assert made > 0
    with sqlite3.connect(tmp_path / "mlflow.db") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert {"experiments", "runs"} <= tables
    assert not {"bakeoffs", VERSION_TABLE} & tables


def test_several_processes_may_open_an_empty_workspace_at_once(assay_home):
    code = "from pipelines.workspace import Workspace; print(len(Workspace.open().jobs()))"
    openers = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [opener.communicate(timeout=60)[0] for opener in openers] == ["0\n"] * 3
    assert all(opener.returncode == 0 for opener in openers)


def test_a_workspace_of_a_newer_version_is_refused(workspace):
    with workspace.database.write() as session:
        session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(AssayError, match="newer version of Assay"):
        Workspace.open()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AssayError, match="cannot be written"):
        Workspace.open(tmp_path / "file" / "home")


def test_tidy_goes_by_state_and_not_by_age(workspace, document):
    kept, kept_folder = workspace.new_bakeoff()
    workspace.save_bakeoff(document(kept), dataset_version=1)
    unknown = workspace.home / "bakeoffs" / "20200101-0000-beef"
    unknown.mkdir()
    (unknown / "document.json").write_text("{}")
    old = workspace.home / "incoming" / "upload-old"
    old.mkdir()
    _, running = workspace.new_bakeoff()
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in (kept_folder, unknown, old, running):
        os.utime(path, (two_days_ago, two_days_ago))
    with workspace.folders.locked("bakeoff"):  # as the process holds it that writes `running`
        workspace.tidy()
    assert all(path.exists() for path in (kept_folder, unknown, running))
    workspace.tidy()
    assert kept_folder.exists() and unknown.exists() and not running.exists()
    assert not old.exists()


def test_an_upload_that_a_job_needs_is_kept(workspace, fake_jobs):
    used = workspace.home / "incoming" / "upload-used"
    used.mkdir()
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(used, (two_days_ago, two_days_ago))
    fake_jobs.submit("wait", paths=[str(used / "events.csv")])
    workspace.tidy()
    assert used.exists()
