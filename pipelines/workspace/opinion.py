"""What people preferred without knowing whose list it was: opinion, and no metric.

An opinion stands beside a comparison and never in it: no document, no run in MLflow and no
decision knows of it (an import contract in pyproject.toml keeps that).
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
    """Votes that saw no difference."""

    @property
    def votes(self) -> int:
        return self.picks + self.losses + self.neither

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % Wilson interval of the share of picks that went to `one`, as if votes were
        independent; None where nobody picked a side."""
        sided = self.picks + self.losses
        return wilson(self.picks, sided) if sided else None


def tallies(votes: Sequence[VoteRecord]) -> list[Tally]:
    """One tally for each two contenders that were shown together, most votes first."""
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
    """The contender that was picked; empty where no difference was seen."""
    return {"left": vote.left, "right": vote.right, "neither": ""}[vote.picked]


def voters(votes: Sequence[VoteRecord]) -> tuple[int, int]:
    """How many people voted under their name, and how many votes have no name."""
    return len({v.who for v in votes if v.who}), sum(not v.who for v in votes)
