"""Gates, the rule, the values; evidence adds cost and comparisons, never uplift."""

import html
import json
import math

import pytest

from pipelines.data import readiness
from pipelines.economics.case_files import blank_case, case_from, load_case
from pipelines.economics.decision import decide, sentence
from pipelines.economics.evidence import Evidence, evidence_from_bakeoff
from pipelines.economics.labels import OPTION_LABELS
from pipelines.economics.measured import measured, measured_in
from pipelines.economics.memo import render_memo
from pipelines.economics.memo_results import three_numbers
from pipelines.economics.quantity import Range, UpliftRange
from pipelines.errors import AssayError
from pipelines.statistics.power import people_per_arm, picks_for_win_rate, smallest_change
from pipelines.testing import datasets

OPTIONS = {"name", "npv", "benefit", "cost"}


def _bakeoff(built="better", vendor=None, dataset="mine", **changes):
    contenders = [
        {"name": "popular", "kind": "baseline", "status": "scored"},
        {"name": "random", "kind": "baseline", "status": "scored"},
        {
            "name": "two-stage",
            "kind": "built",
            "status": "scored",
            "fit_seconds": 60.0,
            "request_ms": {"p50": 4.0, "p95": 8.0},
            "model_mb": 120.0,
        },
        {"name": "stand-in (not Amazon)", "kind": "stand-in", "status": "scored"},
    ]
    rows = [
        ("two-stage", "popular", "ndcg@10", built),
        ("two-stage", "random", "ndcg@10", "better"),
        ("two-stage", "popular", "recall@10", "better"),
        ("stand-in (not Amazon)", "popular", "ndcg@10", "better"),
        ("two-stage", "stand-in (not Amazon)", "ndcg@10", "worse"),
    ]
    if vendor:
        contenders.append({"name": "vendor", "kind": "third-party", "status": "scored"})
        rows += [
            ("vendor", "popular", "ndcg@10", vendor),
            ("vendor", "two-stage", "ndcg@10", "equivalent"),
        ]
    return {
        "id": "b7",
        "dataset": dataset,
        "manifest": {"metric": "ndcg@10", "baseline": "popular"},
        "contenders": contenders,
        "comparisons": [
            {
                "contender": c,
                "baseline": b,
                "metric": m,
                "outcome": o,
                "difference": 0.5,
                "low": 0.4,
                "high": 0.6,
            }
            for c, b, m, o in rows
        ],
    } | changes


def test_shop_buys():
    decision = decide(load_case("shop"))
    assert decision.decision == "buy" and decision.missing == []
    assert sentence(decision) == (
        "Buy leads by $45 k over 36 months; below an open rate of 36% it loses money."
    )
    assert any("so buy" in reason for reason in decision.reasons)
    assert "Uplift of build above 7.4%: build leads." in decision.reverses


def test_video_builds_bridged_by_buy():
    decision = decide(load_case("video"))
    assert decision.decision == "build, bridged by buy"
    assert decision.npv("staged") == pytest.approx(11167.8, abs=0.05)
    assert decision.break_even["requests_per_month"] / 1e6 == pytest.approx(475.33, abs=0.005)
    rows = {(row["months"], row["discount_rate"]): row["npv"] for row in decision.horizons}
    assert rows[36, 0.0]["staged"] == pytest.approx(5567.8, abs=0.05)
    assert any("36" in text or "26 months" in text for text in decision.reverses)


def test_data_poor_fixes_the_logging():
    decision = decide(load_case("data-poor"))
    assert decision.decision == "neither: fix the logging"
    assert decision.chosen == "popularity" and decision.npv("popularity") == pytest.approx(2.5)
    assert any(".00863" in reason and "43%" in reason for reason in decision.reasons)
    assert "$2.5 k" in sentence(decision)


SMALL_TEST = {"visitors_per_arm": 60_000.0, "baseline_conversion": 0.025}
GATES = ("data_ready", "exposure_logged", "team_available", "legal_use", "legal_transfer")


