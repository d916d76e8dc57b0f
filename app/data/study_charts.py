"""The charts of a dataset's studies: the learning curve, and metrics by split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.components.charts import rows_of
from app.components.tables import digits
from app.look import Style
from pipelines.evaluation.metrics.names import label
from pipelines.evaluation.studies.results import LeakageAudit, LearningCurve

SHAPES = {"leave-one-out": "square", "random": "triangle-up"}
"""Shapes of the splits that leak; splits in time are circles."""


def styles_of(titles: Mapping[str, str]) -> dict[str, Style]:
    """The style of each pipeline by title; `titles` is by name."""
    baselines = ("popular", "random")
    found = look.styles((n, "baseline" if n in baselines else "built") for n in titles)
    return {titles[name]: style for name, style in found.items()}


def curve_frame(found: LearningCurve) -> pd.DataFrame:
    """A row per point. Columns: contender (title), share (%), events, since, value, low, high."""
    rows = [
        {
            "contender": p.title,
            "share": 100 * p.share,
            "events": p.events,
            "since": p.since,
            "value": p.found.value,
            "low": p.found.low,
            "high": p.found.high,
        }
        for p in found.points
    ]
    return pd.DataFrame(rows)


def learning_curve(frame: pd.DataFrame, styles: Mapping[str, Style], metric: str) -> Any:
    """A metric by the share of the history: a line with a 95% band per contender."""
    shares = sorted(frame["share"].unique().tolist())
    x = alt.X(
        "share:Q",
        title="newest share of the history (%, log scale)",
        scale=alt.Scale(type="log", domain=[shares[0], shares[-1]], nice=False),
        axis=alt.Axis(values=shares, format="~g", grid=False, labelFlush=False),
    )
    y = alt.Y(
        "value:Q",
        title=f"{label(metric)} with its 95% interval",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(format="~g", tickCount=6),
    )
    color = charts.contender_color(styles)
    base = alt.Chart(frame).encode(x=x)
    bands = base.mark_area(opacity=0.18).encode(y=alt.Y("low:Q"), y2="high:Q", color=color)
    lines = base.mark_line(strokeWidth=2.2).encode(y=y, color=color)
    marks = charts.points(
        base,
        styles,
        size=80,
        y=y,
        tooltip=[
            alt.Tooltip("contender:N"),
            alt.Tooltip("share:Q", title="share of the history (%)"),
            alt.Tooltip("since:N", title="since"),
            alt.Tooltip("events:Q", format=","),
            alt.Tooltip("value:Q", title=label(metric), format=".3~r"),
            alt.Tooltip("low:Q", title="interval from", format=".3~r"),
            alt.Tooltip("high:Q", title="to", format=".3~r"),
        ],
    )
    names = charts.text(alt.Chart(_ends(frame)), align="left", dx=12).encode(
        x=x, y="at:Q", text="contender:N"
    )
    return charts.finish(
        alt.layer(bands, lines, marks, names).properties(padding=charts.margins(110))
    )


def _ends(frame: pd.DataFrame) -> pd.DataFrame:
    """Each contender's name at its last point, moved up if names would overlap."""
    last = frame[frame["share"] == frame["share"].max()].sort_values("value")
    gap = 0.06 * float(frame["high"].max() - frame["low"].min())
    places: list[float] = []
    for value in last["value"].tolist():
        places.append(max(value, places[-1] + gap) if places else value)
    return last.assign(at=places)


def curve_alt(frame: pd.DataFrame, metric: str) -> str:
    """The finding of the learning curve."""
    lines = []
    for name, rows in frame.groupby("contender", sort=False):
        ends = [rows.iloc[0], rows.iloc[-1]]
        first, last = (f"{digits(e['value'])} with {e['share']:.0f}%" for e in ends)
        lines.append(f"{name} goes from {first} to {last} of the history")
    return f"{label(metric)} by the newest share of the history: {'; '.join(lines)}."


def measures(found: LeakageAudit) -> dict[str, str]:
    """The measures of the audit: the label by id (`lift:ndcg@10`)."""
    lifts = {f"lift:{m}": f"lift over Popular in {label(m)}" for m in found.metrics}
    return lifts | {f"value:{m}": label(m) for m in found.metrics}


