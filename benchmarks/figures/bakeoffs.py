"""The README's figures: bake-offs on the bundled sample, and one outcome under other seeds."""

from __future__ import annotations

from typing import Any

from benchmarks.figures.measuring import assay, cell, table

SAMPLE, SPLITS, METRIC = "movielens-small", ("last-n:5", "time:0.9"), "ndcg@10"
CONTENDERS = ("two-stage", "ease-recent", "als", "stand-in", "popular")
"""In the order of the README's table."""
SEEDS = 5
"""Seeds from 0 on, of which the README tells the outcome of two-stage under `time:0.9`."""
ARGUMENTS = ("als", "ease-recent", "two-stage", "--data", SAMPLE, "--third-party", "stand-in")


def measure() -> dict[str, Any]:
    """The bake-offs under both splits, and two-stage's outcome under each seed."""
    by_seed = [bakeoff(SPLITS[1], seed)["contenders"]["two-stage"] for seed in range(SEEDS)]
    return {
        "bakeoffs": [bakeoff(split) for split in SPLITS],
        "by_seed": [one["outcome"] + " (borderline)" * one["borderline"] for one in by_seed],
    }


def bakeoff(split: str, seed: int = 0) -> dict[str, Any]:
    """What the texts say of a bake-off on the sample, in a workspace of its own."""
    arguments = [*ARGUMENTS, "--split", split, "--seed", str(seed)]
    document = assay(["bakeoff", *arguments, "--json"])
    found = {c["contender"]: c for c in document["comparisons"] if c["metric"] == METRIC}
    outcomes = {name: c["outcome"] for name, c in found.items()}
    return {
        "command": f"assay bakeoff {' '.join(arguments)}",
        "split": split,
        "users": document["manifest"]["users"],
        "without_history": document["manifest"]["users_without_history"],
        "contenders": {
            c["name"]: {
                **c["metrics"][METRIC],
                "sd": (c["spread"] or {}).get("sd"),
                "outcome": outcomes.get(c["name"]),
                "borderline": found.get(c["name"], {}).get("borderline"),
            }
            for c in document["contenders"]
        },
    }


def tables(found: dict[str, Any]) -> list[str]:
    """The README's table: a row per contender, a column per split."""
    splits = found["bakeoffs"]
    head = ["contender", *(f"`{one['split']}`, {one['users']} users" for one in splits)]
    rows = [
        [
            "stand-in (not Amazon)" if name == "stand-in" else f"`{name}`",
            *(cell(one["contenders"][name]) for one in splits),
        ]
        for name in CONTENDERS
    ]
    return [table(head, rows)]
