"""Files of lists: every form gives the same lists, every broken file one sentence."""

from __future__ import annotations

import codecs
import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import AssayError
from pipelines.evaluation.evaluate_file import Evaluation, evaluate_files
from pipelines.reading.files import lists as lists_of
from pipelines.reading.files import read_file
from pipelines.reading.lines import UNUSABLE_SCORES
from pipelines.reading.problems import Problems
from tests.data import mutations
from tests.reading.test_read import shown

pytestmark = pytest.mark.slow

DRAW = np.random.default_rng(5)
LISTS = {str(u): DRAW.permutation(30)[:12].astype(str).tolist() for u in range(1, 41)}
TRUTH = {user: DRAW.permutation(30)[:4].astype(str).tolist() for user in LISTS}
KS = (3, 10)


def rows(lists: dict[str, list[str]], shuffled: bool = True) -> pd.DataFrame:
    made = pd.DataFrame(
        [(u, i, n + 1, 1 / (n + 1)) for u, items in lists.items() for n, i in enumerate(items)],
        columns=["user_id", "item_id", "rank", "score"],
    )
    return made.sample(frac=1, random_state=0) if shuffled else made


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(documents: list[Any]) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def vendors(lists: dict[str, list[str]]) -> str:
    return lines(
        [
            {"input": {"userId": u}, "output": {"recommendedItems": items, "scores": [0.1] * 12}}
            for u, items in lists.items()
        ]
    )


def arrow(frame: pd.DataFrame, **kinds: pa.DataType) -> pa.Table:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for name, kind in kinds.items():
        at = table.column_names.index(name)
        column = table[name]
        if pa.types.is_integer(kind) and not pa.types.is_integer(column.type):
            column = column.cast(pa.int64())
        if pa.types.is_dictionary(kind):
            table = table.set_column(at, name, column.dictionary_encode())
        else:
            table = table.set_column(at, name, column.cast(kind))
    return table


def parquet(folder: Path, **kinds: pa.DataType) -> Path:
    pq.write_table(arrow(rows(LISTS), **kinds), folder / "lists.parquet", row_group_size=100)
    return folder / "lists.parquet"


def parts(folder: Path) -> Path:
    (folder / "parts").mkdir()
    whole = arrow(rows(LISTS), item_id=pa.int32())
    for n in range(3):
        pq.write_table(whole.slice(160 * n, 160), folder / "parts" / f"{n}.parquet")
    return folder / "parts"


def csv(*left_out: str, shuffled: bool = True, **how: Any) -> Callable[[Path], Path]:
    table = rows(LISTS, shuffled).drop(columns=list(left_out))
    return lambda folder: write(folder, "a.csv", table.to_csv(index=False, **how))


def packed(name: str, content: str) -> Callable[[Path], Path]:
    return lambda folder: write(folder, name, gzip.compress(content.encode()))


def text(name: str, content: str | bytes) -> Callable[[Path], Path]:
    return lambda folder: write(folder, name, content)


def as_parquet(**kinds: pa.DataType) -> Callable[[Path], Path]:
    return lambda folder: parquet(folder, **kinds)


