"""The chart of what each stage of a contender adds in quality and in latency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.components.charts import rows_of
from app.components.tables import digits
from pipelines import registry
from pipelines.evaluation.results.document import StageTime
from pipelines.runtime.phrases import number_of

BREAK = " · "
RANKERS = ("first ranker", "second ranker", "third ranker")


def waterfall_frame(steps: Sequence[StageTime]) -> pd.DataFrame:
    """A row per stage, in order. Columns: step (a label), keeps, recall, ndcg, milliseconds."""
    rows = [
        {
            "step": f"{n}. {label}: {number_of(s.keeps, 'item')}"
            f"{BREAK}{digits(s.milliseconds)} ms per request",
            "keeps": s.keeps,
            "recall": s.recall,
            "ndcg": s.ndcg,
            "milliseconds": s.milliseconds,
        }
        for n, (s, label) in enumerate(zip(steps, _labels(steps), strict=True), 1)
    ]
    return pd.DataFrame(rows, columns=["step", "keeps", "recall", "ndcg", "milliseconds"])


def _labels(steps: Sequence[StageTime]) -> list[str]:
    """`candidate generators`, `first ranker`, `second ranker`; a rule by its title."""
    labels = []
    rankers = iter(RANKERS)
    for step in steps:
        if step.stage == "candidates":
            labels.append("candidate generators")
        elif step.stage in registry.names("rankers"):
            labels.append(next(rankers, step.stage))
        elif step.stage in registry.names("rules"):
            labels.append(str(registry.lookup("rules", step.stage).title))
        else:
            labels.append(step.stage)
    return labels


FOUND, NDCG = "held-out interactions still in the list", "NDCG@10"


def waterfall(frame: pd.DataFrame, color: str) -> Any:
    """Per stage: the share of held-out interactions still in the list (pale), NDCG@10 (full)."""
    names = {"recall": FOUND, "ndcg": NDCG}
    long = frame.rename(columns=names).melt(
        id_vars=["step"], value_vars=list(names.values()), var_name="what", value_name="value"
    )
    long["label"] = long["value"].map(digits)
    largest = float(long["value"].max()) or 1.0
    y = alt.Y(
        "step:N",
        sort=frame["step"].tolist(),
        title=None,
        axis=alt.Axis(ticks=False, labelExpr=f"split(datum.label, '{BREAK}')"),
    )
    x = alt.X(
        "value:Q",
        title="share of held-out interactions, and NDCG@10",
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
    values = charts.text(base, align="left", dx=6).encode(text=alt.Text("label:N"))
    height = max(look.HEIGHT, 72 * len(frame) + 90)
    return charts.finish(alt.layer(bars, values), height=height)


def waterfall_alt(frame: pd.DataFrame, contender: str) -> str:
    """The finding of the chart, stage by stage."""
    stages = [
        f"{row.step}, {digits(100 * row.recall)}% of held-out interactions still in the list, "
        f"NDCG@10 {digits(row.ndcg)}"
        for row in rows_of(frame)
    ]
    return f"The stages of {contender}: {'; '.join(stages)}."
