"""The report: all results of a bake-off in one file, which loads nothing and escapes text."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import altair as alt
import pandas as pd
import pytest

from app import report
from app.components import citation, drawing
from app.report import tables
from pipelines.data.dataset import About
from pipelines.evaluation.metrics.names import load
from pipelines.evaluation.results.document import Exposure
from pipelines.evaluation.results.evidence import CheckResult, EvidenceGrade
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.runtime import paths
from tests.app.compared import USERS, contender, in_windows
from tests.app.reported import NOTICE, VENDOR, bakeoff, behaved, divided, keep

pytestmark = pytest.mark.slow

HOSTILE = '</style><script>alert("x")</script>"onload="y\' & <b>'


class Page(HTMLParser):
    """The elements of a report with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def every(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    keep(folder)
    return BakeoffFolder(folder)


def made(folder, document=None, metric="ndcg@10", against="popular", **about):
    given = About(name="shop", fingerprint="ab", **about) if about else None
    return report.html(document or bakeoff(), folder, metric, against, given)


@pytest.fixture(scope="module")
def whole(stored):
    """The report of the full document with another metric against another contender."""
    return made(stored, metric="recall@5", against="als", notice=NOTICE)


def test_it_has_all_results_of_the_bakeoff(whole):
    page = Page(whole)
    assert "two-stage against popular." in page.text  # the sentence
    for expected in (
        NOTICE, "h" * 64, f"Users {USERS}, the same", "Items 30, the whole",
        "NDCG@10 against Popular",
        "models train on other users' future events", "95th-percentile latency 5.00 ms",
        "▲ better, but over budget", "? inconclusive", "baseline",
        "not scored", "It gave no list for 2 of 6.", "p95 9 ms", "80 of 80", "0 of 0", "$2.50",
        "Als: 3 of 80 requests had no history.", "Not written to MLflow: it was away.",
        "not adjusted for the number of comparisons", "Exploratory comparison", "useful share",
        load("ndcg").description,
        "vl-convert-python 1.", "Python 3.",
        "stand-in (not Amazon) has a higher NDCG@10, but is only a stand-in for a third party.",
    ):  # fmt: skip
        assert expected in page.text.replace("_", " "), expected


def test_the_declared_comparison_comes_first(whole):
    declared, exploratory = whole.index("from Popular:"), whole.index("from Als:")
    assert declared < exploratory
    assert whole.index("<h1>two-stage against popular.") < declared


def test_every_picture_says_what_it_shows_and_has_its_data(whole):
    page = Page(whole)
    pictures = [e for e in page.every("div") if e.get("role") == "img"]
    assert len(pictures) == len(page.every("svg")) == page.text.count("Chart data")
    alts = " ".join(p["aria-label"] or "" for p in pictures)
    for finding in ("from Popular with", "from Als with", "against 95th-percentile latency (ms)",
                    "against cost of 1,000 requests (USD)", "The stages of Two-stage"):  # fmt: skip
        assert finding in alts, finding
    assert all(len((p["aria-label"] or "").split()) > 8 for p in pictures)
    assert all(s["aria-hidden"] == "true" and s["viewbox"] for s in page.every("svg"))


def test_it_loads_nothing_and_runs_nothing(whole):
    page = Page(whole)
    assert not {"script", "iframe", "object", "embed", "img", "image", "base", "form", "a"} & {
        tag for tag, _ in page.elements
    }
    assert [link["href"] for link in page.every("link")] == ["data:,"]
    names = [name for _, attributes in page.elements for name in attributes]
    assert not [n for n in names if n.startswith("on") or n in ("src", "xlink:href", "srcset")]
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", whole))
    assert "@import" not in whole and not re.search(r"https?://", whole)
    (policy,) = [m["content"] for m in page.every("meta") if m.get("http-equiv")]
    assert policy.startswith("default-src 'none'")


def test_ids_of_several_pictures_do_not_meet(whole):
    ids = [a["id"] for _, a in Page(whole).elements if a.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]*)\)", whole)) <= set(ids)


def test_text_and_lines_take_the_color_of_the_page(whole):
    for text in re.findall(r"<text [^>]*>", whole):
        assert 'fill="currentColor"' in text, text
    assert 'stroke="#ddd"' not in whole and 'stroke="#888"' not in whole


def test_the_same_bakeoff_gives_the_same_file(stored):
    assert made(stored) == made(stored)


