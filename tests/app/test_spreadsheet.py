"""CSV that a spreadsheet opens without running any of it."""

import io

import pandas as pd
import pytest

from app.components import spreadsheet


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("x")'])
def test_a_text_that_would_run_has_an_apostrophe(cell):
    frame = pd.DataFrame({"text": [cell, "plain"], cell: ["a", None]})
    read = pd.read_csv(io.BytesIO(spreadsheet.csv(frame)), lineterminator="\n")
    assert read.iloc[0, 0] == f"'{cell}"
    assert read.iloc[1, 0] == "plain"
    assert read.columns[1] == f"'{cell}"


def test_numbers_stay_numbers():
    frame = pd.DataFrame({"n": [-1.5, 2.0], "kind": pd.Categorical(["-a", "b"])})
    assert spreadsheet.csv(frame) == b"n,kind\n-1.5,'-a\n2.0,b\n"
