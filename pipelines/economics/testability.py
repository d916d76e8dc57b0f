"""What an online test of a case could confirm, and the ways that need no such test."""

from dataclasses import dataclass
from math import ceil

from pipelines.economics.case import Case
from pipelines.economics.costs import means
from pipelines.economics.formats import count, percent
from pipelines.statistics.power import people_per_arm, picks_for_win_rate, smallest_change

WEEKS = 8
"""The length of the planned test; `visitors_per_arm` are those of these weeks."""
LONG_WEEKS = 52
"""A longer test is hardly practical: the catalogue and the visitors change meanwhile."""
WIN_RATE = 0.55
"""The share of picks in the example of interleaving."""


@dataclass(frozen=True)
class OnlineTest:
    """The test that a case's visitors allow, against the uplift that its options claim."""

    visitors: float
    """In each arm, in `WEEKS` weeks."""
    conversion: float
    claimed: float
    """The largest uplift that buy or build claims (of a range, its mean)."""
    change: float | None
    """The smallest absolute change that the test detects; None if it detects none."""

    @property
    def lift(self) -> float | None:
        """The smallest relative change that the test detects."""
        return None if self.change is None else self.change / self.conversion

    @property
    def passed(self) -> bool:
        return self.lift is not None and self.lift <= self.claimed

    @property
    def people(self) -> float | None:
        """Visitors per arm that the claimed uplift needs; None if no test can confirm it."""
        if not 0 < self.claimed < 1 / self.conversion - 1:
            return None
        return people_per_arm(self.conversion, self.claimed)

    @property
    def weeks(self) -> int | None:
        """Whole weeks until that many visitors have come, at the same rate."""
        return None if self.people is None else ceil(WEEKS * self.people / self.visitors)

    @property
    def finding(self) -> str:
        """What the test detects; no full stop."""
        test = f"An {WEEKS}-week test with {count(self.visitors)} visitors per arm"
        if self.change is None or self.lift is None:
            return f"{test} is too small to detect any change"
        return (
            f"{test} detects a change of {percent(self.lift)} or more ({self.change:.5f} absolute)"
        )

    @property
    def needed(self) -> str:
        """The test that the claimed uplift needs, with a space before it; empty if none does."""
        if self.people is None:
            return ""
        return f" That needs {count(self.people)} visitors per arm: {self.weeks:,} weeks."

    @property
    def headline(self) -> str:
        """What cannot be tested, and what can; no full stop."""
        start = f"Too few visitors to test {percent(self.claimed)}"
        if self.lift is None:
            return f"{start}: {WEEKS} weeks detect no change"
        later = (
            "" if self.weeks is None else f", and {percent(self.claimed)} in {self.weeks:,} weeks"
        )
        return f"{start}: {WEEKS} weeks can confirm {percent(self.lift)}{later}"

    def ways(self, *, rolling: bool) -> list[str]:
        """What can be done instead; `rolling` is whether buying is open and worth its cost."""
        found = []
        if self.weeks is not None:
            practical = (
                ""
                if self.weeks <= LONG_WEEKS
                else ", which is hardly practical: the catalogue and the visitors change meanwhile"
            )
            found.append(
                f"A longer test: {self.weeks:,} weeks at the same traffic confirm "
                f"{percent(self.claimed)}{practical}."
            )
        if self.lift is not None:
            found.append(
                f"A larger effect: {WEEKS} weeks confirm {percent(self.lift)} or more. Test where "
                "recommendations matter most, or measure clicks, which are more frequent."
            )
        found.append(
            "Interleaving: both lists in one, and people pick. About "
            f"{count(picks_for_win_rate(WIN_RATE))} picks show that one list wins "
            f"{percent(WIN_RATE)} of them. It shows which list people prefer, not the margin."
        )
        if rolling:
            found.append(
                "Buy on a rolling contract that you can leave at any time: you then rely on your "
                "own estimate of the uplift instead of a test."
            )
        return found


def online_test(case: Case) -> OnlineTest | None:
    """What the case's test can confirm; None if visitors, conversion or uplift are not stated."""
    visitors, conversion = case.visitors_per_arm, case.baseline_conversion
    values = means(case)
    claims = [values[f"{o}.uplift"] for o in ("buy", "build") if f"{o}.uplift" in values]
    if visitors is None or conversion is None or not claims:
        return None
    return OnlineTest(visitors, conversion, max(claims), smallest_change(conversion, visitors))