def with_small_test(**changes):
    """A shop whose gates are all answered yes, with a test too small for its uplift of 2%."""
    shop = load_case("shop")
    uplift = UpliftRange(low=0.015, mode=0.02, high=0.025)
    buy, build = (o.model_copy(update={"uplift": uplift}) for o in (shop.buy, shop.build))
    answered = dict.fromkeys(GATES, True) | SMALL_TEST | {"buy": buy, "build": build}
    return shop.model_copy(update=answered | changes)


def test_too_few_visitors_is_named_and_the_logging_is_not_blamed():
    decision = decide(with_small_test(), draws=2_000)
    assert decision.decision == "neither: too few visitors to test"
    assert decision.gate == "testability"
    weeks = math.ceil(8 * people_per_arm(0.025, 0.02) / 60_000)
    assert sentence(decision).startswith(
        f"Too few visitors to test 2%: 8 weeks can confirm 10%, and 2% in {weeks} weeks; "
    )
    told = " ".join([sentence(decision), *decision.reasons, *decision.ways])
    assert "logging" not in told and "Log which" not in told
    assert "The log records which recommendations were shown to whom." in decision.reasons
    assert [way.partition(":")[0] for way in decision.ways[:3]] == [
        "A longer test",
        "A larger effect",
        "Interleaving",
    ]
    assert decision.ways[3].startswith("Buy on a rolling contract")
    assert decision.document()["gate"] == "testability"


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({"legal_transfer": False}, "Interleaving"),  # buying is ruled out by another gate
        ({"margin": 100.0}, "Interleaving"),  # buying loses money
        ({"margin": None}, "Buy on"),  # its value is not known yet
    ],
)
def test_the_ways_without_a_test_offer_buying_only_where_it_can_pay(changes, last):
    decision = decide(with_small_test(**changes), draws=2_000)
    assert decision.gate == "testability"
    assert decision.ways[-1].startswith(last)


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"data_ready": False}, "data"),
        ({"exposure_logged": False}, "exposure logging"),
        ({"legal_use": False}, "testability"),  # the gates' order
        ({"visitors_per_arm": 5e7}, ""),
        ({"visitors_per_arm": 5e7, "legal_use": False}, "legal (use)"),
    ],
)
def test_the_decision_names_the_first_gate_that_failed(changes, gate):
    decision = decide(with_small_test(**changes), draws=2_000)
    assert decision.gate == gate
    states = {g["name"]: g["state"] for g in decision.gates}
    assert not gate or states[gate] == "failed"
    assert bool(decision.ways) == (gate == "testability")


PASSES = "passes, the highest value decides."
PASS = "pass, the highest value decides."


@pytest.mark.parametrize(
    ("failed", "conditions"),
    [
        ({"data_ready": False}, [f"If the gates “data” and “testability” both {PASS}"]),
        (
            {"data_ready": False, "legal_use": False},
            [f"If the gates “data”, “testability” and “legal (use)” all {PASS}"],
        ),
        ({}, [f"If the gate “testability” {PASSES}"]),
        (
            {"team_available": False, "baseline_conversion": None},
            [],  # buy leads, with a team and without
        ),
        (
            {"team_available": False},
            [
                f"If the gate “testability” {PASSES}",
                f"If the gates “testability” and “team” both {PASS}",
            ],
        ),
    ],
)
def test_a_gate_reverses_alone_only_what_it_alone_rules_out(failed, conditions):
    found = decide(with_small_test(**failed)).reverses
    assert [text for text in found if "highest value decides" in text] == conditions


def test_a_failed_gate_on_an_option_that_the_case_lacks_reverses_nothing():
    case = with_small_test(build=None, team_available=False)
    found = [text for text in decide(case).reverses if "highest value" in text]
    assert found == [f"If the gate “testability” {PASSES}"]


