"""Files as nobody would wish them: good ones by format, and what befalls them, from a seed."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from tests.data import mutated_tables

Rows = list[list[str]]
MOMENT = 1_600_000_000
SEPARATORS = (",", ";", "\t", "|", "::", "\x01", "~")
ODD_NAMES = (
    "", " ", "user id", 'a"b', "a;b", "'; DROP TABLE arrived; --", "größe", "名前", "line",
    "reason", "step", "spaces", "c0", "problem", "a.b", "a/b", "~0", "$", "%s", "{}", "\\",
    "user_id", "USER_ID", "timestamp", "x" * 300, "=cmd|' /C calc'!A0", "\ufeffuser_id", "a\0b",
)  # fmt: skip
ODD_VALUES = (
    "", " ", "\t", "null", "NaN", "nan", "inf", "-Infinity", "1e39", "1e-46", "1e400", "-1", "0",
    "-0", "1_000", "0x10", "1,5", "50000-01-01", "50000-01-01T00:00:00Z", "0000-00-00", "24:00:00",
    "2020-01-01 24:00:00", "2016-12-31 23:59:60", "294247-01-10", "infinity", "epoch", "now",
    "99/99/9999", "31/12/2020 25:61", "2020-09-13 12:00 Mars/Base", "99999999999999999999",
    "1.7976931348623157e308", "=cmd|' /C calc'!A0", "@SUM(1)", "+1", "'; DROP TABLE batch; --",
    "../../etc/passwd", "a\0b", "\x1f", "\x1b[31m", "é", "😀", "\u202e", "\u2028", "\ufeff", "\xa0",
    "<script>alert(1)</script>", "${jndi:x}", "%n%s", "\\N", "\\", "\ufffd", "a" * 10_000,
)  # fmt: skip


@dataclass
class File:
    """A file that is being mutated: `steps` tells what was done to it."""

    name: str
    content: bytes
    steps: list[str] = field(default_factory=list)


def case(seed: int) -> File:
    """The mutated file of a seed: always the same one."""
    rng = random.Random(seed)
    kind = rng.choices(["text", "json", "parquet", "none"], [12, 4, 3, 1])[0]
    if kind == "none":
        return _no_table(rng)
    if kind == "parquet":
        return _damaged(rng, _parquet(rng))
    file = _text(rng) if kind == "text" else _json(rng)
    return _packed(rng, _damaged(rng, file))


def good_rows(rng: random.Random, n: int) -> tuple[list[str], Rows]:
    """The header and the rows of a good table of one of several kinds."""
    kind = rng.choice(["ratings", "orders", "log", "pairs"])
    users = [f"u{rng.randrange(8)}" for _ in range(n)]
    items = [f"i{rng.randrange(6)}" for _ in range(n)]
    times = [MOMENT + rng.randrange(10**7) for _ in range(n)]
    if kind == "ratings":
        marks = [str(rng.choice([0.5, 3, 4.5])) for _ in range(n)]
        columns = [users, items, marks, [str(t) for t in times]]
        return ["user_id", "item_id", "rating", "timestamp"], _rows(columns)
    if kind == "orders":
        form = rng.choice(["%m/%d/%Y %H:%M", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%SZ", "%Y%m%d"])
        dates = [datetime.fromtimestamp(t, UTC).strftime(form) for t in times]
        numbers = [f"{rng.choice(['', '', 'C'])}{5000 + i // 3}" for i in range(n)]
        counts = [str(rng.choice([1, 2, 12, -1])) for _ in range(n)]
        names = [f"Lamp, {i}" if rng.random() < 0.1 else f"Lamp {i}" for i in items]
        header = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
                  "CustomerID", "Country"]  # fmt: skip
        prices = [f"{rng.randrange(900) / 100}" for _ in range(n)]
        columns = [numbers, items, names, counts, dates, prices, users, ["United Kingdom"] * n]
        return header, _rows(columns)
    if kind == "log":
        kinds = [rng.choice(["view", "cart", "purchase", "share"]) for _ in range(n)]
        columns = [[str(t * 1000) for t in times], kinds, users, items]
        return ["event_time", "event_type", "user", "sku"], _rows(columns)
    return ["user_id", "item_id"], _rows([users, items])


def _rows(columns: list[list[str]]) -> Rows:
    return [list(row) for row in zip(*columns, strict=True)]


def _text(rng: random.Random) -> File:
    header, rows = good_rows(rng, rng.choice([0, 1, 5, 25, 40]))
    separator = rng.choice(SEPARATORS)
    steps: list[str] = []
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        chosen = rng.choice(CELLS)
        steps.append(chosen.__name__)
        chosen(rng, header, rows)
    quoting = rng.choice(["needed", "needed", "all", "none"])

    def written(value: str) -> str:
        needed = any(sign in value for sign in (separator, '"', "\n", "\r"))
        if quoting == "all" or (quoting == "needed" and needed):
            return '"' + value.replace('"', '""') + '"'
        return value

    lines = [separator.join(map(written, row)) for row in [header, *rows]]
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        chosen_lines = rng.choice(LINES)
        steps.append(chosen_lines.__name__)
        chosen_lines(rng, lines)
    end = rng.choice(["\n", "\n", "\n", "\r\n", "\r"])
    text = end.join(lines) + rng.choice([end, end, end, "", end * 3, "\0", "\x1a"])
    steps.append(f"separator {separator!r}, quotes {quoting}, line end {end!r}")
    return File(_name(rng, "csv"), _encoded(rng, text, end, steps), steps)


def _encoded(rng: random.Random, text: str, end: str, steps: list[str]) -> bytes:
    code = rng.choice(
        ["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mixed"]
    )
    steps.append(f"encoding {code}")
    if code != "mixed":
        return text.encode(code, errors="replace")
    codes = ["utf-8", "cp1252", "utf-8-sig", "utf-16-le", "shift_jis"]
    parts = [(part + end).encode(rng.choice(codes), errors="replace") for part in text.split(end)]
    return b"".join(parts)


# What befalls the cells of a table: functions of (rng, header, rows), in place.


def odd_values(rng: random.Random, header: list[str], rows: Rows) -> None:
    for row in rows:
        if row and rng.random() < 0.3:
            row[rng.randrange(len(row))] = rng.choice(ODD_VALUES)


def one_column_odd(rng: random.Random, header: list[str], rows: Rows) -> None:
    at, value = rng.randrange(len(header)), rng.choice(ODD_VALUES)
    for row in rows:
        row[at : at + 1] = [value]


def newlines_in_fields(rng: random.Random, header: list[str], rows: Rows) -> None:
    for row in rows:
        if row and rng.random() < 0.3:
            row[rng.randrange(len(row))] += rng.choice(["\n", "a\nb", "\r\n\r\n", "\r", '"\n"'])


def odd_names(rng: random.Random, header: list[str], rows: Rows) -> None:
    for _ in range(rng.randrange(1, 4)):
        header.append(rng.choice(ODD_NAMES))
        for row in rows:
            row.append("v")


def renamed(rng: random.Random, header: list[str], rows: Rows) -> None:
    header[rng.randrange(len(header))] = rng.choice([*ODD_NAMES, "two\nlines", "item", "customer"])


def many_columns(rng: random.Random, header: list[str], rows: Rows) -> None:
    n = rng.choice([200, 200, 2_000])
    header += [f"column {i}" for i in range(n)]
    for row in rows:
        row += ["1"] * n


def ragged(rng: random.Random, header: list[str], rows: Rows) -> None:
    for row in rows:
        if rng.random() < 0.3:
            row[:] = row[:-1] if rng.random() < 0.5 else [*row, "more"]


def case_twins(rng: random.Random, header: list[str], rows: Rows) -> None:
    for row in rows:
        row[:] = [value.upper() if rng.random() < 0.5 else f" {value} " for value in row]


CELLS: list[Callable[[random.Random, list[str], Rows], None]] = [
    odd_values, odd_values, one_column_odd, newlines_in_fields, odd_names, renamed, many_columns,
    ragged, case_twins,
]  # fmt: skip


# What befalls the lines of a text: functions of (rng, lines), in place.


def duplicated(rng: random.Random, lines: list[str]) -> None:
    lines += lines and [rng.choice(lines) for _ in range(5)]


def shuffled(rng: random.Random, lines: list[str]) -> None:
    rng.shuffle(lines)


def deleted(rng: random.Random, lines: list[str]) -> None:
    del lines[rng.randrange(len(lines) + 1) :: rng.choice([2, 3, 7])]


def quotes(rng: random.Random, lines: list[str]) -> None:
    for _ in range(rng.choice([1, 1, 3, 20])):
        at = rng.randrange(len(lines)) if lines else None
        if at is not None:
            cut = rng.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:cut] + '"' + lines[at][cut:]


def signs(rng: random.Random, lines: list[str]) -> None:
    for _ in range(5):
        at = rng.randrange(len(lines)) if lines else None
        if at is not None:
            cut = rng.randrange(len(lines[at]) + 1)
            sign = rng.choice(["\0", "\r", "\ufeff", "\x1f", "\x0b", "\x85", "\u2028", ",", ";"])
            lines[at] = lines[at][:cut] + sign + lines[at][cut:]


def marks_of_order(rng: random.Random, lines: list[str]) -> None:
    for at in range(len(lines)):
        if rng.random() < 0.3:
            lines[at] = "\ufeff" + lines[at]


def header_again(rng: random.Random, lines: list[str]) -> None:
    lines += [*lines, *lines[:1]]


def blank_lines(rng: random.Random, lines: list[str]) -> None:
    for _ in range(5):
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(["", " ", "\t", "\x0c"]))


def long_line(rng: random.Random, lines: list[str]) -> None:
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(["x", ",", '"', "é"]) * 200_000)


def other_separator(rng: random.Random, lines: list[str]) -> None:
    for at in range(1, len(lines)):
        if rng.random() < 0.5:
            lines[at] = lines[at].replace(",", ";")


LINES: list[Callable[[random.Random, list[str]], None]] = [
    duplicated, shuffled, deleted, quotes, quotes, signs, marks_of_order, header_again, blank_lines,
    long_line, other_separator,
]  # fmt: skip


def _json(rng: random.Random) -> File:
    header, rows = good_rows(rng, rng.choice([0, 1, 5, 25]))
    steps: list[str] = []
    for _ in range(rng.choice([0, 1, 2])):
        chosen = rng.choice(CELLS)
        steps.append(chosen.__name__)
        chosen(rng, header, rows)
    lines = [json.dumps(dict(zip(header, row, strict=False))) for row in rows]
    for _ in range(rng.choice([0, 1, 1, 3])):
        chosen_lines = rng.choice([*LINES, odd_objects, odd_objects])
        steps.append(chosen_lines.__name__)
        chosen_lines(rng, lines)
    end = rng.choice(["\n", "\n", "\r\n", "\r"])
    text = end.join(lines) + rng.choice([end, ""])
    return File(_name(rng, "jsonl"), _encoded(rng, text, end, steps), steps)


def odd_objects(rng: random.Random, lines: list[str]) -> None:
    odd = [
        '{"user_id": "\\ud800", "item_id": "x"}', '{"user_id": "a", "user_id": "b", "item_id": 1}',
        '{"user_id": {"id": 1}, "item_id": ["x", 2]}', '{"user_id": 1' + "0" * 5_000 + "}",
        '{"user_id": 123456789012345678901234, "item_id": 1.0}', "[1, 2]", '"text"', "null", "{}",
        "{" * 500, '{"a":' * 3_000 + "1" + "}" * 3_000, '{"\\ud800": 1, "user_id": "a"}',
        '{"a\\u0000b": 1, "user_id": "a\\u0000b", "item_id": "x"}', '{"": 1, "/": 2, "~1": 3}',
        '{"user_id": NaN, "item_id": Infinity}', "{'user_id': 1}", '{"user_id": true}', "{",
    ]  # fmt: skip
    for _ in range(4):
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(odd))


def _parquet(rng: random.Random) -> File:
    header, rows = good_rows(rng, rng.choice([0, 1, 25]))
    table = pa.table([[row[i] for row in rows] for i in range(len(header))], names=header)
    table = table.cast(pa.schema([(name, pa.string()) for name in header]))
    steps: list[str] = []
    for _ in range(rng.choice([0, 1, 1, 2])):
        table, said = mutated_tables.mutated(rng, table)
        steps.append(said)
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=rng.choice([1, 10, 1_000]))
    return File(_name(rng, "parquet"), out.getvalue(), steps)


def _no_table(rng: random.Random) -> File:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("events.csv", "user_id,item_id\na,b\n")
    what, content = rng.choice(
        [
            ("html", b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"),
            ("html after text", b"user_id,item_id\n<html><body>Error 502</body></html>\n"),
            ("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + rng.randbytes(3_000)),
            ("png", b"\x89PNG\r\n\x1a\n" + rng.randbytes(3_000)),
            ("zip", archive.getvalue()),
            ("random bytes", rng.randbytes(rng.choice([1, 2, 9, 100, 5_000]))),
            ("zeros", bytes(rng.choice([1, 4, 300_000]))),
            ("gzip of gzip", gzip.compress(gzip.compress(b"user_id,item_id\na,b\n"))),
            ("gzip of parquet", gzip.compress(b"PAR1" + rng.randbytes(500))),
            ("magic alone", rng.choice([b"PAR1", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xff\xfe"])),
            ("parquet of nothing", b"PAR1" + bytes(20) + b"PAR1"),
            ("mail", b"From: a@b\nTo: c@d\n\nuser_id,item_id\na,b\n"),
        ]
    )
    return _damaged(rng, File(_name(rng, "csv"), content, [what]))


def _damaged(rng: random.Random, file: File) -> File:
    """Some bytes cut off, turned over, put in, or none of it."""
    content = bytearray(file.content)
    what = rng.choice(["nothing"] * 6 + ["cut", "flip", "insert", "remove"])
    if not content or what == "nothing":
        return file
    at = rng.randrange(len(content))
    if what == "cut":
        del content[at:]
    elif what == "flip":
        for _ in range(rng.choice([1, 3, 50])):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    elif what == "insert":
        content[at:at] = rng.randbytes(rng.choice([1, 3, 100]))
    else:
        del content[at : at + rng.choice([1, 3, 100])]
    file.steps.append(f"{what} at byte {at}")
    return File(file.name, bytes(content), file.steps)


def _packed(rng: random.Random, file: File) -> File:
    how = rng.choice(["plain"] * 6 + ["gzip", "members", "zstd", "frames", "trailing"])
    if how == "plain":
        return file
    half = len(file.content) // 2
    parts = [file.content[:half], file.content[half:]]
    if how in ("zstd", "frames"):
        pieces = parts if how == "frames" else [file.content]
        packed = b"".join(pa.compress(p, codec="zstd", asbytes=True) for p in pieces if p)
    else:
        pieces = parts if how == "members" else [file.content]
        packed = b"".join(gzip.compress(piece, mtime=0) for piece in pieces)
    if how == "trailing":
        packed += rng.choice([b"\0" * 100, b"junk", b"\x1f\x8b"])
    file.steps.append(f"packed: {how}")
    return _damaged(rng, File(file.name + ".gz", packed, file.steps))


def _name(rng: random.Random, ending: str) -> str:
    odd = ["..", "a\nb", "-rf", "x" * 200, "'; DROP", "名前", "\udcff", "$(id)", " "]
    stems = ["events"] * 30 + odd
    return f"{rng.choice(stems)}.{ending}"
