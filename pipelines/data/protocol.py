"""The names of the splits: what their texts say, and what each lets a model see."""

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
    "last-n:N with N from 1 (last-n:10), leave-one-out, users:F (users:0.1) or random:F "
    "(random:0.1)"
)
BENCHMARK = "benchmark protocol: it admits other users' futures"
NOTES: dict[Kind, str] = {
    "time": "",
    "windows": "",
    "last-n": BENCHMARK,
    "leave-one-out": BENCHMARK,
    "users": f"{BENCHMARK}, and asks about people whom no model was trained on",
    "random": "for the audit alone: it admits each user's own future, and other users' futures",
}


@dataclass(frozen=True)
class Protocol:
    """A parsed split: `kind` and its number.

    `value` is the share of events before the cut (time), the share of users or of events
    held out (users, random), or how many windows or events; `moment` (seconds UTC) the cut
    of a split in time that names a date, whose `value` counts for nothing.
    """

    kind: Kind
    value: float = 1
    moment: int | None = None

    @staticmethod
    def parse(text: str) -> Protocol:
        """`time:0.9`, `last-n:10` and so on; an `AssayError` says what else was meant."""
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
        raise AssayError(f"The split {text!r} is not known; use {FORMS}.")

    @staticmethod
    def of_bakeoff(text: str, *, third_parties: bool = False) -> Protocol:
        """The split of a bake-off, of whatever decides: one that must not decide is refused."""
        protocol = Protocol.parse(text)
        if protocol.kind == "random":
            raise AssayError(
                f"The split {text} shows a model the future it is asked about, so it is for "
                "`assay data audit` alone; use time:0.9 here."
            )
        if protocol.kind == "windows":
            raise AssayError(
                f"The split {text} asks several questions and a bake-off asks one; name the "
                "point in time, such as time:0.9 or time:2020-06-01."
            )
        if protocol.kind == "users" and third_parties:
            raise AssayError(
                f"The split {text} asks about people whom nobody was trained on, and a third "
                "party knows people by their training rows alone; use time:0.9 with third parties."
            )
        return protocol

    def __str__(self) -> str:
        # In full: a manifest and the stored stages are told apart by this text.
        if self.kind == "leave-one-out":
            return self.kind
        if self.moment is not None:
            at = datetime.fromtimestamp(self.moment, UTC)
            return f"time:{at:%Y-%m-%d}" if self.moment % 86_400 == 0 else f"time:{at:%FT%TZ}"
        whole = self.value == int(self.value)
        return f"{self.kind}:{int(self.value) if whole else self.value}"

    @property
    def note(self) -> str:
        """What a reader of the numbers must know of the protocol, or nothing."""
        return NOTES[self.kind]

    @property
    def inner(self) -> Protocol:
        """The split of the training data that rankers learn on: the same kind of question.

        A date lies at the end of the training data, where nothing is left to hold out, so
        the newest tenth of the training events stands for it.
        """
        return Protocol.parse(DEFAULT_PROTOCOL) if self.moment is not None else self


def _moment(text: str) -> int | None:
    """A date, or a date and a time (UTC unless it names a zone), in seconds UTC; else None."""
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
