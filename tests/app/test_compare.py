"""The Compare page: its views, each with a link, and its messages if data is missing."""

import numpy as np
import pandas as pd
import pytest

from app.compare import protocol
from app.compare.checks import frame
from app.compare.comparisons import headline
from pipelines.evaluation.metrics.names import load
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult, Spread
from pipelines.evaluation.results.evidence import CheckResult, EvidenceGrade
from pipelines.evaluation.results.ties import OrderOutcome, Ties
from tests.app.compared import GAINS, USERS, bakeoff, in_windows, keep

pytestmark = pytest.mark.slow

VIEWS = ("differences", "slices", "cost", "people", "overlap", "behavior", "contenders")


@pytest.fixture
def document():
    return bakeoff()


@pytest.fixture
def compared(filled, document):
    filled.save_bakeoff(document, dataset_version=1)
    keep(filled.bakeoff_folder(document.id))
    return filled


def opened(open_page, document, **address):
    app = open_page("compare", dataset="shop", bakeoff=document.id, **address)
    assert not app.exception
    return app


def text(app):
    return " ".join(m.value for m in (*app.markdown, *app.caption))


def click(app, label, option):
    (found,) = [b for b in app.button_group if b.label == label]
    found.set_value(option).run()
    assert not app.exception
    return app


def test_empty(open_page, workspace):
    app = open_page("compare")
    assert not app.exception
    assert app.title[0].value.startswith("Nothing to show yet")


def test_the_headline_is_about_the_best_that_is_not_a_stand_in(document):
    found = sorted(document.comparisons, key=lambda c: -c.difference)
    assert headline(document, found, "ndcg@10", "popular") == "two-stage against popular."
    alone = [c for c in found if c.contender == "stand-in"]
    assert headline(document, alone, "ndcg@10", "popular") == "stand-in against popular."
    assert headline(document, [], "ndcg@10", "popular") == (
        "No other contender was scored, so there is nothing to compare with Popular."
    )


class TestWhoIsBetter:
    def test_it_opens_with_its_sentence_and_warns_of_the_protocol(
        self, open_page, compared, document
    ):
        app = opened(open_page, document)
        assert app.title[0].value == "two-stage against popular."
        shown = text(app)
        assert (
            "Split last-n:5 (benchmark protocol: models train on other users' future events): base "
            "decisions on a split in time only." in shown.replace("\\", "")
        )
        assert "It gave no list for 2 of 6" in shown
        assert (
            "Two-stage: for 13 of 100 people the top 10 holds something they chose; with Popular "
            "10; a certain gain." in shown
        )

    def test_it_says_why_the_best_by_value_is_not_named(self, open_page, compared, document):
        why = (
            "stand-in (not Amazon) has a higher NDCG@10, but is only a stand-in for a third party."
        )
        assert why in text(opened(open_page, document))

    def test_another_metric_and_opponent_come_from_per_user_values(
        self, open_page, compared, document
    ):
        address = {"compare_metric": "recall", "compare_k": "5", "compare_with": "als"}
        app = opened(open_page, document, **address)
        assert app.title[0].value.startswith("Two-stage beats Als by 0.07 recall@5")
        assert "NDCG@10 was declared in advance" in text(app)

    def test_it_says_what_a_metric_tells_and_that_intervals_are_not_adjusted(
        self, open_page, compared, document
    ):
        shown = text(opened(open_page, document))
        assert load("ndcg").description in shown
        assert "Higher is better." in shown
        assert "not adjusted for the number of comparisons" in shown

    def test_further_metrics_are_found_by_name_and_are_a_link(self, open_page, compared, document):
        app = click(opened(open_page, document), "Metric", "more")
        assert app.query_params["compare_metric"] == "coverage"
        (other,) = [s for s in app.selectbox if s.label == "Other metrics"]
        assert other.options == ["coverage", "novelty"]
        linked = opened(open_page, document, compare_metric="novelty")
        back = click(linked, "Metric", "map")
        assert back.query_params["compare_metric"] == "map"

    def test_a_metric_without_a_better_direction_has_no_winner(self, open_page, compared, document):
        app = opened(open_page, document, compare_metric="novelty")
        assert app.title[0].value == (
            "Highest novelty@10: stand-in (not Amazon) (0.150). Lowest: Popular (0.100)."
        )
        assert "Compare with" not in [s.label for s in app.selectbox]
        assert "better:" not in text(app)
        # A view that needs a winner does not offer it and shows the declared metric.
        people = opened(open_page, document, compare_metric="novelty", compare_view="people")
        assert "in NDCG@10 for" in people.title[0].value

    def test_a_title_is_shown_as_it_was_written(self, open_page, compared, document):
        wild = [
            c.model_copy(update={"title": "Pop *:100:*"}) if c.name == "popular" else c
            for c in document.contenders
        ]
        compared.save_bakeoff(
            document.model_copy(update={"id": "wild", "contenders": wild}), dataset_version=1
        )
        keep(compared.bakeoff_folder("wild"))
        address = {"dataset": "shop", "bakeoff": "wild"}
        assert r"useful difference (2% of Pop \*\:100\:\*)" in text(open_page("compare", **address))
        slices = open_page("compare", **address, compare_view="slices")
        (winner,) = [b for b in slices.button_group if b.label == "Show slices where"]
        assert winner.options[1] == r"Pop \*\:100\:\* wins"

    def test_without_stored_values_it_says_what_to_do(self, open_page, filled, document):
        filled.save_bakeoff(document, dataset_version=1)
        app = opened(open_page, document, compare_metric="recall")
        assert "run the bake-off again" in app.error[0].value
        assert "View" in [b.label for b in app.button_group]  # the other views are one click away


