import hashlib
import json
import os
import subprocess
import sys
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from pydantic import Field, ValidationError

from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest
from pipelines.evaluation.bakeoff.run import make_manifest
from pipelines.evaluation.manifest.manifest import Budget, Manifest
from pipelines.runtime import paths
from pipelines.schema import hash_of_ids
from pipelines.testing.datasets import dataset

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
    "required": ("one-item",),
    "metric": "map@10",
    "baseline": "random",
    "useful_share": 0.03,
    "seed": 1,
    "metric_definitions": 1,
    "earlier": [
        {"cutoff": 1, "users": 2, "users_hash": "u", "items": 3, "catalogue_hash": "c"},
    ],
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


# A name that is no ASCII, a number that JSON writes in several ways, settings within settings.
ODD: dict[str, Any] = {
    **FIELDS,
    "dataset": "Größe 名前",
    "useful_share": 1e-7,
    "rules": (
        {"stage": "boost", "by": {"brand": [0.02, 1e22, 3], "above": {"é": None, "a": True}}},
    ),
}
TEXT_OF_ODD = (
    r'{"baseline":"popular","budget":{"cost_per_1000":null,"p95_ms":50.0,"peak_mb":null},'
    f'"catalogue_hash":"{"ef" * 32}","cutoff":1400000000,"dataset":"Gr\\u00f6\\u00dfe '
    f'\\u540d\\u524d","fingerprint":"{"ab" * 32}","items":9066,"k":10,"ks":[5,10,20],'
    r'"metric":"ndcg@10","metric_definitions":2,"rules":[{"by":{"above":{"a":true,"\u00e9":null},'
    r'"brand":[0.02,1e+22,3]},"stage":"boost"}],"seed":0,"seen":"exclude","split":"time:0.9",'
    f'"useful_share":1e-07,"users":100,"users_hash":"{"cd" * 32}"}}'
)
PINNED_ODD = "352893860839dcd4cb2fd2596063b5dd113ea5cfa1fa2743820658d1cff63445"


def test_odd_values_are_pinned_too() -> None:
    assert Manifest(**ODD).hash == PINNED_ODD
    assert hashlib.sha256(TEXT_OF_ODD.encode("ascii")).hexdigest() == PINNED_ODD


def test_the_order_of_fields_and_settings_does_not_count() -> None:
    backwards = dict(reversed(ODD.items()))
    rule = backwards["rules"][0]
    by = {name: rule["by"][name] for name in reversed(rule["by"])}
    by["above"] = dict(reversed(by["above"].items()))
    backwards["rules"] = ({"by": by, "stage": "boost"},)
    assert list(backwards) != list(ODD)
    assert Manifest(**backwards).hash == PINNED_ODD


def test_the_order_of_rules_does_count() -> None:
    rules = [{"stage": name} for name in "abc"]
    hashes = {Manifest(**{**FIELDS, "rules": order}).hash for order in permutations(rules)}
    assert len(hashes) == 6


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("useful_share", 0, 0.0),
        ("useful_share", 0, -0.0),
        ("useful_share", 0.02, np.float64(0.02)),
        ("useful_share", 0.02, "0.02"),
        ("useful_share", 1e-7, 0.0000001),
        ("users", 100, np.int64(100)),
        ("users", 100, 100.0),
        ("cutoff", 1_400_000_000, np.int32(1_400_000_000)),
        ("ks", (5, 10, 20), [5, 10.0, np.int32(20)]),
        ("ks", (5, 10, 20), np.array([5, 10, 20])),
        ("budget", Budget(p95_ms=50), {"p95_ms": np.float32(50)}),
        ("budget", Budget(), {"p95_ms": None}),
        ("rules", ({"stage": "cap", "most": 3},), [{"most": np.float64(3), "stage": "cap"}]),
        ("rules", ({"stage": "s", "of": [1, 0]},), [{"of": (1.0, -0.0), "stage": "s"}]),
        ("rules", ({"stage": "s", "of": ["a", "b", "c"]},), [{"stage": "s", "of": set("cba")}]),
        ("rules", ({"stage": "s", "on": True},), [{"stage": "s", "on": np.True_}]),
        ("rules", ({"stage": "s", "of": {"1": 2}},), [{"stage": "s", "of": {1: 2}}]),
    ],
)
def test_equal_values_are_hashed_alike_whatever_holds_them(name: str, one: Any, other: Any) -> None:
    assert Manifest(**{**FIELDS, name: one}).hash == Manifest(**{**FIELDS, name: other}).hash


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, None), (0, "0"), (0.1, 0.1000000000000001), ("\u00e9", "e\u0301")],
)
def test_values_that_are_not_equal_are_not_hashed_alike(one: Any, other: Any) -> None:
    rules = [[{"stage": "s", "value": value}] for value in (one, other)]
    assert len({Manifest(**{**FIELDS, "rules": rule}).hash for rule in rules}) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"useful_share": float("inf")}, {"budget": {"p95_ms": float("nan")}},
     {"rules": ({"stage": "s", "of": [float("nan")]},)}],
)  # fmt: skip
def test_what_json_cannot_write_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Manifest(**{**FIELDS, **wrong})


