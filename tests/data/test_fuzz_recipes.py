"""Mutated files under any recipe, with any tables, and in the preview (see `test_fuzz`)."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe
from pipelines.errors import AssayError
from tests.data import mutations
from tests.data.fuzzing import AT_ONCE, check_sentence, one_engine, told, tried  # noqa: F401

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("one_engine")]


@pytest.mark.parametrize("first", range(10_000, 10_600, AT_ONCE))
def test_a_mutated_file_with_any_recipe_and_tables(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + AT_ONCE):
        rng = random.Random(f"recipe {seed}")
        options: dict[str, Any] = {"recipe": any_recipe(rng)}
        for n, table in enumerate(("items", "users"), start=1):
            if rng.random() < 0.2:
                options[table] = any_table(rng, tmp_path / f"{table}-{seed}", seed + 50_000 * n)
        tried(seed, tmp_path, options)


@pytest.mark.parametrize("first", range(20_000, 20_300, AT_ONCE))
def test_a_preview_of_a_mutated_file_is_a_plan_or_one_sentence(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + AT_ONCE):
        with told(seed, mutations.case(seed), tmp_path) as path:
            try:
                shown = plan(path, rows=3)
            except AssayError as error:
                check_sentence(error)
                continue
            assert len(shown.sample) <= 3
            assert set(shown.recipe.columns.values()) <= set(shown.columns)


def any_recipe(rng: random.Random) -> Recipe:
    """A recipe of choices that fit the file, or do not, or no file at all."""

    def pick(usual: list[Any], odd: list[Any]) -> Any:
        return rng.choice(odd if rng.random() < 0.08 else usual)

    names = ["user_id", "item_id", "timestamp", "rating", "event_type", "Country", "UnitPrice"]
    odd_names = [name for name in mutations.ODD_NAMES if len(name) < 100]
    encodings = [
        "latin-1", "utf-16", "utf-32", "rot13", "base64", "idna", "utf-7", "cp037", "shift_jis",
        "unicode_escape", "punycode", "undefined", "\0", "no-such", "gb18030", "iso2022_jp", "hz",
    ]  # fmt: skip
    reading = {
        "separator": pick([None], [",", ";", "\t", "::", '"', "\n", "\0", "é", "aaaa", "\x1f"]),
        "encoding": pick([None, None, "utf-8"], encodings),
        "quote": pick(['"'], ["", "'", ",", "é", "\n", "a"]),
        "escape": pick([""], ["\\", '"', ",", "é", "\n"]),
    }
    times = {
        "unit": pick([None], ["s", "ms", "us", "ns"]),
        "order": rng.choice([None, None, "day-first", "month-first"]),
        "zone": pick(["UTC", "Europe/Berlin", "EST"], ["Mars/Base", "", "'", "+05:00", "a\0b"]),
    }
    document = {
        "keep": [pick(names, odd_names) for _ in range(rng.choice([0, 0, 0, 0, 0, 1, 2]))],
        "repeats": rng.choice(["moment", "once", "keep"]),
        "returns": rng.choice(["take-out", "quarantine"]),
        "least_weight": pick([None, None, 1], [-1e300, 1e300]),
        "weights": pick([{}, {}, {"view": 0}], [{"cart": 1e-6, "it's": 2}, {"a\0": 1e6}]),
        "columns": pick([{}], [{"weight": ""}, {"timestamp": ""}, {"weight": "UnitPrice"}]),
    }
    return Recipe.of(document | {"reading": reading, "times": times})


def any_table(rng: random.Random, path: Path, seed: int) -> Path:
    """A table of items or users: a mutated file, or one with odd columns and values."""
    if rng.random() < 0.3:
        path.write_bytes(mutations.case(seed).content)
        return path
    header, rows = ["id", "price", "genres", "age"], []
    for n in range(12):
        values = [rng.choice(["1", "2.5", "", rng.choice(mutations.ODD_VALUES)]) for _ in range(3)]
        rows.append([rng.choice([f"i{n}", f"u{n}", rng.choice(mutations.ODD_VALUES)]), *values])
    if rng.random() < 0.5:
        rng.choice(mutations.CELLS)(rng, header, rows)
    if rng.random() < 0.7:
        header[1] = "width"
    path.write_text("\n".join(",".join(row) for row in [header, *rows]))
    return path
