"""The answers of a decision as JSON values, and the labels of options and answers for people."""

STAGED = "staged"
NOTHING = "nothing"

BUY = "buy"
BUILD = "build"
BUY_THEN_BUILD = "build, bridged by buy"
POPULARITY_RULE = "neither: popularity rule"
NOTHING_PAYS = "neither: nothing pays yet"
FIX_LOGGING = "neither: fix the logging"
COLLECT_DATA = "neither: collect more data"
SETTLE_LEGAL = "neither: settle the legal question"
TOO_FEW_VISITORS = "neither: too few visitors to test"
TOO_CLOSE = "too close to call"
NOT_DECIDABLE = "not decidable yet"

ANSWERS = {
    "popularity": POPULARITY_RULE,
    "buy": BUY,
    "build": BUILD,
    STAGED: BUY_THEN_BUILD,
    NOTHING: NOTHING_PAYS,
    TOO_CLOSE: TOO_CLOSE,
}
"""The answer that stands for each option."""

OPTION_LABELS = {
    "popularity": "popularity rule",
    "buy": "buy",
    "build": "build",
    STAGED: "buy now, build later",
    NOTHING: "doing nothing",
}
OPTION_TITLES = {
    "popularity": "Popularity rule",
    "buy": "Buy",
    "build": "Build",
    STAGED: "Buy now, build later,",
    NOTHING: "Doing nothing",
}
"""The labels at the beginning of a sentence, before a verb."""

_INPUT_LABELS = {
    "margin": "addressed margin",
    "open_rate": "open rate",
    "requests": "traffic",
    "fte_cost": "cost of a full-time person",
    "uplift": "uplift",
    "months_to_launch": "time to launch",
    "setup": "set-up work",
    "ftes": "operating staff",
    "infra": "cost of servers",
    "overrun": "overrun of the set-up",
    "usd_rate": "price of a US dollar",
}

FIRST_STEPS = {
    FIX_LOGGING: "fix the logging",
    COLLECT_DATA: "collect more data",
    SETTLE_LEGAL: "settle the legal question",
}
"""What to do first, for the answers that a failed gate gives."""

_ANSWER_LABELS = {
    BUY_THEN_BUILD: OPTION_LABELS[STAGED],
    POPULARITY_RULE: OPTION_LABELS["popularity"],
    NOTHING_PAYS: "neither: no option pays off yet",
}


def input_label(path: str) -> str:
    """A numeric input within a sentence: `uplift of buy` for `buy.uplift`."""
    option, _, name = path.rpartition(".")
    label = _INPUT_LABELS[name]
    if option == "today":
        return f"{label} of today's system"
    return f"{label} of {OPTION_LABELS[option]}" if option else label


def answer_label(answer: str) -> str:
    """An answer for people: `buy now, build later` for the JSON value `build, bridged by buy`."""
    return _ANSWER_LABELS.get(answer, answer)
