"""Drafts: per person and subject, kept on disk, changed by several windows, never lost silently."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from pipelines.workspace import Workspace
from pipelines.workspace.database import MIGRATIONS
from pipelines.workspace.records import DraftRecord

OWN, SHOP = "decide:own", "decide:shop"


def test_a_draft_outlives_the_process(workspace):
    assert workspace.draft(OWN) == DraftRecord()
    range_ = {"low": 1.0, "mode": 2.0, "high": 3.0}
    workspace.change_draft(OWN, {}, {"margin": 6000.0, "buy.uplift": range_, "data_ready": None})
    found = Workspace.open().draft(OWN)
    assert found.inputs == {"margin": 6000.0, "buy.uplift": range_, "data_ready": None}
    assert found.changed.endswith("Z")


def test_a_draft_belongs_to_a_person_and_a_subject(workspace):
    workspace.change_draft(OWN, {}, {"margin": 1.0})
    workspace.change_draft(SHOP, {}, {"margin": 2.0})
    workspace.change_draft(OWN, {}, {"margin": 3.0}, "eva@example.org")
    drafts = [workspace.draft(OWN), workspace.draft(SHOP), workspace.draft(OWN, "eva@example.org")]
    assert [d.inputs["margin"] for d in drafts] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"requests": 1e6}, {"margin": 6000.0, "open_rate": 0.3, "requests": 1e6}),
        ({"margin": 5.0}, {"margin": 7.0}, {"margin": 7.0, "open_rate": 0.3}),
        ({"margin": 6000.0}, {"margin": 6000.0}, {"margin": 6000.0, "open_rate": 0.3}),
        ({"margin": 6000.0}, {}, {"open_rate": 0.3}),  # cleared in this window
        ({"margin": 6000.0}, {"margin": None}, {"margin": None, "open_rate": 0.3}),
    ],
)
def test_a_window_changes_only_what_was_typed_in_it(workspace, before, after, expected):
    workspace.change_draft(OWN, {}, {"margin": 6000.0, "open_rate": 0.3})  # another window
    assert workspace.change_draft(OWN, before, after).inputs == expected
    assert workspace.draft(OWN).inputs == expected


def test_a_replaced_draft_can_be_brought_back(workspace):
    typed, linked = {"margin": 6000.0}, {"margin": 1.0, "open_rate": 0.5}
    workspace.change_draft(OWN, {}, typed)
    assert workspace.replace_draft(OWN, linked).previous == typed
    assert workspace.replace_draft(OWN, linked).previous == typed  # a second click
    back = workspace.replace_draft(OWN, typed)
    assert (back.inputs, back.previous) == (typed, linked)
    discarded = workspace.replace_draft(OWN, {})
    assert (discarded.inputs, discarded.previous) == ({}, typed)


def test_a_workspace_of_before_gets_the_table_and_keeps_its_rows(tmp_path):
    home = tmp_path / "home"
    workspace = Workspace.open(home)
    id = workspace.save_decision("Shop", {"decision": "buy"}, "<!doctype html>")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{home / 'assay.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    with engine.connect() as connection:
        assert "drafts" not in inspect(connection).get_table_names()
    engine.dispose()
    again = Workspace.open(home)
    assert again.decision(id).title == "Shop"
    assert again.change_draft(OWN, {}, {"margin": 1.0}).inputs == {"margin": 1.0}