def audit_frame(found: LeakageAudit, shown: str) -> pd.DataFrame:
    """A row per contender and split for one of `measures`; the best under time first.

    Columns: contender (title), split, value, low, high, span (the interval as text).
    """
    measure, _, metric = shown.partition(":")
    rows: list[tuple[str, str, float | None, float | None, float | None]] = []
    if measure == "lift":
        for x in found.lifts:
            if x.metric == metric:
                rows.append((x.title, x.protocol, x.value, x.low, x.high))
    else:
        for p in found.protocols:
            for s in p.scores:
                if metric in s.metrics:
                    m = s.metrics[metric]
                    rows.append((s.title, p.name, m.value, m.low, m.high))
    frame = pd.DataFrame(rows, columns=["contender", "split", "value", "low", "high"])
    frame = frame.astype({"value": float, "low": float, "high": float}).dropna(subset=["value"])
    spans = [
        f"{digits(low)} to {'no upper limit' if high != high else digits(high)}"
        for low, high in zip(frame["low"], frame["high"], strict=True)
    ]
    splits = [p.name for p in found.protocols][::-1]  # from global time to random
    in_time = frame[frame["split"] == splits[0]].set_index("contender")["value"]
    order = frame["contender"].map(in_time).fillna(0)
    at = frame["split"].map({name: n for n, name in enumerate(splits)})
    frame = frame.assign(span=spans, order=order, at=at)
    frame = frame.sort_values(["order", "contender", "at"], ascending=[False, True, True])
    return frame.drop(columns=["order", "at"]).reset_index(drop=True)


def audit(frame: pd.DataFrame, styles: Mapping[str, Style], shown: str) -> Any:
    """Each contender under each split with a 95% interval, and a line at 1 for a lift."""
    measure, _, metric = shown.partition(":")
    contenders = frame["contender"].drop_duplicates().tolist()
    splits = frame["split"].drop_duplicates().tolist()
    limit = float(frame[["value", "low", "high"]].max().max())
    drawn = frame.assign(end=frame["high"].fillna(limit), label=frame["split"])
    low, high = float(frame[["value", "low"]].min().min()), limit
    if measure == "lift":
        low, high = min(low, 1.0), max(high, 1.0)
    width = (high - low) or 1.0
    title = f"{label(metric)} ÷ {label(metric)} of Popular" if measure == "lift" else label(metric)
    scale = alt.Scale(domain=[low - 0.05 * width, high + 0.05 * width], nice=False, zero=False)
    x = alt.X(
        "value:Q",
        title=[f"{title}:", "point and 95% interval"],
        scale=scale,
        axis=alt.Axis(format="~g", tickCount=7),
    )
    y = alt.Y(
        "contender:N",
        sort=contenders,
        title=None,
        axis=alt.Axis(ticks=False, labelFontSize=14),
        scale=alt.Scale(paddingInner=0.3),
    )
    base = alt.Chart(drawn).encode(y=y, yOffset=alt.YOffset("split:N", sort=splits))
    color = charts.contender_color({n: styles[n] for n in contenders})
    tooltip = [
        alt.Tooltip("contender:N"),
        alt.Tooltip("split:N"),
        alt.Tooltip("value:Q", format=".3~r"),
        alt.Tooltip("span:N", title="95% interval"),
    ]
    rules = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", scale=scale), x2="end:Q", color=color
    )
    marks = base.mark_point(size=110, strokeWidth=2, filled=True, opacity=1).encode(
        x=x,
        color=color,
        shape=alt.Shape(
            "split:N",
            scale=alt.Scale(domain=splits, range=[SHAPES.get(n, "circle") for n in splits]),
            legend=None,
        ),
        tooltip=tooltip,
    )
    labels = charts.text(base, align="left", dx=9).encode(
        x=alt.X("end:Q", scale=scale), text="label:N"
    )
    layers = [rules, marks, labels]
    if measure == "lift":
        one = alt.Chart(pd.DataFrame({"one": [1.0]}))
        layers.insert(
            0, one.mark_rule(color=look.INK, opacity=0.7).encode(x=alt.X("one:Q", scale=scale))
        )
    height = max(look.HEIGHT, 31 * len(splits) * len(contenders) + 60)
    # margin on the right for the names of the splits
    return charts.finish(alt.layer(*layers).properties(padding=charts.margins(105)), height=height)


def audit_alt(frame: pd.DataFrame, shown: str, labels: Mapping[str, str]) -> str:
    """The finding of the audit's chart; `labels` is from `measures`."""
    lines = []
    for name, rows in frame.groupby("contender", sort=False):
        parts = [f"{digits(r.value)} ({r.span}) under {r.split}" for r in rows_of(rows)]
        lines.append(f"{name} {charts.names(parts)}")
    return f"{labels[shown]}, with 95% intervals: {'; '.join(lines)}."


def titles_by_spec(rows: Sequence[Any]) -> dict[str, str]:
    """The titles of rows with a `spec` and its `title`, by the spec's name."""
    return {row.spec: row.title for row in rows}
