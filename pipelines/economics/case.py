"""A build-or-buy case: its inputs with units, descriptions and sources."""

from typing import Any, Literal

from pydantic import BaseModel, model_validator

from pipelines.economics.documented import descriptions, documented
from pipelines.economics.formats import DOLLARS
from pipelines.economics.quantity import STRICT, Quantity, Range, UpliftRange

CORE_QUESTION = (
    "Does your core business depend on how good your recommendations are, "
    "now or in the near future?"
)
Answer = Literal["yes", "no", "unknown"]
USER = "yours to state: there is no defensible default"
FLYVBJERG = "Flyvbjerg: 18% of IT projects overrun by more than 50%, on average by 447%"


class Stated(BaseModel):
    """Where an input is from, and who stated it."""

    model_config = STRICT
    source: str = ""
    author: str = ""


class Option(BaseModel):
    """One way to get recommendations. `uplift` has no default: None means missing."""

    model_config = STRICT
    uplift: float | UpliftRange | None = documented(
        "share of the margin",
        "Relative change of the addressed margin among users who see recommendations",
        "your range or an online test, never an offline metric (Jannach & Jugovac 2019)",
    )
    months_to_launch: Quantity | None = documented("months", "Time until the launch")
    setup: Quantity | None = documented("person-months", "Work until the launch")
    ftes: Quantity | None = documented("full-time people", "People who operate the recommender")
    infra: Quantity | None = documented("$k a month", "Servers and storage after the launch")
    fee: float | None = documented("$k a month", "Flat fee to the vendor", "the contract", ge=0)
    price: str | None = documented("line of the price book", "Fee per request", "price book")
    minimum: float | None = documented(
        "$k a month", "Least that the vendor charges, whatever is used", "the contract", ge=0
    )
    term_months: int = documented(
        "months",
        "Term of the contract: the minimum, or else the flat fee, is owed to its end",
        "the contract",
        default=0,
        ge=0,
        le=240,
    )
    overrun: Quantity | Literal["it-projects"] = documented(
        "factor on the set-up",
        "Overrun of the set-up; of typical IT projects, it is drawn from statistics of them",
        FLYVBJERG,
        default=1.0,
    )
    exit_cost: float = documented("$k", "Cost of leaving this option", default=0.0, ge=0)
    exit_probability: float = documented(
        "probability",
        "Probability of having to leave this option within the horizon",
        default=0.0,
        ge=0,
        le=1,
    )


class Today(BaseModel):
    """The recommender in use today, which every option would replace; none by default."""

    model_config = STRICT
    uplift: float | UpliftRange | None = documented(
        "share of the margin",
        "Relative change of the addressed margin that today's system brings, against none",
        "your range or an online test; empty without a system",
    )
    ftes: Quantity | None = documented(
        "full-time people", "People who operate today's system", USER
    )
    infra: Quantity | None = documented("$k a month", "Its servers, storage and licenses", USER)

    @property
    def stated(self) -> bool:
        """Whether there is a system today."""
        return any(value is not None for value in (self.uplift, self.ftes, self.infra))


