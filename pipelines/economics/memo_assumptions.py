"""The tables of a memo with every input: as the decision computes with it, and where it is from."""

from typing import Any

from pipelines.economics.case import Case, Option, Today, fields
from pipelines.economics.case_files import blank_case
from pipelines.economics.inputs import MONEY, SHARES, as_computed
from pipelines.economics.labels import OPTION_LABELS
from pipelines.prices.pricebook import PriceBook

GENERAL = (
    "currency",
    "usd_rate",
    "core_business",
    "margin",
    "open_rate",
    "requests",
    "horizon_months",
    "discount_rate",
    "fte_cost",
    "visitors_per_arm",
    "baseline_conversion",
    "today.uplift",
    "today.ftes",
    "today.infra",
)
UNSTATED = ("visitors", "baseline", "usd_rate", "today")
"""Of these inputs, those without a value are not listed."""
PER_OPTION = (
    "uplift",
    "months_to_launch",
    "setup",
    "overrun",
    "ftes",
    "infra",
    "fee",
    "price",
    "minimum",
    "term_months",
    "exit_cost",
    "exit_probability",
)
PLAIN = ("yes, no or unknown", "visitors", "line of the price book", "code")
"""Units that say nothing beside the value."""
NOT_NAMED = "source not named"


def general(case: Case) -> list[dict[str, str]]:
    """The inputs that are not of one option: what, value, unit and source of each."""
    info = {row["name"]: row for row in fields()}
    return [
        {
            "what": info[name]["description"],
            "value": as_computed(name.rpartition(".")[2], _value(case, name)),
            "unit": _unit(name.rpartition(".")[2], info[name]["unit"]),
            "source": _source(case, name),
        }
        for name in GENERAL
        if _value(case, name) is not None or not name.startswith(UNSTATED)
    ]


def per_option(case: Case, book: PriceBook) -> list[dict[str, Any]]:
    """The inputs of the options: what, unit, a cell for each option, and source."""
    info = {row["name"]: row for row in fields()}
    rows = []
    for name in PER_OPTION:
        values = [getattr(option, name) for option in case.options.values()]
        default = info[f"buy.{name}"]["default"]
        if name != "uplift" and all(value == default for value in values):
            continue
        by_source: dict[str, list[str]] = {}
        for option, value in zip(case.options, values, strict=True):
            if value is not None:
                by_source.setdefault(_source(case, f"{option}.{name}"), []).append(option)
        optional = name in ("fee", "price", "minimum")
        cells = ["none" if optional and v is None else as_computed(name, v) for v in values]
        if name == "price":
            cells = ["none" if v is None else book.line(v).vendor for v in values]
        rows.append(
            {
                "what": info[f"buy.{name}"]["description"],
                "unit": _unit(name, info[f"buy.{name}"]["unit"]),
                "cells": cells,
                "source": "; ".join(
                    source
                    if len(by_source) == 1
                    else f"{', '.join(OPTION_LABELS[o] for o in options)}: {source}"
                    for source, options in by_source.items()
                ),
            }
        )
    return rows


def _source(case: Case, path: str) -> str:
    """Where an input is from and who stated it: named, a planning assumption, or not named."""
    source, author = case.stated(path).source, case.stated(path).author
    if _value(case, path) is None:
        return ""
    assumed = _value(case, path) == _value(blank_case(), path) is not None
    if not source and (assumed or path.endswith(".price")):
        info = {str(row["name"]): row for row in fields()}
        source = str(info[path]["source"])
    stated = f"stated by {author}" if author else ""
    return "; ".join(filter(None, (source, stated))) or NOT_NAMED


def _value(case: Case, path: str) -> Any:
    option, _, name = path.rpartition(".")
    owner: Case | Option | Today | None = getattr(case, option) if option else case
    return None if owner is None else getattr(owner, name)


def _unit(name: str, unit: str) -> str:
    """The unit, without what the value already shows ($, % and plain answers)."""
    if name in SHARES or unit in PLAIN:
        return ""
    return unit.removeprefix("$k").strip() if name in MONEY else unit
