"""What readiness knows of the data, against what is stated."""

import html

import pytest

from pipelines.data import readiness
from pipelines.economics.case_files import blank_case, load_case
from pipelines.economics.decision import decide
from pipelines.economics.evidence import Evidence, evidence_from_bakeoff
from pipelines.economics.measured import measured, measured_in
from pipelines.economics.memo import render_memo
from pipelines.testing import datasets
from tests.economics.bakeoffs import bakeoff


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


def test_readiness_of_own_data_is_a_gate():
    evidence = evidence_from_bakeoff(bakeoff(), readiness="needs more")
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
    evidence = evidence_from_bakeoff(bakeoff(), "enough", exposures)
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
