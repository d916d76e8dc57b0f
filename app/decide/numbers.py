"""The numbers of a decision as tables: options, other horizons, preconditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from app.components import page, tables
from app.decide.options import option_label
from pipelines.economics.formats import money, months, percent, thousands
from pipelines.economics.summary import Decision

GATE_LABEL = {"passed": "✓ passed", "failed": "✕ failed", "not checked": "? not checked"}


def section(decision: Decision) -> None:
    """All tables, in an expander."""
    with page.numbers():
        if decision.options:
            st.markdown(
                f"Over {months(decision.horizon_months)} at a discount rate of "
                f"{percent(decision.discount_rate)} a year."
            )
            tables.show(
                options_frame(decision),
                key="decide_options",
                alt="Value, benefit and cost of each option.",
            )
        if decision.cash:
            st.markdown("Cash by year, undiscounted, as a difference from what is there today.")
            tables.show(
                cash_frame(decision),
                key="decide_cash",
                alt="Cash of each option by year, and the most that is paid before it comes back.",
            )
        if decision.horizons:
            unit = page.plain(thousands())
            st.markdown(f"Value ({unit}) at other horizons and discount rates.")
            tables.show(
                _horizons_frame(decision),
                key="decide_horizons",
                alt="Value of each option by horizon and discount rate.",
            )
        st.markdown("Preconditions.")
        gates = [
            {
                "precondition": g["name"],
                "state": GATE_LABEL.get(g["state"], g["state"]),
                "reason": g["reason"],
            }
            for g in decision.gates
        ]
        tables.show(
            pd.DataFrame(gates),
            key="decide_gates",
            alt="The preconditions, with state and reason.",
            columns={"reason": st.column_config.TextColumn(width="large")},
        )


def options_frame(decision: Decision) -> pd.DataFrame:
    """A row per option."""
    best = (decision.uncertainty or {}).get("p_best", {})
    chance = f"probability of being best{' of the options left' if decision.closed else ''}"
    without = "ruled out" if best else "not simulated"
    rates = decision.break_even.get("open_rate", {})
    since = decision.break_even.get("positive_from_month", {})
    rows = [
        {
            "option": option_label(o["name"]),
            f"value ({thousands()})": o["npv"],
            f"benefit ({thousands()})": o["benefit"],
            f"cost ({thousands()})": o["cost"],
            "break-even open rate": _text(rates.get(o["name"]), percent),
            "breaks even in month": _text(since.get(o["name"]), str),
            chance: _text(best.get(o["name"]), percent, without),
        }
        for o in decision.options
    ]
    return pd.DataFrame(rows)


def cash_frame(decision: Decision) -> pd.DataFrame:
    """A row per year, a column per option; below them the peak funding and its month."""
    n = max(len(one["years"]) for one in decision.cash.values())
    rows = [*(f"year {year}" for year in range(1, n + 1)), "peak funding", "in month"]
    columns = {
        option_label(name): [
            *(money(flow) for flow in one["years"]),
            money(one["peak_funding"]) if one["peak_funding"] else "none",
            str(one["peak_month"]) if one["peak_funding"] else "",
        ]
        for name, one in decision.cash.items()
    }
    return pd.DataFrame({"cash": rows, **columns})


def _horizons_frame(decision: Decision) -> pd.DataFrame:
    rows = [
        {
            "months": h["months"],
            "discount rate a year": percent(h["discount_rate"]),
            **{option_label(name): value for name, value in h["npv"].items()},
        }
        for h in decision.horizons
    ]
    return pd.DataFrame(rows)


def _text(value: Any, format: Callable[[Any], str], missing: str = "none") -> str:
    return missing if value is None else format(value)
