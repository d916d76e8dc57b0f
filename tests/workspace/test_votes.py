"""Votes of the blind taste test: one per round, gone with their bake-off, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import URL, Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from pipelines.errors import AssayError
from pipelines.workspace import Workspace
from pipelines.workspace.database import MIGRATIONS, REVISION
from pipelines.workspace.models import VERSION_TABLE, BakeoffRow, Base
from pipelines.workspace.votes import Votes
from tests.postgres import OWNER, OWNER_PASSWORD

ID = "20261123-2155-ab12"


@dataclass
class Plain:
    """A database as `Votes` needs it, on any engine."""

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    write = read


def migrate(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@pytest.fixture
def on_postgres(postgres, workspace) -> Iterator[Votes]:
    """The tables as the migrations make them on a real PostgreSQL, with one bake-off."""
    name = "votes"
    postgres.run(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    address = URL.create(
        "postgresql+pg8000", OWNER, OWNER_PASSWORD, "127.0.0.1", postgres.port, name
    )
    engine = create_engine(address)
    migrate(engine, REVISION)
    with Session(engine) as session, session.begin():
        session.add(bakeoff_row())
    yield Votes(workspace.folders, Plain(engine))  # type: ignore[arg-type]
    engine.dispose()


@pytest.fixture
def on_sqlite(workspace, document) -> Votes:
    workspace.save_bakeoff(document(ID), dataset_version=1)
    return workspace


@pytest.fixture(params=["on_sqlite", "on_postgres"])
def votes(request) -> Votes:
    return request.getfixturevalue(request.param)


def bakeoff_row() -> BakeoffRow:
    return BakeoffRow(
        id=ID,
        dataset="tiny",
        dataset_version=1,
        manifest_hash="abc",
        document={},
        folder=f"bakeoffs/{ID}",
        created="2026-11-23T21:55:00Z",
        job=None,
    )


def cast(votes: Votes, round: str = "r1", picked: str = "left", **more: str):
    given = {"person": "u1", "left": "als", "right": "ease", **more}
    return votes.vote(ID, round, picked, **given)  # type: ignore[arg-type]


def test_a_vote_is_kept_with_everything_about_it(votes):
    made = cast(votes, picked="right", who="ann@shop.example")
    assert votes.votes(ID) == [made]
    assert (made.bakeoff, made.round, made.person) == (ID, "r1", "u1")
    assert (made.left, made.right, made.picked) == ("als", "ease", "right")
    assert made.who == "ann@shop.example" and made.created.endswith("Z")
    assert votes.vote_of(ID, "r1") == made
    assert votes.vote_of(ID, "r2") is None


def test_a_round_takes_one_vote_and_the_first_one_stands(votes):
    first = cast(votes, picked="left")
    assert cast(votes, picked="right") == first
    cast(votes, round="r2", picked="neither")
    assert [v.picked for v in votes.votes(ID)] == ["left", "neither"]


def test_two_clicks_at_once_make_one_vote(votes):
    start, made = threading.Barrier(2), []

    def click(picked: str) -> None:
        start.wait(30)
        made.append(cast(votes, picked=picked))

    clicks = [threading.Thread(target=click, args=(p,)) for p in ("left", "right")]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(60)
    assert len(made) == 2 and made[0] == made[1]
    assert votes.votes(ID) == [made[0]]


@pytest.mark.parametrize(
    ("change", "said"),
    [({"picked": "both"}, "must be left, right or neither"), ({"round": ""}, "token"),
     ({"right": "als"}, "two contenders")],
)  # fmt: skip
def test_what_is_no_vote_is_refused(on_sqlite, change, said):
    with pytest.raises(AssayError, match=said):
        cast(on_sqlite, **change)
    assert on_sqlite.votes(ID) == []


def test_a_vote_needs_its_bakeoff(votes):
    with pytest.raises(AssayError, match="no bake-off 'gone'"):
        votes.vote("gone", "r1", "left", person="u1", left="als", right="ease")


def test_votes_go_with_their_bakeoff(votes):
    cast(votes)
    with votes.database.write() as session:
        session.execute(text("DELETE FROM bakeoffs"))
    assert votes.votes(ID) == []


def test_saving_a_bakeoff_again_and_deleting_its_dataset_keep_votes(
    workspace, document, finished_folder
):
    workspace.add_dataset(finished_folder())
    workspace.save_bakeoff(document(ID), dataset_version=1)
    cast(workspace)
    workspace.save_bakeoff(document(ID, notes=["written to MLflow"]), dataset_version=1)
    workspace.delete_dataset("tiny")  # its bake-offs stay, and so does what was said of them
    assert len(Workspace.open().votes(ID)) == 1


def test_a_workspace_of_before_is_brought_up_to_date_and_keeps_its_rows(assay_home):
    assay_home.mkdir()
    engine = create_engine(f"sqlite:///{assay_home / 'assay.db'}")
    migrate(engine, "0001")
    assert "votes" not in inspect(engine).get_table_names()
    with Session(engine) as session, session.begin():
        session.add(bakeoff_row())
    engine.dispose()
    workspace = Workspace.open()
    assert [b.id for b in workspace.bakeoffs()] == [ID]
    assert cast(workspace).round == "r1"


def test_postgres_gets_the_tables_of_the_models(on_postgres):
    with on_postgres.database.read() as session:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(context, Base.metadata) == []
