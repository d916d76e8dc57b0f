"""The memo: complete, escaped, self-contained, and one page."""

import datetime as dt
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

from pipelines.economics import memo_pdf
from pipelines.economics.case import Stated, Today, fields
from pipelines.economics.case_files import blank_case, case_from, load_case
from pipelines.economics.decision import decide, sentence
from pipelines.economics.evidence import Contender, Evidence, evidence_from_bakeoff
from pipelines.economics.inputs import as_computed
from pipelines.economics.labels import OPTION_LABELS
from pipelines.economics.memo import render_memo
from pipelines.economics.memo_results import three_numbers
from pipelines.economics.quantity import Range, UpliftRange

HOSTILE = "<script>alert('x')</script>\"&"
DATE = dt.date(2026, 11, 23)


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def _parse(html):
    parser = _Tags()
    parser.feed(html)
    return parser


def test_memo_says_it_all():
    case = load_case("shop")
    decision = decide(case)
    page = _parse(render_memo(decision, case, None, DATE))
    for text in (
        sentence(decision),
        "$145 k",
        "$45 k",
        "36%",
        "2026-11-23",
        "Dissent",
        "Exit plan",
        "What would reverse the decision",
        "beta pricing page",
        *decision.reverses,
        *decision.reasons,
    ):
        assert text in page.text


def test_users_text_is_escaped_and_nothing_is_loaded():
    case = load_case("shop").model_copy(
        update={
            "title": HOSTILE,
            "dissent": HOSTILE,
            "exit_plan": HOSTILE,
            "sources": {"margin": HOSTILE, "buy.uplift": HOSTILE},
        }
    )
    evidence = Evidence(dataset=HOSTILE, is_sample=True, bakeoff_id=HOSTILE)
    html = render_memo(decide(case, evidence), case, evidence, HOSTILE)
    page = _parse(html)
    assert "<script" not in html and page.text.count(HOSTILE) >= 6
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "link", "iframe")]
    assert not re.search(r"url\(|https?://|@import", html)


def test_memo_without_a_case():
    evidence = Evidence(dataset="movielens-small", is_sample=True)
    decision = decide(None, evidence)
    page = _parse(render_memo(decision, None, evidence, "2026-11-23"))
    assert "sample data, five inputs missing" in page.text
    assert three_numbers(decision)[0] == ("5", "inputs missing")


class _Cells(HTMLParser):
    """The rows of a page's tables, as lists of cells' texts."""

    def __init__(self):
        super().__init__()
        self.rows, self.inside = [], False

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        self.inside = tag in ("td", "th")
        if self.inside:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            self.rows[-1][-1] += data


def _number(cell):
    """A cell's number; of a range the mean of its ends."""
    ends = re.search(r"\(mean of (.+), (.+) and (.+)\)", cell)
    if ends:
        return sum(_number(end) for end in ends.groups()) / 3
    found = re.match(r"(\u2212?)(?:\$|[A-Z]{3} )?([\d,.]+)(%| M)?", cell)
    value = float(found[2].replace(",", "")) * {"%": 0.01, " M": 1000, None: 1}[found[3]]
    return -value if found[1] else value


def _by_hand(text, requests):
    """US dollars a month for so many requests, from the terms that a memo prints of a price."""

    def dollars(found):
        return [float(part.replace(",", "")) for part in found]

    (first,) = dollars(re.findall(r"\$([\d.,]+) per 1,000 requests", text))
    further = [dollars(pair) for pair in re.findall(r"\$([\d.,]+) above ([\d,]+) a month", text)]
    least = dollars(re.findall(r"billed, ([\d,]+) requests a month of 30 days", text))
    base = dollars(re.findall(r", and \$([\d.,]+) a month", text))
    free = dollars(re.findall(r"free below ([\d,]+) a month", text))
    billed = max([requests, *least])
    starts = [0.0, *(above for _, above in further)]
    ends = [*starts[1:], billed]
    prices = [first, *(price for price, _ in further)]
    tiers = [
        max(0.0, min(billed, end) - start) * price / 1000
        for start, end, price in zip(starts, ends, prices, strict=True)
    ]
    return sum(tiers) + (sum(base) if requests >= sum(free) else 0.0)


