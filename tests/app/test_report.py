"""The report: everything of a bake-off in one file, which loads nothing and escapes all."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import altair as alt
import pandas as pd
import pytest

from app import report
from app.report import drawing, tables
from pipelines.data.dataset import About
from pipelines.evaluation.results.document import Exposure
from pipelines.evaluation.results.folder import BakeoffFolder
from pipelines.runtime import paths
from tests.app.compared import USERS, contender
from tests.app.reported import NOTICE, VENDOR, bakeoff, behaved, divided, keep

HOSTILE = '</style><script>alert("x")</script>"onload="y\' & <b>'


class Page(HTMLParser):
    """What stands in a report: elements, their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def every(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    keep(folder)
    return BakeoffFolder(folder)


def made(kept, document=None, metric="ndcg@10", against="popular", **about):
    given = About(name="shop", fingerprint="ab", **about) if about else None
    return report.html(document or bakeoff(), kept, metric, against, given)


@pytest.fixture(scope="module")
def whole(kept):
    """The report of the full document with another metric against another contender."""
    return made(kept, metric="recall@5", against="als", notice=NOTICE)


def test_it_holds_everything_of_the_bakeoff(whole):
    page = Page(whole)
    assert "Two-stage against popular." in page.text  # the sentence
    for said in (
        NOTICE, "h" * 64, f"{USERS} people", "30 items", "NDCG@10 against Popular",
        "It admits other users' futures".lower(), "5.00 ms for 95 of 100 requests",
        "▲ better, but over budget", "? inconclusive", "compared with",
        "not scored", "It gave no list for 2 of 6.", "p95 9 ms", "80 of 80", "0 of 0", "$2.50",
        "Als: 3 of 80 requests had no history.", "Not written to MLflow: it was away.",
        "not adjusted for the number of contenders", "A look besides", "useful share",
        "How near the top of the list the user's held-out items are.",
        "vl-convert-python 1.", "Python 3.",
    ):  # fmt: skip
        assert said in page.text.replace("_", " "), said


def test_the_declared_comparison_comes_first(whole):
    declared, look = whole.index("to Popular:"), whole.index("to als:".replace("als", "Als"))
    assert declared < look
    assert whole.index("<h1>Two-stage against popular.") < declared


def test_every_picture_says_what_it_shows_and_has_its_data(whole):
    page = Page(whole)
    pictures = [e for e in page.every("div") if e.get("role") == "img"]
    assert len(pictures) == len(page.every("svg")) == page.text.count("The chart's data")
    said = " ".join(p["aria-label"] or "" for p in pictures)
    for finding in ("to Popular with", "to Als with", "against 95th percentile of a request",
                    "against US dollars", "The steps of Two-stage"):  # fmt: skip
        assert finding in said, finding
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


def test_words_and_lines_take_the_color_of_the_page(whole):
    for text in re.findall(r"<text [^>]*>", whole):
        assert 'fill="currentColor"' in text, text
    assert 'stroke="#ddd"' not in whole and 'stroke="#888"' not in whole


def test_the_same_bakeoff_gives_the_same_file(kept):
    assert made(kept) == made(kept)


def test_what_a_person_wrote_is_text(kept):
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
    html = made(kept, document, notice=HOSTILE)
    page = Page(html)
    assert "<script" not in html and not page.every("script") and not page.every("b")
    assert not [n for _, attributes in page.elements for n in attributes if n == "onload"]
    assert page.text.count('alert("x")') > 5


def test_slices_say_where_each_wins_and_what_contradicts_the_whole(tmp_path):
    page = Page(made(divided(tmp_path)))
    said = page.text
    assert "For whom" in said and "By visits" in said
    assert "Where Popular is better than Two-stage In no slice." in said
    assert "Where Two-stage is better than Vendor Among users with visits “new” (60)" in said
    assert "Where Vendor is better than Two-stage Among users with visits “regular” (60)" in said
    turned = [e for e in page.every("p") if e.get("class") == "warning"]
    assert len(turned) >= 2  # the protocol's, and at least one reversal
    picture = next(
        e["aria-label"] for e in page.every("div") if "by visits" in (e.get("aria-label") or "")
    )
    assert "new (60 users) Two-stage better at +0.19" in picture


def test_what_the_log_knows_of_what_was_shown_is_said_once_at_the_top(kept):
    said = "Offline numbers reward what was already shown: nothing says what people saw."
    exposure = Exposure(truths=120, propensities=0, corrected=False, sentence=said)
    document = bakeoff()
    told = document.model_copy(update={"exposure": exposure, "notes": [said, *document.notes]})
    text = Page(made(kept, told)).text
    assert text.count(said) == 1 and text.index(said) < text.index("What was asked")
    assert "Not written to MLflow" in text


def test_a_bakeoff_of_before_slices_says_so(tmp_path):
    keep(tmp_path)
    for file in tmp_path.glob("*slices.parquet"):
        file.unlink()
    assert "slices.parquet was deleted or never written" in Page(made(BakeoffFolder(tmp_path))).text


def test_behavior_is_told_by_contender_and_a_failed_requirement_first(kept):
    page = Page(made(kept, behaved(bakeoff())))
    said = page.text
    assert "Required one-item" in said
    failed = "fails the required test one-item: 12 % of lists hold Heat."
    told, notes = said.split("Popular, test by test")
    assert f"Two-stage: {failed}" in told and told.count("12 % of lists hold Heat.") == 1
    assert ".." not in told and ".." not in notes
    assert "Als, test by test" in said and "No item has a price." in said
    picture = next(
        e["aria-label"] for e in page.every("div") if "Behavioral" in (e.get("aria-label") or "")
    )
    assert "(required): passed by 4, failed by Two-stage" in picture
    document = bakeoff()
    before = [c.model_copy(update={"behavior": []}) for c in document.contenders]
    old = Page(made(kept, document.model_copy(update={"contenders": before})))
    assert "How they behave" not in old.text


def test_slices_and_examples_are_text_too(tmp_path):
    document = behaved(bakeoff(), HOSTILE)
    html = made(divided(tmp_path, (HOSTILE, "regular")), document)
    assert "<script" not in html and not Page(html).every("b")
    assert Page(html).text.count('alert("x")') > 5


def test_a_view_that_was_declared_is_shown_once(kept):
    html = made(kept)
    assert "A look besides" not in html and html.count("differences in NDCG@10 to Popular") == 1


def test_of_a_metric_by_which_nobody_wins_the_values_are_shown(kept):
    page = Page(made(kept, metric="coverage@10", against="als"))
    assert "Coverage@10 is highest with stand-in (not Amazon) (0.150)" in page.text
    assert "cannot be told" not in page.text and "run the bake-off again" not in page.text
    said = [e.get("aria-label") or "" for e in page.every("div") if e.get("role") == "img"]
    assert any(words.startswith("coverage@10 with 95 % intervals: stand-in") for words in said)


def test_without_values_per_person_the_rest_is_told(tmp_path):
    page = Page(made(BakeoffFolder(tmp_path), metric="recall@5", against="als"))
    assert "recall@5 against als cannot be told" in page.text
    assert "run the bake-off again" in page.text
    assert "Two-stage against popular." in page.text


def test_nobody_was_scored(tmp_path):
    document = bakeoff()
    lost = [c for c in document.contenders if c.name == "acme"]
    page = Page(made(BakeoffFolder(tmp_path), document.model_copy(update={
        "contenders": lost, "comparisons": []
    })))  # fmt: skip
    assert "No comparison is possible: popular, the baseline, was not there." in page.text
    assert "There are no two contenders to compare." in page.text
    assert "It gave no list for 2 of 6." in page.text
    assert not page.every("svg")


@pytest.mark.parametrize(
    "lacking",
    [{"als"}, {"popular"}, {"two-stage"}, {"popular", "als", "two-stage", "stand-in", VENDOR}],
)
def test_a_contender_may_lack_the_declared_metric(kept, lacking):
    document = bakeoff()
    contenders = [
        c.model_copy(update={"metrics": {"recall@10": c.metrics["recall@10"]}})
        if c.name in lacking
        else c
        for c in document.contenders
    ]
    told = [c for c in document.comparisons if not lacking & {c.contender, c.baseline}]
    page = Page(made(kept, document.model_copy(update={
        "contenders": contenders, "comparisons": told
    })))  # fmt: skip
    assert "Every value" in page.text


def test_one_contender_alone(tmp_path):
    document = bakeoff()
    alone = [c for c in document.contenders if c.name == "popular"]
    page = Page(made(BakeoffFolder(tmp_path), document.model_copy(update={
        "contenders": alone, "comparisons": []
    })))  # fmt: skip
    assert "Only the baselines took part: there is nothing to compare yet." in page.text
    said = [e.get("aria-label") or "" for e in page.every("div") if e.get("role") == "img"]
    assert not any("ifference" in words for words in said)
    assert any("against US dollars" in words for words in said)


def test_ten_contenders_take_less_than_two_megabytes(kept):
    document = bakeoff(more=4)
    assert len(document.contenders) == 10
    html = made(kept, document)
    assert html.count("The steps of ") == 5 and html.count("<svg") >= 8
    assert len(html.encode()) < 2_000_000


def test_p_is_told_where_a_comparison_has_one():
    assert tables.p_words(0.0004) == "below 0.001" and tables.p_words(0.0312) == "0.0312"


def test_values_stand_at_the_declared_length_first_and_six_to_a_table():
    found = tables.values(bakeoff())
    assert list(found) == ["10", "5"]
    captions = [caption for caption, _ in found["10"]]
    assert captions == ["What people took up later", "Novelty and variety"]
    first = found["10"][0][1]
    assert first.head == ["contender", "NDCG", "recall", "precision", "MAP", "MRR", "hit rate"]
    assert first.rows[0][1] == tables.Cell("0.100", "0.0900 to 0.110")


def test_columns_in_which_nobody_has_anything_are_left_out():
    document = bakeoff()
    cheap = [contender("popular", 0.1, "baseline"), contender(VENDOR, 0.12)]
    head = tables.costs(document.model_copy(update={"contenders": cheap})).head
    assert "charged per 1,000" not in head and "over budget" not in head
    assert {"charged per 1,000", "over budget"} <= set(tables.costs(document).head)


def test_a_picture_keeps_no_link_image_or_handler():
    frame = pd.DataFrame({"x": [1], "url": ["http://127.0.0.1/x.png"], "t": ["<b onclick=1>"]})
    base = alt.Chart(frame).encode(x="x:Q", href="url:N")
    chart = alt.layer(base.mark_text().encode(text="t:N"), base.mark_image().encode(url="url:N"))
    svg = str(drawing.svg(chart, "one"))
    assert "&lt;b onclick=1&gt;" in svg
    assert not re.search(r"<(a|image|script)\b|href|http", svg)


def test_a_width_of_its_own_stays():
    chart = alt.Chart(pd.DataFrame({"x": [1]})).mark_point().encode(x="x:Q")
    assert 'viewBox="0 0 916 ' in drawing.svg(chart, "a")
    assert 'viewBox="0 0 916 ' not in drawing.svg(chart.properties(width=200), "a")


def test_the_converter_is_loaded_only_when_a_report_is_made():
    code = "import sys, app.report; print('vl_convert' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.CHECKOUT, capture_output=True, text=True
    )
    assert told.stdout.strip() == "False", told.stderr


def test_the_button_on_compare_waits_for_its_click(open_page, filled, monkeypatch):
    document = bakeoff()
    filled.save_bakeoff(document, dataset_version=1)
    keep(filled.bakeoff_folder(document.id))
    monkeypatch.setattr(report.figures, "svg", lambda *_: pytest.fail("drawn before the click"))
    app = open_page("compare", dataset="shop", bakeoff=document.id)
    assert not app.exception
    labels = [b.proto.label for b in app.get("download_button")]
    assert labels.count("Report (one HTML file)") == 1


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


def test_the_button_compares_with_nobody_who_lacks_the_metric(open_page, filled, monkeypatch):
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
    for label, option in (("Show", "cost"), ("Metric", "recall")):
        next(b for b in app.button_group if b.label == label).set_value(option).run()
    assert not app.exception and given[-1] == ("recall@10", "popular")
