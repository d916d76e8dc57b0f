"""All behavioral tests of one contender, and which required ones it fails."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from pipelines.errors import AssayError
from pipelines.evaluation.behavior.contract import BehaviorTest
from pipelines.evaluation.behavior.evidence import Answer, Background
from pipelines.evaluation.behavior.probes import Probes
from pipelines.evaluation.behavior.requirements import all_tests, requirements
from pipelines.evaluation.kept import ANSWER
from pipelines.evaluation.manifest import Manifest
from pipelines.evaluation.results import BehaviorResult, ContenderResult

log = logging.getLogger(__name__)


def observe(
    result: ContenderResult, background: Background, here: Path, manifest: Manifest
) -> ContenderResult:
    """The result with its behavior; `here` is the folder of the scored contender's answer."""
    with np.load(here / ANSWER) as arrays:
        lists = arrays["items"]
    required = requirements(manifest.required)
    answer = Answer(background, lists, Probes.load(here))
    found = verdicts(answer, all_tests(required))
    update = {
        "behavior": found,
        "failed_required": failed(found, {r.name for r in required}),
    }
    return result.model_copy(update=update)


def verdicts(answer: Answer, chosen: list[BehaviorTest]) -> list[BehaviorResult]:
    """A verdict for each test; one that breaks is "not run", and says so."""
    return [_verdict(test, answer) for test in chosen]


def failed(found: list[BehaviorResult], required: set[str]) -> list[str]:
    """Each required test that was not passed, in words; one that was not run is not passed."""
    return [
        f"Fails the required test {one.name}: {one.sentence}"
        for one in found
        if one.name in required and one.state != "pass"
    ]


def _verdict(test: BehaviorTest, answer: Answer) -> BehaviorResult:
    try:
        return test.run(answer)
    except AssayError as error:
        return test.not_run(str(error))
    except Exception as error:  # a test of somebody's own must not cost the bake-off
        log.exception("the behavioral test %s broke", test.name)
        return test.not_run(f"The test broke: {type(error).__name__}: {str(error)[:300]}.")
