from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.evaluation.manifest import Budget, Manifest, hash_of_ids

FIELDS: dict[str, Any] = {
    "dataset": "movielens-small",
    "fingerprint": "ab" * 32,
    "split": "time:0.9",
    "cutoff": 1_400_000_000,
    "seen": "exclude",
    "users": 100,
    "users_hash": "cd" * 32,
    "items": 9_066,
    "catalogue_hash": "ef" * 32,
    "k": 10,
    "ks": (5, 10, 20),
    "rules": ({"stage": "cap", "most": 3},),
    "budget": Budget(p95_ms=50.0),
    "metric": "ndcg@10",
    "baseline": "popular",
    "useful_share": 0.02,
    "seed": 0,
    "metric_definitions": 2,
}
OTHER: dict[str, Any] = {
    "dataset": "complete-journey",
    "fingerprint": "ba" * 32,
    "split": "last-n:5",
    "cutoff": None,
    "seen": "keep",
    "users": 101,
    "users_hash": "dc" * 32,
    "items": 9_067,
    "catalogue_hash": "fe" * 32,
    "k": 20,
    "ks": (5, 10),
    "rules": ({"stage": "cap", "most": 4},),
    "budget": Budget(p95_ms=51.0),
    "metric": "map@10",
    "baseline": "random",
    "useful_share": 0.03,
    "seed": 1,
    "metric_definitions": 1,
}
PINNED = "581b7b0d4780e163632c7cee61e7f11bf2b21ff99a369462e988a9580ea13ae6"


def test_hash_is_the_same_on_every_machine_and_in_every_version() -> None:
    """Where this fails, stored bake-offs no longer match new ones: raise a version instead."""
    assert Manifest(**FIELDS).hash == PINNED


def test_every_field_changes_the_hash() -> None:
    assert set(OTHER) == set(Manifest.model_fields)
    hashes = {Manifest(**{**FIELDS, name: value}).hash for name, value in OTHER.items()}
    assert len(hashes | {PINNED}) == len(OTHER) + 1


@pytest.mark.parametrize("name", ["p95_ms", "peak_mb", "cost_per_1000"])
def test_every_limit_of_the_budget_changes_the_hash(name: str) -> None:
    bare = {**FIELDS, "budget": Budget()}
    assert Manifest(**bare).hash != Manifest(**{**bare, "budget": Budget(**{name: 7.0})}).hash


def test_a_manifest_read_back_from_its_document_has_the_same_hash() -> None:
    document = Manifest(**FIELDS).document()
    stored = document.pop("hash")
    assert stored == Manifest(**document).hash == PINNED


def test_a_manifest_is_frozen_and_knows_its_fields() -> None:
    with pytest.raises(ValidationError):
        Manifest(**FIELDS).k = 5  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Manifest(**FIELDS, extra=1)


def test_ids_are_hashed_by_length_and_order() -> None:
    lists = [["ab", "c"], ["a", "bc"], ["abc"], ["c", "ab"], ["ab", "c", ""], []]
    assert len({hash_of_ids(ids) for ids in lists}) == len(lists)
    assert hash_of_ids(["1", "2"]) == hash_of_ids([1, 2])
    assert hash_of_ids(["é"]) == hash_of_ids(iter(["é"]))
