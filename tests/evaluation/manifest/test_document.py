"""The schema and the page say what the class says, and manifests fit the schema."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pipelines.data.split import split
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import make_manifest
from pipelines.evaluation.manifest import document as docs
from pipelines.evaluation.manifest.manifest import ALWAYS_HASHED, Budget, Manifest
from pipelines.testing.datasets import dataset

DATA = dataset()
VALIDATOR = Draft202012Validator(docs.schema())


def manifest(**changes: Any) -> dict[str, Any]:
    request = BakeoffRequest.of({"dataset": DATA.name, **changes})
    document = make_manifest(request, DATA, split(DATA.interactions, request.split)).document()
    read: dict[str, Any] = json.loads(json.dumps(document))
    return read


def test_the_files_are_those_of_the_class() -> None:
    """Where this fails: python -m pipelines.evaluation.manifest.document"""
    assert docs.SCHEMA.read_text(encoding="utf-8") == docs.schema_text()
    page = docs.PAGE.read_text(encoding="utf-8")
    assert docs.page_text(page) == page
    assert page.count(docs.BEGIN) == page.count(docs.END) == 1


def test_the_page_keeps_what_stands_around_its_table() -> None:
    made = docs.page_text(f"before\n\n{docs.BEGIN}\nold\n{docs.END}\nafter\n")
    assert made.startswith(f"before\n\n{docs.BEGIN}\n\n| field |")
    assert made.endswith(f"|\n\n{docs.END}\nafter\n") and "old\n" not in made


def test_every_field_has_a_title_and_a_description() -> None:
    Draft202012Validator.check_schema(docs.schema())
    for fields in (Manifest.model_fields, Budget.model_fields):
        assert [name for name, f in fields.items() if not (f.title and f.description)] == []
    for name in [*Manifest.model_fields, *(f"budget.{n}" for n in Budget.model_fields)]:
        assert docs.table().count(f"| `{name}` |") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"split": "last-n:2", "k": 25, "metric": "map@25", "baseline": "random", "seed": 7},
        {"split": "time:1970-02-20", "budget": {"p95_ms": 50, "cost_per_1000": 0.27}},
        {"rules": [{"stage": "category-cap", "cap": 2}, {"stage": "sponsored-slot"}]},
        {"useful_share": 0},
    ],
)
def test_manifests_fit_the_schema(changes: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(manifest(**changes))) == []


@pytest.mark.parametrize("name", sorted(ALWAYS_HASHED | {"hash"}))
def test_a_manifest_without_one_of_its_fields_does_not_fit(name: str) -> None:
    document = manifest()
    del document[name]
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hash": "abc"}, {"k": 0}, {"k": "10"}, {"ks": [5, 0.5]}, {"rules": [{"cap": 2}]},
        {"budget": {"p95_ms": 0}}, {"budget": {"p99_ms": 5}}, {"seen": "both"}, {"cutoff": 1.5},
        {"useful_share": -1}, {"more": 1},
    ],
)  # fmt: skip
def test_wrong_values_do_not_fit(wrong: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(manifest() | wrong)
