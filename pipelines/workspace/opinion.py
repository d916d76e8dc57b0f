"""Counts the votes of the blind taste test: opinions, which are not a metric.

Opinions are shown next to a comparison but are never part of it: documents, MLflow runs and
decisions do not contain them (enforced by an import contract in pyproject.toml).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.statistics.proportions import wilson
from pipelines.workspace.records import VoteRecord


@dataclass(frozen=True)
class Tally:
    """How often one contender was picked against another."""

    one: str
    other: str
    """The two contenders; `one` was picked at least as often."""
    picks: int
    """Votes for `one`."""
    losses: int
    """Votes for `other`."""
    neither: int
    """Votes for no difference."""

    @property
    def votes(self) -> int:
        return self.picks + self.losses + self.neither

    @property
    def interval(self) -> tuple[float, float] | None:
        """95% Wilson interval of the share of picks for `one`, assuming independent votes;
        None if all votes are for no difference."""
        total = self.picks + self.losses
        return wilson(self.picks, total) if total else None


def tallies(votes: Sequence[VoteRecord]) -> list[Tally]:
    """A tally for each pair of contenders that was shown, most votes first."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for vote in votes:
        first, second = sorted((vote.left, vote.right))
        count = counts.setdefault((first, second), dict.fromkeys((first, second, ""), 0))
        count[picked(vote)] += 1
    found = []
    for (first, second), count in counts.items():
        one, other = sorted((first, second), key=lambda name: -count[name])
        found.append(Tally(one, other, count[one], count[other], count[""]))
    return sorted(found, key=lambda t: (-t.votes, t.one, t.other))


def picked(vote: VoteRecord) -> str:
    """The contender that was picked; empty for no difference."""
    return {"left": vote.left, "right": vote.right, "neither": ""}[vote.picked]


def voters(votes: Sequence[VoteRecord]) -> tuple[int, int]:
    """The number of named voters, and the number of votes without a name."""
    return len({v.who for v in votes if v.who}), sum(not v.who for v in votes)
