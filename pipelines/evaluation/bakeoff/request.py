"""A bake-off's request: its settings and its contenders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines import registry
from pipelines.adapters import loading
from pipelines.data.split import Protocol
from pipelines.errors import AssayError, first_problem
from pipelines.evaluation.behavior.requirements import requirements
from pipelines.evaluation.manifest.manifest import Budget
from pipelines.evaluation.results.document import Kind
from pipelines.recommender.spec import Spec

BASELINES = ("random", "popular")


class BakeoffRequest(BaseModel):
    """The settings of a bake-off; also the parameters of its job."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: str
    specs: list[str | dict[str, Any]] = []
    third_party: list[str] = []
    split: str = "time:0.9"
    k: int = Field(10, ge=1, le=200)
    eval_users: int | None = Field(None, ge=1)
    baseline: str = "popular"
    metric: str = "ndcg@10"
    useful_share: float = Field(0.02, ge=0)
    budget: Budget = Budget()
    required: list[str] = []
    rules: list[dict[str, Any]] = []
    seed: int = Field(0, ge=0)
    refits: int = Field(3, ge=1, le=20)
    """How often a contender that draws at random is fitted, each time with another seed."""
    tie_orders: int | None = Field(None, ge=0, le=10)
    """In how many other orders of the events whose times tie contenders are compared; None tries
    some where the order decides which items are held out."""

    @staticmethod
    def of(document: dict[str, Any]) -> BakeoffRequest:
        """A request from parsed values; an `AssayError` says what is wrong with it."""
        try:
            return BakeoffRequest.model_validate(document)
        except ValidationError as error:
            where, why = first_problem(error)
            raise AssayError(f"The bake-off's {where} is not valid: {why}.") from None

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The contenders: baselines, specs, then third parties; names are distinct.

        Loaded and checked once; an `AssayError` says which of them is wrong.
        """
        return _entries(self)


@dataclass(frozen=True)
class Entry:
    """A contender before it is run."""

    name: str
    title: str
    kind: Kind
    given: dict[str, Any]
    spec: Spec | None = None


def _entries(request: BakeoffRequest) -> tuple[Entry, ...]:
    third = bool(request.third_party)
    protocol = Protocol.of_bakeoff(request.split, third_parties=third, windows=True)
    requirements(request.required)
    specs = [Spec.load(name) for name in BASELINES]
    for given in request.specs:
        spec = Spec.of(given) if isinstance(given, dict) else Spec.load(given)
        if spec.hash not in {s.hash for s in specs}:
            specs.append(spec)
    found = [
        Entry(
            spec.name,
            spec.title or spec.name,
            "baseline" if spec.name in BASELINES else "built",
            {"kind": "built", "spec": spec.document()},
            spec,
        )
        for spec in specs
    ]
    found += map(_third_party, request.third_party)
    vendor = next((entry for entry in found if entry.kind == "third-party"), None)
    if protocol.kind == "windows" and vendor is not None:
        raise AssayError(
            f"The split {protocol} trains every contender once per window, and {vendor.title} was "
            "trained at one cut-off date; use a split such as time:0.9 with third parties."
        )
    names = [entry.name for entry in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise AssayError(f"Two contenders are named {twice!r}; give one of them another name.")
    if request.baseline not in names:
        raise AssayError(
            f"The baseline {request.baseline!r} is not a contender; "
            f"choose one of {', '.join(names)}."
        )
    return tuple(found)


def _third_party(text: str) -> Entry:
    adapter_name, _, target = text.partition(":")
    adapter = loading.load(adapter_name)
    with registry.running(registry.called("adapters", adapter_name), "check its target"):
        adapter.check(target)
    kind = adapter.kind
    short = Path(target.partition("@")[0]).stem.lower()
    clean = "".join(c if c.isalnum() else "-" for c in short).strip("-")
    name = f"{adapter_name}-{clean}" if clean else adapter_name
    title = adapter.title if kind == "stand-in" or not clean else f"{adapter.title} {short}"
    given = {"kind": "adapter", "adapter": adapter_name, "target": target}
    return Entry(name, title, kind, given)