def _rebuilt(html):
    """A case from nothing but a memo: plain numbers, no ranges, and a fee computed by hand."""
    parser = _Cells()
    parser.feed(html)
    lines = _parse(html).text.splitlines()
    by_text = {row[0]: row for row in parser.rows if row}
    info = {row["name"]: row["description"] for row in fields()}
    names = by_text["By option"][1:-2]
    options = {label: key for key, label in OPTION_LABELS.items()}
    document = {"core_business": by_text[info["core_business"]][1]}
    document["currency"] = by_text[info["currency"]][1]
    for name in ("margin", "open_rate", "requests", "discount_rate", "fte_cost", "usd_rate",
                 "today.uplift", "today.ftes", "today.infra"):  # fmt: skip
        if info[name] in by_text:
            table, _, last = name.rpartition(".")
            owner = document.setdefault(table, {}) if table else document
            owner[last] = _number(by_text[info[name]][1])
    document["horizon_months"] = int(_number(by_text[info["horizon_months"]][1]))
    for at, label in enumerate(names, 1):
        option = document.setdefault(options[label], {})
        for last in ("uplift", "months_to_launch", "setup", "ftes", "infra", "overrun", "exit_cost",
                     "exit_probability", "fee", "minimum"):  # fmt: skip
            row = by_text.get(info[f"buy.{last}"])
            if row is not None and row[at] != "none":
                option[last] = _number(row[at])
        term = by_text.get(info["buy.term_months"])
        if term is not None:
            option["term_months"] = int(_number(term[at]))
        terms = [line for line in lines if line.startswith(f"Fee of {label}: ")]
        price = by_text.get(info["buy.price"])
        if price is not None and price[at] != "none":
            assert terms[0].startswith(f"Fee of {label}: {price[at]}: ")
            usd = _by_hand(terms[0], document["requests"])
            rate = document.get("usd_rate", 1.0)
            option["fee"] = option.get("fee", 0.0) + usd * rate / 1000
    return case_from(document)


def _ranged():
    """A case with ranges, an overrun of IT projects and numbers that rounding would change."""
    case = blank_case()
    given = {"margin": 4123.4, "open_rate": 0.3333, "requests": 1_234_567.0, "core_business": "no"}
    uplift = UpliftRange(low=-0.005, mode=0.0234, high=0.05)
    price = {"price": "google-recommendations"}
    leaving = {"exit_cost": 12.5, "exit_probability": 0.2}
    buy = case.buy.model_copy(update={"uplift": uplift, **price, **leaving})
    build = case.build.model_copy(update={"uplift": 0.024})
    popularity = case.popularity.model_copy(update={"uplift": 0.01})
    options = {"popularity": popularity, "buy": buy, "build": build}
    return case.model_copy(update=given | options)


def _in_francs():
    """A shop with a system today, a vendor with minimum and term, in another currency."""
    shop = load_case("shop")
    buy = shop.buy.model_copy(update={"minimum": 0.75, "term_months": 18, "fee": 0.1})
    today = Today(uplift=UpliftRange(low=0.0, mode=0.004, high=0.011), ftes=0.05, infra=0.4)
    return shop.model_copy(
        update={"currency": "CHF", "usd_rate": 0.8123, "buy": buy, "today": today}
    )


def _priced(line, **changes):
    """A shop that buys by a line of the price book."""
    shop = load_case("shop")
    buy = shop.buy.model_copy(update={"price": line, "fee": None} | changes)
    return shop.model_copy(update={"requests": 250_000.0, "buy": buy})


