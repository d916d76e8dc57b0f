"""The names of the splits, what may decide, and what each text stands for."""

from __future__ import annotations

import pytest

from pipelines.data.protocol import Protocol
from pipelines.errors import AssayError


@pytest.mark.parametrize(
    "text",
    [
        "", "time", "time:", "time:0", "time:1", "time:nan", "time:2020-13-01", "last-n:0",
        "last-n:1.5", "last-n:inf", "users:0", "users:1", "random:1.5", "windows:0",
        "leave-one-out:2", "x:3",
    ],
)  # fmt: skip
def test_an_unknown_split_names_the_known_ones(text: str) -> None:
    with pytest.raises(AssayError, match=r"time:0\.9"):
        Protocol.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "time:0.9", "last-n:10", "time:0.12345678", "last-n:10000000", "leave-one-out",
        "users:0.1", "random:0.100012345", "windows:3", "time:2020-06-01",
        "time:2020-06-01T12:30:05Z", "time:1969-12-31",
    ],
)  # fmt: skip
def test_a_protocol_reads_as_it_was_written(text: str) -> None:
    parsed = Protocol.parse(text)
    assert str(parsed) == text
    assert Protocol.parse(str(parsed)) == parsed


def test_a_date_is_a_moment_in_utc() -> None:
    assert Protocol.parse("time:1970-01-02").moment == 86_400
    assert Protocol.parse("time:1970-01-02T01:00:00+01:00").moment == 86_400


def test_only_splits_in_time_are_without_a_note() -> None:
    notes = {
        text: Protocol.parse(text).note
        for text in ("time:0.9", "time:2020-01-01", "last-n:5", "leave-one-out", "users:0.1",
                     "random:0.1")
    }  # fmt: skip
    assert [text for text, note in notes.items() if not note] == ["time:0.9", "time:2020-01-01"]
    for text in ("last-n:5", "leave-one-out", "users:0.1"):
        assert "other users' future events" in notes[text]
    assert notes["random:0.1"].startswith("only for the audit")


def test_a_bake_off_refuses_what_must_not_decide() -> None:
    for text in ("time:0.9", "time:2020-06-01", "last-n:5", "leave-one-out", "users:0.1"):
        assert str(Protocol.of_bakeoff(text)) == text
    with pytest.raises(AssayError, match="assay data audit"):
        Protocol.of_bakeoff("random:0.1")
    with pytest.raises(AssayError, match="has several cut-offs"):
        Protocol.of_bakeoff("windows:3")
    assert str(Protocol.of_bakeoff("windows:3", windows=True)) == "windows:3"
    with pytest.raises(AssayError, match="third party"):
        Protocol.of_bakeoff("users:0.1", third_parties=True)


def test_rankers_learn_on_the_same_kind_of_question() -> None:
    for text in ("time:0.8", "last-n:5", "leave-one-out", "users:0.1", "random:0.1"):
        assert str(Protocol.parse(text).inner) == text
    # Nothing lies after the date within the training data, so a share stands for it.
    assert str(Protocol.parse("time:2020-06-01").inner) == "time:0.9"
