"""The five steps from data to decision: the chart, and the opening of pages without results."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from app import look
from app.components import page
from app.components.charts import finish, text
from app.components.drawn import Drawn

PLAN = {
    "Data": "load events: who interacted with what, and when",
    "Build": "choose a pipeline and its stages",
    "Compare": "run every contender on the same data",
    "Test": "run an online test with real users",
    "Decide": "build, buy, or neither yet",
}
"""The steps in order, and what to do in each."""


PAGES = {"Data": "data", "Build": "build", "Compare": "compare", "Decide": "decide"}
"""The page of each step; an online test is run elsewhere."""


def plan(now: str) -> pd.DataFrame:
    """What to do in each step; steps before `now` are done. Columns: step, state, line."""
    order = list(PLAN)
    at = order.index(now)
    states = ["done"] * at + ["now"] + ["open"] * (len(order) - at - 1)
    return pd.DataFrame({"step": order, "state": states, "line": list(PLAN.values())})


def opening(sentence: str, now: str, *, key: str) -> None:
    """Open a page without results: its sentence and the five steps."""
    description = f"Five steps: {', '.join(PLAN)}. The next step is {now}: {PLAN[now]}."
    page.opening(sentence)
    picture(plan(now), description, key=key)


def picture(frame: pd.DataFrame, description: str, *, key: str) -> None:
    """The chart of the steps, and below each step a link to its page."""
    page.picture(Drawn(chart, frame), description, key=key)
    with st.container(key="steps_links"):  # `look.css` keeps its columns side by side
        for step, column in zip(PLAN, st.columns(len(PLAN), gap=None), strict=True):
            if step in PAGES:
                with column.container(horizontal_alignment="center"):
                    page.link(PAGES[step], f"Open {step}")


def chart(frame: pd.DataFrame) -> Any:
    """The five steps from left to right.

    Columns: step, state ("done", "now", "open"), line (a short status).
    """
    drawn = frame.assign(
        at=range(len(frame)),
        mark=frame["state"].map({"done": "✓", "now": "→", "open": "·"}),
        name=[f"{i}  {s}" for i, s in enumerate(frame["step"], 1)],
        status=frame["state"].map({"done": "done", "now": "next", "open": "to do"}),
        line=frame["line"].map(_wrapped),
    )
    x = alt.X("at:Q", axis=None, scale=alt.Scale(domain=[-0.5, len(frame) - 0.5], nice=False))
    base = alt.Chart(drawn).encode(x=x, tooltip=[alt.Tooltip("step:N"), alt.Tooltip("status:N")])
    between = range(len(frame) - 1)
    ends = pd.DataFrame({"at": [i + 0.3 for i in between], "end": [i + 0.7 for i in between]})
    rail = (
        alt.Chart(ends).mark_rule(color=look.GRAY, strokeWidth=2).encode(x=x, x2="end:Q", y=_y(62))
    )
    circle = base.mark_point(size=2600, shape="circle", strokeWidth=2.5, filled=False).encode(
        y=_y(62), color=alt.value(look.PRIMARY), strokeDash=_by_state({"open": [4, 3]}, [1, 0])
    )
    disc = base.mark_point(size=2600, shape="circle", filled=True, opacity=1).encode(
        y=_y(62),
        color=_by_state({"done": look.PRIMARY, "now": look.PRIMARY}, look.GRAY),
        fillOpacity=_by_state({"done": 1.0, "now": 0.25}, 0.12),
    )
    mark = base.encode(y=_y(62), text="mark:N")
    return finish(
        alt.layer(
            rail,
            disc,
            circle,
            mark.transform_filter("datum.state === 'done'").mark_text(
                fontSize=22, fontWeight="bold", color="#FFFFFF"
            ),
            text(mark.transform_filter("datum.state !== 'done'"), fontSize=22, fontWeight="bold"),
            text(base, fontSize=16, fontWeight=600).encode(y=_y(122), text="name:N"),
            text(base, fontSize=13, lineBreak="\n", baseline="top", lineHeight=18).encode(
                y=_y(146), text="line:N"
            ),
        ),
        height=158 + 18 * (1 + int(drawn["line"].str.count("\n").max())),
    )


def _y(pixels: int) -> Any:
    return alt.value(pixels)


def _by_state(values: Mapping[str, Any], other: Any) -> Any:
    chain = alt.when(alt.datum.state == next(iter(values))).then(
        alt.value(next(iter(values.values())))
    )
    for state, value in list(values.items())[1:]:
        chain = chain.when(alt.datum.state == state).then(alt.value(value))
    return chain.otherwise(alt.value(other))


def _wrapped(line: str, width: int = 16) -> str:
    return "\n".join(textwrap.wrap(line, width, max_lines=9, placeholder=" …"))