@pytest.mark.parametrize(
    "case",
    [
        load_case("shop"),
        load_case("video"),
        _ranged(),
        _in_francs(),
        _priced("personalize-v2"),
        _priced("personalize-legacy"),
        _priced("recombee-standard"),
        _priced("personalize-v2", minimum=0.5),
        _priced("personalize-v2", fee=0.25),
    ],
)
def test_the_values_can_be_computed_from_the_memo_alone(case):
    decision = decide(case, draws=1_000)
    again = decide(_rebuilt(render_memo(decision, case, None, DATE)), draws=1_000)
    for option in decision.options:
        found = again.npv(option["name"])
        assert found == pytest.approx(option["npv"], rel=1e-4, abs=0.01), option["name"]


def test_a_range_is_printed_with_the_mean_that_is_used():
    page = _parse(render_memo(decide(_ranged(), draws=1_000), _ranged(), None, DATE))
    assert "$173 k (mean of $110 k, $160 k and $250 k)" in page.text
    assert "of a range, with its mean" in page.text
    assert "1,234,567 requests a month" in page.text and "2% is 0.02" not in page.text


def test_a_probability_of_being_best_is_said_to_be_of_the_options_that_are_left():
    left = "Probability of being best of the options that are left"
    gated = _ranged().model_copy(update={"exposure_logged": False})
    decision = decide(gated, draws=1_000)
    assert set(decision.uncertainty["p_best"]) == {"popularity", "nothing"}
    assert left in _parse(render_memo(decision, gated, None, DATE)).text
    text = _parse(render_memo(decide(_ranged(), draws=1_000), _ranged(), None, DATE)).text
    assert "Probability of being best" in text and left not in text


def test_the_memo_prints_the_formula_that_gives_its_values():
    """By hand, as printed: discounted by month from the launch, the set-up undiscounted."""
    case = load_case("shop").model_copy(update={"discount_rate": 0.1})
    decision = decide(case)
    text = _parse(render_memo(decision, case, None, DATE)).text
    for part in ("/ (1 + discount rate)^(m/12)", "at the start and undiscounted", "Buy now, build"):
        assert part in text
    one, person = case.build, case.fte_cost / 12
    month = case.margin * one.uplift * case.open_rate / 12 - (one.ftes * person + one.infra)
    span = range(int(one.months_to_launch) + 1, case.horizon_months + 1)
    value = sum(month / 1.1 ** (m / 12) for m in span) - one.setup * one.overrun * person
    assert decision.npv("build") == pytest.approx(value)
    alone = case.model_copy(update={"build": None})
    text = _parse(render_memo(decide(alone), alone, None, DATE)).text
    assert "undiscounted, set-up" in text and "Buy now, build later" not in text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("margin", 999.0, "$999 k"),
        ("margin", 12_000.0, "$12 M"),
        ("margin", 1_234_567.0, "$1,234.567 M"),
        ("margin", 4123.4, "$4.1234 M"),
        ("infra", Range(low=50.0, mode=80.0, high=100.0), "$76.7 k (mean of $50 k, $80 k and"),
        ("uplift", Range(low=0.002, mode=0.005, high=0.01), "0.567% (mean of 0.2%, 0.5% and 1%)"),
        ("requests", 1_234_567.0, "1,234,567"),
    ],
)
def test_an_input_is_printed_in_thousands_or_millions_and_a_mean_with_three_digits(
    name, value, shown
):
    assert as_computed(name, value).startswith(shown)


def test_a_memo_is_in_the_currency_of_its_case():
    case = _in_francs()
    text = _parse(render_memo(decide(case, draws=1_000), case, None, DATE)).text
    assert "Options: net present value in CHF" in text and "CHF 0.75 k" in text
    assert "Today's system earns CHF 7.2 k a year after its own costs." in text
    assert "At 0.8123 CHF a dollar: CHF 0.219321 k." in text
    less = "The contract's minimum decides: CHF 0.75 k a month is charged instead of CHF 0.319321 k"
    assert less in text
    assert "Peak funding" in text and "CHF 27 k in month 0" in text
    rest = re.sub(r"\$[\d.]+ (per 1,000 requests|above|a month)", "", text).replace("$k", "")
    assert not re.search(r"\$\d", rest), re.findall(r".{20}\$\d.{9}", rest)


