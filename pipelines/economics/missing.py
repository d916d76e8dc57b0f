"""The inputs that a case lacks."""

from pipelines.economics.case import Case
from pipelines.economics.formats import DOLLARS, in_units
from pipelines.economics.labels import OPTION_LABELS


def missing_inputs(case: Case) -> list[str]:
    """The missing inputs without which no value can be computed, each with its unit."""
    gaps = {
        "core_business": "answer to the core-business question (yes, no or unknown)",
        "margin": f"addressed margin ({in_units('$k a year')})",
        "open_rate": "open rate (share who see recommendations)",
    }
    missing = [text for name, text in gaps.items() if getattr(case, name) is None]
    if case.requests is None and any(option.price for option in case.options.values()):
        missing.append("requests a month")
    dollars = case.currency == DOLLARS or case.usd_rate is not None
    if not dollars and any(option.price for option in case.options.values()):
        missing.append(f"price of one US dollar in {case.currency} (the price book is in dollars)")
    without = [
        OPTION_LABELS[name] for name, option in case.options.items() if option.uplift is None
    ]
    if without:
        missing.append(f"uplift of {', '.join(without)} (a plausible range)")
    labels = {
        "months_to_launch": "months to launch",
        "setup": "set-up (person-months)",
        "ftes": "full-time people",
        "infra": f"infrastructure ({in_units('$k a month')})",
    }
    for name, option in case.options.items():
        missing += [
            f"{text} of {OPTION_LABELS[name]}"
            for field, text in labels.items()
            if getattr(option, field) is None
        ]
        if name == "buy" and option.price is None and option.fee is None:
            missing.append(f"fee of buy ({in_units('$k a month')}, or a line of the price book)")
    return missing
