"""Events, not only ratings: types with weights, returns, repeats, and the recipe run again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipelines.data import dataset as store
from pipelines.data.importing.event_weights import default_weight
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from pipelines.schema import Columns as C
from pipelines.workspace import Workspace
from tests.data.importing import import_file

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
LOG = (
    "user_id,item_id,timestamp,event_type,position\n"
    "a,x,100,impression,1\n"
    "a,x,101,view,1\n"
    "a,x,101,view,1\n"
    "a,x,101,Add To Cart,\n"
    "a,x,200,purchase,\n"
    "b,y,300,,\n"
)
ORDERS = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "1,A,Apple,2,12/1/2010 8:26,1.50,17,United Kingdom\n"
    "1,A,Apple,3,12/1/2010 8:26,1.50,17,United Kingdom\n"
    "2,B,BEE,1,12/13/2010 9:00,4.00,18,France\n"
    "3,A,apple,1,12/13/2010 9:05,1.70,,France\n"
    "3,A,apple,1,12/13/2010 9:06,1.70,18,France\n"
    "C4,B,BEE,-1,12/14/2010 9:00,4.00,18,France\n"
    "C5,A,Apple,1,12/15/2010 9:00,1.50,17,France\n"
    "6,B,?,-4,12/15/2010 9:00,0.00,19,France\n"
)


def steps(made: store.Dataset) -> list[tuple[str, int, int]]:
    return [(s.name, s.rows_in, s.rows_out) for s in made.about.steps]


def test_types_of_event_weigh_what_is_usual(imported: Import) -> None:
    made = imported(LOG)
    assert np.allclose(made.interactions.weight, [0.1, 0.3, 1.0, 1.0])
    assert made.context(["event_type"])["event_type"].tolist() == [
        "view", "Add To Cart", "purchase", "(none)",
    ]  # fmt: skip
    assert steps(made) == [
        ("rows that can be used", 6, 6),
        ("event types left out", 6, 5),
        ("repeats folded", 5, 4),
        ("visits counted", 4, 4),
    ]
    arrivals = made.about.arrivals
    assert arrivals is not None
    assert arrivals.event_types == {
        "(none)": 1, "Add To Cart": 1, "impression": 1, "purchase": 1, "view": 2,
    }  # fmt: skip
    assert arrivals.filled == {"position": 3}
    assert made.about.filtered == 1
    assert np.isnan(made.context(["position"])["position"].tolist()).tolist() == [
        False, True, True, True,
    ]  # fmt: skip


def test_a_person_sets_the_weights(imported: Import) -> None:
    made = imported(LOG, recipe=Recipe(weights={"view": 0.0, "purchase": 5.0}))
    assert np.allclose(made.interactions.weight, [0.3, 5.0, 1.0])
    recipe = made.about.recipe
    assert recipe is not None
    assert recipe.weights == {
        "(none)": 1.0, "Add To Cart": 0.3, "impression": 0.0, "purchase": 5.0, "view": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "weight"),
    [("view", 0.1), ("PageView", 0.1), ("add_to_cart", 0.3), ("transaction", 1), ("Kauf", 1),
     ("impression", 0), ("remove_from_cart", 0)],
)  # fmt: skip
def test_default_weights_by_name(kind: str, weight: float) -> None:
    assert default_weight(kind) == weight


def test_too_many_types_are_no_types(write: Write, home: Path) -> None:
    rows = "".join(f"u{n % 9},i{n % 9},t{n}\n" for n in range(1_200))
    path = write("a.csv", "user_id,item_id,event_type\n" + rows)
    with pytest.raises(AssayError, match="leave it out with --map event_type="):
        import_file(path, "a", home)


def test_a_shops_order_export(imported: Import) -> None:
    made = imported(ORDERS)
    it = made.interactions
    assert made.about.mapping == {
        "user_id": "CustomerID", "item_id": "StockCode", "weight": "Quantity",
        "timestamp": "InvoiceDate", "order_id": "InvoiceNo", "title": "Description",
        "price": "UnitPrice",
    }  # fmt: skip
    assert steps(made) == [
        ("rows that can be used", 8, 7),
        ("returns and cancellations", 7, 4),
        ("repeats folded", 4, 3),
        ("visits counted", 3, 3),
    ]
    assert made.about.recipe is not None
    assert made.about.recipe.times.order == "month-first"
    assert it.time[0] == np.datetime64("2010-12-01T08:26:00").astype(int)
    frame = made.catalogue.frame.set_index(C.ITEM)
    assert frame[C.TITLE].to_dict() == {"A": "Apple", "B": "BEE"}
    assert frame[C.PRICE].to_dict() == {"A": pytest.approx(1.6), "B": 4.0}
    assert made.about.arrivals is not None
    assert made.about.arrivals.reasons == {"the user is missing": 1}
    assert made.about.arrivals.returns == 3


def test_returns_may_go_to_quarantine(imported: Import) -> None:
    made = imported(ORDERS, recipe=Recipe(returns="quarantine"))
    assert made.about.arrivals is not None
    assert made.about.arrivals.reasons["the weight is negative"] == 2
    assert made.about.filtered == 0


def test_a_least_rating(imported: Import) -> None:
    made = imported(
        "user_id,item_id,rating\na,x,2.5\na,y,4\nb,x,3\n", recipe=Recipe(least_weight=3)
    )
    assert made.interactions.weight.tolist() == [4.0, 3.0]
    assert (made.about.kept, made.about.filtered) == (2, 1)


def test_repeats_are_folded_by_moment_or_person_or_kept(imported: Import) -> None:
    text = "user_id,item_id,weight,timestamp\na,x,1,5\na,x,2,5\na,y,1,6\na,x,4,7\n"
    it = imported(text).interactions
    assert (it.weight.tolist(), it.time.tolist()) == ([2.0, 1.0, 4.0], [5, 6, 7])
    it = imported(text, recipe=Recipe(repeats="once")).interactions
    assert (it.weight.tolist(), it.time.tolist()) == ([1.0, 7.0], [6, 7])
    made = imported(text, recipe=Recipe(repeats="keep"))
    assert made.interactions.weight.tolist() == [1.0, 2.0, 1.0, 4.0]
    assert made.about.folded == 0


def test_many_repeats_of_one_person_are_folded_alike(imported: Import) -> None:
    # More than 32 rows of one moment take another way through the kernel.
    text = "user_id,item_id\n" + "".join(f"a,i{n % 30}\n" for n in range(100))
    made = imported(text)
    assert (made.about.kept, made.about.folded) == (30, 70)
    counts = dict(
        zip(
            made.catalogue.items.decode(made.interactions.item),
            made.interactions.weight.tolist(),
            strict=True,
        )
    )
    assert counts == {f"i{n}": 4.0 if n < 10 else 3.0 for n in range(30)}


def test_people_who_look_like_machines_are_dropped_on_request(imported: Import) -> None:
    people = "".join(f"u{n % 40},i{n % 13},{1_600_000_000 + 7_000 * n}\n" for n in range(400))
    robot = "".join(f"robot,i{n % 13},{1_600_000_000 + n}\n" for n in range(2_000))
    text = "user_id,item_id,timestamp\n" + people + robot
    flagged = imported(text)
    assert flagged.about.kept == 2_400
    assert flagged.about.steps[-2].note == "2,000 events of suspected bots"
    made = imported(text, recipe=Recipe(outliers="drop"))
    assert made.about.steps[-2].model_dump() == {
        "name": "outliers dropped", "rows_in": 2_400, "rows_out": 400, "note": "",
    }  # fmt: skip
    assert (made.about.kept, made.about.filtered, made.about.folded) == (400, 2_000, 0)


def test_visits_are_cut_by_the_recipes_pause(imported: Import) -> None:
    text = "user_id,item_id,timestamp\na,x,0\na,y,600\na,z,2401\nb,x,2402\n"
    for minutes, visits in ((30, 3), (31, 2), (5, 4)):
        made = imported(text, recipe=Recipe(session_minutes=minutes))
        note = f"{visits} visits, each ended by {minutes} minutes without an event"
        assert made.about.steps[-1].note == note


def test_more_columns_are_kept_with_each_event(imported: Import) -> None:
    text = "user_id,item_id,timestamp,shop,user's note\nb,x,5,Ulm,\na,x,6,Bonn,hm\na,x,5,Ulm,\n"
    made = imported(text, recipe=Recipe(keep=("shop", "user's note")))
    context = made.context()
    assert context["shop"].tolist() == ["Ulm", "Bonn", "Ulm"]
    assert context["user's note"].isna().tolist() == [True, False, True]
    other = imported(text)
    assert other.about.fingerprint != made.about.fingerprint
    assert other.context_columns == ()


def test_a_recipe_that_leaves_nothing_is_said(write: Write, home: Path) -> None:
    path = write("a.csv", "user_id,item_id,rating\na,x,1\n")
    with pytest.raises(AssayError, match="below the minimum weight"):
        import_file(path, "a", home, recipe=Recipe(least_weight=4))
    assert not list(home.glob("a/*"))


def test_next_months_file_runs_through_the_same_recipe(write: Write, assay_home: Path) -> None:
    workspace = Workspace.open(assay_home)
    first = workspace.import_dataset(write("may.csv", ORDERS), "shop")
    # In June every day is below 13, and a type of column is there that May had not.
    june = (
        "Country,Region,InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        "France,EU,9,A,Apple,2,1/2/2011 8:26,1.50,17\n"
    )
    second = workspace.import_dataset(write("june.csv", june), "shop", again=True)
    assert first.about.recipe is not None
    assert second.about.recipe is not None
    assert second.about.recipe.hash == first.about.recipe.hash
    assert (first.version, second.version) == (1, 2)
    made = workspace.dataset("shop")
    assert made.interactions.time.tolist() == [np.datetime64("2011-01-02T08:26:00").astype(int)]


def test_the_hash_of_a_recipe_is_the_same_on_every_machine() -> None:
    recipe = Recipe(columns={"user_id": "u", "item_id": "i"}, weights={"view": 0.1})
    assert recipe.hash == "1e9319f1c59e3962cfa3161f79857787c598d2b338586e440bba154188cc17cc"
    assert Recipe.of(recipe.model_dump(mode="json")).hash == recipe.hash


def test_a_wrong_recipe_is_one_sentence() -> None:
    with pytest.raises(AssayError, match="recipe's repeats is invalid"):
        Recipe.of({"repeats": "often"})


def test_a_sample_has_no_recipe(assay_home: Path) -> None:
    workspace = Workspace.open(assay_home)
    workspace.register_samples()
    with pytest.raises(AssayError, match="has no recipe"):
        workspace.recipe("movielens-small")