def test_a_test_that_detects_nothing_has_no_weeks_to_wait_for():
    decision = decide(with_small_test(visitors_per_arm=2.0, baseline_conversion=0.9))
    assert sentence(decision).startswith("Too few visitors to test 2%: 8 weeks detect no change")


def test_detectable_change_unit_checks():
    assert smallest_change(0.02, 5_000) == pytest.approx(0.00863, abs=5e-6)
    assert smallest_change(0.02, 100_000) == pytest.approx(0.00179208, abs=5e-9)
    assert people_per_arm(0.02, 0.1) == pytest.approx(80_678.63, abs=0.01)
    assert people_per_arm(0.02, 0.05) == pytest.approx(315_203.16, abs=0.01)
    assert picks_for_win_rate(0.55) == pytest.approx(782.5, abs=0.05)
    assert picks_for_win_rate(0.52) == pytest.approx(4903.2, abs=0.05)
    assert smallest_change(0.1, people_per_arm(0.1, 0.1)) == pytest.approx(0.01)


def test_sample_without_a_case_is_not_decidable():
    evidence = evidence_from_bakeoff(_bakeoff(dataset="movielens-small", vendor="better"))
    decision = decide(None, evidence)
    assert evidence.is_sample and decision.decision == "not decidable yet"
    assert sentence(decision) == "Not decidable yet: sample data, five inputs missing."
    assert any("uplift" in text for text in decision.missing) and decision.options == []
    assert not any("uplift" in reason for reason in decision.reasons)
    assert decision.document()["reasons"][-1] == f"Missing: {'; '.join(decision.missing)}."
    json.dumps(decision.document(), allow_nan=False)


def test_who_fails_a_required_test_is_told_so():
    document = _bakeoff(vendor="better")
    for row in document["comparisons"]:
        row["failed_required"] = row["contender"] == "vendor"
    told = evidence_from_bakeoff(document).findings()
    assert "vendor is equivalent to two-stage (NDCG@10, offline), but it fails a required " \
        "test." in told  # fmt: skip


def test_sample_evidence_changes_no_figure_of_a_case():
    evidence = evidence_from_bakeoff(
        _bakeoff(built="worse", dataset="complete-journey"), readiness="needs more"
    )
    with_sample, without = decide(load_case("shop"), evidence), decide(load_case("shop"))
    assert with_sample.decision == "buy" and with_sample.options == without.options
    assert "sample data (complete-journey)" in with_sample.reasons[0]


def test_missing_uplift_is_never_filled_from_a_bakeoff():
    shop = load_case("shop")
    case = shop.model_copy(update={"buy": shop.buy.model_copy(update={"uplift": None})})
    decision = decide(case, evidence_from_bakeoff(_bakeoff(vendor="better")))
    assert decision.decision == "not decidable yet"
    assert decision.missing == ["uplift of buy (a plausible range)"]
    assert not {"difference", "low", "high"} & set(
        evidence_from_bakeoff(_bakeoff()).outcomes[0].model_fields_set
    )


@pytest.mark.parametrize(
    ("stated", "measured", "word"),
    [(True, "needs more", "yes"), (False, "enough", "no"), (None, "needs more", None),
     (False, "needs more", None), (True, "unknown", None)],
)  # fmt: skip
def test_an_answer_that_readiness_contradicts_is_said_to_be_unused(stated, measured, word):
    case = load_case("shop").model_copy(update={"data_ready": stated})
    own = Evidence(dataset="mine", is_sample=False, readiness=measured)
    found = decide(case, own, draws=1_000)
    told = [reason for reason in found.sentences if "not used" in reason]
    if word is None:
        assert not told
        return
    conflict = f"Readiness of mine answers this; the “{word}” that you stated is not used."
    assert len(told) == 1 and told[0].endswith(conflict)
    assert found.gates[0]["reason"] == told[0]
    assert conflict in html.unescape(render_memo(found, case, own, "2026-11-30"))


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"exposure_logged": False}, "neither: fix the logging"),
        ({"data_ready": False}, "neither: collect more data"),
        ({"legal_use": False}, "neither: settle the legal question"),
        ({"legal_transfer": False}, "neither: popularity rule"),
        ({"team_available": False}, "buy"),
        ({"visitors_per_arm": 5e7, "baseline_conversion": 0.02}, "buy"),
    ],
)
def test_gates_come_before_the_sums(changes, answer):
    decision = decide(load_case("shop").model_copy(update=changes))
    assert decision.decision == answer


