"""Rows in = kept + folded + quarantined + filtered, whatever the file holds."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.errors import AssayError
from tests.data.fuzzing import one_engine  # noqa: F401
from tests.data.importing import import_file

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("one_engine")]

HEADER = "user_id,item_id,weight,timestamp\n"
VALUE = st.one_of(
    st.sampled_from(
        ["a", "b", "x", "1", "2.5", "1600000000", "2020-09-13", "NaN", "inf", "-1", ""]
    ),
    st.sampled_from(["two\nlines", "a\r\nb", 'say "no", twice', '"', "\0", "\n\n", ",", " é "]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
)
MESSY = st.text(st.sampled_from("ab12,\"\n\r\t .;'é\0"), max_size=120)


def check(content: bytes) -> store.About | None:
    """Import `content`; the identity holds, or one sentence says why there is no dataset."""
    with tempfile.TemporaryDirectory() as folder:
        path, home = Path(folder, "events.csv"), Path(folder, "home")
        path.write_bytes(content)
        try:
            made = import_file(path, "events", home)
        except AssayError as error:
            assert "\n" not in str(error)
            assert not [p for p in home.rglob("*") if p.is_file()]
            return None
        loaded = store.load(made)
        about = loaded.about
        assert about.rows_in == about.kept + about.folded + about.quarantined + about.filtered
        assert len(loaded.interactions) == about.kept > 0
        assert (loaded.interactions.weight > 0).all()
        bad = quarantine.read(made)
        assert len(bad) == about.quarantined
        assert bad["line"].is_unique
        assert bad["line"].between(2, content.count(b"\n") + content.count(b"\r") + 1).all()
        assert (bad["reason"] != "").all()
        return about


@settings(max_examples=40)
@given(st.lists(st.lists(VALUE, min_size=4, max_size=4), max_size=12))
def test_rows_of_a_wellformed_file_all_arrive(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([["a", "x", "1", "5"], *rows])
    about = check((HEADER + out.getvalue()).encode())
    assert about is not None
    assert about.rows_in == len(rows) + 1


@settings(max_examples=60)
@given(MESSY)
def test_messy_text_never_loses_a_row(text: str) -> None:
    about = check((HEADER + "a,x,1,5\n" + text).encode())
    assert about is not None
    assert about.kept >= 1


@settings(max_examples=30)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_dataset_or_one_sentence(tail: bytes) -> None:
    check((HEADER + "a,x,1,5\n").encode() + tail)
    check(tail)
