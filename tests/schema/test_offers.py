"""Offers: sorted, united into spans, and back from their file as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.errors import AssayError
from pipelines.schema.offers import KINDS, Offers

DISPLAY, MAILER = range(2)


def test_kinds_are_named_in_the_order_of_their_numbers() -> None:
    assert (KINDS[DISPLAY], KINDS[MAILER]) == ("display", "mailer")


def test_rows_are_sorted_by_item_then_start() -> None:
    made = Offers.build([2, 0, 0], [5, 9, 3], [6, 12, 4], [DISPLAY, MAILER, DISPLAY])
    assert made.item.tolist() == [0, 0, 2]
    assert made.start.tolist() == [3, 9, 5]
    assert made.end.tolist() == [4, 12, 6]
    assert made.kind.tolist() == [DISPLAY, MAILER, DISPLAY]
    assert [column.dtype for column in (made.item, made.start, made.kind)] == [
        np.int32,
        np.int64,
        np.int8,
    ]


def test_an_offer_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(AssayError, match="ends before it starts"):
        Offers.build([0], [5], [5], [DISPLAY])


def test_spans_that_touch_or_overlap_are_one() -> None:
    made = Offers.build(
        #  touch   inside  apart    another item, at the same time
        [1, 1, 1, 1, 1, 3],
        [0, 10, 30, 35, 60, 30],
        [10, 20, 50, 40, 70, 31],
        [DISPLAY, MAILER, DISPLAY, MAILER, MAILER, DISPLAY],
    )
    spans = made.spans(5)
    assert spans.indptr.tolist() == [0, 0, 3, 3, 4, 4]
    assert spans.start.tolist() == [0, 30, 60, 30]
    assert spans.end.tolist() == [20, 50, 70, 31]


def test_spans_at_the_ends_of_time_and_of_the_catalogue() -> None:
    last, late = 5_000_000, 4_102_444_799
    made = Offers.build([last - 1, last], [late - 1, 0], [late, 1], [DISPLAY, DISPLAY])
    spans = made.spans(last + 1)
    assert spans.start.tolist() == [late - 1, 0]
    assert spans.end.tolist() == [late, 1]


def test_no_offers_have_no_spans() -> None:
    spans = Offers.build([], [], [], []).spans(3)
    assert spans.indptr.tolist() == [0, 0, 0, 0]
    assert len(spans.start) == len(spans.end) == 0


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    made = Offers.build([4, 1], [5, 1], [6, 9], [MAILER, DISPLAY])
    made.write(tmp_path / "offers.parquet")
    back = Offers.read(tmp_path / "offers.parquet")
    for name in ("item", "start", "end", "kind"):
        was, now = getattr(made, name), getattr(back, name)
        assert now.dtype == was.dtype
        np.testing.assert_array_equal(now, was)
    table = pq.read_table(tmp_path / "offers.parquet")
    assert table.column_names == ["item", "start", "end", "kind"]
    assert table["kind"].to_pylist() == ["display", "mailer"]
