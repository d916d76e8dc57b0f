"""What a requirement counts, such as "users with two or more events"."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.runtime.phrases import number_of


@dataclass(frozen=True)
class Unit:
    """A countable noun (singular, with a regular plural) and what qualifies it."""

    noun: str
    qualifier: str = ""

    def __str__(self) -> str:
        """The plural with its qualifier: "users with two or more events"."""
        return _joined(f"{self.noun}s", self.qualifier)

    def missing(self, number: int, *, none_yet: bool) -> str:
        """The missing number: "1 more user …", or "5 users …" if there are none yet."""
        noun = self.noun if none_yet else f"more {self.noun}"
        return _joined(number_of(number, noun), self.qualifier)

    def rate(self, number: str) -> str:
        """A number per week: "12 events", or "12 such users" if the noun has a qualifier."""
        return _joined(number, "such" if self.qualifier else "", f"{self.noun}s")


EVENTS = Unit("event")
USERS = Unit("user")
USERS_TWO = Unit("user", "with two or more events")
USERS_FIVE = Unit("user", "with five or more events")


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)
