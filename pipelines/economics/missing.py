"""Which inputs a case still lacks."""

from pipelines.economics.case import Case


def missing_inputs(case: Case) -> list[str]:
    """The inputs without which no sum can be made, each named with its unit."""
    gaps = {
        "core_business": "answer to the core-business question (yes, no or unknown)",
        "margin": "addressed margin ($k a year)",
        "open_rate": "open rate (share who see recommendations)",
    }
    missing = [text for name, text in gaps.items() if getattr(case, name) is None]
    if case.requests is None and any(option.price for option in case.options.values()):
        missing.append("requests a month")
    without = [name for name, option in case.options.items() if option.uplift is None]
    if without:
        missing.append(f"uplift of {', '.join(without)} (a range you hold possible)")
    words = {
        "months_to_launch": "months to launch",
        "setup": "set-up (person-months)",
        "ftes": "full-time people",
        "infra": "infrastructure ($k a month)",
    }
    for name, option in case.options.items():
        missing += [
            f"{text} of {name}" for field, text in words.items() if getattr(option, field) is None
        ]
        if name == "buy" and option.price is None and option.fee is None:
            missing.append("fee of buy ($k a month, or a line of the price book)")
    return missing
