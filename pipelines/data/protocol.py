"""Protocols: how a split is written as text, and what it lets a model see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pipelines.errors import AssayError

Kind = Literal["time", "windows", "last-n", "leave-one-out", "users", "random"]
DEFAULT_PROTOCOL = "time:0.9"
FORMS = (
    "time:F with F between 0 and 1 (time:0.9) or a date (time:2020-06-01), windows:N (windows:3), "
    "last-n:N with N of 1 or more (last-n:10), leave-one-out, users:F (users:0.1) or random:F "
    "(random:0.1)"
)
BENCHMARK = "benchmark protocol: models train on other users' future events"
NOTES: dict[Kind, str] = {
    "time": "",
    "windows": "",
    "last-n": BENCHMARK,
    "leave-one-out": BENCHMARK,
    "users": f"{BENCHMARK}, and on none of the evaluated users",
    "random": "only for the audit: models train on future events, even of the evaluated users",
}


@dataclass(frozen=True)
class Protocol:
    """A parsed split: `kind` and its number.

    `value` is the share of events before the cut-off (time), the share of users or events
    held out (users, random), or the number of windows or events. `moment` (seconds UTC) is the
    cut-off of a split in time at a date; its `value` is not used.
    """

    kind: Kind
    value: float = 1
    moment: int | None = None

    @staticmethod
    def parse(text: str) -> Protocol:
        """Parse `time:0.9`, `last-n:10` and so on; raises `AssayError` for other texts."""
        kind, _, number = text.partition(":")
        if text == "leave-one-out":
            return Protocol("leave-one-out")
        if kind == "time" and (moment := _moment(number)) is not None:
            return Protocol("time", moment=moment)
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if kind in ("time", "users", "random") and 0 < value < 1:
            return Protocol(kind, value)  # type: ignore[arg-type]
        whole = 1 <= value < float("inf") and value == int(value)
        if kind == "last-n" and whole:
            return Protocol("last-n", value)
        if kind == "windows" and whole:
            return Protocol("windows", value)
        raise AssayError(f"The split {text!r} is unknown; use {FORMS}.")

    @staticmethod
    def of_bakeoff(text: str, *, third_parties: bool = False, windows: bool = False) -> Protocol:
        """Parse the split of a bake-off; raises `AssayError` for one that must not decide.

        Several `windows` are one split only to a bake-off itself.
        """
        protocol = Protocol.parse(text)
        if protocol.kind == "random":
            raise AssayError(
                f"The split {text} trains models on the future of the evaluated users, so it is "
                "only for `assay data audit`; use time:0.9 here."
            )
        if protocol.kind == "windows" and not windows:
            raise AssayError(
                f"The split {text} has several cut-offs, and one is needed here; use a split "
                "such as time:0.9 or time:2020-06-01."
            )
        if protocol.kind == "windows" and protocol.value < 2:
            raise AssayError("The split windows:1 is time:0.9; use that, or windows:2 or more.")
        if protocol.kind == "users" and third_parties:
            raise AssayError(
                f"The split {text} evaluates users without training events, and a third party "
                "can only answer for users in its training data; use time:0.9 with third parties."
            )
        return protocol

    def __str__(self) -> str:
        # In full, because manifests and stored stages are identified by this text.
        if self.kind == "leave-one-out":
            return self.kind
        if self.moment is not None:
            at = datetime.fromtimestamp(self.moment, UTC)
            return f"time:{at:%Y-%m-%d}" if self.moment % 86_400 == 0 else f"time:{at:%FT%TZ}"
        whole = self.value == int(self.value)
        return f"{self.kind}:{int(self.value) if whole else self.value}"

    @property
    def note(self) -> str:
        """What a reader of the numbers must know about the protocol; may be empty."""
        return NOTES[self.kind]

    @property
    def inner(self) -> Protocol:
        """The split of the training data on which rankers are trained, of the same kind.

        For a date, it is the newest tenth of the training events, since no training event is
        later than the date.
        """
        return Protocol.parse(DEFAULT_PROTOCOL) if self.moment is not None else self


def _moment(text: str) -> int | None:
    """A date, or a date and time (UTC unless it has a zone), in seconds UTC; else None."""
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
