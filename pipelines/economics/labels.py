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
NOT_DECIDABLE = "not decidable yet"

ANSWERS = {
    "popularity": POPULARITY_RULE,
    "buy": BUY,
    "build": BUILD,
    STAGED: BUY_THEN_BUILD,
    NOTHING: NOTHING_PAYS,
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


def answer_label(answer: str) -> str:
    """An answer for people: `buy now, build later` for the JSON value `build, bridged by buy`."""
    return _ANSWER_LABELS.get(answer, answer)