def test_text_of_the_user_is_escaped(stored):
    document = bakeoff()
    two = document.contender("two-stage")
    wild = two.model_copy(update={"title": HOSTILE, "notes": [HOSTILE], "over_budget": [HOSTILE]})
    document = document.model_copy(
        update={
            "dataset": HOSTILE,
            "contenders": [wild, *document.contenders],
            "manifest": {**document.manifest, "split_note": HOSTILE, "extra": {HOSTILE: HOSTILE}},
            "notes": [HOSTILE],
        }
    )
    html = made(stored, document, notice=HOSTILE)
    page = Page(html)
    assert "<script" not in html and not page.every("script") and not page.every("b")
    assert not [n for _, attributes in page.elements for n in attributes if n == "onload"]
    assert page.text.count('alert("x")') > 5


def test_slices_say_where_each_wins_and_which_are_reversals(tmp_path):
    page = Page(made(divided(tmp_path)))
    text = page.text
    assert "Slices" in text and "By visits" in text
    assert "Slices where Popular is better than Two-stage In no slice." in text
    assert "Slices where Two-stage is better than Vendor Among users with visits “new” (60)" in text
    assert (
        "Slices where Vendor is better than Two-stage Among users with visits “regular” (60)"
        in text
    )
    turned = [e for e in page.every("p") if e.get("class") == "warning"]
    assert len(turned) >= 2  # the protocol's, and at least one reversal
    picture = next(
        e["aria-label"] for e in page.every("div") if "by visits" in (e.get("aria-label") or "")
    )
    assert "new (60 users) Two-stage better at +0.19" in picture


def test_commands_in_notes_are_code(stored):
    told = bakeoff().model_copy(update={"notes": ["Made with `assay bakeoff <x>`."]})
    assert "Made with <code>assay bakeoff &lt;x&gt;</code>." in made(stored, told)


def test_the_note_on_exposure_is_once_at_the_top(stored):
    sentence = "Offline numbers reward what was already shown: nothing says what people saw."
    exposure = Exposure(truths=120, propensities=0, corrected=False, sentence=sentence)
    document = bakeoff()
    noted = document.model_copy(update={"exposure": exposure, "notes": [sentence, *document.notes]})
    text = Page(made(stored, noted)).text
    assert text.count(sentence) == 1 and text.index(sentence) < text.index("Setup")
    assert "Not written to MLflow" in text


def test_a_bakeoff_without_slices_says_so(tmp_path):
    keep(tmp_path)
    for file in tmp_path.glob("*slices.parquet"):
        file.unlink()
    assert "slices.parquet was deleted or never written" in Page(made(BakeoffFolder(tmp_path))).text


def test_behavioral_tests_are_listed_by_contender_with_failures_first(stored):
    page = Page(made(stored, behaved(bakeoff())))
    text = page.text
    assert "Required tests one-item" in text
    failed = "Fails the required test one-item: 12% of lists have Heat."
    above, below = text.split("Popular: all tests")
    assert f"Two-stage: {failed}" in above and above.count("12% of lists have Heat.") == 1
    assert ".." not in above and ".." not in below
    assert "Als: all tests" in text and "No item has a price." in text
    picture = next(
        e["aria-label"] for e in page.every("div") if "Behavioral" in (e.get("aria-label") or "")
    )
    assert "(required): passed by 4, failed by Two-stage" in picture
    document = bakeoff()
    before = [c.model_copy(update={"behavior": []}) for c in document.contenders]
    old = Page(made(stored, document.model_copy(update={"contenders": before})))
    assert "Behavioral tests" not in old.text


def test_slices_and_examples_are_text_too(tmp_path):
    document = behaved(bakeoff(), HOSTILE)
    html = made(divided(tmp_path, (HOSTILE, "regular")), document)
    assert "<script" not in html and not Page(html).every("b")
    assert Page(html).text.count('alert("x")') > 5


def test_a_view_that_was_declared_is_shown_once(stored):
    html = made(stored)
    assert "Exploratory comparison" not in html
    assert html.count("differences in NDCG@10 from Popular") == 1


def test_values_are_shown_for_a_metric_without_a_better_direction(stored):
    page = Page(made(stored, metric="coverage@10", against="als"))
    assert "Highest coverage@10: stand-in (not Amazon) (0.150)." in page.text
    assert "is not available" not in page.text and "run the bake-off again" not in page.text
    alts = [e.get("aria-label") or "" for e in page.every("div") if e.get("role") == "img"]
    assert any(alt.startswith("coverage@10 with 95% intervals: stand-in") for alt in alts)


def test_without_per_user_values_the_rest_is_shown(tmp_path):
    page = Page(made(BakeoffFolder(tmp_path), metric="recall@5", against="als"))
    assert "recall@5 against als is not available" in page.text
    assert "run the bake-off again" in page.text
    assert "two-stage against popular." in page.text


