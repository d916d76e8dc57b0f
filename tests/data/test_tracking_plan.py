"""The plan says what this data lacks; its examples are valid, and what is wrong is not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pipelines.data import readiness
from pipelines.data.dataset import ImportCounts
from pipelines.data.readiness.tracking_events import EVENTS, FIELDS, examples, schema
from pipelines.data.readiness.tracking_plan import FIXED_BY, gaps, markdown, schema_text, write
from pipelines.errors import AssayError
from tests.data.test_readiness import made

VALIDATOR = Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("event", list(EVENTS))
def test_an_example_of_each_event_fits_the_schema(event: str) -> None:
    example = examples()[event]
    assert example["event_type"] == event
    assert list(VALIDATOR.iter_errors(example)) == []


@pytest.mark.parametrize(
    ("event", "field"),
    [(e, f.name) for e in EVENTS for f in FIELDS if e in f.required]
    + [(e, "visitor_id") for e in EVENTS],
)
def test_an_event_without_a_required_field_does_not(event: str, field: str) -> None:
    example = examples()[event]
    del example[field]
    assert not VALIDATOR.is_valid(example)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timestamp", "2026-03-02T09:41:07"), ("timestamp", "02.03.2026"), ("propensity", 0),
        ("propensity", 1.2), ("position", 0), ("item_id", ""), ("event_type", "look"),
    ],
)  # fmt: skip
def test_wrong_values_do_not(field: str, value: object) -> None:
    assert not VALIDATOR.is_valid({**examples()["impression"], field: value})


def test_the_plan_leads_with_what_the_data_lacks() -> None:
    rows = [(u, i, u * 3600) for u in range(300) for i in range(4)]
    arrivals = ImportCounts(reasons={"the user is missing": 700})
    report = readiness.report(made(rows, rows_in=1_900, arrivals=arrivals))
    text = markdown(report)
    assert text.index("## What made lacks") < text.index("## The events")
    assert "**rows without a user, share** (not enough)" in text
    found = [gap.finding.check for gap in gaps(report)]
    assert {"propensity, share of events", "rows without a user, share"} <= set(found)
    assert all(f"**{check}**" in text for check in found)


def test_every_field_and_event_stands_in_the_plan() -> None:
    text = markdown()
    assert "lacks" not in text
    for name in [f.name for f in FIELDS] + list(EVENTS):
        assert f"| `{name}` |" in text
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert [json.loads(block) for block in blocks] == list(examples().values())


def test_findings_named_in_the_plan_exist() -> None:
    rows = [(u, i, u * 3600) for u in range(9) for i in range(4)]
    typed = ImportCounts(event_types={"view": 30, "buy": 6})
    for about in ({"arrivals": typed}, {}, {"arrivals": ImportCounts()}):
        checks = {f.check for f in readiness.findings(made(rows, rows_in=36, **about))}
        assert set(FIXED_BY) - checks <= {"most frequent event type, share"}
    assert "most frequent event type, share" in {
        f.check for f in readiness.findings(made(rows, arrivals=typed))
    }


def test_ids_of_the_file_cannot_break_the_document() -> None:
    dataset = made([(0, i, i) for i in range(9)])
    ids = dataset.catalogue.items.ids
    ids[:] = [str(n) for n in range(8)] + ["<b>|x"]
    text = markdown(readiness.report(dataset))
    assert "<b>" not in text
    assert "&lt;b>\\|x" in text


def test_files_are_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "plan"
    document, described = write(folder)
    assert document.read_text() == markdown()
    assert json.loads(described.read_text()) == schema()
    document.unlink()
    with pytest.raises(AssayError, match="already exists; name another folder"):
        write(folder)
    assert not document.exists()
    with pytest.raises(AssayError, match="cannot be written"):
        write(described)
