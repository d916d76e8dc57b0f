"""The pictures of a comparison: paired differences, quality against time, what each step adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from app import look
from app.components import charts
from app.components.tables import digits, signed
from app.look import Style
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.results import BakeoffDocument, Comparison, StageTime

BREAK = " · "
MARK_DASH = (4, 1.5)  # finer than a line's dash, so that the shape stays legible
STEP_WORDS = {"candidates": "candidates", "linear": "light rank", "lambdarank": "heavy rank"}


def titles(document: BakeoffDocument) -> dict[str, str]:
    """What charts call each contender, by name: its title, distinct within the document."""
    given = {
        c.name: look.KIND_WORDS["stand-in"] if c.kind == "stand-in" else c.title or c.name
        for c in document.contenders
    }
    every = list(given.values())
    return {name: t if every.count(t) == 1 else f"{t} ({name})" for name, t in given.items()}


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame, each with a field per column."""
    return frame.itertuples()


def titled_styles(document: BakeoffDocument) -> dict[str, Style]:
    """The style of each contender, by what charts call it."""
    named = titles(document)
    return {named[name]: style for name, style in look.styles_of(document).items()}


def differences_frame(document: BakeoffDocument, found: Iterable[Comparison]) -> pd.DataFrame:
    """A row per comparison, best first.

    Columns: contender (title), difference, low, high, smallest_useful, outcome, words.
    """
    named = titles(document)
    rows = [
        {
            "contender": named[row.contender],
            "difference": row.difference,
            "low": row.low,
            "high": row.high,
            "smallest_useful": row.smallest_useful,
            "outcome": row.outcome,
            "words": look.outcome_words(row.outcome, row.over_budget, row.failed_required),
        }
        for row in found
    ]
    columns = ["contender", "difference", "low", "high", "smallest_useful", "outcome", "words"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("difference", ascending=False, ignore_index=True)


def without_floor(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows without Random, and a sentence that gives its figure instead.

    Its distance is so large that on the same axis every other interval shrinks to a point.
    """
    floor = frame[frame["contender"] == "Random"]
    if len(floor) == 0 or len(frame) == 1:
        return frame, ""
    row = floor.iloc[0]
    span = f"{signed(float(row['low']))} to {signed(float(row['high']))}"
    said = f"Not drawn: Random, at {signed(float(row['difference']))} ({span})."
    return frame.drop(index=floor.index).reset_index(drop=True), said


def differences(
    frame: pd.DataFrame, styles: Mapping[str, Style], metric: str, baseline: str
) -> Any:
    """Paired differences with 95 % intervals, zero, and the band of ± smallest useful."""
    shown = {name: style for name, style in styles.items() if name in set(frame["contender"])}
    smallest = float(frame["smallest_useful"].max())
    low, high = min(frame["low"].min(), -smallest), max(frame["high"].max(), smallest)
    width = float(high - low) or 1.0
    room = 0.72 if frame["words"].str.len().max() > 15 else 0.3
    x = alt.X(
        "difference:Q",
        title=[f"difference in {label(metric)} to {baseline}:", "point and 95 % interval"],
        # room at the right for the outcomes in words
        scale=alt.Scale(domain=[low - 0.04 * width, high + room * width], nice=False),
        axis=alt.Axis(format="~g", tickCount=7),
    )
    y = alt.Y(
        "contender:N",
        sort=frame["contender"].tolist(),
        title=None,
        axis=alt.Axis(ticks=False, labelFontSize=14),
    )
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("difference:Q", format="+.3~r"),
        alt.Tooltip("low:Q", title="interval from", format="+.3~r"),
        alt.Tooltip("high:Q", title="to", format="+.3~r"),
        alt.Tooltip("words:N", title="outcome"),
    ]
    band = (
        alt.Chart(pd.DataFrame({"from": [-smallest], "to": [smallest]}))
        .mark_rect(color=look.GREY, opacity=0.2)
        .encode(x="from:Q", x2="to:Q")
    )
    base = alt.Chart(frame)
    rules = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q"),
        x2="high:Q",
        y=y,
        color=charts.contender_color(shown),
        strokeDash=charts.contender_dash(shown),
        tooltip=tooltip,
    )
    marks = _points(base, shown, x=x, y=y, tooltip=tooltip)
    words = charts.text(base, align="left", dx=12).encode(x="high:Q", y=y, text="words:N")
    height = max(look.HEIGHT, 52 * len(frame) + 70)
    return charts.finish(
        alt.layer(band, charts.zero_line("x"), rules, marks, words).resolve_scale(
            strokeDash="independent"
        ),
        height=height,
    )


def differences_alt(frame: pd.DataFrame, metric: str, baseline: str) -> str:
    """What the picture of differences says, in words."""
    said = [
        f"{row.contender} {row.outcome} at {signed(row.difference)} "
        f"({signed(row.low)} to {signed(row.high)})"
        for row in rows_of(frame)
    ]
    smallest = digits(float(frame["smallest_useful"].max()))
    return (
        f"Paired differences in {label(metric)} to {baseline} with 95 % intervals: "
        f"{'; '.join(said)}. Smallest useful difference {smallest}."
    )


def quality_frame(document: BakeoffDocument, metric: str) -> pd.DataFrame:
    """A row per scored contender whose requests were timed, fastest first.

    Columns: contender, p95 (ms), value, low, high, over_budget, front (nobody is both as
    fast and better).
    """
    named = titles(document)
    rows = [
        {
            "contender": named[c.name],
            "p95": max(c.request_ms.p95, 0.01),
            "value": c.metrics[metric].value,
            "low": c.metrics[metric].low,
            "high": c.metrics[metric].high,
            "over_budget": "; ".join(c.over_budget),
        }
        for c in document.contenders
        if c.status == "scored" and c.request_ms is not None and metric in c.metrics
    ]
    columns = ["contender", "p95", "value", "low", "high", "over_budget"]
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values(["p95", "value"], ascending=[True, False], ignore_index=True)
    before = frame["value"].cummax().shift(fill_value=-np.inf)
    return frame.assign(front=frame["value"] > before)


def quality(
    frame: pd.DataFrame,
    styles: Mapping[str, Style],
    metric: str,
    p95_budget: float | None = None,
) -> Any:
    """Quality against the time of a request (log ms), the front of the unbeaten, the budget."""
    shown = {name: style for name, style in styles.items() if name in set(frame["contender"])}
    ends = [*frame["p95"], *([] if p95_budget is None else [p95_budget])]
    low, high = min(ends) / 1.5, max(ends) * 4  # room for names at the right
    x = alt.X(
        "p95:Q",
        title="95th percentile of a request, ms (log scale)",
        scale=alt.Scale(type="log", domain=[low, high], nice=False),
        axis=alt.Axis(values=_log_ticks(low, high), format="~g"),
    )
    y = alt.Y(
        "value:Q",
        title=f"{label(metric)}: point and 95 % interval",
        scale=alt.Scale(domain=_padded(frame), nice=False),
        axis=alt.Axis(format="~g", tickCount=6),
    )
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("value:Q", title=label(metric), format=".3~r"),
        alt.Tooltip("p95:Q", title="p95, ms", format=".3~r"),
        alt.Tooltip("over_budget:N", title="over budget"),
    ]
    base = alt.Chart(frame)
    front = (
        alt.Chart(frame[frame["front"]])
        .mark_line(interpolate="step-after", color=look.GREY, strokeWidth=1.5)
        .encode(x=x, y=y)
    )
    rules = base.mark_rule(strokeWidth=2).encode(
        x=x,
        y=alt.Y("low:Q"),
        y2="high:Q",
        color=charts.contender_color(shown),
        strokeDash=charts.contender_dash(shown),
    )
    marks = _points(base, shown, x=x, y=y, tooltip=tooltip)
    over = frame["over_budget"] != ""
    named = frame.assign(word=frame["contender"] + np.where(over, " (over budget)", ""))
    named["corner"] = _corners(named, (low, high))
    words = [
        charts.text(alt.Chart(named[named["corner"] == corner]), **mark).encode(
            x=x, y=y, text="word:N"
        )
        for corner, mark in CORNERS.items()
        if (named["corner"] == corner).any()
    ]
    layers = [front, rules, marks, *words]
    if p95_budget is not None:
        limit = alt.Chart(
            pd.DataFrame({"limit": [p95_budget], "word": [f"budget {p95_budget:,.4g} ms"]})
        )
        layers.append(limit.mark_rule(color=look.INK, strokeDash=[6, 3]).encode(x="limit:Q"))
        layers.append(
            charts.text(limit, align="left", dx=6, baseline="top").encode(
                x="limit:Q", y=alt.value(4), text="word:N"
            )
        )
    return charts.finish(alt.layer(*layers).resolve_scale(strokeDash="independent"))


def _points(base: alt.Chart, styles: Mapping[str, Style], **encode: Any) -> Any:
    """Contenders' marks; a stand-in's is open and dashed."""
    names = list(styles)
    inside = [s.color if s.filled else "transparent" for s in styles.values()]
    dashes = [list(MARK_DASH) if s.dashed else [1, 0] for s in styles.values()]
    sizes = [170 if s.filled else 260 for s in styles.values()]
    return charts.points(base, styles, size=170, **encode).encode(
        fill=alt.Fill("contender:N", scale=alt.Scale(domain=names, range=inside), legend=None),
        fillOpacity=alt.value(1),
        strokeDash=alt.StrokeDash(
            "contender:N", scale=alt.Scale(domain=names, range=dashes), legend=None
        ),
        size=alt.Size("contender:N", scale=alt.Scale(domain=names, range=sizes), legend=None),
    )


CORNERS: dict[str, dict[str, Any]] = {
    "right above": {"align": "left", "dx": 12, "dy": -9},
    "right below": {"align": "left", "dx": 12, "dy": 12},
    "left above": {"align": "right", "dx": -12, "dy": -9},
    "left below": {"align": "right", "dx": -12, "dy": 12},
}
"""Where a name may stand beside its point."""


def _corners(frame: pd.DataFrame, limits: tuple[float, float]) -> list[str]:
    """For each point the first corner where its name meets neither name, point nor interval."""
    bottom, top = _padded(frame)
    wide, tall = 640.0, 250.0  # of the plot, pixels: a narrow one, so that wider ones have room
    across = wide * np.log(frame["p95"] / limits[0]) / np.log(limits[1] / limits[0])
    down = {name: tall * (top - frame[name]) / (top - bottom) for name in ("value", "low", "high")}
    marks = [
        box
        for x, y, low, high in zip(across, down["value"], down["low"], down["high"], strict=True)
        for box in ((x - 9, x + 9, y - 9, y + 9), (x - 2, x + 2, high, low))
    ]
    taken: list[tuple[float, float, float, float]] = []
    chosen = []
    for row, x, y in zip(rows_of(frame), across, down["value"], strict=True):
        boxes = {}
        # Inwards first: in a narrow window a name beside the edge would be cut.
        inwards = "right" if x < wide / 2 else "left"
        for corner in sorted(CORNERS, key=lambda c: not c.startswith(inwards)):
            mark = CORNERS[corner]
            width = 7.0 * len(row.word)
            left = x + mark["dx"] - (width if mark["align"] == "right" else 0)
            boxes[corner] = (left, left + width, y + mark["dy"] - 8, y + mark["dy"] + 8)
        there = [*marks, *taken]
        free = (c for c, b in boxes.items() if b[0] > 0 and not any(_meet(b, t) for t in there))
        corner = next(free, f"{inwards} above")
        taken.append(boxes[corner])
        chosen.append(corner)
    return chosen


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def quality_alt(frame: pd.DataFrame, metric: str) -> str:
    """What the picture of quality against time says, in words."""
    said = [
        f"{row.contender} {digits(row.value)} at {digits(row.p95)} ms"
        + (f" (over budget: {row.over_budget})" if row.over_budget else "")
        for row in rows_of(frame)
    ]
    front = charts.names(frame[frame["front"]]["contender"])
    return (
        f"{label(metric)} against the 95th percentile of a request: {'; '.join(said)}. "
        f"Nobody is both faster and better than {front}."
    )


def waterfall_frame(steps: Sequence[StageTime]) -> pd.DataFrame:
    """A row per step, in order: step (words), keeps, recall, ndcg, milliseconds."""
    rows = [
        {
            "step": f"{n}. {STEP_WORDS.get(s.stage, s.stage)}, keeps {s.keeps:,}"
            f"{BREAK}{digits(s.milliseconds)} ms a request",
            "keeps": s.keeps,
            "recall": s.recall,
            "ndcg": s.ndcg,
            "milliseconds": s.milliseconds,
        }
        for n, s in enumerate(steps, 1)
    ]
    return pd.DataFrame(rows, columns=["step", "keeps", "recall", "ndcg", "milliseconds"])


FOUND, NDCG = "later choices still listed", "NDCG@10"


def waterfall(frame: pd.DataFrame, color: str) -> Any:
    """Per step: the share of truths still in the list (pale) and NDCG@10 (full)."""
    names = {"recall": FOUND, "ndcg": NDCG}
    long = frame.rename(columns=names).melt(
        id_vars=["step"], value_vars=list(names.values()), var_name="what", value_name="value"
    )
    long["words"] = long["value"].map(digits)
    largest = float(long["value"].max()) or 1.0
    y = alt.Y(
        "step:N",
        sort=frame["step"].tolist(),
        title=None,
        axis=alt.Axis(ticks=False, labelExpr=f"split(datum.label, '{BREAK}')"),
    )
    x = alt.X(
        "value:Q",
        title="share of later choices, and NDCG@10",
        scale=alt.Scale(domain=[0, 1.15 * largest], nice=False),
        axis=alt.Axis(format="~g", tickCount=6),
    )
    scale = alt.Scale(domain=[FOUND, NDCG], range=[0.4, 1.0])
    base = alt.Chart(long).encode(
        x=x,
        y=y,
        yOffset=alt.YOffset("what:N", sort=[FOUND, NDCG]),
        tooltip=["step:N", "what:N", alt.Tooltip("value:Q", format=".3~r")],
    )
    bars = base.mark_bar(color=color).encode(
        opacity=alt.Opacity(
            "what:N",
            scale=scale,
            legend=alt.Legend(title=None, orient="top", symbolFillColor=color, labelLimit=320),
        )
    )
    values = charts.text(base, align="left", dx=6).encode(text="words:N")
    height = max(look.HEIGHT, 72 * len(frame) + 90)
    return charts.finish(alt.layer(bars, values), height=height)


def waterfall_alt(frame: pd.DataFrame, contender: str) -> str:
    """What the waterfall says, in words."""
    said = [
        f"{row.step}, {digits(100 * row.recall)} % of later choices still listed, "
        f"NDCG@10 {digits(row.ndcg)}"
        for row in rows_of(frame)
    ]
    return f"The steps of {contender}: {'; '.join(said)}."


def _padded(frame: pd.DataFrame) -> list[float]:
    """The range of the intervals with some room; never below zero where all values are above."""
    low, high = float(frame["low"].min()), float(frame["high"].max())
    room = 0.08 * ((high - low) or abs(high) or 1.0)
    return [max(0.0, low - room) if low >= 0 else low - room, high + room]


def _log_ticks(low: float, high: float) -> list[float]:
    """1, 2, 5, 10, 20 and so on within [low, high]; powers of ten alone where those suffice."""
    powers = np.power(10.0, np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1))
    steps = np.array([1.0]) if high / low > 3000 else np.array([1.0, 2.0, 5.0])
    ticks = (powers[:, None] * steps).ravel()
    return [float(f"{t:.6g}") for t in ticks if low <= t <= high]