def test_no_contender_was_scored(tmp_path):
    document = bakeoff()
    lost = [c for c in document.contenders if c.name == "acme"]
    page = Page(made(BakeoffFolder(tmp_path), document.model_copy(update={
        "contenders": lost, "comparisons": []
    })))  # fmt: skip
    assert "No comparison is possible with the baseline popular: not in this bake-off." in page.text
    assert "Fewer than two contenders can be compared." in page.text
    assert "It gave no list for 2 of 6." in page.text
    assert not page.every("svg")


@pytest.mark.parametrize(
    "lacking",
    [{"als"}, {"popular"}, {"two-stage"}, {"popular", "als", "two-stage", "stand-in", VENDOR}],
)
def test_a_contender_may_lack_the_declared_metric(stored, lacking):
    document = bakeoff()
    contenders = [
        c.model_copy(update={"metrics": {"recall@10": c.metrics["recall@10"]}})
        if c.name in lacking
        else c
        for c in document.contenders
    ]
    comparisons = [c for c in document.comparisons if not lacking & {c.contender, c.baseline}]
    page = Page(made(stored, document.model_copy(update={
        "contenders": contenders, "comparisons": comparisons
    })))  # fmt: skip
    assert "All values" in page.text


def test_several_windows_have_their_picture(tmp_path):
    windows = in_windows(bakeoff())
    keep(tmp_path / "b")
    page = Page(report.html(windows, BakeoffFolder(tmp_path / "b"), "ndcg@10", "popular"))
    assert "Window by window" in page.text and "Two-stage does not drift." in page.text
    assert "pool 2 windows" in page.text


def test_one_contender_alone(tmp_path):
    document = bakeoff()
    alone = [c for c in document.contenders if c.name == "popular"]
    page = Page(made(BakeoffFolder(tmp_path), document.model_copy(update={
        "contenders": alone, "comparisons": []
    })))  # fmt: skip
    assert "Only the baselines were run: there is nothing to compare yet." in page.text
    alts = [e.get("aria-label") or "" for e in page.every("div") if e.get("role") == "img"]
    assert not any("ifference" in alt for alt in alts)
    assert any("against cost of 1,000 requests (USD)" in alt for alt in alts)


def test_ten_contenders_take_less_than_two_megabytes(stored):
    document = bakeoff(more=4)
    assert len(document.contenders) == 10
    html = made(stored, document)
    assert html.count("The stages of ") == 5 and html.count("<svg") >= 8
    assert len(html.encode()) < 2_000_000


def test_a_small_p_value_is_below_a_bound():
    assert tables.p_label(0.0004) == "below 0.001" and tables.p_label(0.0312) == "0.0312"


def test_values_stand_at_the_declared_length_first_and_six_to_a_table():
    found = tables.values(bakeoff())
    assert list(found) == ["10", "5"]
    captions = [caption for caption, _ in found["10"]]
    assert captions == ["Accuracy on held-out interactions", "Other metrics: novelty and variety"]
    first = found["10"][0][1]
    assert first.head == ["contender", "NDCG", "recall", "precision", "MAP", "MRR", "hit rate"]
    assert first.rows[0][1] == tables.Cell("0.100", "0.0900 to 0.110")


def test_empty_columns_are_left_out():
    document = bakeoff()
    cheap = [contender("popular", 0.1, "baseline"), contender(VENDOR, 0.12)]
    head = tables.costs(document.model_copy(update={"contenders": cheap})).head
    assert "charged per 1,000 requests" not in head and "over budget" not in head
    assert {"charged per 1,000 requests", "over budget"} <= set(tables.costs(document).head)


def test_a_picture_keeps_no_link_image_or_handler():
    frame = pd.DataFrame({"x": [1], "url": ["http://127.0.0.1/x.png"], "t": ["<b onclick=1>"]})
    base = alt.Chart(frame).encode(x="x:Q", href="url:N")
    chart = alt.layer(base.mark_text().encode(text="t:N"), base.mark_image().encode(url="url:N"))
    svg = str(drawing.svg(chart, "one"))
    assert "&lt;b onclick=1&gt;" in svg
    assert not re.search(r"<(a|image|script)\b|href|http", svg)


