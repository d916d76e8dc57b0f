"""Which gates are among what would reverse a decision: those that change it, and no others."""

import pytest

from pipelines.economics.case_files import blank_case, load_case
from pipelines.economics.decision import decide
from pipelines.economics.quantity import UpliftRange

QUESTIONS = {
    "data": "data_ready",
    "exposure logging": "exposure_logged",
    "team": "team_available",
    "legal (use)": "legal_use",
    "legal (vendor)": "legal_transfer",
}
UNCHECKED = "A gate that is not checked yet fails: "
DRAWS = 2_000


def shop(**changes):
    return load_case("shop").model_copy(update=changes)


def ruled():
    """Buy is favored by the rule although build has the higher value, in half of the draws."""
    case = load_case("shop")
    wide = UpliftRange(low=0.0, mode=0.08, high=0.16)
    return shop(build=case.build.model_copy(update={"uplift": wide}))


CASES = {
    "shop": load_case("shop"),
    "video": load_case("video"),
    "data-poor": load_case("data-poor"),
    "blank": blank_case(),
    "nothing pays": shop(margin=10.0),
    "popularity leads": shop(buy=None),
    "by the rule": ruled(),
    "no team": load_case("video").model_copy(update={"team_available": False}),
    "no team, and none needed": shop(team_available=False),
    "no vendor": shop(legal_transfer=False),
    "no logging": shop(exposure_logged=False),
    "some answered": shop(data_ready=True, exposure_logged=True, legal_use=True),
    "inputs missing": blank_case().model_copy(update={"legal_use": False}),
}


def answer(case):
    found = decide(case, draws=DRAWS)
    return found.decision, found.chosen


def named(case):
    """The unchecked gates that the decision names."""
    lines = [text for text in decide(case, draws=DRAWS).reverses if text.startswith(UNCHECKED)]
    assert len(lines) <= 1
    return set(lines[0].removeprefix(UNCHECKED).rstrip(".").split(", ")) if lines else set()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_unchecked_gate_is_named_exactly_where_its_failure_changes_the_answer(case):
    found, now = named(case), answer(case)
    for gate, question in QUESTIONS.items():
        if getattr(case, question) is None:
            failed = case.model_copy(update={question: False})
            assert (gate in found) == (answer(failed) != now), gate
    answered = {gate for gate, q in QUESTIONS.items() if getattr(case, q) is not None}
    assert not found & answered


def test_a_gate_of_an_option_that_does_not_lead_is_not_named():
    leads = decide(load_case("shop"), draws=DRAWS)
    assert leads.decision == "buy"
    found = named(load_case("shop"))
    assert {"legal (vendor)", "quality of buy"} <= found
    assert not {"team", "quality of build"} & found
    found = named(load_case("video"))  # buy now, build later needs both
    assert {"team", "legal (vendor)", "quality of build", "quality of buy"} <= found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_failed_gate_is_named_only_where_it_changes_the_answer(case):
    now, lines = answer(case), decide(case, draws=DRAWS).reverses
    for gate, question in QUESTIONS.items():
        if getattr(case, question) is False:
            alone = f"If the gate “{gate}” passes, "
            passed = answer(case.model_copy(update={question: True}))
            if any(line.startswith(alone) for line in lines):
                assert passed != now, gate
