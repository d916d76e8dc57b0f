"""Importing mutated files, and all that must hold of what comes of it."""

from __future__ import annotations

import contextlib
import io
import itertools
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.data import dataset as store
from pipelines.data import quarantine
from pipelines.data.assembly import fingerprint
from pipelines.data.importing.moments import LATEST
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from tests.data import mutations
from tests.data.importing import import_file

AT_ONCE = 100
"""Files a test."""


@pytest.fixture(scope="module")
def one_engine() -> Iterator[None]:
    """One DuckDB for all files: starting one takes longer than a small import."""
    config = {"TimeZone": "UTC", "threads": 1, "autoinstall_known_extensions": False}
    with duckdb.connect(config=config) as shared, pytest.MonkeyPatch.context() as patch:

        @contextlib.contextmanager
        def engine(folder: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
            with shared.cursor() as connection:
                yield connection

        patch.setattr("pipelines.data.importing.planning.engine", engine)
        patch.setattr("pipelines.data.importing.importer.engine", engine)
        yield


@contextlib.contextmanager
def told(seed: int, file: mutations.File, folder: Path) -> Iterator[Path]:
    """The path of the written file; what fails is told with all that makes it happen again."""
    path = folder / file.name
    path.write_bytes(file.content)
    try:
        yield path
    except Exception as error:
        raise AssertionError(
            f"seed {seed}: {'; '.join(file.steps)}; file {file.name!r} of {len(file.content):,} "
            f"bytes begins {file.content[:300]!r}; {type(error).__name__}: {error}"
        ) from error
    finally:
        path.unlink()


def tried(seed: int, folder: Path, options: dict[str, Any]) -> store.About | None:
    """Import the file of a seed: the dataset's facts, or None where a sentence says why not."""
    file, home = mutations.case(seed), folder / "home"
    if options:
        file.steps.append(f"options {options}")
    with told(seed, file, folder) as path:
        try:
            made = import_file(path, "events", home, **options)
        except AssayError as error:
            check_sentence(error)
            assert [p for p in home.rglob("*") if p.is_file()] == []
            return None
        try:
            about = check_dataset(made)
            rows = physical_rows(file)
            reading = options["recipe"].reading if "recipe" in options else None
            if rows is not None and (reading is None or reading == Recipe().reading):
                assert about.rows_in == rows
            assert [p.name for p in made.parent.iterdir()] == ["1"]
        finally:
            shutil.rmtree(home)
    return about


def check_sentence(error: AssayError) -> None:
    message = str(error)
    assert len(message) < 500, message
    assert message.endswith("."), message
    assert message.isprintable(), message
    message.encode()


def check_dataset(folder: Path) -> store.About:
    """All that must hold of every dataset, whatever it came from."""
    made = store.load(folder)
    about, it = made.about, made.interactions
    assert about.rows_in == about.kept + about.folded + about.quarantined + about.filtered
    assert len(it) == about.kept > 0
    assert np.isfinite(it.weight).all() and (it.weight > 0).all()
    assert it.time.min() >= 0 and it.time.max() < LATEST
    same = it.user[1:] == it.user[:-1]
    assert (it.user[1:] >= it.user[:-1]).all()
    assert (it.time[1:] >= it.time[:-1])[same].all()
    for codes, ids in ((it.user, made.users.ids), (it.item, made.catalogue.items.ids)):
        assert codes.min() >= 0 and codes.max() < len(ids)
        assert ids.tolist() == sorted(set(ids))
        assert all(0 < len(text) <= 1_000 for text in ids)
    bad = quarantine.read(folder)
    events = bad[bad["table"] == "events"]
    assert len(events) == about.quarantined
    assert events["line"].is_unique and (events["line"] > 0).all()
    assert (bad["reason"] != "").all() and (bad["text"].str.len() <= 500).all()
    context = pq.read_table(folder / store.CONTEXT) if made.context_columns else None
    assert context is None or len(context) == about.kept
    assert len(made.context()) == about.kept
    again = fingerprint(it, made.catalogue.frame, made.user_frame, context)
    assert again == about.fingerprint
    steps = [(step.rows_in, step.rows_out) for step in about.steps]
    assert steps[0][0] == about.rows_in and steps[-1][1] == about.kept
    assert all(a[1] == b[0] for a, b in itertools.pairwise(steps))
    return about


def physical_rows(file: mutations.File) -> int | None:
    """Rows of a file by a count of its own; None where the file does not define them."""
    content = unpacked(file.content)
    if content is None:
        return None
    if content.startswith(b"PAR1"):
        return pq.read_metadata(io.BytesIO(content)).num_rows
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", errors="replace").encode(errors="replace")
    text = content.decode("latin-1").replace("ï»¿", "")
    if "\r" in text[:100_000] and "\n" not in text[: 1 << 18]:
        text = text.replace("\r", "\n")
    lines = text.split("\n")
    is_json = text.lstrip().startswith("{")
    while lines and not lines[0].strip() and not is_json:
        del lines[0]
    if ('"' in text and not is_json) or "\0" in text[:4_096]:
        return None
    return sum(line not in ("", "\r") for line in lines) - (not is_json)


def unpacked(content: bytes) -> bytes | None:
    """What a packed file holds; None where it is torn."""
    if content.startswith(b"\x1f\x8b"):
        whole = b""
        while content.startswith(b"\x1f\x8b"):
            stream = zlib.decompressobj(31)
            whole += stream.decompress(content)
            content = stream.unused_data
        return whole
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        return pa.CompressedInputStream(pa.BufferReader(content), "zstd").read()
    return content
