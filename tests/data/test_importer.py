"""From a file to a dataset: every format, every time, every weight, every line accounted for."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.importing.importer import import_events
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from pipelines.runtime.progress import Cancelled
from pipelines.schema import Columns as C
from tests.data.importing import import_file

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
HEADER = "user_id,item_id,weight,timestamp\n"
MOMENT = 1_600_000_000  # 2020-09-13 12:26:40 UTC


def quarantined(home: Path, number: int = 1) -> pd.DataFrame:
    return quarantine.read(home / "events" / str(number))


def rows(made: store.Dataset) -> list[tuple[str, str, float, int]]:
    it = made.interactions
    users, items = made.users.decode(it.user), made.catalogue.items.decode(it.item)
    return list(zip(users, items, it.weight.tolist(), it.time.tolist(), strict=True))


TABLE = pd.DataFrame(
    {
        "userId": [1, 1, 2],
        "movieId": [31, 1029, 31],
        "rating": [2.5, 3.0, 4.0],
        "timestamp": [MOMENT, MOMENT + 1, MOMENT + 2],
    }
)
EXPECTED = [
    ("1", "31", 2.5, MOMENT),
    ("1", "1029", 3.0, MOMENT + 1),
    ("2", "31", 4.0, MOMENT + 2),
]


def as_jsonl(frame: pd.DataFrame) -> bytes:
    return "".join(json.dumps(r) + "\n" for r in frame.to_dict("records")).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", TABLE.to_csv(index=False).encode()),
        ("crlf.csv", TABLE.to_csv(index=False, lineterminator="\r\n").encode()),
        ("returns.csv", TABLE.to_csv(index=False, lineterminator="\r").encode()),
        ("no-last-line-end.csv", TABLE.to_csv(index=False).rstrip().encode()),
        ("quoted.csv", TABLE.to_csv(index=False, quoting=1).encode()),
        ("bom.csv", TABLE.to_csv(index=False).encode("utf-8-sig")),
        ("utf16.csv", TABLE.to_csv(index=False).encode("utf-16")),
        ("a.tsv", TABLE.to_csv(index=False, sep="\t").encode()),
        ("semicolons.csv", TABLE.to_csv(index=False, sep=";").encode()),
        ("ratings.dat", TABLE.to_csv(index=False, sep=";").replace(";", "::").encode()),
        ("a.csv.gz", gzip.compress(TABLE.to_csv(index=False).encode(), mtime=0)),
        ("a.jsonl", as_jsonl(TABLE)),
        ("a.jsonl.gz", gzip.compress(as_jsonl(TABLE), mtime=0)),
    ],
)
def test_every_format_gives_the_same_dataset(name: str, content: bytes, imported: Import) -> None:
    made = imported(content, name)
    assert rows(made) == EXPECTED
    assert made.about.rows_in == made.about.kept == 3
    by_csv = imported(TABLE.to_csv(index=False))
    assert made.about.fingerprint == by_csv.about.fingerprint
    assert (made.about.version, by_csv.about.version) == (1, 1)


def test_parquet_of_any_types(tmp_path: Path, home: Path) -> None:
    times = pd.to_datetime(TABLE["timestamp"], unit="s", utc=True)
    for i, frame in enumerate(
        (
            TABLE,
            TABLE.astype({"userId": "float64", "movieId": "str"}),
            TABLE.assign(timestamp=times.dt.tz_convert("America/New_York")),
            TABLE.assign(timestamp=times.dt.tz_localize(None)),
            TABLE.astype({"userId": "category"}),
        )
    ):
        path = tmp_path / f"{i}.parquet"
        frame.to_parquet(path, index=False)
        assert rows(store.load(import_file(path, "events", home))) == EXPECTED


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (f"{MOMENT}", MOMENT),
        (f"{MOMENT}.75", MOMENT),
        (f"{MOMENT}000", MOMENT),
        (f"{MOMENT}000000", MOMENT),
        (f"{MOMENT}000000000", MOMENT),
        ("1.6e9", MOMENT),
        ("2020-09-13T12:26:40Z", MOMENT),
        ("2020-09-13T12:26:40.123456Z", MOMENT),
        ("2020-09-13 12:26:40", MOMENT),
        ("2020-09-13T14:26:40+02:00", MOMENT),
        ("2020-09-13 08:26:40-04", MOMENT),
        ("2020-09-13 14:26:40 Europe/Berlin", MOMENT),
        ("2020-09-13", MOMENT - 44_800),
        ("2020/09/13", MOMENT - 44_800),
        ("20200913", MOMENT - 44_800),
        ("0", None),  # beside times of today, it stands for none
        ("soon", None),
        ("", None),
        ("NaN", None),
        ("inf", None),
        ("-5", None),
        ("50000-01-01", None),
        ("1e300", None),
        ("99999999999", None),
        ("2020-13-01", None),
        ("20201301", None),
    ],
)
def test_times(text: str, seconds: int | None, imported: Import, home: Path) -> None:
    made = imported(f"{HEADER}a,x,1,{text}\nb,x,1,{MOMENT}\n")
    found = [time for user, _, _, time in rows(made) if user == "a"]
    assert found == ([] if seconds is None else [seconds])
    reasons = quarantined(home)["reason"].tolist()
    assert len(reasons) == (seconds is None)
    assert all(reason.startswith("the time ") for reason in reasons)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaN", "the weight is NaN"),
        ("inf", "the weight is infinite"),
        ("-Infinity", "the weight is infinite"),
        ("1e300", "the weight is infinite"),
        ("0", "the weight is zero"),
        ("1e-60", "the weight is zero"),
        ("good", "the weight is not a number"),
        ("", "the weight is missing"),
    ],
)
def test_weights_that_cannot_be_used(text: str, reason: str, imported: Import, home: Path) -> None:
    made = imported(f"{HEADER}a,x,{text},5\nb,x,2.5,6\n")
    assert rows(made) == [("b", "x", 2.5, 6)]
    found = quarantined(home)
    assert found["reason"].tolist() == [reason]
    assert found["line"].tolist() == [2]
    assert found["text"].tolist() == [f"a,x,{text},5"]


def test_each_bad_line_is_there_with_its_physical_number(imported: Import, home: Path) -> None:
    content = (
        HEADER  # line 1
        + "a,x,1,5\n"
        + "\n"
        + "a,x\n"  # 4
        + '"a","two\nlines",1,6\n'  # 5 and 6
        + ",x,1,7\n"  # 7
        + "a,null,1,7\n"  # 8
        + "\r\n"
        + HEADER  # 10
        + "a,y,1,8,9\n"  # 11
        + f"a,{'y' * 200_000},1,9\n"  # 12
        + f"a,{'y' * 2_000},1,9\n"  # 13
        + "a,\0,1,9\n"  # 14
        + "a,z,1,9"  # 15
    )
    made = imported(content)
    assert [row[1] for row in rows(made)] == ["x", "two\nlines", "z"]
    found = quarantined(home)
    assert dict(zip(found["line"], found["reason"], strict=True)) == {
        4: "columns: 2, in the header: 4",
        7: "the user is missing",
        8: "the item is missing",
        10: "the header is repeated",
        11: "columns: 5, in the header: 4",
        12: "the line is longer than 100,000 characters",
        13: "the item is longer than 1,000 characters",
        14: "the line holds binary data",
    }
    assert found["text"].str.len().max() == 500
    about = made.about
    assert (about.rows_in, about.kept, about.quarantined) == (11, 3, 8)


def test_an_unmatched_quote_loses_nothing(imported: Import, home: Path) -> None:
    lines = [f"u{n % 50},i{n % 40},1,{n}" for n in range(60_000)]
    lines[30_000] = 'u1,"i 30000,1,30000'
    lines[40_000] = 'u1,i1,1,"40000'
    lines[50_000] = '"u1,i1,1,50000'
    made = imported(HEADER + "\n".join(lines) + "\n")
    assert made.about.rows_in == 60_000
    assert made.about.kept == 59_999
    assert quarantined(home)["line"].tolist() == [40_002]
    assert "an unmatched quote mark, read as plain text: 3." in made.about.origin


def test_a_quoted_field_may_run_over_a_block(
    imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.data.sources.lines.BLOCK", 64)
    content = HEADER + "".join(f'u{n},"a\nb, ""{n}""\n\nc",1,{n}\n' for n in range(40))
    made = imported(content)
    assert made.about.rows_in == made.about.kept == 40
    assert rows(made)[0] == ("u0", 'a\nb, "0"\n\nc', 1.0, 0)


def test_text_that_is_not_utf8_is_read_and_said(imported: Import) -> None:
    made = imported(HEADER.encode() + "a,Café,1,5\n".encode("cp1252") + "a,Größe,1,6\n".encode())
    assert [row[1] for row in rows(made)] == ["Café", "Größe"]
    assert "not UTF-8, read as Windows-1252: 1." in made.about.origin


def test_duplicates_are_folded_the_last_weight_stays(imported: Import) -> None:
    made = imported(HEADER + "a,x,1,5\na,y,1,5\na,x,3,5\na,x,1,6\na,x,2,5\n")
    assert rows(made) == [("a", "x", 2.0, 5), ("a", "y", 1.0, 5), ("a", "x", 1.0, 6)]
    assert (made.about.rows_in, made.about.kept, made.about.folded) == (5, 3, 2)


def test_without_time_and_weight_repeats_become_the_weight(imported: Import) -> None:
    made = imported("user_id,item_id\na,x\na,y\na,x\n")
    assert rows(made) == [("a", "x", 2.0, 0), ("a", "y", 1.0, 0)]


def test_events_are_in_the_order_of_user_time_line(imported: Import) -> None:
    made = imported(HEADER + "b,x,1,9\nb,z,1,3\na,z,1,5\nb,y,1,3\na,x,1,5\n")
    assert [(u, i) for u, i, _, _ in rows(made)] == [
        ("a", "z"), ("a", "x"), ("b", "z"), ("b", "y"), ("b", "x"),
    ]  # fmt: skip


def test_tables_are_joined_by_id(imported: Import, write: Write, home: Path) -> None:
    items = write(
        "items.csv",
        "movieId,name,genres,unit_price,in_stock,studio\n"
        'x,"Film, the",A|B,4.5,yes,S1\nx,Again,C,1,no,S2\n'
        'new,New,"[""A"", ""D""]",,,\n,No id,,,,\n',
    )
    users = write("users.jsonl", '{"id": "b", "age": 30}\n{"id": "q", "age": 31}\n')
    made = imported(HEADER + "a,x,1,1\nb,y,1,2\n", items=items, users=users)
    frame = made.catalogue.frame.set_index(C.ITEM)
    assert made.catalogue.items.ids.tolist() == ["new", "x", "y"]
    assert frame.loc["x", C.TITLE] == "Film, the"
    assert frame.loc["x", C.PRICE] == 4.5
    assert frame.loc["x", "studio"] == "S1"
    assert frame.loc["new", C.CATEGORIES] == "A|D"
    assert bool(frame.loc["x", C.AVAILABLE]) is True
    assert pd.isna(frame.loc["y", C.TITLE])
    assert made.catalogue.titles().tolist() == ["New", "Film, the", "y"]
    assert made.users.ids.tolist() == ["a", "b"]
    assert made.user_frame.set_index(C.USER)["age"].tolist()[1] == 30
    assert "rows of items.csv that repeat an id and are ignored: 1." in made.about.origin
    found = quarantined(home)
    assert found[["table", "line"]].to_numpy().tolist() == [["items", 5]]
    assert made.about.quarantined == 0  # the identity counts events


def test_a_mapping_may_name_columns_of_the_items_too(imported: Import, write: Write) -> None:
    items = write("items.csv", "item_id,label\nx,Ex\n")
    made = imported(
        "who,what\na,x\n",
        items=items,
        recipe=Recipe(
            columns={"user_id": "who", "item_id": "what"}, item_columns={"title": "label"}
        ),
    )
    assert made.catalogue.titles().tolist() == ["Ex"]
    assert made.about.mapping == {"user_id": "who", "item_id": "what"}


def test_the_folder_holds_the_dataset_and_nothing_else_is_written(
    imported: Import, home: Path
) -> None:
    assert imported(HEADER + "a,x,1,5\n").about.version == 1
    assert [p.name for p in (home / "events").iterdir()] == ["1"]
    assert sorted(p.name for p in (home / "events" / "1").iterdir()) == [
        "about.json", "events.parquet", "items.parquet", "quarantine.parquet", "users.parquet",
    ]  # fmt: skip


def test_a_folder_in_use_is_not_overwritten(write: Write, home: Path) -> None:
    planned = plan(write("events.csv", HEADER + "a,x,1,5\n"))
    folder = import_events(planned, "events", home / "events")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(AssayError, match="in use"):
        import_events(planned, "events", folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert list(home.iterdir()) == [folder]


def test_progress_rises_and_a_cancelled_import_leaves_nothing(write: Write, home: Path) -> None:
    path = write("events.csv", HEADER + "a,x,1,5\n" * 1_000)
    shares: list[float] = []
    import_file(path, "events", home, progress=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(share: float, _: str) -> None:
        if share > 0.7:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_file(path, "other", home, progress=stop)
    assert list((home / "other").iterdir()) == []


def test_a_killed_import_leaves_no_dataset_and_the_next_one_sweeps(
    write: Write, home: Path
) -> None:
    path = write("events.csv", HEADER + "a,x,1,5\n" * 1_000)
    script = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from tests.data.importing import import_file\n"
        "def progress(share, message):\n"
        "    if share >= 0.85: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"import_file(Path({str(path)!r}), 'events', Path({str(home)!r}), progress=progress)\n"
    )
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": str(root)}
    ended = subprocess.run([sys.executable, "-c", script], env=env, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    left = [p.name for p in (home / "events").iterdir()]
    assert len(left) == 1
    assert left[0].startswith(".incoming-")
    folder = import_file(path, "events", home)
    assert [p.name for p in (home / "events").iterdir()] == ["1"] == [folder.name]


def test_a_preview_shows_the_first_rows_in_mapped_form(write: Write) -> None:
    path = write(
        "a.csv",
        "CustomerID,StockCode,Quantity,InvoiceDate\n7,A1,2,2020-09-13\n8,A2,-1,2020-09-14\n",
    )
    shown = plan(path)
    assert shown.columns == ("CustomerID", "StockCode", "Quantity", "InvoiceDate")
    assert shown.ambiguous == {}
    assert shown.missing == []
    assert shown.sample[C.USER].tolist() == ["7", "8"]
    assert shown.sample[C.TIME].iloc[0] == pd.Timestamp("2020-09-13", tz="UTC")
    assert shown.sample["problem"].tolist()[1] == "returns and cancellations"
    without = plan(path, Recipe(columns={"weight": ""}))
    assert "problem" not in without.sample
    assert C.WEIGHT not in without.recipe.columns


def test_a_preview_tells_what_it_cannot_decide(write: Write) -> None:
    shown = plan(write("a.csv", "user_id,product,sku\na,b,c\n"))
    assert shown.ambiguous == {"item_id": ["product", "sku"]}
    assert len(shown.sample) == 0
    choice = Recipe(columns={"item_id": "sku"})
    chosen = plan(write("a.csv", "user_id,product,sku\na,b,c\n"), choice)
    assert chosen.sample["item_id"].tolist() == ["c"]


def test_one_kind_of_event_counts_in_full(imported: Import) -> None:
    made = imported("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\na,x,5,view\n")
    assert made.interactions.weight.tolist() == [1.0]
    assert made.about.recipe is not None
    assert made.about.recipe.weights == {"view": 1.0}


def test_ids_are_sorted_as_the_vocabulary_sorts(imported: Import) -> None:
    made = imported(
        "user_id,item_id\n" + "".join(f"a,{i}\n" for i in ["é", "z", "Z", "10", "9", "😀", "｡"])
    )
    ids = made.catalogue.items.ids.tolist()
    assert ids == sorted(ids)
    assert made.interactions.user.dtype == np.int32