def test_no_contender_was_scored(open_page, filled, document):
    failed = [
        c.model_copy(update={"status": "failed", "reason": "It broke.", "metrics": {}})
        for c in document.contenders
    ]
    update = {"contenders": failed, "comparisons": []}
    filled.save_bakeoff(document.model_copy(update=update), dataset_version=1)
    app = opened(open_page, document)
    assert app.title[0].value.startswith("No contender was scored")
    assert "It broke" in text(app)


class TestTimeAndCost:
    def test_the_cheapest_that_passes_is_named(self, open_page, compared, document):
        app = opened(open_page, document, compare_view="cost")
        # Two-stage is over budget and a stand-in cannot be bought; ALS and Popular are left.
        assert app.title[0].value.startswith("Als is the best passing option, and none is cheaper")
        assert "Not priced: stand-in (not Amazon)." in text(app)
        assert "The circle marks the cheapest passing option" in text(app)

    def test_the_traffic_is_a_link(self, open_page, compared, document):
        few = opened(open_page, document, compare_view="cost", compare_requests="100000")
        many = opened(open_page, document, compare_view="cost", compare_requests="100000000")
        assert "at 100 k requests per month" in few.title[0].value
        assert "at 100 M requests per month" in many.title[0].value

    def test_an_older_bakeoff_has_its_pictures(self, open_page, filled, document):
        filled.save_bakeoff(document, dataset_version=1)
        app = opened(open_page, document, compare_view="cost")
        assert not app.error
        assert "The cheapest passing option is not marked" in app.info[0].value
        assert app.title[0].value.startswith("Als is the best option that is priced and within")
        assert "The circle" not in text(app)


class TestByUser:
    def test_shares_of_users_are_in_the_title(self, open_page, compared, document):
        app = opened(open_page, document, compare_view="people", compare_of="als")
        assert app.title[0].value == (
            "Als does better than Popular in NDCG@10 for 80% of users, worse for 10%, "
            "and the same for 10%."
        )

    def test_the_biggest_win_is_shown_first_and_a_loss_is_a_link(
        self, open_page, compared, document
    ):
        address = {"compare_view": "people", "compare_of": "als"}
        wins = opened(open_page, document, **address).dataframe[0].value
        assert len(wins) == 20 and (wins["difference"] > 0).all()
        app = opened(open_page, document, **address, compare_side="losses", compare_person="u010")
        losses = app.dataframe[0].value
        assert set(losses["user"]) == {f"u{n:03d}" for n in range(0, 80, 10)}
        assert "User u010" in [s.value for s in app.header]

    def test_a_user_who_is_not_among_the_twenty_is_ignored(self, open_page, compared, document):
        app = opened(open_page, document, compare_view="people", compare_person="u000")
        assert "User u000" not in [s.value for s in app.header]
        assert "compare_person" not in app.query_params

    def test_it_says_so_if_no_user_has_a_value_of_both(self, open_page, compared, document):
        undefined(compared.bakeoff_folder(document.id), "als", slice(None))
        app = opened(open_page, document, compare_view="people", compare_of="als")
        assert app.title[0].value == "No user has a value of NDCG@10 with both Als and Popular."

    def test_an_older_bakeoff_says_so_within_the_view(self, open_page, filled, document):
        filled.save_bakeoff(document, dataset_version=1)
        app = opened(open_page, document, compare_view="people")
        assert "run the bake-off again" in app.error[0].value


