"""What Decide says of a draft, for pages that do not show its form."""

from __future__ import annotations

from dataclasses import dataclass

from app.components import drafts
from app.decide import inputs, outcome
from app.decide.case_values import Values, changed_case
from pipelines.economics.evidence import Evidence
from pipelines.economics.labels import NOT_DECIDABLE, answer_label
from pipelines.economics.summary import Decision, sentence
from pipelines.errors import AssayError
from pipelines.workspace.records import DecisionRecord


@dataclass(frozen=True)
class Drafted:
    """A draft, and its decision."""

    case: str
    """The name of the case, as Decide's address has it."""
    changes: Values
    decision: Decision | None
    """None where the inputs are not valid."""

    @property
    def own(self) -> bool:
        """Whether it is about the user's own case and not about an example."""
        return self.case == inputs.OWN

    @property
    def sentence(self) -> str:
        """What Decide says of it."""
        if self.decision is None:
            return "The inputs of your draft are not valid."
        return sentence(self.decision)

    @property
    def decided(self) -> bool:
        """Whether there is an answer."""
        return self.decision is not None and self.decision.decision != NOT_DECIDABLE

    @property
    def answer(self) -> str:
        """The answer in a few words: `buy`, `not decidable yet`, `not valid`."""
        return "not valid" if self.decision is None else answer_label(self.decision.decision)

    def is_of(self, record: DecisionRecord) -> bool:
        """Whether a saved decision has the draft's inputs."""
        saved = (record.document.get("started_from"), record.document.get("inputs"))
        return saved == (self.case, self.changes)


def first(evidence: Evidence | None) -> Drafted | None:
    """The draft of the user's own case, or else of an example; None without a draft."""
    for name in inputs.CASES:
        changes = drafts.opened(inputs.subject_of(name))
        if not changes:
            continue
        try:
            case = changed_case(inputs.case_named(name), changes)
            return Drafted(name, changes, outcome.decided(case, evidence))
        except AssayError:  # Decide says which input is not valid
            return Drafted(name, changes, None)
    return None
