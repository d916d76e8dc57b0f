"""What can be read: packed files, parts, several files, odd separators, quotes, encodings."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.recipe import Reading, Recipe
from pipelines.errors import AssayError
from tests.data.importing import import_file

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
PLAIN = "user_id,item_id,weight,timestamp\n" + "".join(
    f"u{n % 7},i{n % 5},1,{1_600_000_000 + n}\n" for n in range(300)
)


def zstd(content: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(content)
    return bytes(out.getvalue())


def test_zstd_is_read_as_gzip_is(imported: Import) -> None:
    plain = imported(PLAIN)
    packed = imported(zstd(PLAIN.encode()), "events.csv.zst")
    assert packed.about.fingerprint == plain.about.fingerprint


def test_torn_zstd_is_one_sentence(write: Write, home: Path) -> None:
    path = write("events.csv.zst", zstd(PLAIN.encode())[:-20])
    with pytest.raises(AssayError, match=r"The zstd data of 'events\.csv\.zst' is truncated"):
        import_file(path, "torn", home)
    assert not list(home.glob("torn/*"))


def test_a_folder_of_parquet_parts_is_one_table(tmp_path: Path, home: Path) -> None:
    frame = pd.DataFrame(
        {
            "user_id": ["a", "b", "c", "d"],
            "item_id": ["x", "y", "x", "y"],
            "timestamp": [5, 6, 7, 8],
            "event_type": ["view", "view", "purchase", "purchase"],
        }
    )
    folder = tmp_path / "events"
    frame.to_parquet(folder, partition_cols=["event_type"])
    made = store.load(import_file(folder, "parts", home))
    assert made.about.rows_in == made.about.kept == 4
    kinds = dict(zip(made.users.ids, made.context(["event_type"])["event_type"], strict=True))
    assert kinds == {"a": "view", "b": "view", "c": "purchase", "d": "purchase"}


def test_a_folder_without_parquet_is_said(tmp_path: Path, home: Path) -> None:
    with pytest.raises(AssayError, match="folder without Parquet files"):
        import_file(tmp_path, "parts", home)


def test_several_files_are_one_dataset(write: Write, home: Path) -> None:
    first = write("may.csv", "user_id,item_id,timestamp\na,x,5\n,y,6\n")
    second = write("june.csv.gz", gzip.compress(b"timestamp;item_id;user_id\n7;z;b\nsoon;z;b\n"))
    folder = import_file([first, second], "two", home)
    made = store.load(folder)
    assert (made.about.rows_in, made.about.kept, made.about.quarantined) == (4, 2, 2)
    assert made.about.sources == ("may.csv", "june.csv.gz")
    bad = quarantine.read(folder)
    assert list(zip(bad["file"], bad["line"], strict=True)) == [("may.csv", 3), ("june.csv.gz", 3)]


def test_a_later_file_must_have_the_first_ones_columns(write: Write, home: Path) -> None:
    first = write("may.csv", "user_id,item_id\na,x\n")
    second = write("june.csv", "user_id,product\na,x\n")
    with pytest.raises(AssayError, match=r"no column 'item_id' in 'june.csv'"):
        import_file([first, second], "two", home)


@pytest.mark.parametrize("separator", ["~", "^", "||", ":", "\x01", "#"])
def test_an_unusual_separator_is_found(separator: str, imported: Import) -> None:
    assert imported(PLAIN.replace(",", separator)).about.kept == 300


def test_a_separator_that_is_named_wins(imported: Import) -> None:
    text = "user_id|item_id|note;more\na|x|1;2\n"
    made = imported(text, recipe=Recipe(reading=Reading(separator="|")))
    assert made.about.kept == 1


def test_other_quote_marks_and_escapes(imported: Import) -> None:
    text = "user_id,item_id\na,'x, the \\'first\\''\nb,plain\n"
    made = imported(text, recipe=Recipe(reading=Reading(quote="'", escape="\\")))
    assert made.catalogue.items.ids.tolist() == ["plain", "x, the 'first'"]


def test_without_a_quote_mark_quotes_are_text(imported: Import) -> None:
    text = 'user_id,item_id\na,"x\nb,y"\n'
    made = imported(text, recipe=Recipe(reading=Reading(quote="")))
    assert made.catalogue.items.ids.tolist() == ['"x', 'y"']


@pytest.mark.parametrize("encoding", ["shift_jis", "cp1251", "latin-1", "utf-16-be"])
def test_an_encoding_that_is_named(encoding: str, imported: Import) -> None:
    word = {"shift_jis": "りんご", "cp1251": "яблоко"}.get(encoding, "Größe")
    text = f"user_id,item_id\na,{word}\n" * 1
    made = imported(text.encode(encoding), recipe=Recipe(reading=Reading(encoding=encoding)))
    assert made.catalogue.items.ids.tolist() == [word]


def test_utf16_without_a_mark_is_found(imported: Import) -> None:
    assert imported(PLAIN.encode("utf-16-le")).about.kept == 300


def test_an_unknown_encoding_is_said(write: Write, home: Path) -> None:
    recipe = Recipe(reading=Reading(encoding="klingon"))
    with pytest.raises(AssayError, match="read as 'klingon'"):
        import_file(write("a.csv", PLAIN), "a", home, recipe=recipe)