def test_team_gate_closes_build_where_build_led():
    decision = decide(load_case("video").model_copy(update={"team_available": False}))
    assert decision.decision == "buy" and decision.closed == ["build", "staged"]


def test_readiness_of_own_data_is_a_gate():
    evidence = evidence_from_bakeoff(_bakeoff(), readiness="needs more")
    assert decide(load_case("shop"), evidence).decision == "neither: collect more data"


@pytest.mark.parametrize(
    ("exposures", "stated", "state", "answer"),
    [
        (None, None, "not checked", "buy"),
        (True, None, "passed", "buy"),
        (False, None, "failed", "neither: fix the logging"),
        (False, True, "passed", "buy"),  # another log has them: the person knows better
        (True, False, "passed", "buy"),  # they are in the data: the data knows better
        (False, False, "failed", "neither: fix the logging"),
    ],
)
def test_what_readiness_knows_of_exposures_wins_over_what_is_stated(
    exposures, stated, state, answer
):
    evidence = evidence_from_bakeoff(_bakeoff(), "enough", exposures)
    case = load_case("shop").model_copy(update={"exposure_logged": stated})
    decision = decide(case, evidence)
    gates = {gate["name"]: gate for gate in decision.gates}
    assert (gates["exposure logging"]["state"], decision.decision) == (state, answer)
    assert gates["data"]["state"] == "passed"
    reason = gates["exposure logging"]["reason"]
    assert ("mine" in reason) == (exposures is not None and (exposures, stated) != (False, False))
    assert ("the “no” that you stated is not used" in reason) == (
        (exposures, stated) == (True, False)
    )
    assert ("rests on your answer" in reason) == ((exposures, stated) == (False, True))


def test_while_inputs_are_missing_measured_gates_are_told_and_do_not_decide():
    evidence = Evidence(dataset="mine", is_sample=False, readiness="needs more", exposures=False)
    decision = decide(None, evidence)
    assert decision.decision == "not decidable yet"
    states = {gate["name"]: gate["state"] for gate in decision.gates}
    assert (states["data"], states["exposure logging"]) == ("failed", "failed")
    assert any("not enough data" in reason for reason in decision.reasons)
    stated = blank_case().model_copy(update={"data_ready": False})
    assert decide(stated).decision == "neither: collect more data"


def test_readiness_is_taken_from_its_report():
    states = {"impression, share of events": "thin"}
    assert measured("ready", states) == ("enough", False)
    assert measured("popularity only", {}) == ("needs more", None)
    report = readiness.report(datasets.dataset())  # its exposure columns were not counted
    assert measured_in(report) == ("enough" if report.verdict == "ready" else "needs more", None)


@pytest.mark.parametrize(
    ("built", "vendor", "answer"),
    [
        ("better", "better", "build, bridged by buy"),
        ("worse", "better", "buy"),
        ("equivalent", None, "buy"),
        ("inconclusive", None, "build, bridged by buy"),
        ("better", "worse", "build"),
    ],
)
def test_comparisons_on_own_data_close_options(built, vendor, answer):
    decision = decide(load_case("video"), evidence_from_bakeoff(_bakeoff(built, vendor)))
    assert decision.decision == answer


def test_stand_in_and_random_are_ignored():
    evidence = evidence_from_bakeoff(_bakeoff("worse"))
    assert [c.name for c in evidence.contenders] == ["popular", "random", "two-stage"]
    assert [(o.contender, o.baseline, o.outcome) for o in evidence.outcomes] == [
        ("two-stage", "popular", "worse")
    ]


