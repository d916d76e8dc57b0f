"""What longer logs give: `assay data learning-curve` on both samples."""

from __future__ import annotations

from typing import Any

from benchmarks.figures.measuring import assay, cell, short, table

SAMPLES = ("movielens-small", "complete-journey")
MODELS = ("ALS", "Popular")
OTHER_SPLIT = "last-n:5"
"""The split under which the text tells the first sample's curve of ALS too."""


def measure() -> dict[str, Any]:
    """The curve of each sample, and the first one's under another split."""
    return {
        "curves": [curve(sample) for sample in SAMPLES],
        "other": curve(SAMPLES[0], "--split", OTHER_SPLIT),
    }


def curve(sample: str, *options: str) -> dict[str, Any]:
    """What the texts say of a curve: points and gains by model."""
    arguments = ["data", "learning-curve", sample, *options]
    found = assay([*arguments, "--json"])
    points: dict[str, list[dict[str, Any]]] = {}
    for point in found["points"]:
        kept = {key: point[key] for key in ("share", "since", "users_without_history")}
        points.setdefault(point["title"], []).append(kept | point["found"])
    gains = {
        gain["title"]: {
            "value": gain["difference"],
            **{key: gain[key] for key in ("low", "high", "outcome", "from_share")},
        }
        for gain in found["gains"]
    }
    users = found["users"]
    command = f"assay {' '.join(arguments)}"
    return {"command": command, "sample": sample, "users": users, "points": points, "gains": gains}


def tables(found: dict[str, Any]) -> list[str]:
    """A row per share; for each sample since when, and a column per model."""
    curves = found["curves"]
    head = ["newest share"]
    for one in curves:
        head += [f"{one['sample']}: since", *MODELS]
    shares = [point["share"] for point in curves[0]["points"][MODELS[0]]]
    rows = [[f"{share:.0%}"] for share in shares]
    last = [f"all − newest {curves[0]['gains'][MODELS[0]]['from_share']:.0%}"]
    for one in curves:
        for at, row in enumerate(rows):
            points = [one["points"][model][at] for model in MODELS]
            row += [points[0]["since"], *map(cell, points)]
        last += ["–", *(_gain(one["gains"][model]) for model in MODELS)]
    other, gain = found["other"]["points"]["ALS"], found["other"]["gains"]["ALS"]
    newest = next(point for point in other if point["share"] == gain["from_share"])
    rises = (
        f"ALS {short(newest['value'])} with the newest {gain['from_share']:.0%} and "
        f"{short(other[-1]['value'])} with all, a difference of {cell(gain)}"
    )
    return [table(head, [*rows, last]), rises]


def _gain(gain: dict[str, Any]) -> str:
    ends = f"{short(gain['low'])} to {short(gain['high'])}"
    text = f"{short(gain['value'])} ({ends}), {gain['outcome']}"
    return f"**{text}**" if gain["outcome"] in ("better", "worse") else text