TABLE = rows(LISTS)
RECORDS = {"orient": "records", "lines": True}
NUMBERED = [{"userId": int(u), "itemIds": [int(i) for i in items]} for u, items in LISTS.items()]
FORMS: dict[str, Callable[[Path], Path]] = {
    "csv by rank": csv("score"),
    "csv by score": csv("rank"),
    "csv by order": csv("rank", "score", shuffled=False),
    "semicolons, other names": text(
        "a.csv",
        TABLE.rename(columns={"user_id": "USER_ID", "item_id": "movieId"}).to_csv(sep=";"),
    ),
    "tabs, quotes, CRLF, a byte order mark": text(
        "a.tsv", "\ufeff" + TABLE.to_csv(index=False, sep="\t", quoting=1, lineterminator="\r\n")
    ),
    "gzip": packed("a.csv.gz", TABLE.to_csv(index=False)),
    "utf-16": text("a.csv", TABLE.to_csv(index=False).encode("utf-16")),
    "spaces around": text(
        "a.csv", TABLE.assign(user_id=" " + TABLE["user_id"] + "  ").to_csv(index=False)
    ),
    "parquet of texts": as_parquet(),
    "parquet of numbers": as_parquet(user_id=pa.int64(), item_id=pa.int32()),
    "parquet of float ranks": as_parquet(user_id=pa.int64(), rank=pa.float64()),
    "parquet of dictionaries": as_parquet(item_id=pa.dictionary(pa.int32(), pa.string())),
    "parquet of large texts": as_parquet(user_id=pa.large_string(), item_id=pa.string_view()),
    "parquet in parts": parts,
    "json rows": text("a.jsonl", TABLE.to_json(**RECORDS)),
    "json rows of numbers": text(
        "a.ndjson", TABLE.astype({"user_id": int, "item_id": int}).to_json(**RECORDS)
    ),
    "a list a line": text("a.jsonl", lines([{"user_id": u, "items": i} for u, i in LISTS.items()])),
    "a list of numbers a line": text("a.json", lines(NUMBERED)),
    "personalize": text("lists.json.out", vendors(LISTS)),
    "personalize, packed": packed("a.jsonl.gz", vendors(LISTS)),
}


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("truth") / "truth.csv"
    rows(TRUTH)[["user_id", "item_id"]].to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def expected(truth: Path, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return evaluate_files(FORMS["csv by rank"](tmp_path_factory.mktemp("a")), truth, ks=KS)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same(
    form: str, truth: Path, expected: Evaluation, tmp_path: Path
) -> None:
    found = evaluate_files(FORMS[form](tmp_path), truth, ks=KS)
    assert shown(found.found) == {user: items[:10] for user, items in sorted(LISTS.items())}
    pd.testing.assert_frame_equal(found.per_user, expected.per_user, check_exact=True)
    assert found.found.problems == Problems()
    assert found.metrics == expected.metrics


@pytest.mark.parametrize(
    "form", ["parquet of numbers", "a list a line", "json rows", "personalize"]
)
def test_a_truth_may_have_any_form_too(form: str, expected: Evaluation, tmp_path: Path) -> None:
    lists = FORMS["csv by rank"](tmp_path)
    (tmp_path / "t").mkdir()
    answers = tmp_path / "t" / "truth.jsonl"
    answers.write_text(lines([{"user_id": u, "items": i} for u, i in TRUTH.items()]))
    if form == "json rows":
        answers.write_text(rows(TRUTH).to_json(**RECORDS))
    elif form == "personalize":
        answers.write_text(vendors(TRUTH))
    elif form == "parquet of numbers":
        answers = tmp_path / "t" / "truth.parquet"
        pq.write_table(arrow(rows(TRUTH), user_id=pa.int32(), item_id=pa.int64()), answers)
    found = evaluate_files(lists, answers, ks=KS)
    pd.testing.assert_frame_equal(found.per_user, expected.per_user, check_exact=True)


def test_ids_of_a_csv_file_stay_the_text_they_are(tmp_path: Path) -> None:
    lists = write(tmp_path, "a.csv", "user_id,item_id\n001,NA\n001,1e3\n1,007\n")
    answers = write(tmp_path, "t.csv", "user_id,item_id\n001,1e3\n1,7\n")
    found = evaluate_files(lists, answers, ks=(2,))
    assert shown(found.found) == {"001": ["NA", "1e3"], "1": ["007"]}
    assert found.per_user["hit_rate@2"].tolist() == [1.0, 0.0]


def test_oddities_of_rows_are_counted(tmp_path: Path) -> None:
    content = "user_id,item_id,rank\nu,a,1\nu,b\nu,c,3,4\n,d,4\nnull,e,5\nu,,6\nu,f,seven\n"
    lists = write(tmp_path, "a.csv", content)
    answers = write(tmp_path, "t.csv", "user_id,item_id\nu,a\nnone,a\nu\n")
    train = write(tmp_path, "h.csv", "user_id,item_id\nv,a\nv,f\nv\n,x\n")
    found = evaluate_files(lists, answers, train, ks=(2,)).found
    assert shown(found) == {"u": ["a", "f"]}
    assert found.problems == Problems(
        unusable_rows=5, unranked=1, unusable_truth_rows=2, unusable_train_rows=2
    )


def test_oddities_of_lines_are_counted(tmp_path: Path) -> None:
    documents = [
        {"input": {"userId": "u"}, "output": {"recommendedItems": ["a", "b"]}},
        {"input": {"userId": "u"}, "output": {"recommendedItems": ["c"]}},
        {"input": {"userId": "v"}, "output": None, "error": "No such user"},
        {"input": {"userId": "w"}, "output": {"recommendedItems": "a"}},
        {"input": {"itemId": "w"}, "output": {"recommendedItems": ["a"]}},
        {"input": {"userId": "x"}, "output": {"recommendedItems": []}},
    ]
    lists = write(tmp_path, "a.out", lines(documents) + "{broken\n\n[1]\n")
    answers = write(tmp_path, "t.csv", "user_id,item_id\nu,a\nv,a\nw,a\nx,a\n")
    found = evaluate_files(lists, answers, ks=(2,)).found
    assert shown(found)["u"] == ["a", "b"]
    assert found.problems == Problems(
        missing_users=2, second_lists=1, failed_lists=2, unusable_rows=3,
        short_lists=1, empty_lists=1,
    )  # fmt: skip


def test_a_list_without_an_item_is_empty_and_not_missing(tmp_path: Path) -> None:
    documents = [
        {"user_id": "u", "items": []},
        {"user_id": "u", "items": ["a"]},  # the first counts, whatever is in it
        {"user_id": "v", "items": ["null", "NaN"]},
        {"user_id": "w", "items": ["a"]},
        {"user_id": "y", "items": []},
    ]
    answers = write(tmp_path, "t.csv", "user_id,item_id\nu,a\nv,a\nw,a\nx,a\n")
    found = evaluate_files(write(tmp_path, "a.jsonl", lines(documents)), answers, ks=(1,))
    assert found.per_user["hit_rate@1"].tolist() == [0, 0, 1, 0]
    assert found.found.problems == Problems(
        missing_users=1, short_lists=2, empty_lists=2, extra_users=1, second_lists=1,
        unusable_rows=2,
    )  # fmt: skip


def test_a_line_with_an_error_beside_a_list_is_counted(tmp_path: Path) -> None:
    documents = [
        {"user_id": "u", "items": ["a", None]},
        {"user_id": "u", "items": ["a"]},
        {"user_id": "v", "items": [["a"]]},
        {"user_id": "v", "items": "a"},
    ]
    answers = write(tmp_path, "t.csv", "user_id,item_id\nu,a\nv,a\n")
    found = evaluate_files(write(tmp_path, "a.jsonl", lines(documents)), answers, ks=(1,)).found
    assert found.problems == Problems(missing_users=1, failed_lists=1, unusable_rows=1)


ODD_LINES = [
    {"user_id": "u1", "items": ["a"]},
    {"user_id": "u2", "items": ["b", None]},
    {"user_id": "u2", "items": ["c"]},
    {"user_id": "u3", "items": [1.5, ["a"], "d"]},
    {"user_id": "u4", "items": "a"},
    {"user_id": "u5", "items": []},
    {"user_id": "u6", "items": [{}, True]},
    {"user_id": None, "items": ["a"]},
]
"""Of these, six are counted; as CSV a row for each that lacks an id would be."""


def test_odd_lines_of_a_truth_are_counted_and_their_ids_count(tmp_path: Path) -> None:
    lists = write(tmp_path, "a.csv", "user_id,item_id\nu1,a\nu2,b\n")
    as_lines = write(tmp_path, "t.jsonl", lines(ODD_LINES))
    content = "user_id,item_id\nu1,a\nu2,b\nu2,\nu2,c\nu3,\nu3,d\nu4,\nu5,\nu6,\n,a\n"
    as_rows = write(tmp_path, "t.csv", content)
    for answers in (as_lines, as_rows):
        found = evaluate_files(lists, answers, ks=(1,))
        assert found.found.users.to_pylist() == ["u1", "u2", "u3"]
        assert found.per_user["recall@1"].tolist() == [1, 0.5, 0]
        assert found.found.problems == Problems(missing_users=1, unusable_truth_rows=6)


def test_odd_lines_of_a_training_file_are_counted(tmp_path: Path) -> None:
    lists = write(tmp_path, "a.csv", "user_id,item_id\nu1,a\nu1,b\n")
    answers = write(tmp_path, "t.csv", "user_id,item_id\nu1,b\n")
    train = write(tmp_path, "h.jsonl", lines(ODD_LINES))
    found = evaluate_files(lists, answers, train, ks=(2,)).found
    assert found.problems == Problems(unusable_train_rows=6, seen_items=1)


def test_lines_with_an_error_in_a_truth_are_counted(tmp_path: Path) -> None:
    documents = [
        {"input": {"userId": "u"}, "output": {"recommendedItems": ["a"]}},
        {"input": {"userId": "v"}, "output": None, "error": "No such user"},
    ]
    answers = write(tmp_path, "t.out", lines(documents))
    found = evaluate_files(write(tmp_path, "a.csv", "user_id,item_id\nu,a\n"), answers, ks=(1,))
    assert found.found.problems == Problems(unusable_truth_rows=1)


def test_a_score_that_no_float_holds_leaves_the_list(tmp_path: Path) -> None:
    odd: Counter[str] = Counter()
    scores = f"[0.5, 1{'0' * 400}]"
    content = f'{{"user_id": "u", "items": ["a", "b"], "scores": {scores}}}\n'
    lists = write(tmp_path, "a.jsonl", content)
    (line,) = lists_of(lists, odd)
    assert (line.items, line.scores, line.error) == (["a", "b"], None, "")
    assert odd == {UNUSABLE_SCORES: 1}
    answers = write(tmp_path, "t.csv", "user_id,item_id\nu,b\n")
    assert evaluate_files(lists, answers, ks=(2,)).found.problems == Problems()


MARK = codecs.BOM_UTF8


@pytest.mark.parametrize("content", [MARK, MARK + b"\n", gzip.compress(MARK, mtime=0)])
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.out"])
def test_a_byte_order_mark_by_itself_is_no_text(
    name: str, content: bytes, truth: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, name, content)
    for given in ((path, truth), (truth, path), (truth, truth, path)):
        with pytest.raises(AssayError, match=f"'{name}' holds no text"):
            evaluate_files(*given)


def test_a_byte_order_mark_at_the_end_is_no_line(truth: Path, tmp_path: Path) -> None:
    content = lines([{"user_id": u, "items": i} for u, i in LISTS.items()]).encode()
    found = evaluate_files(write(tmp_path, "a.jsonl", content + MARK), truth, ks=KS)
    assert found.found.problems == Problems()


BAD: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a.csv", b"", "is empty"),
    "only a header": (
        "a.csv",
        b"user_id,item_id,rank\n",
        "No row of 'a.csv' has a user and an item",
    ),
    "a web page": ("a.csv", b"<!DOCTYPE html><html></html>\n", "web page"),
    "binary": ("a.csv", bytes(DRAW.integers(0, 256, 4096, dtype=np.uint8)), "binary|columns?"),
    "torn parquet": ("a.parquet", b"PAR1 nothing PAR1", "truncated or damaged"),
    "another name": ("a.xyz", b"user_id,item_id\n1,2\n", "unknown file type"),
    "a spreadsheet": ("a.csv", b"PK\x03\x04 ...", "Excel"),
    "no user": ("a.csv", b"who,item_id\n1,2\n", "no column user_id in 'a.csv'"),
    "no columns": ("a.csv", b"title,price\nSalt,3\n", "no column user_id and no column item_id"),
    "two users": ("a.csv", b"uid,customer,item_id\n1,1,2\n", "equally well"),
    "twins": ("a.csv", b"user_id,user_id,item_id\n1,1,2\n", "more than one column"),
    "no header": ("a.csv", b"1,2,3\n4,5,6\n", "looks like data"),
    "an array": ("a.json", b"[1, 2, 3]", "JSON array without objects"),
    "torn gzip": (
        "a.csv.gz",
        gzip.compress(b"user_id,item_id\n" * 999)[:60],
        "truncated or damaged|empty",
    ),
    "other users": ("a.csv", b"user_id,item_id\nu1,2\n", "No user of 'a.csv'"),
    "other items": ("a.csv", b"user_id,item_id\n1,sku-2\n", "No item of 'a.csv'"),
    "lines about nobody": ("a.out", b'{"input": {}, "output": {}}\n', "has a user and an item"),
}