def test_measured_cost_fills_only_a_gap():
    shop = load_case("shop")
    open_case = shop.model_copy(update={"build": shop.build.model_copy(update={"infra": None})})
    assert decide(open_case).missing == ["infrastructure ($k a month) of build"]
    evidence = evidence_from_bakeoff(_bakeoff())
    filled = decide(open_case, evidence)
    # two servers at $0.0816 for 720 h and half an hour of fitting: $117.54 a month
    assert filled.npv("build") == pytest.approx(-350 + 30 * (1 - 0.1175448), abs=1e-3)
    assert decide(shop, evidence).npv("build") == pytest.approx(-350.0)


def test_who_does_not_answer_is_named():
    document = _bakeoff()
    document["contenders"].append(
        {
            "name": "acme",
            "kind": "third-party",
            "status": "not scored",
            "reason": "It gave no list for 597 of 600 users.",
        }
    )
    reasons = decide(load_case("shop"), evidence_from_bakeoff(document)).reasons
    assert "acme is not scored. It gave no list for 597 of 600 users." in reasons


def test_the_rule_decides_where_the_sums_cannot():
    shop = load_case("shop")
    wide = UpliftRange(low=-0.02, mode=0.02, high=0.06)
    case = shop.model_copy(
        update={
            "popularity": shop.popularity.model_copy(update={"uplift": 0.015}),
            "buy": shop.buy.model_copy(update={"uplift": wide}),
        }
    )
    by_rule = decide(case, draws=20_000)
    assert by_rule.npv("popularity") > by_rule.npv("buy") > 0
    assert by_rule.decision == "buy" and "too little to be certain" in sentence(by_rule)
    silent = decide(case.model_copy(update={"core_business": "unknown"}), draws=20_000)
    assert silent.decision == "too close to call"


def tied_case(core_business):
    """A popularity rule and a vendor that are each best in about half of the draws."""
    shop = load_case("shop")
    wide = UpliftRange(low=-0.02, mode=0.02, high=0.06)
    options = {
        "popularity": shop.popularity.model_copy(update={"uplift": 0.0138}),
        "buy": shop.buy.model_copy(update={"uplift": wide}),
    }
    return shop.model_copy(update=options | {"core_business": core_business})


@pytest.mark.parametrize("core_business", ["unknown", "yes"])
def test_a_tie_is_told_as_a_tie_with_what_would_settle_it(core_business):
    decision = decide(tied_case(core_business), draws=20_000)
    assert decision.decision == "too close to call" and decision.chosen is None
    assert set(decision.tied) == {"popularity", "buy"}
    told = sentence(decision)
    assert told.startswith("Too close to call over 36 months: ") and "leads" not in told
    shares = [decision.uncertainty["p_best"][name] for name in decision.tied]
    assert [f"{share:.0%}" in told for share in shares] == [True, True]
    assert abs(shares[0] - shares[1]) < 0.1
    settled = [reason for reason in decision.reasons if reason.startswith("What would settle it")]
    assert len(settled) == 1 and "the uplift of buy (worth $" in settled[0]
    assert three_numbers(decision)[1][1] == "between the first two: too close to call"
    assert three_numbers(decision)[0][1] == "value of " + OPTION_LABELS[decision.tied[0]] + \
        " over 36 months"  # fmt: skip


def test_the_rule_settles_a_tie_and_says_so():
    decision = decide(tied_case("no"), draws=20_000)
    assert decision.decision == "buy"
    assert decision.tied == ["buy", "popularity"]
    assert "by value it is too close to call against popularity rule" in sentence(decision)
    assert "leads" not in sentence(decision)


def test_a_lead_that_is_often_reversed_says_how_often_it_holds():
    shop = load_case("shop")
    buy = shop.buy.model_copy(update={"uplift": UpliftRange(low=0.0, mode=0.025, high=0.05)})
    decision = decide(shop.model_copy(update={"buy": buy}), draws=20_000)
    chance = decision.uncertainty["p_best"]["buy"]
    assert 0.6 < chance < 0.8 and decision.tied == []
    assert f", but is best in only {chance:.0%} of the draws;" in sentence(decision)


