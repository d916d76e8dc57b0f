"""The Runs page: how a metric changed, and which spec line changed it."""

import numpy as np
import pandas as pd
import pytest

from pipelines.evaluation.manifest.manifest import Manifest
from tests.app.conftest import document

OLD, NEW = "20261120-1000-aaaa", "20261121-1000-bbbb"
ASKED = {
    "dataset": "shop", "fingerprint": "f" * 64, "users": 100, "users_hash": "a" * 64,
    "items": 30, "catalogue_hash": "c" * 64,
}  # fmt: skip


def keep(workspace, id, gain=0.0, **asked):
    """A bake-off with values per user, whose means are those of its document."""
    manifest = Manifest(**{**ASKED, **asked})
    made = document(id, gain).model_copy(update={"manifest": manifest.document()})
    workspace.save_bakeoff(made, dataset_version=1)
    spread = np.linspace(-0.01, 0.01, 100)
    for contender in made.contenders:
        here = workspace.home / "bakeoffs" / id / "contenders" / contender.name
        here.mkdir(parents=True)
        # Harder for some users than for others, and a little differently for each contender.
        values = contender.metrics["ndcg@10"].value + 4 * spread + np.roll(spread, len(here.name))
        users = [f"u{i:03d}" for i in range(100)]
        frame = pd.DataFrame({"user_id": users, "ndcg@10": values})
        frame.to_parquet(here / "per_user.parquet", index=False)


@pytest.fixture
def answered(filled):
    """The workspace's two bake-offs, with the values per user of one manifest."""
    keep(filled, OLD)
    keep(filled, NEW, 0.012)
    return filled


def written(app):
    return [m.value for m in app.markdown]


def test_empty(open_page, workspace):
    app = open_page("runs")
    assert not app.exception
    assert app.title[0].value == "No bake-off has been run here yet."


def test_one_changed_line_is_found_with_its_effect(open_page, answered):
    app = open_page("runs", dataset="shop")
    assert not app.exception
    assert app.title[0].value == (
        "In ease-recent, 1 spec line changed: +0.0120 NDCG@10 (95% interval +0.0120 to +0.0120)."
    )
    assert (
        f"ease-recent in {NEW} beats ease-recent in {OLD} by 0.012 NDCG@10 "
        "(95% interval 0.012 to 0.012, not adjusted)."
    ) in written(app)
    assert app.caption[0].value == "The chart shows 2 bake-offs with split time:0.9, k = 10."
    diff = next(c.value for c in app.code if c.language == "diff")
    assert "-k = 100" in diff
    assert "+k = 200" in diff


def test_two_selected_runs(open_page, answered):
    app = open_page("runs", dataset="shop")
    app.selectbox(key="runs_before").set_value(f"als in {NEW}").run()
    assert not app.exception
    title = app.title[0].value
    assert title.startswith("From als to ease-recent, ")
    assert "changed: +0.0220 NDCG@10 (95% interval +0.0" in title
    assert any(text.startswith("ease-recent beats als by 0.022 NDCG@10") for text in written(app))


def test_runs_of_two_manifests_are_refused_by_the_field_that_differs(open_page, filled):
    keep(filled, OLD, split="last-n:5", users=90, users_hash="b" * 64)
    keep(filled, NEW, 0.012)
    app = open_page("runs", dataset="shop")
    app.selectbox(key="runs_before").set_value(f"ease-recent in {OLD}")
    app.selectbox(key="runs_after").set_value(f"ease-recent in {NEW}").run()
    assert not app.exception
    assert app.title[0].value == (
        "In ease-recent, 1 spec line changed; the two runs cannot be compared."
    )
    assert (
        "These two bake-offs have different manifests: split is time:0.9 in "
        f"{NEW} and last-n:5 in {OLD} (users and users_hash follow from it). "
        "Run both with the same split."
    ) in [text.replace("\\", "") for text in written(app)]
    assert app.caption[0].value.replace("\\", "") == (
        "The chart shows 1 bake-off with split time:0.9, k = 10. Not shown: 1 bake-off with "
        "another manifest (in split)."
    )


@pytest.mark.parametrize(
    ("damage", "says"),
    [("values", "per_user.parquet was deleted"), ("manifest", "does not match its hash")],
)
def test_no_difference_without_values_or_with_a_changed_manifest(open_page, answered, damage, says):
    if damage == "values":
        for file in (answered.home / "bakeoffs" / OLD).rglob("per_user.parquet"):
            file.unlink()
    else:
        made = answered.bakeoff(OLD)
        changed = made.model_copy(update={"manifest": made.manifest | {"k": 20}})
        answered.save_bakeoff(changed, dataset_version=1)
    app = open_page("runs", dataset="shop")
    app.selectbox(key="runs_before").set_value(f"ease-recent in {OLD}").run()
    assert not app.exception
    assert app.title[0].value.endswith("changed; the two runs cannot be compared.")
    assert any(says in text.replace("\\", "") for text in written(app))


def test_the_tables_and_the_way_to_mlflow(open_page, filled):
    app = open_page("runs", dataset="shop")
    assert app.dataframe[0].value["bake-off"].tolist() == [NEW, OLD]
    assert any(c.value.startswith("mlflow ui --backend-store-uri") for c in app.code)