@pytest.mark.parametrize("kind", BAD)
def test_broken_files_are_one_sentence(kind: str, truth: Path, tmp_path: Path) -> None:
    name, content, says = BAD[kind]
    with pytest.raises(AssayError, match=says) as refused:
        evaluate_files(write(tmp_path, name, content), truth)
    assert "\n" not in str(refused.value) and str(refused.value).endswith(".")


def test_files_that_are_not_there_or_hold_lists_in_cells(truth: Path, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="There is no file"):
        evaluate_files(tmp_path / "none.csv", truth)
    with pytest.raises(AssayError, match="folder without Parquet files"):
        evaluate_files(tmp_path, truth)
    nested = tmp_path / "nested.parquet"
    pq.write_table(pa.table({"user_id": ["1"], "item_id": [["a", "b"]]}), nested)
    with pytest.raises(AssayError, match="one row per user and item"):
        evaluate_files(nested, truth)


@pytest.mark.parametrize(
    ("first", "end"),
    [(0, 40), *(pytest.param(n, n + 65, marks=pytest.mark.long) for n in range(40, 300, 65))],
)
def test_mutated_files_are_read_or_one_sentence(first: int, end: int, tmp_path: Path) -> None:
    """Files as nobody would wish them, in each role; a failure names its seed."""
    good = 0
    for seed in range(first, end):
        file = mutations.case(seed)
        suffix = ".parquet" if b"PAR1" in file.content[:4] else ".csv"
        path = write(tmp_path, f"{seed}{suffix}", file.content)
        try:
            found = read_file(path, ("recommendations", "truth", "train")[seed % 3])
            evaluate_files(path, path, ks=(2,))
            good += 1
            assert found.name == repr(path.name)
        except AssayError as error:
            assert "\n" not in str(error), seed
        except Exception as error:
            raise AssertionError(f"seed {seed}: {'; '.join(file.steps)}") from error
        path.unlink()
    assert good > (end - first) / 5
