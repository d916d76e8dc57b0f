"""What a bake-off's document says of its checks."""

import pytest

from pipelines.evaluation.bakeoff.checks.contract import CannotRun, Check, Finding
from pipelines.evaluation.bakeoff.checks.examine import CHECKS, examine
from pipelines.evaluation.results.evidence import CheckResult, EvidenceGrade

FIELDS = ("name", "title", "catches", "needs", "false_alarms")


class Nothing:
    """Material that no check here looks at."""

    results = ()


def check(*findings):
    class One(Check):
        name = title = catches = needs = false_alarms = "one"

        def run(self, material):
            for found in findings:
                if isinstance(found, Exception):
                    raise found
                yield found

    return One


def result_of(*findings):
    (found,) = examine(Nothing(), [check(*findings)]).checks
    return found


def test_every_check_has_a_name_of_its_own_and_says_what_it_catches():
    assert len({one.name for one in CHECKS}) == len(CHECKS)
    assert all(getattr(one, field) for one in CHECKS for field in FIELDS)


def test_a_flag_of_one_contender_outweighs_the_others():
    found = result_of(Finding("passed", "", "a"), Finding("flagged", "it leaks.", "b"))
    assert (found.state, found.contenders, found.sentence) == ("flagged", ["b"], "b: it leaks.")


def test_what_could_not_run_is_named_beside_what_passed():
    found = result_of(Finding("passed", "", "a"), Finding("could not run", "No lists.", "b"))
    assert (found.state, found.not_run) == ("passed", {"b": "No lists."})
    assert found.sentence == "one for 1 contender."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (CannotRun("No third party takes part."), "No third party takes part."),
        (RuntimeError("broken"), "The check raised an error: RuntimeError: broken."),
    ],
)
def test_a_check_that_cannot_run_never_passes(error, sentence):
    found = result_of(Finding("passed", "", "a"), error)
    assert (found.state, found.sentence) == ("could not run", sentence)
    assert result_of().state == "could not run"


@pytest.mark.parametrize(
    ("states", "not_run", "grade"),
    [
        (["passed", "passed"], {}, "passed"),
        (["passed", "passed"], {"a": "why"}, "passed in part"),
        (["passed", "could not run"], {}, "passed in part"),
        (["passed", "flagged", "could not run"], {}, "flagged"),
        (["could not run"], {}, "nothing ran"),
        ([], {}, "nothing ran"),
    ],
)
def test_the_grade_claims_no_more_than_what_ran(states, not_run, grade):
    checks = [
        CheckResult(name=str(at), title="", state=state, sentence="", not_run=not_run)
        for at, state in enumerate(states)
    ]
    assert EvidenceGrade.of(checks).grade == grade


def test_the_sentence_counts_the_states():
    checks = [
        CheckResult(name="a", title="", state="passed", sentence="", not_run={"x": "why"}),
        CheckResult(name="b", title="", state="flagged", sentence=""),
        CheckResult(name="c", title="", state="could not run", sentence=""),
    ]
    assert EvidenceGrade.of(checks).sentence == (
        "3 checks of this bake-off: 1 passed (1 of them not for every contender), 1 flagged a "
        "problem, 1 could not run."
    )
