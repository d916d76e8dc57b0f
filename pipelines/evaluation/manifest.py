"""What every contender of a bake-off is asked, frozen and hashed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pipelines.data.split import SeenPolicy

METRIC_DEFINITIONS = 2
"""Rises when a metric's definition changes, so that old and new numbers are not compared."""


class Budget(BaseModel):
    """What a contender may cost to run; None is no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    p95_ms: float | None = Field(None, gt=0, description="95th percentile of a request, ms")
    peak_mb: float | None = Field(None, gt=0, description="peak memory, MB")
    cost_per_1000: float | None = Field(None, gt=0, description="cost of 1,000 requests, USD")


class Manifest(BaseModel):
    """Users, cut-off, catalogue, k, seen-policy, rules, budget and metric definitions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    fingerprint: str = Field(description="SHA-256 of the dataset's kept rows")
    split: str = "time:0.9"
    cutoff: int | None = Field(None, description="the cut-off of a time split, seconds UTC")
    seen: SeenPolicy = "exclude"
    users: int = Field(description="evaluated users")
    users_hash: str = Field(description="SHA-256 of the evaluated users' ids, in order")
    items: int = Field(description="items that may be recommended")
    catalogue_hash: str = Field(description="SHA-256 of those items' ids, in order")
    k: int = Field(10, ge=1, le=1000, description="length of the lists")
    ks: tuple[int, ...] = (5, 10, 20)
    rules: tuple[dict[str, Any], ...] = ()
    budget: Budget = Budget()
    metric: str = Field("ndcg@10", description="the metric that comparisons are declared on")
    baseline: str = "popular"
    useful_share: float = Field(
        0.02, ge=0, description="smallest useful difference, as a share of the baseline's value"
    )
    seed: int = 0
    metric_definitions: int = METRIC_DEFINITIONS

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the fields as sorted JSON: the same on every machine."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        """The fields and the hash, as JSON values."""
        return {"hash": self.hash, **self.model_dump(mode="json")}


def hash_of_ids(ids: Any) -> str:
    """SHA-256 (hex) of ids in their order; lengths are hashed too, so no two lists collide."""
    digest = hashlib.sha256()
    for value in ids:
        raw = str(value).encode()
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    return digest.hexdigest()