def test_a_long_horizon_sums_the_later_years():
    case = load_case("shop").model_copy(update={"horizon_months": 125})
    decision = decide(case)
    page = _Cells()
    page.feed(render_memo(decision, case, None, DATE))
    (row,) = (r for r in page.rows if r and r[0] == "Cash by year, undiscounted")
    assert row[1:] == [*"1234567", "8 on", "Peak funding"]
    assert sum(decision.cash["buy"]["years"]) == pytest.approx(decision.npv("buy"))


def test_each_input_has_its_own_source_and_author():
    shop = load_case("shop")
    case = shop.model_copy(
        update={
            "sources": {
                "margin": Stated(source="2025 accounts", author="Eva"),
                "buy.uplift": Stated(source="vendor's test", author="Ben"),
                "open_rate": Stated(author="Kim"),
                "requests": "web analytics",
            },
        }
    )
    page = _parse(render_memo(decide(case), case, None, DATE))
    assert "2025 accounts; stated by Eva" in page.text
    assert "buy: vendor's test; stated by Ben" in page.text
    assert "stated by Kim" in page.text and "web analytics" in page.text
    assert "popularity rule, build: source not named" in page.text
    assert "no defensible default" not in page.text


def test_the_memo_prints_the_server_cost_that_the_decision_takes_from_a_bakeoff():
    shop = load_case("shop")
    case = shop.model_copy(update={"build": shop.build.model_copy(update={"infra": None})})
    built = Contender(name="als", kind="built", status="scored", fit_seconds=60.0, p95_ms=8.0)
    evidence = Evidence(dataset="mine", is_sample=False, bakeoff_id="b", contenders=(built,))
    decision = decide(case, evidence)
    html = render_memo(decision, case, evidence, DATE)
    told = "estimated from the latency of als, the slowest built contender, in the bake-off"
    assert told in _parse(html).text
    again = decide(_rebuilt(html))
    assert again.npv("build") == pytest.approx(decision.npv("build"), abs=0.01)


def _own_with_a_minimum():
    """A new case with ranges, filled in, that buys by a price with a minimum."""
    case = _ranged()
    priced = {"price": "personalize-v2", "exit_cost": 0.0, "exit_probability": 0.0}
    return case.model_copy(update={"buy": case.buy.model_copy(update=priced)})


@pytest.mark.parametrize(
    "case",
    [*map(load_case, ("shop", "video", "data-poor")), _own_with_a_minimum()],
    ids=["shop", "video", "data-poor", "own"],
)
def test_prints_on_one_page(case, tmp_path):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium: apt-get install chromium")
    (tmp_path / "memo.html").write_text(render_memo(decide(case), case, None, DATE), "utf-8")
    subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--no-pdf-header-footer",
            f"--print-to-pdf={tmp_path / 'memo.pdf'}",
            (tmp_path / "memo.html").as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "memo.pdf").read_bytes())
    assert len(pages) == 1


def test_a_memo_is_read_into_the_parts_of_a_pdf():
    case = _in_francs()
    decision = decide(case, draws=1_000)
    parts = memo_pdf.blocks(render_memo(decision, case, None, DATE))
    kinds = [block.kind for block in parts]
    assert kinds[:3] == ["header", "h1", "p"] and kinds[3] == "numbers"
    assert parts[0].text == f"Build or buy a recommender: {case.title}, 2026-11-23"
    assert [block.text for block in parts if block.kind == "li"][: len(decision.sentences)] == [
        *decision.sentences
    ]
    tables = [block for block in parts if block.kind == "table"]
    heads = [table.rows[0][0].text for table in tables]
    assert heads == ["Option", "Cash by year, undiscounted", "Input", "By option"]
    html = _Cells()
    html.feed(render_memo(decision, case, None, DATE))
    rows = [[cell.text for cell in row] for table in tables for row in table.rows]
    assert rows == [[" ".join(cell.split()) for cell in row] for row in html.rows]