def test_defaults_written_out_are_hashed_like_defaults_left_out() -> None:
    needed = {n: FIELDS[n] for n, f in Manifest.model_fields.items() if f.is_required()}
    defaults = Manifest(**needed).model_dump()
    assert set(defaults) > set(needed)
    assert Manifest(**defaults).hash == Manifest(**needed).hash


DATA = dataset()


def _manifest(**changes: Any) -> Manifest:
    given = {"dataset": DATA.name, "split": "time:1970-02-20", **changes}
    request = BakeoffRequest.of(given)
    return make_manifest(request, DATA, split(DATA.interactions, request.split))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"rules": [{"stage": "sponsored-slot"}]},
         {"rules": [{"insert": False, "items": [], "stage": "sponsored-slot", "slot": 3.0}]}),
        ({"split": "time:.90"}, {"split": "time:0.9"}),
        ({"split": "time:1970-02-20"}, {"split": "time:1970-02-20T01:00:00+01:00"}),
        ({}, {"k": 10, "metric": "ndcg@10", "useful_share": 0.02, "budget": {}, "rules": []}),
    ],
)  # fmt: skip
def test_requests_that_ask_the_same_have_one_hash(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert _manifest(**one) == _manifest(**other)
    assert _manifest(**one).hash == _manifest(**other).hash


def test_another_process_place_and_zone_has_the_same_hash() -> None:
    script = (
        "from tests.evaluation.manifest.test_manifest import ODD, Manifest, _manifest\n"
        "print(Manifest(**ODD).hash, _manifest(rules=[{'stage': 'sponsored-slot'}]).hash)"
    )
    here = f"{PINNED_ODD} {_manifest(rules=[{'stage': 'sponsored-slot'}]).hash}"
    for hash_seed, zone, words in (
        ("1", "Asia/Kolkata", "C"),
        ("77", "America/Lima", "de_DE.UTF-8"),
    ):
        other = {"PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": words, "LANG": words}
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=paths.CHECKOUT,
            env={**os.environ, **other},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == here


class Later(Manifest):
    """The manifest of a version to come."""

    required: tuple[str, ...] = Field((), description="what must hold")


def test_a_field_that_comes_later_leaves_older_hashes_alone() -> None:
    assert Later(**FIELDS).hash == Later(**FIELDS, required=()).hash == PINNED
    assert Later(**FIELDS, required=("order",)).hash != PINNED


@pytest.mark.parametrize("odd", [FIELDS, ODD])
def test_a_file_read_back_is_the_same_manifest(odd: dict[str, Any]) -> None:
    made = Manifest(**odd)
    for text in (
        json.dumps(made.document(), indent=1),
        json.dumps(made.document() | {"truths": 7}),
    ):
        assert Manifest.read(json.loads(text)) == made
    assert Manifest.model_validate_json(made.model_dump_json()).hash == made.hash


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"k": 20}, "does not match its hash"),
        ({"hash": "0" * 64}, "does not match its hash"),
        ({"hash": None}, "does not match its hash"),
        ({"k": "many"}, r"not a bake-off's manifest \(k: "),
        ({"seen": "both"}, r"not a bake-off's manifest \(seen: "),
    ],
)
def test_a_manifest_that_was_changed_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(AssayError, match=says):
        Manifest.read(Manifest(**FIELDS).document() | change)
    with pytest.raises(AssayError, match=r"\(users_hash: Field required\)"):
        document = Manifest(**FIELDS).document()
        del document["users_hash"]
        Manifest.read(document)


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
