"""How the bake-off was run: windows, ties, fits, and its checks."""

import pytest

from app.compare import protocol
from app.compare.checks import frame
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult, Spread
from pipelines.evaluation.results.evidence import CheckResult, EvidenceGrade
from pipelines.evaluation.results.ties import OrderOutcome, Ties
from tests.app.compare.opening import opened, text
from tests.app.compared import in_windows, keep

pytestmark = pytest.mark.slow


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
