"""Files that are no table: one sentence each that says what to do, and nothing written."""

from __future__ import annotations

import gzip
import io
import os
import random
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pipelines.data.importing.planning import plan
from pipelines.errors import AssayError
from tests.data.importing import import_file

GOOD = "user_id,item_id,weight,timestamp\n" + "".join(
    f"u{n % 7},i{n % 5},1,{1_600_000_000 + n}\n" for n in range(200)
)


def parquet(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("events.csv", GOOD)
        archive.writestr("items.csv", GOOD)
    return out.getvalue()


NESTED = pd.DataFrame({"user_id": ["a"], "item_id": [{"id": "i", "kind": "k"}]})
DAMAGED = gzip.compress(GOOD.encode(), mtime=0)[:40] + b"junk" * 99
BAD: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("a.csv", "", "is empty"),
    "blank": ("a.csv", "\n\n  \n", "holds no text"),
    "a mark alone": ("a.csv", b"\xef\xbb\xbf", "holds no text"),
    "a mark alone, packed": ("a.gz", gzip.compress(b"\xef\xbb\xbf", mtime=0), "holds no text"),
    "binary": ("a.csv", random.Random(1).randbytes(5_000), "binary data"),
    "picture": ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "binary data"),
    "html": ("a.csv", "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "web page"),
    "html in capitals": ("a.csv", "\n <HTML><head></head></HTML>", "web page"),
    "xml": ("a.csv", '<?xml version="1.0"?><rows/>', "web page or XML"),
    "zip": ("a.csv", zipped(), "zip or Excel"),
    "wrong columns": ("a.csv", "name,color\nAnn,red\n", "--map user_id=COLUMN"),
    "one column": ("a.csv", "user_id\na\n", "recognized as item_id"),
    "header only": ("a.csv", "user_id,item_id\n", "no rows"),
    "no header": ("a.csv", "1,31,2.5,1260759144\n1,32,3,1260759145\n", "looks like data"),
    "long line": ("a.csv", "x" * 1_000_000, "100,000 characters"),
    "long line after a header": (
        "a.csv", "user_id,item_id\n" + "x" * 1_000_000, "longer than 100,000 characters",
    ),
    "columns twice": ("a.csv", "user_id,item_id,user_id\na,b,c\n", "named 'user_id'"),
    "columns twice but for spaces": ("a.csv", "user_id,item_id, user_id\na,b,c\n", "'user_id'"),
    "two users": ("a.csv", "UserId,user_id,item_id\na,b,c\n", "fit user_id equally"),
    "torn gzip": ("a.csv.gz", gzip.compress(GOOD.encode(), mtime=0)[:-300], "truncated or damaged"),
    "damaged gzip": ("a.csv.gz", DAMAGED, "truncated or damaged"),
    "empty gzip": ("a.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
    "torn parquet": ("a.parquet", parquet(NESTED)[:-40], "truncated or damaged"),
    "nested parquet": ("a.parquet", parquet(NESTED), "is nested"),
    "json array": ("a.json", "[1, 2, 3]", "one JSON object per line"),
    "torn json array": ("a.json", '[{"user_id": 1, "item_id": 2}, {"user_id"', "at row 2"),
    "pretty json": ("a.json", '{\n "user_id": 1,\n "item_id": 2\n}', "one object per line"),
    "nonsense times": (
        "a.csv", "user_id,item_id,timestamp\na,b,soon\nc,d,later\n", "the time cannot be read",
    ),
    "weights that are words": ("a.csv", "user_id,item_id,weight\na,b,good\n", "not a number"),
    "binary later": ("a.csv", "user_id,item_id\n" + "\0" * 400_000, "binary"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_sentence_and_nothing_is_written(
    name: str, tmp_path: Path, home: Path
) -> None:
    file, content, says = BAD[name]
    path = tmp_path / file
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(AssayError, match=says) as caught:
        import_file(path, "bad", home)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 400
    assert [p for p in home.rglob("*") if p.is_file()] == []
    assert list(home.glob("bad/*")) == []


def test_what_is_not_a_file_is_said(tmp_path: Path, home: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    for path, says in ((tmp_path, "is a folder"), (tmp_path / "no", "no file"), (fifo, "regular")):
        with pytest.raises(AssayError, match=says):
            import_file(path, "bad", home)
        with pytest.raises(AssayError, match=says):
            plan(path)
    assert not home.exists()


@pytest.mark.parametrize(
    "name", ["", "Shop", "a b", "../up", "a/b", "-a", ".hidden", "a" * 64, "é", "a\n", "a.b"]
)
def test_a_name_that_could_lead_elsewhere_is_refused(name: str, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    with pytest.raises(AssayError, match="lowercase letters, digits and dashes"):
        import_file(path, name, home)
    assert not home.exists()


@pytest.mark.parametrize(
    ("table", "content", "says"),
    [
        ("items", "name,color\nx,red\n", "recognized as item_id"),
        ("items", "item_id,title\n,x\n", "No row of 'items.csv'"),
        ("items", "item_id,name,item_name\ni1,a,b\n", "fit title equally"),
        ("users", "", "is empty"),
    ],
)
def test_a_bad_table_stops_the_import(
    table: str, content: str, says: str, tmp_path: Path, home: Path
) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    path = tmp_path / f"{table}.csv"
    path.write_text(content)
    with pytest.raises(AssayError, match=says):
        import_file(tmp_path / "a.csv", "bad", home, **{table: path})  # type: ignore[arg-type]
    assert list(home.glob("bad/*")) == []
