"""The manifest: the setup that all contenders of a bake-off share, frozen and hashed.

docs/manifest.md and docs/manifest.schema.json are generated from these classes
(`pipelines.evaluation.manifest.document`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.data.split import SeenPolicy
from pipelines.errors import AssayError, first_problem
from pipelines.runtime.jsonable import plain

METRIC_DEFINITIONS = 2
"""Increases when a metric's definition changes, so that old and new numbers are not compared."""
ALWAYS_HASHED = frozenset(
    {
        "dataset", "fingerprint", "split", "cutoff", "seen", "users", "users_hash", "items",
        "catalogue_hash", "k", "ks", "rules", "budget", "metric", "baseline", "useful_share",
        "seed", "metric_definitions",
    }
)  # fmt: skip
"""The fields of the first version. Do not add new fields here: see `Manifest.hash`."""


class _Plain(BaseModel):
    """Values are converted to JSON types before validation, so that equal values hash alike."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _made_plain(cls, given: Any) -> Any:
        return plain(given)


class Budget(_Plain):
    """Limits on a contender's latency, memory and cost; none means no limit."""

    p95_ms: float | None = Field(
        None, gt=0, title="p95", description="maximum 95th percentile of a request's latency, ms"
    )
    peak_mb: float | None = Field(None, gt=0, title="memory", description="maximum peak memory, MB")
    cost_per_1000: float | None = Field(
        None, gt=0, title="cost", description="maximum cost of 1,000 requests, USD"
    )


class Window(_Plain):
    """One of several windows of a bake-off."""

    cutoff: int = Field(description="where it begins, seconds UTC; training events are older")
    users: int = Field(description="number of users evaluated in it")
    users_hash: str = Field(description="SHA-256 of these users' ids, in order")
    items: int = Field(description="number of items that may be recommended in it")
    catalogue_hash: str = Field(description="SHA-256 of those items' ids, in order")


class Manifest(_Plain):
    """Users, cut-off, catalogue, k, seen-policy, rules, budget, required tests, definitions."""

    dataset: str = Field(title="dataset", description="the dataset's name")
    fingerprint: str = Field(title="fingerprint", description="SHA-256 of the dataset's rows")
    split: str = Field(
        "time:0.9",
        title="split",
        description="how interactions are held out: `time:0.9`, `time:2020-06-01`, "
        "`windows:3`, `last-n:5`, …",
    )
    cutoff: int | None = Field(
        None,
        title="cut-off",
        description="the time at which a time split divides the data, seconds UTC; otherwise none",
    )
    seen: SeenPolicy = Field(
        "exclude",
        title="seen-policy",
        description="whether lists exclude or keep items that the user interacted with before",
    )
    users: int = Field(title="users", description="number of evaluated users")
    users_hash: str = Field(
        title="the users' hash", description="SHA-256 of the evaluated users' ids, in order"
    )
    items: int = Field(title="items", description="number of items that may be recommended")
    catalogue_hash: str = Field(
        title="the catalogue's hash", description="SHA-256 of those items' ids, in order"
    )
    k: int = Field(10, ge=1, le=1000, title="k", description="length of the lists")
    ks: tuple[int, ...] = Field(
        (5, 10, 20), title="depths", description="list lengths at which metrics are computed"
    )
    rules: tuple[dict[str, Any], ...] = Field(
        (),
        title="rules",
        description="business rules applied to every contender's lists, in order: each a `stage` "
        "with all its settings",
        json_schema_extra={
            "items": {
                "type": "object",
                "properties": {"stage": {"type": "string"}},
                "required": ["stage"],
            }
        },
    )
    budget: Budget = Field(
        Budget(),
        title="budget",
        description="limits on a contender's latency, memory and cost; none means no limit",
    )
    required: tuple[str, ...] = Field(
        (),
        title="required tests",
        description="behavioral tests that a contender must pass, optionally with a threshold: "
        "`one-item=0.3`",
    )
    metric: str = Field(
        "ndcg@10", title="declared metric", description="the metric that contenders are compared on"
    )
    baseline: str = Field(
        "popular",
        title="baseline",
        description="the contender that the others are compared with",
    )
    useful_share: float = Field(
        0.02,
        ge=0,
        title="smallest useful difference",
        description="smallest useful difference, as a share of the baseline's value",
    )
    seed: int = Field(
        0, title="seed", description="seed of the sample of users and of all other random draws"
    )
    metric_definitions: int = Field(
        METRIC_DEFINITIONS,
        title="metric definitions",
        description="version of the metrics' definitions",
    )
    earlier: tuple[Window, ...] = Field(
        (),
        title="earlier windows",
        description="of a split in several windows, those before the last one, oldest first; "
        "cut-off, users and catalogue above are the last window's",
    )

    @property
    def requests(self) -> int:
        """The requests in all windows; a person makes one in each window with a held-out item."""
        return self.users + sum(window.users for window in self.earlier)

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the fields as sorted JSON: the same on every machine.

        A field added by a later version is left out while it has its default, which must
        mean the behavior before the field existed: older manifests keep their hash.
        """
        values = self.model_dump(mode="json")
        for name, field in type(self).model_fields.items():
            if name not in ALWAYS_HASHED and getattr(self, name) == field.default:
                del values[name]
        text = json.dumps(values, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        """The fields and the hash, as JSON values."""
        return {"hash": self.hash, **self.model_dump(mode="json")}

    @staticmethod
    def read(document: Mapping[str, Any]) -> Manifest:
        """The manifest in a stored `document`, which may hold other entries too.

        Raises `AssayError` where a field is missing or wrong, or the hash does not match.
        """
        given = {name: document[name] for name in Manifest.model_fields if name in document}
        try:
            found = Manifest.model_validate(given)
        except ValidationError as error:
            where, why = first_problem(error, "the document")
            raise AssayError(
                f"This is not a bake-off's manifest ({where}: {why}); run the bake-off again."
            ) from None
        if document.get("hash") != found.hash:
            raise AssayError(
                "The stored manifest does not match its hash: it was changed after the bake-off, "
                "or written by another version of Assay; run the bake-off again."
            )
        return found