def test_equal_values_without_ranges_are_a_tie():
    shop = load_case("shop")
    twin = shop.buy.model_copy(update={"months_to_launch": 2.0})
    case = shop.model_copy(update={"popularity": twin, "build": None, "core_business": "unknown"})
    decision = decide(case)
    assert decision.decision == "too close to call"
    assert sentence(decision) == (
        "Too close to call over 36 months: popularity rule ($145 k) and buy ($145 k)."
    )
    assert any("ranges of the inputs" in reason for reason in decision.reasons)
    assert "tie" not in decide(shop).document() and decide(shop).tied == []


def test_a_tie_with_doing_nothing_is_a_tie():
    shop = load_case("shop")
    wide = UpliftRange(low=-0.05, mode=0.007, high=0.064)
    buy = shop.buy.model_copy(update={"uplift": wide})
    case = shop.model_copy(
        update={"popularity": None, "build": None, "buy": buy, "core_business": "unknown"}
    )
    decision = decide(case, draws=20_000)
    assert decision.decision == "too close to call"
    assert set(decision.tied) == {"buy", "nothing"} and "doing nothing ($0)" in sentence(decision)


def test_clear_sums_overrule_the_rule_and_say_so():
    decision = decide(load_case("shop").model_copy(update={"core_business": "yes"}))
    assert decision.decision == "buy"
    assert "The values contradict the rule: buy comes first." in decision.reasons


def test_nothing_pays():
    decision = decide(load_case("shop").model_copy(update={"margin": 10.0}))
    assert decision.decision == "neither: nothing pays yet" and decision.chosen is None
    assert sentence(decision).startswith("No option pays off over 36 months: the best one, ")


def test_zero_inputs_do_not_break():
    zero = load_case("shop").model_copy(update={"margin": 0.0, "requests": 0.0, "open_rate": 0.0})
    json.dumps(decide(zero).document(), allow_nan=False)


@pytest.mark.parametrize("name", ["shop", "video", "data-poor"])
def test_document_is_plain_json_with_the_promised_keys(name):
    document = decide(load_case(name)).document()
    assert {"case", "options", "break_even", "decision", "reasons", "missing"} <= set(document)
    for option in document["options"]:
        assert set(option) == OPTIONS
        assert option["npv"] == pytest.approx(option["benefit"] - option["cost"], abs=2e-4)
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_one_option_alone_and_ranges():
    case = case_from(
        {
            "core_business": "unknown",
            "margin": {"low": 900.0, "mode": 1000.0, "high": 1500.0},
            "open_rate": 0.4,
            "build": {
                "uplift": 0.1,
                "months_to_launch": 3.0,
                "setup": 2.0,
                "ftes": 0.1,
                "infra": 0.1,
            },
        }
    )
    decision = decide(case, draws=5_000)
    assert decision.decision == "build" and "is worth" in sentence(decision)
    assert decision.uncertainty["p_best"]["build"] == pytest.approx(1.0)
    assert isinstance(case.margin, Range)


def test_blank_case_without_evidence():
    assert decide().decision == "not decidable yet"
    assert decide(blank_case()).missing == decide().missing


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"dataset": "x", "contenders": [1]},
        {"dataset": "x", "contenders": [{"name": "a", "kind": "odd"}]},
    ],
)
def test_what_is_no_bakeoff_document(bad):
    with pytest.raises(AssayError, match="not a bake-off's document"):
        evidence_from_bakeoff(bad)


def test_evidence_holds_no_size_of_an_effect():
    for model in (Evidence, *(type(o) for o in evidence_from_bakeoff(_bakeoff()).outcomes)):
        assert not {"uplift", "difference", "value", "metrics"} & set(model.model_fields)
