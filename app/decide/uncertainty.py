"""How certain the decision is: effects of inputs, ranges, and the value of information."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.components import page
from app.components.drawn import Drawn
from app.decide import tornado, uncertainty_charts
from app.decide.options import option_label
from pipelines.economics.formats import money, thousands
from pipelines.economics.summary import Decision


def section(decision: Decision) -> None:
    """The tornado of the leading option, then the simulation; nothing without a tornado."""
    if not decision.tornado:
        return
    ranked = sorted(decision.options, key=lambda option: -float(option["npv"]))
    shown = decision.chosen or str(ranked[0]["name"])
    st.header(f"Inputs with the largest effect on the value of {option_label(shown)}", anchor=False)
    page.picture(
        Drawn(tornado.tornado, decision.tornado, decision.npv(shown) or 0.0),
        tornado.tornado_alt(decision.tornado, shown),
        tornado.tornado_frame(decision.tornado).rename(columns={"value": f"value ({thousands()})"}),
        key="decide_tornado",
    )
    st.header("Uncertainty", anchor=False)
    if decision.uncertainty is None:
        st.write(
            "No input has a range, so there is nothing to simulate. Enter low, likely and high "
            "values of an input to see the probability that each option is best."
        )
        return
    _simulation(decision.uncertainty)


def _simulation(found: dict[str, Any]) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        fan = (
            pd.DataFrame({option_label(name): one for name, one in found["fan"].items()})
            .T.rename_axis("option")
            .reset_index()
        )
        page.picture(
            Drawn(uncertainty_charts.fan, found),
            uncertainty_charts.fan_alt(found),
            fan,
            key="decide_fan",
        )
    with right:
        shares = {option_label(name): share for name, share in found["p_best"].items()}
        chances = pd.DataFrame(shares.items(), columns=["option", "probability of being best"])
        page.picture(
            Drawn(uncertainty_charts.chances, found),
            uncertainty_charts.chances_alt(found),
            chances,
            key="decide_chances",
        )
    if found["evpi"] > 0:
        labels = tornado.input_labels()
        worth = [(labels.get(n, n), v) for n, v in list(found["evppi"].items())[:3] if v > 0]
        single = "; ".join(f"{label} {money(value)}" for label, value in worth)
        st.caption(
            page.plain(
                f"In {found['draws']:,} simulations, perfect information on all inputs is worth "
                f"{money(found['evpi'])}. On a single input: {single or 'nothing'}."
            )
        )
