"""What a person asks of a bake-off, and who takes part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.data.split import Protocol
from pipelines.errors import AssayError
from pipelines.evaluation.behavior.requirements import requirements
from pipelines.evaluation.manifest.manifest import Budget
from pipelines.evaluation.results.document import Kind
from pipelines.recommender.spec import Spec

BASELINES = ("random", "popular")


class BakeoffRequest(BaseModel):
    """What a person asks for; a job's parameters."""

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

    @staticmethod
    def of(document: dict[str, Any]) -> BakeoffRequest:
        """A request from parsed values; an `AssayError` says what is wrong with it."""
        try:
            return BakeoffRequest.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            raise AssayError(f"The bake-off's {where} is not valid: {first['msg']}.") from None


@dataclass(frozen=True)
class Entry:
    """A contender before it is run."""

    name: str
    title: str
    kind: Kind
    given: dict[str, Any]
    spec: Spec | None = None


def entries(request: BakeoffRequest) -> list[Entry]:
    """The baselines, then what was asked for, then the third parties; names are distinct."""
    Protocol.of_bakeoff(request.split, third_parties=bool(request.third_party))
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
    for text in request.third_party:
        found.append(_third_party(text))
    names = [entry.name for entry in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise AssayError(f"Two contenders are named {twice!r}; give one of them another name.")
    if request.baseline not in names:
        raise AssayError(
            f"The baseline {request.baseline!r} does not take part; "
            f"choose one of {', '.join(names)}."
        )
    return found


def _third_party(text: str) -> Entry:
    from pipelines import registry

    adapter_name, _, target = text.partition(":")
    adapter = registry.lookup("adapters", adapter_name)
    adapter.check(target)
    kind: Literal["third-party", "stand-in"] = adapter.kind
    short = Path(target.partition("@")[0]).stem.lower()
    clean = "".join(c if c.isalnum() else "-" for c in short).strip("-")
    name = f"{adapter_name}-{clean}" if clean else adapter_name
    title = adapter.title if kind == "stand-in" or not clean else f"{adapter.title} {short}"
    given = {"kind": "adapter", "adapter": adapter_name, "target": target}
    return Entry(name, title, kind, given)