def test_a_downloaded_chart_has_its_title_and_source_on_white():
    frame = pd.DataFrame({"x": [1]})
    chart = alt.Chart(frame).mark_point(color="currentColor").encode(x="x:Q")
    spec = drawing.titled(chart, "A leads.", "Source: shop, bake-off 1, 2 May 2026.")
    assert spec["title"]["text"] == ["A leads."]
    assert spec["title"]["subtitle"] == ["Source: shop, bake-off 1, 2 May 2026."]
    assert spec["background"] == "#FFFFFF" and "currentColor" not in str(spec)
    assert drawing.png(chart, "A leads.", "Source: shop.").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("alt_text", "title"),
    [
        ("A and B share 3 of 10 items. Shared: C.", "A and B share 3 of 10 items"),
        ("Difference of .1. More", "Difference of .1. More"),
        (f"Differences from Popular: {'A better; ' * 20}.", "Differences from Popular"),
    ],
)
def test_a_chart_is_titled_by_its_finding(alt_text, title):
    assert citation.title_of(alt_text) == title


def test_the_source_of_a_chart_names_data_bakeoff_date_and_notice(filled, monkeypatch):
    told = citation.source_of("shop", "bake-off b1", "2026-11-21T10:00:00+00:00")
    assert told == "Source: shop, bake-off b1, 21 November 2026. Drawn by Assay."
    gone = citation.source_of("gone", "version 2", "2026-11-21")
    assert gone == "Source: gone, version 2, 21 November 2026. Drawn by Assay."
    sample = citation.source_of("movielens-small", "bake-off b1", "2026-11-21")
    assert "GroupLens" in sample


def test_a_width_of_its_own_stays():
    chart = alt.Chart(pd.DataFrame({"x": [1]})).mark_point().encode(x="x:Q")
    assert 'viewBox="0 0 916 ' in drawing.svg(chart, "a")
    assert 'viewBox="0 0 916 ' not in drawing.svg(chart.properties(width=200), "a")


def test_the_converter_is_loaded_only_when_a_report_is_made():
    code = "import sys, app.report; print('vl_convert' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.CHECKOUT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False", done.stderr


def test_the_button_on_compare_waits_for_its_click(open_page, filled, monkeypatch):
    document = bakeoff()
    filled.save_bakeoff(document, dataset_version=1)
    keep(filled.bakeoff_folder(document.id))
    monkeypatch.setattr(report.figures, "svg", lambda *_: pytest.fail("drawn before the click"))
    app = open_page("compare", dataset="shop", bakeoff=document.id)
    assert not app.exception
    labels = [b.proto.label for b in app.get("download_button")]
    assert labels.count("Download report (HTML)") == 1


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ({}, ("ndcg@10", "popular")),
        (
            {"compare_metric": "recall", "compare_k": "5", "compare_with": "als"},
            ("recall@5", "als"),
        ),
        ({"compare_metric": "recall", "compare_with": "acme"}, ("recall@10", "popular")),
    ],
)
def test_the_button_gives_the_view_that_is_open(open_page, filled, monkeypatch, address, seen):
    document = bakeoff()
    filled.save_bakeoff(document, dataset_version=1)
    keep(filled.bakeoff_folder(document.id))
    given = []
    monkeypatch.setattr(report, "button", lambda _, *view: given.append(view))
    app = open_page("compare", dataset="shop", bakeoff=document.id, **address)
    assert not app.exception and given[-1] == seen


def test_the_button_compares_with_no_contender_that_lacks_the_metric(
    open_page, filled, monkeypatch
):
    document = bakeoff()
    contenders = [
        c.model_copy(update={"metrics": {"ndcg@10": c.metrics["ndcg@10"]}})
        if c.name == "als"
        else c
        for c in document.contenders
    ]
    filled.save_bakeoff(document.model_copy(update={"contenders": contenders}), dataset_version=1)
    keep(filled.bakeoff_folder(document.id))
    given = []
    monkeypatch.setattr(report, "button", lambda _, *view: given.append(view))
    app = open_page("compare", dataset="shop", bakeoff=document.id, compare_with="als")
    assert given[-1] == ("ndcg@10", "als")
    for label, option in (("View", "cost"), ("Metric", "recall")):
        next(b for b in app.button_group if b.label == label).set_value(option).run()
    assert not app.exception and given[-1] == ("recall@10", "popular")


def test_it_has_the_checks_and_what_they_flagged(stored):
    flagged = CheckResult(
        name="too-good",
        title="Not too good",
        state="flagged",
        sentence="ALS: too good <to> be true.",
        not_run={"popular": "No lists."},
    )
    document = bakeoff().model_copy(update={"evidence": EvidenceGrade.of([flagged])})
    text = Page(made(stored, document)).text
    assert text.count("ALS: too good <to> be true.") == 2  # at the top, and among the checks
    assert "1 check of this bake-off: 0 passed, 1 flagged a problem." in text
    assert "Not run for Popular: No lists." in text
    assert "Not checked: an older version of Assay" in Page(made(stored)).text
