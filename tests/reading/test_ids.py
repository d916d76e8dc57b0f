"""Ids of any type under one numbering: the same text is the same id."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import AssayError
from pipelines.reading.id_columns import Coded
from pipelines.reading.ids import Numbered, number
from pipelines.schema import Vocabulary

WHOLE = [7, 10, 9, 7, 100]
KINDS = {
    "int64": pd.Series(WHOLE),
    "int32": pd.Series(WHOLE, dtype="int32"),
    "uint8": pd.Series(WHOLE, dtype="uint8"),
    "uint64": pd.Series(WHOLE, dtype="uint64"),
    "Int64": pd.Series(WHOLE, dtype="Int64"),
    "float64": pd.Series(WHOLE, dtype="float64"),
    "Float32": pd.Series(WHOLE, dtype="Float32"),
    "str": pd.Series([str(v) for v in WHOLE], dtype="str"),
    "string[python]": pd.Series([str(v) for v in WHOLE], dtype="string[python]"),
    "object of texts": pd.Series([str(v) for v in WHOLE], dtype=object),
    "object of numbers": pd.Series(WHOLE, dtype=object),
    "object of both": pd.Series([7, "10", 9.0, "7", 100], dtype=object),
    "category of texts": pd.Series([str(v) for v in WHOLE], dtype="category"),
    "category of numbers": pd.Series(WHOLE, dtype="category"),
    "arrow int64": pd.Series(WHOLE, dtype=pd.ArrowDtype(pa.int64())),
    "arrow string": pd.Series([str(v) for v in WHOLE], dtype=pd.ArrowDtype(pa.string())),
    "arrow float64": pd.Series(WHOLE, dtype=pd.ArrowDtype(pa.float64())),
    "arrow dictionary": pd.Series(
        [str(v) for v in WHOLE], dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))
    ),
    "chunks of a file": pa.chunked_array([["7", "10"], [], ["9", "7", "100"]]),
    "numbers of a file": pa.chunked_array([[7, 10], [9, 7, 100]]),
    "coded": Coded(np.array([1, 0, 2, 1, 3], np.int32), pa.array(["10", "7", "9", "100"])),
}


def texts(found: Numbered, table: int) -> list[str | None]:
    codes = found.codes[table]
    known = iter(found.texts(codes[codes >= 0].astype(np.int64)).to_pylist())
    return [next(known) if code >= 0 else None for code in codes]


@pytest.mark.parametrize("other", KINDS)
@pytest.mark.parametrize("kind", ["int64", "str", "object of both", "category of texts"])
def test_all_kinds_of_columns_agree(kind: str, other: str) -> None:
    found = number([KINDS[kind], KINDS[other]])
    assert found.codes[0].tolist() == found.codes[1].tolist()
    assert texts(found, 0) == texts(found, 1) == [str(v) for v in WHOLE]
    assert {codes.dtype for codes in found.codes} == {np.dtype(np.int32)}


@pytest.mark.parametrize(
    "gaps",
    [
        pd.Series([1, None, 2], dtype="Int64"),
        pd.Series([1, np.nan, 2], dtype="float64"),
        pd.Series(["1", None, "2"], dtype="str"),
        pd.Series(["1", "", "2"], dtype="str"),
        pd.Series(["1", np.nan, "2"], dtype=object),
        pd.Series([1, None, 2], dtype=object),
        pd.Series([1, pd.NA, 2], dtype=object),
        pd.Series(["1", None, "2"], dtype="category"),
        pd.Series([1, None, 2], dtype=pd.ArrowDtype(pa.int32())),
        pd.Series([1, None, 2], dtype=pd.ArrowDtype(pa.float32())),
        pa.chunked_array([["1", None], ["2"]]),
        Coded(np.array([0, -1, 1], np.int32), pa.array(["1", "2"])),
    ],
    ids=lambda column: str(getattr(column, "dtype", type(column).__name__)),
)
@pytest.mark.parametrize("beside", [pd.Series([2, 3]), pd.Series(["2", "3"], dtype="str")])
def test_a_gap_is_no_id(gaps: object, beside: pd.Series) -> None:
    found = number([gaps, beside])  # type: ignore[list-item]
    assert texts(found, 0) == ["1", None, "2"]
    assert found.codes[0][2] == found.codes[1][0]


def test_ids_stay_the_text_they_are() -> None:
    found = number([pd.Series(["001", "1", "1.0", " 1"], dtype="str"), pd.Series([1, 1, 1, 1])])
    assert texts(found, 0) == ["001", "1", "1.0", " 1"]
    assert set(found.codes[1].tolist()) == {found.codes[0][1]}


def test_numbers_far_apart_and_below_zero() -> None:
    far = [-(2**62), 2**62, 0, -5, 2**62]
    assert texts(number([pd.Series(far), pd.Series([0, -5])]), 0) == [str(v) for v in far]
    near = [-3, 4, -3, 0]
    assert texts(number([pd.Series(near)]), 0) == [str(v) for v in near]
    great = pd.Series([2**63 + 1, 3], dtype="uint64")
    assert texts(number([great]), 0) == [str(2**63 + 1), "3"]


def test_numbers_that_are_not_whole_are_texts() -> None:
    found = number([pd.Series([1.5, 2.0, np.inf, np.nan]), pd.Series(["2", "1.5", "inf", None])])
    assert texts(found, 0) == ["1.5", "2", "inf", None]
    assert texts(found, 1) == ["2", "1.5", "inf", None]


@pytest.mark.parametrize("odd", [pa.list_(pa.string()), pa.binary()])
def test_what_is_no_id_at_all_is_refused(odd: pa.DataType) -> None:
    value = ["a"] if odd == pa.list_(pa.string()) else b"\xff"
    with pytest.raises(AssayError, match="cannot be read as text"):
        number([pa.chunked_array([[value]], type=odd)])


def test_half_a_character_is_told() -> None:
    with pytest.raises(AssayError, match="not valid Unicode"):
        number([pd.Series(["a", "\ud800"], dtype=object)])


def test_nothing_is_numbered_as_nothing() -> None:
    for empty in (
        pd.Series([], dtype="int64"),
        pd.Series([], dtype="str"),
        pa.chunked_array([[""]]),
    ):
        found = number([empty])  # type: ignore[list-item]
        assert (found.codes[0] < 0).all() and len(found.places) == found.size


IDS = st.one_of(st.text(max_size=20), st.integers(-50, 50).map(str))


@given(st.lists(IDS, max_size=30), st.lists(IDS, max_size=30))
def test_codes_in_text_order_are_those_of_a_vocabulary(one: list[str], other: list[str]) -> None:
    columns = [pd.Series(one, dtype=object), pd.Series(other, dtype=object)]
    found = number(columns)
    ordered = found.in_text_order()
    vocabulary = Vocabulary.of(v for v in [*one, *other] if v)
    assert ordered.size == len(vocabulary)
    for table, values in enumerate((one, other)):
        wanted = [vocabulary.encode([v])[0] if v else -1 for v in values]
        assert ordered.codes[table].tolist() == wanted
        assert [found.places[c] if c >= 0 else -1 for c in found.codes[table]] == wanted
        assert texts(found, table) == [v or None for v in values]
