"""The five steps from data to decision, for pages that have nothing of their own to show."""

from __future__ import annotations

import pandas as pd

from app.components import charts, page

PLAN = {
    "data": "load events: who took up what, and when",
    "build": "choose a pipeline and its stages",
    "compare": "ask every contender the same question",
    "test": "with real people",
    "decide": "build, buy, or neither yet",
}


def plan(now: str) -> pd.DataFrame:
    """What each step is, the ones before `now` done: step, state, line."""
    order = list(PLAN)
    at = order.index(now)
    states = ["done"] * at + ["now"] + ["open"] * (len(order) - at - 1)
    return pd.DataFrame({"step": order, "state": states, "line": list(PLAN.values())})


def opening(sentence: str, now: str, *, key: str) -> None:
    """Open an empty page: its sentence, and where it stands in the five steps."""
    alt = f"Five steps: {', '.join(PLAN)}. The next one is {now}: {PLAN[now]}."
    page.opening(sentence, charts.steps(plan(now)), alt, key=key)