@pytest.mark.parametrize("name", ["shop", "video", "data-poor"])
def test_a_memo_as_pdf_has_at_most_two_pages(name):
    pytest.importorskip("reportlab", reason="the extra assay[pdf] is not installed")
    case = load_case(name).model_copy(update={"title": "Käse & <b>Σ</b>"})
    html = render_memo(decide(case, draws=1_000), case, None, DATE)
    made = memo_pdf.to_pdf(html)
    assert made.startswith(b"%PDF-") and made == memo_pdf.to_pdf(html)
    assert 1 <= len(re.findall(rb"/Type /Page\b", made)) <= 2


def test_the_memo_and_the_reasons_say_what_the_checks_of_the_bakeoff_found():
    checks = [
        {"name": "too-good", "state": "flagged", "sentence": "vendor: too good to be true."},
        {"name": "strangers", "state": "could not run", "sentence": "Nobody is new."},
    ]
    document = {
        "id": "b",
        "dataset": "mine",
        "contenders": [],
        "evidence": {"sentence": "2 checks.", "checks": checks},
    }
    evidence = evidence_from_bakeoff(document)
    decision = decide(load_case("shop"), evidence)
    html = _parse(render_memo(decision, load_case("shop"), evidence, DATE)).text
    flag = "The check “too-good” flags the bake-off: vendor: too good to be true."
    assert f"2 checks. Not run: “strangers” (Nobody is new). {flag}" in html
    assert flag in decision.sentences
    older = evidence_from_bakeoff({**document, "evidence": None})
    html = _parse(render_memo(decide(None, older), None, older, DATE)).text
    assert "Its checks are unknown: an older version of Assay ran it." in html


def test_no_id_of_the_program_stands_for_what_has_a_title():
    contenders = [
        {"name": "two-stage", "title": "Two-stage", "kind": "built"},
        {"name": "acme", "title": "Acme", "kind": "third-party"},
        {"name": "popular", "title": "Popular", "kind": "baseline"},
        {"name": "stand-in", "title": "stand-in (not Amazon)", "kind": "stand-in"},
    ]
    times = {"status": "scored", "fit_seconds": 60.0, "request_ms": {"p95": 8.0}}
    check = {"name": "too-good", "title": "No list is too good", "state": "flagged"}
    document = {
        "id": "b7",
        "dataset": "mine",
        "contenders": [one | times for one in contenders],
        "comparisons": [
            {"contender": c, "baseline": b, "metric": "hit_rate@10", "outcome": "better"}
            for c, b in (("two-stage", "popular"), ("acme", "popular"), ("acme", "two-stage"))
        ],
        "evidence": {"sentence": "One check.", "checks": [check | {"sentence": "Acme."}]},
    }
    case = _priced("personalize-v2")
    typical = {"infra": None, "overrun": "it-projects"}
    case = case.model_copy(update={"build": case.build.model_copy(update=typical)})
    evidence = evidence_from_bakeoff(document)
    decision = decide(case, evidence, draws=1_000)
    text = _parse(render_memo(decision, case, evidence, DATE)).text
    for internal in ("personalize-v2", "two-stage", "acme", "hit_rate", "too-good", "it-projects"):
        assert internal not in text, internal
    for title in ("Amazon Personalize: v2 recipes", "hit rate@10", "“No list is too good”"):
        assert title in text, title


def test_the_memo_says_which_contenders_it_counts():
    kinds = {"popular": "baseline", "als": "built", "mock": "stand-in", "acme": "third-party"}
    contenders = [{"name": n, "kind": kind, "status": "scored"} for n, kind in kinds.items()]
    contenders[-1]["status"] = "not scored"
    evidence = evidence_from_bakeoff({"id": "b7", "dataset": "mine", "contenders": contenders})
    text = _parse(render_memo(decide(None, evidence), None, evidence, DATE)).text
    assert (
        "scored 2 of 3 contenders (baselines included, not counting 1 stand-in, which no decision "
        "uses)" in text
    )
    fewer = evidence_from_bakeoff({"id": "b7", "dataset": "mine", "contenders": contenders[:2]})
    text = _parse(render_memo(decide(None, fewer), None, fewer, DATE)).text
    assert "scored 2 of 2 contenders (baselines included). " in text
