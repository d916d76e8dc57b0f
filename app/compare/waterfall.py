"""What each step of a contender adds, in quality and in time: frame, picture, section."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from app import look
from app.components import charts
from app.components.comparison_charts import rows_of
from app.components.tables import digits
from pipelines.evaluation.results.document import StageTime

BREAK = " · "
STEP_WORDS = {"candidates": "candidates", "linear": "light rank", "lambdarank": "heavy rank"}


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
    values = charts.text(base, align="left", dx=6).encode(text=alt.Text("words:N"))
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
