"""How much protocols that leak inflate figures: `assay data audit` on both samples."""

from __future__ import annotations

from typing import Any

from benchmarks.figures.measuring import assay, cell, short, table

SAMPLES = ("movielens-small", "complete-journey")
PROTOCOLS = ("random", "leave-one-out", "global time")
MODELS = {"als": "ALS", "ease-recent": "EASE"}
METRIC = "ndcg@10"


def measure() -> list[dict[str, Any]]:
    """An audit of each sample."""
    return [audit(sample) for sample in SAMPLES]


def audit(sample: str) -> dict[str, Any]:
    """What the texts say of an audit, by protocol."""
    arguments = ["data", "audit", sample]
    found = assay([*arguments, "--json"])
    protocols = {one["name"]: one for one in found["protocols"]}
    kept = ("users", "truths_per_user", "cold_users", "cold_items")
    return {
        "command": f"assay {' '.join(arguments)}",
        "sample": sample,
        "protocols": {
            name: {key: protocols[name][key] for key in kept}
            | {"scores": {s["spec"]: s["metrics"][METRIC] for s in protocols[name]["scores"]}}
            for name in PROTOCOLS
        },
        "titles": {s["spec"]: s["title"] for s in protocols[PROTOCOLS[0]]["scores"]},
        "lifts": _ratios(found["lifts"]),
        "inflations": _ratios(x for x in found["inflations"] if x["measure"] == "lift"),
        "flips": [
            {key: flip[key] for key in ("protocol", "ahead_in_time", "ahead_here", "certain")}
            for flip in found["flips"]
            if flip["metric"] == METRIC
        ],
    }


def _ratios(found: Any) -> dict[str, dict[str, dict[str, float | None]]]:
    """By model and protocol."""
    ratios: dict[str, dict[str, dict[str, float | None]]] = {}
    for one in found:
        if one["metric"] == METRIC:
            ends = {end: one[end] for end in ("value", "low", "high")}
            ratios.setdefault(one["spec"], {})[one["protocol"]] = ends
    return ratios


def tables(found: list[dict[str, Any]]) -> list[str]:
    """A table for each sample: a column per protocol."""
    return [_table(one) for one in found]


def _table(one: dict[str, Any]) -> str:
    protocols = one["protocols"]
    rows = [
        [
            "users; held-out interactions per user; cold users; cold items",
            *(
                "; ".join(
                    short(p[key]) if key == "truths_per_user" else f"{p[key]:,}"
                    for key in ("users", "truths_per_user", "cold_users", "cold_items")
                )
                for p in protocols.values()
            ),
        ],
        *(
            [title, *(cell(p["scores"][spec]) for p in protocols.values())]
            for spec, title in one["titles"].items()
        ),
        *(
            [f"lift of {name}", *(cell(one["lifts"][spec][p]) for p in PROTOCOLS)]
            for spec, name in MODELS.items()
        ),
        *(
            [
                f"inflation of {name}'s lift",
                *(cell(one["inflations"][spec][p]) for p in PROTOCOLS[:-1]),
                "1",
            ]
            for spec, name in MODELS.items()
        ),
    ]
    return table([one["sample"], *PROTOCOLS], rows)