class TestBySlice:
    view = {"compare_view": "slices", "compare_of": "als"}
    late = {"compare_by": "time", "compare_slice": "late"}

    def test_it_opens_with_the_surest_win_and_ranks_them(self, open_page, compared, document):
        app = opened(open_page, document, **self.view)
        assert app.title[0].value.startswith("Among users ")
        assert "als beats popular by" in app.title[0].value
        assert "The tests cover 5 slices." in text(app)

    def test_a_selected_slice_is_a_link(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, **self.late)
        assert "Slice by time of day: late" in [s.value for s in app.header]
        assert "NDCG@10 for users asked late: 40 users" in text(app)

    def test_a_slice_of_too_few_users_has_no_value(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_by="history", compare_slice="few")
        assert "Only 10 users: a value needs at least 30." in text(app)

    def test_only_those_with_a_value_count(self, open_page, compared, document):
        folder = compared.bakeoff_folder(document.id)
        undefined(folder, "popular", slice(USERS // 2, None))
        undefined(folder, "als", slice(USERS // 2, USERS // 2 + 7))
        shown = text(opened(open_page, document, **self.view, **self.late))
        assert "NDCG@10 for users asked late: 33 to 40 users" in shown

    def test_it_says_so_if_no_user_has_a_value(self, open_page, compared, document):
        for name in GAINS:
            undefined(compared.bakeoff_folder(document.id), name, slice(USERS // 2, None))
        shown = text(opened(open_page, document, **self.view, **self.late))
        assert "No user in this slice has a value of NDCG@10." in shown

    def test_two_dimensions_are_crossed(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_by="time", compare_cross="history")
        assert "Each cell shows Als's paired difference from Popular" in text(app)
        assert "Show slice" not in [s.label for s in app.selectbox]

    def test_a_row_of_two_dimensions_counts_each_person_once(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_by="time", compare_cross="kind")
        (picture, *_) = app.get("vega_lite_chart")
        # 40 users each, most with held-out items of both kinds.
        assert "early (40)" in picture.proto.spec and "late (40)" in picture.proto.spec
        assert picture.proto.alt.startswith(
            "Largest difference of Als in NDCG@10 from Popular by time of day and kind of item: "
        )

    def test_what_was_chosen_divides_too(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_by="kind", compare_slice="red")
        assert "NDCG@10 for held-out interactions of kind red" in text(app)

    def test_where_the_other_wins_is_one_click_away(self, open_page, compared, document):
        app = click(opened(open_page, document, **self.view), "Show slices where", "popular")
        assert "Popular is not better than Als in any slice." in text(app)
        assert app.query_params["compare_winner"] == "popular"

    def test_an_older_bakeoff_says_so_within_the_view(self, open_page, compared, document):
        (compared.bakeoff_folder(document.id) / "slices.parquet").unlink()
        app = opened(open_page, document, **self.view)
        assert "slices.parquet was deleted or never written" in app.error[0].value
        assert app.title[0].value.startswith("This view needs data")


class TestListOverlap:
    def test_the_most_similar_are_named_and_the_measure_is_a_link(
        self, open_page, compared, document
    ):
        app = opened(open_page, document, compare_view="overlap")
        assert "give the most similar lists: " in app.title[0].value
        assert app.title[0].value.endswith("% of all items in their top 10 are in both lists.")
        ranked = opened(open_page, document, compare_view="overlap", compare_overlap="rbo")
        assert "rank-biased overlap 0." in ranked.title[0].value

    def test_an_older_bakeoff_says_so_within_the_view(self, open_page, filled, document):
        filled.save_bakeoff(document, dataset_version=1)
        app = opened(open_page, document, compare_view="overlap")
        assert "run the bake-off again" in app.error[0].value


class TestBehavior:
    view = {"compare_view": "behavior", "compare_of": "popular"}

    def test_it_says_what_a_contender_fails(self, open_page, compared, document):
        app = opened(open_page, document, **self.view)
        assert app.title[0].value == (
            "Popular passes 0 of 1 behavioral tests. Failed: No item is on most lists."
        )
        shown = text(app)
        assert "✕ Failed.** The item that is shown most is on 90% of lists." in shown
        assert "Passes if: 40% or less (share of lists)." in shown

    def test_a_test_is_a_link(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_test="price")
        assert "Not run: The items have no prices." in text(app)

    def test_an_older_bakeoff_says_so_within_the_view(self, open_page, filled, document):
        old = [c.model_copy(update={"behavior": []}) for c in document.contenders]
        filled.save_bakeoff(document.model_copy(update={"contenders": old}), dataset_version=1)
        app = opened(open_page, document, **self.view)
        assert "has no behavioral tests" in app.error[0].value


class TestContenders:
    def test_the_table_names_status_and_budget(self, open_page, compared, document):
        app = opened(open_page, document, compare_view="contenders")
        assert app.title[0].value.startswith("Assay scored 4 of 5 contenders")
        table = app.dataframe[0].value.set_index("contender")
        assert table.loc["◆ Acme", "status"] == "not scored"
        assert table.loc["● Two-stage", "status"] == "over budget"
        assert table.loc["◇ stand-in (not Amazon)", "kind"] == "local stand-in"
        assert "Peak memory includes" not in text(app)

    def test_memory_is_told_with_what_a_process_starts_with(self, open_page, compared, document):
        contenders = [
            c.model_copy(update={"peak_mb": 300.0, "preloaded_mb": mb})
            for c, mb in zip(document.contenders, (150.2, None, 149.9, 161, None), strict=True)
        ]
        forked = document.model_copy(update={"id": "forked", "contenders": contenders})
        compared.save_bakeoff(forked, dataset_version=1)
        keep(compared.bakeoff_folder("forked"))
        app = open_page("compare", dataset="shop", bakeoff="forked", compare_view="contenders")
        assert "Peak memory includes 150 to 161 MB of libraries that each process" in text(app)


def without(document, metric, *names):
    """The same, had these contenders no value of a metric (`ndcg`) at any length."""
    contenders = [
        c.model_copy(
            update={"metrics": {m: v for m, v in c.metrics.items() if not m.startswith(metric)}}
        )
        if c.name in names
        else c
        for c in document.contenders
    ]
    comparisons = [c for c in document.comparisons if not {c.contender, c.baseline} & {*names}]
    return document.model_copy(update={"contenders": contenders, "comparisons": comparisons})


@pytest.mark.parametrize(
    "names", [("als",), ("popular",), ("popular", "als", "two-stage", "stand-in")]
)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_drawn_where_a_contender_lacks_the_declared_metric(
    open_page, compared, document, view, names
):
    lacking = without(document, "ndcg", *names).model_copy(update={"id": "lacking"})
    compared.save_bakeoff(lacking, dataset_version=1)
    keep(compared.bakeoff_folder("lacking"))
    app = open_page("compare", dataset="shop", bakeoff="lacking", compare_view=view)
    assert not app.exception


def undefined(folder, name, rows):
    """Take a contender's NDCG@10 from some users."""
    path = folder / "contenders" / name / "per_user.parquet"
    frame = pd.read_parquet(path)
    frame.loc[frame.index[rows], "ndcg@10"] = np.nan
    frame.to_parquet(path)


def test_several_windows_have_a_view_of_their_own(open_page, compared, document):
    (views,) = [b for b in opened(open_page, document).button_group if b.label == "View"]
    assert "Drift" not in views.options
    windows = in_windows(document)
    compared.save_bakeoff(windows, dataset_version=1)
    keep(compared.bakeoff_folder(windows.id))
    app = opened(open_page, windows, compare_view="drift")
    assert app.title[0].value.endswith("window by window: 0.04, 0.03; no certain drift.")
    assert "Two-stage does not drift." in text(app)
    assert "pool 2 windows, from 2023-11-14, 2024-03-09" in text(app)
    app = opened(open_page, windows, compare_view="drift", compare_metric="recall")
    assert "window by window: 0.04, 0.03" in app.title[0].value
    app = opened(open_page, windows, compare_view="drift", compare_metric="coverage")
    assert app.title[0].value == "coverage@10 in 2 windows."


def test_ties_are_told_and_their_outcomes_listed(open_page, compared, document):
    one = OrderOutcome(
        contender="als", baseline="popular", metric="ndcg@10", differences=[0.01, -0.01],
        outcomes=["better", "worse"],
    )  # fmt: skip
    ties = Ties(events=0.4, targets=0.2, orders=1, outcomes=[one], sentence="Als flips.")
    tied = document.model_copy(update={"id": "tied", "ties": ties})
    compared.save_bakeoff(tied, dataset_version=1)
    keep(compared.bakeoff_folder("tied"))
    app = opened(open_page, tied, compare_view="contenders")
    assert "Als flips." in text(app)
    frame = next(d.value for d in app.dataframe if "order" in d.value)
    assert frame["outcome"].tolist() == ["better", "worse"]
    assert frame["order"].tolist() == ["of the data", "other 1"]


def test_a_view_is_a_link(open_page, compared, document):
    app = click(opened(open_page, document), "View", "cost")
    assert app.query_params["compare_view"] == "cost"


class TestChecks:
    def test_what_could_not_run_is_listed_and_nothing_is_flagged(self, open_page, filled, document):
        filled.save_bakeoff(checked(document, "passed"), dataset_version=1)
        keep(filled.bakeoff_folder(document.id))
        app = opened(open_page, document)
        assert "2 checks of this bake-off: 1 passed, 1 could not run." in text(app)
        assert "**training-date** could not run: No third party takes part." in text(app)
        shown = frame(checked(document, "passed"))
        assert shown["state"].tolist() == ["passed", "could not run"]
        assert "flag:" not in text(app)

    def test_a_flag_is_above_every_view(self, open_page, filled, document):
        filled.save_bakeoff(checked(document, "flagged"), dataset_version=1)
        keep(filled.bakeoff_folder(document.id))
        app = opened(open_page, document, compare_view="cost")
        assert ":material/flag: **too-good**: ALS: too good to be true." in text(app)

    def test_an_older_bakeoff_is_said_to_be_unchecked(self, open_page, compared, document):
        assert "Not checked: an older version" in text(opened(open_page, document))


def checked(document, state):
    checks = [
        CheckResult(
            name="too-good", title="Not too good", state=state,
            sentence="ALS: too good to be true.", contenders=["als"],
        ),
        CheckResult(
            name="training-date", title="Trained in time", state="could not run",
            sentence="No third party takes part.",
        ),
    ]  # fmt: skip
    return document.model_copy(update={"evidence": EvidenceGrade.of(checks)})


@pytest.mark.parametrize(
    ("spreads", "says"),
    [
        ([3, 3], "are means over 3 fits with other seeds."),
        ([2, 3], "are means over 2 to 3 fits with other seeds."),
        ([3, None], "over 3 fits with other seeds; third parties are asked once."),
        ([1], "One fit each: how much another draw would change is not known."),
        ([0], "Nothing draws at random: one fit each."),
        ([None], ""),
    ],
)
def test_the_caption_says_over_how_many_fits_the_figures_are(spreads, says):
    contenders = [
        ContenderResult(
            name=str(at), title="", kind="built", status="scored",
            spread=None if n is None else Spread(draws=n > 0, refits=max(n, 1)),
        )
        for at, n in enumerate(spreads)
    ]  # fmt: skip
    found = BakeoffDocument(
        id="b", dataset="shop", created="", manifest={}, contenders=contenders, comparisons=[]
    )
    assert says in protocol.fits(found) and bool(protocol.fits(found)) == bool(says)
