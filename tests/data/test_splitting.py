"""The fast and the slow way to split a block give the same rows."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.data.importing.engine import engine
from pipelines.data.sources import open_source, splitting
from pipelines.data.sources.lines import Counts, records

SIGNS = st.sampled_from(
    ["a", "1", " ", ",", "\t", '"', "\r", "\0", "\x1f", "é", "\ufeff", "::", ""]
)
LINE = st.lists(SIGNS, max_size=9).map("".join)


def both_ways(content: bytes) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """The rows of a file split as usual, and with every row by the query."""
    with tempfile.TemporaryDirectory() as folder, engine() as connection:
        path = Path(folder, "a.csv")
        path.write_bytes(content)
        source = open_source(path)
        usual, queried = [], []
        for found in records(source, Counts()):
            usual += splitting.split(connection, source, found, source.columns).to_pylist()
            with pytest.MonkeyPatch.context() as patch:
                none = lambda source, found: np.zeros(len(found), bool)  # noqa: E731
                patch.setattr(splitting, "_plain", none)
                queried += splitting.split(connection, source, found, source.columns).to_pylist()
        return usual, queried


@settings(max_examples=60)
@given(st.lists(LINE, max_size=8), st.sampled_from([",", "\t", "::"]))
def test_both_ways_give_the_same_rows(lines: list[str], separator: str) -> None:
    header = separator.join(["user_id", "item_id", "more"])
    good = separator.join(["u1", "i1", ""])
    usual, queried = both_ways("\n".join([header, *[good] * 50, *lines, good]).encode())
    assert usual == queried
    assert len(usual) >= 51


def test_the_fast_way_is_taken_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    fast = splitting._by_arrow

    def by_arrow(*given):  # type: ignore[no-untyped-def]
        found = fast(*given)
        taken.append(0 if found is None else len(found))
        return found

    monkeypatch.setattr(splitting, "_by_arrow", by_arrow)
    usual, queried = both_ways(b"user_id,item_id\n" + b"u1,i1\n" * 9 + b'"u2",i2\n')
    assert usual == queried and len(usual) == 10
    assert taken[0] == 9


def test_thousands_of_columns_are_split_both_ways() -> None:
    row = ",".join(map(str, range(3_000)))
    usual, queried = both_ways(f"c{row.replace(',', ',c')}\n{row}\n{row},1\n".encode())
    assert usual == queried
    assert usual[0]["c2999"] == "2999" and usual[1]["problem"]