class Case(BaseModel):
    """All inputs of a build-or-buy decision; money in thousands of its currency."""

    model_config = STRICT
    title: str = documented("text", "Name of the case", default="My case", max_length=200)
    currency: str = documented(
        "code", "Currency of all money, ISO 4217", default="USD", pattern="^[A-Z]{3}$"
    )
    usd_rate: float | None = documented(
        "units of the currency",
        "Price of one US dollar, in which the price book is",
        "today's exchange rate",
        gt=0,
    )
    core_business: Answer | None = documented("yes, no or unknown", CORE_QUESTION, USER)
    margin: Quantity | None = documented("$k a year", "Margin that recommendations address", USER)
    open_rate: Quantity | None = documented(
        "share", "Share of the addressed visitors who see recommendations", USER
    )
    requests: Quantity | None = documented("requests a month", "Traffic to the recommender", USER)
    horizon_months: int = documented(
        "months", "Period over which costs and benefits count", default=36, ge=1, le=240
    )
    discount_rate: float = documented("a year", "Discount rate", default=0.10, ge=0, le=1)
    fte_cost: Quantity = documented(
        "$k a year",
        "Loaded cost of one full-time person",
        "BLS median of $112,590; a benefits share of about .298 is unverified",
        default=160.0,
    )
    today: Today = documented("system", "The recommender in use today", default=Today())
    popularity: Option | None = documented("option", "A popularity rule")
    buy: Option | None = documented("option", "A third party's recommender")
    build: Option | None = documented("option", "A recommender built in-house")
    visitors_per_arm: float | None = documented(
        "visitors", "Visitors who see recommendations, in each arm of an 8-week test", USER, gt=0
    )
    baseline_conversion: float | None = documented(
        "share", "Share of those visitors who convert today", USER, gt=0, lt=1
    )
    data_ready: bool | None = documented(
        "yes or no", "The data has enough interactions to train on", "readiness"
    )
    exposure_logged: bool | None = documented(
        "yes or no", "The log records which recommendations were shown to whom", "your logging"
    )
    team_available: bool | None = documented(
        "yes or no",
        "The people to build and run a recommender are available",
        "Cookpad: 5 researchers, 2 engineers; eezylife: 3 researchers, 6 on the data pipeline",
    )
    legal_use: bool | None = documented(
        "yes or no", "The events may be used for recommendations", "your counsel"
    )
    legal_transfer: bool | None = documented(
        "yes or no", "The events may be sent to a vendor", "your counsel"
    )
    dissent: str = documented("text", "Who disagrees, and why", default="", max_length=600)
    exit_plan: str = documented(
        "text", "How the choice could be reversed", default="", max_length=600
    )
    sources: dict[str, str | Stated] = documented(
        "text", "Source of an input by name; or its source and author", default={}
    )

    @model_validator(mode="after")
    def _sensible(self) -> "Case":
        for name, quantity in quantities(self).items():
            values = (
                [quantity.low, quantity.mode, quantity.high]
                if isinstance(quantity, Range)
                else [float(quantity)]
            )
            if min(values) < 0 and not isinstance(quantity, UpliftRange):
                raise ValueError(f"{name} is negative; it must be 0 or more")
            if name == "open_rate" and max(values) > 1:
                raise ValueError("open_rate is above 1; write 30% as 0.3")
            if name.endswith(".uplift") and max(values) > 1:
                raise ValueError(f"{name} is above 1; write 2% as 0.02")
        if self.buy is None and self.build is None:
            raise ValueError("there is neither a [buy] nor a [build] option; add at least one")
        if self.currency == DOLLARS and self.usd_rate not in (None, 1):
            raise ValueError("usd_rate is for a currency other than USD; remove it or set currency")
        names = {str(field["name"]) for field in fields()}
        unknown = set(self.sources) - names
        if unknown:
            raise ValueError(f"sources has {min(unknown)}, but there is no input of that name")
        return self

    def stated(self, name: str) -> Stated:
        """The source and the author of an input by name; empty where they are not named."""
        found = self.sources.get(name, "")
        return Stated(source=found) if isinstance(found, str) else found

    @property
    def options(self) -> dict[str, Option]:
        """The options that the case describes, by name (without `staged`)."""
        named = {"popularity": self.popularity, "buy": self.buy, "build": self.build}
        return {name: option for name, option in named.items() if option is not None}


def quantities(case: Case) -> dict[str, float | Range]:
    """Every numeric input that is given, by path such as `buy.uplift`."""
    found: dict[str, Any] = {
        name: getattr(case, name)
        for name in ("margin", "open_rate", "requests", "fte_cost", "usd_rate")
    }
    found |= {f"today.{name}": getattr(case.today, name) for name in Today.model_fields}
    for option_name, option in case.options.items():
        for name in ("uplift", "months_to_launch", "setup", "ftes", "infra", "overrun"):
            found[f"{option_name}.{name}"] = getattr(option, name)
    return {name: value for name, value in found.items() if isinstance(value, float | int | Range)}


TABLES: dict[str, type[BaseModel]] = {
    "today": Today, "popularity": Option, "buy": Option, "build": Option,
}  # fmt: skip
"""The inputs of a case that are tables of inputs."""


def fields() -> list[dict[str, Any]]:
    """Every input, for forms and memos: name, unit, description, source, default, range allowed."""
    return descriptions(Case, TABLES, without=["sources"])
