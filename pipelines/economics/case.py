"""A build-or-buy case: its inputs with units, descriptions and sources, read from TOML."""

from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from pipelines.economics.formats import DOLLARS
from pipelines.errors import AssayError
from pipelines.runtime.written import text_of, toml_of

CASES = Path(__file__).with_name("cases")
WORKED = ("shop", "video", "data-poor")
STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

CORE_QUESTION = (
    "Does your core business depend on how good your recommendations are, "
    "now or in the near future?"
)
Answer = Literal["yes", "no", "unknown"]
USER = "yours to state: there is no defensible default"
ASSUMED = "assumption"
FLYVBJERG = "Flyvbjerg: 18% of IT projects overrun by more than 50%, on average by 447%"


class Range(BaseModel):
    """A range of plausible values: a triangular distribution over low, mode and high."""

    model_config = STRICT
    low: float = Field(ge=0)
    mode: float = Field(ge=0)
    high: float = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> "Range":
        if not self.low <= self.mode <= self.high:
            raise ValueError("a range needs low <= mode <= high")
        return self

    @property
    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3


class UpliftRange(Range):
    """A range of an uplift, of which `low` may be negative."""

    low: float = Field(ge=-1)


Quantity = float | Range


def _input(unit: str, description: str, source: str = ASSUMED, **rules: Any) -> Any:
    """A documented input: the app's form and the memo show unit, description and source."""
    rules.setdefault("default", None)
    extra: dict[str, Any] = {"unit": unit, "source": source}
    return Field(description=description, json_schema_extra=extra, **rules)


class Stated(BaseModel):
    """Where an input is from, and who stated it."""

    model_config = STRICT
    source: str = ""
    author: str = ""


class Option(BaseModel):
    """One way to get recommendations. `uplift` has no default: None means missing."""

    model_config = STRICT
    uplift: float | UpliftRange | None = _input(
        "share of the margin",
        "Relative change of the addressed margin among users who see recommendations",
        "your range or an online test, never an offline metric (Jannach & Jugovac 2019)",
    )
    months_to_launch: Quantity | None = _input("months", "Time until the launch")
    setup: Quantity | None = _input("person-months", "Work until the launch")
    ftes: Quantity | None = _input("full-time people", "People who operate the recommender")
    infra: Quantity | None = _input("$k a month", "Servers and storage after the launch")
    fee: float | None = _input("$k a month", "Flat fee to the vendor", "the contract", ge=0)
    price: str | None = _input("line of the price book", "Fee per request", "price book")
    minimum: float | None = _input(
        "$k a month", "Least that the vendor charges, whatever is used", "the contract", ge=0
    )
    term_months: int = _input(
        "months",
        "Term of the contract: the minimum, or else the flat fee, is owed to its end",
        "the contract",
        default=0,
        ge=0,
        le=240,
    )
    overrun: Quantity | Literal["it-projects"] = _input(
        "factor on the set-up",
        "Overrun of the set-up; 'it-projects' draws from statistics of IT projects",
        FLYVBJERG,
        default=1.0,
    )
    exit_cost: float = _input("$k", "Cost of leaving this option", default=0.0, ge=0)
    exit_probability: float = _input(
        "probability",
        "Probability of having to leave this option within the horizon",
        default=0.0,
        ge=0,
        le=1,
    )


class Today(BaseModel):
    """The recommender in use today, which every option would replace; none by default."""

    model_config = STRICT
    uplift: float | UpliftRange | None = _input(
        "share of the margin",
        "Relative change of the addressed margin that today's system brings, against none",
        "your range or an online test; empty without a system",
    )
    ftes: Quantity | None = _input("full-time people", "People who operate today's system", USER)
    infra: Quantity | None = _input("$k a month", "Its servers, storage and licenses", USER)

    @property
    def stated(self) -> bool:
        """Whether there is a system today."""
        return any(value is not None for value in (self.uplift, self.ftes, self.infra))


class Case(BaseModel):
    """All inputs of a build-or-buy decision; money in thousands of its currency."""

    model_config = STRICT
    title: str = _input("text", "Name of the case", default="My case", max_length=200)
    currency: str = _input(
        "code", "Currency of all money, ISO 4217", default="USD", pattern="^[A-Z]{3}$"
    )
    usd_rate: float | None = _input(
        "units of the currency",
        "Price of one US dollar, in which the price book is",
        "today's exchange rate",
        gt=0,
    )
    core_business: Answer | None = _input("yes, no or unknown", CORE_QUESTION, USER)
    margin: Quantity | None = _input("$k a year", "Margin that recommendations address", USER)
    open_rate: Quantity | None = _input(
        "share", "Share of the addressed visitors who see recommendations", USER
    )
    requests: Quantity | None = _input("requests a month", "Traffic to the recommender", USER)
    horizon_months: int = _input(
        "months", "Period over which costs and benefits count", default=36, ge=1, le=240
    )
    discount_rate: float = _input("a year", "Discount rate", default=0.10, ge=0, le=1)
    fte_cost: Quantity = _input(
        "$k a year",
        "Loaded cost of one full-time person",
        "BLS median of $112,590; a benefits share of about .298 is unverified",
        default=160.0,
    )
    today: Today = _input("system", "The recommender in use today", default=Today())
    popularity: Option | None = _input("option", "A popularity rule")
    buy: Option | None = _input("option", "A third party's recommender")
    build: Option | None = _input("option", "A recommender built in-house")
    visitors_per_arm: float | None = _input(
        "visitors", "Visitors who see recommendations, in each arm of an 8-week test", USER, gt=0
    )
    baseline_conversion: float | None = _input(
        "share", "Share of those visitors who convert today", USER, gt=0, lt=1
    )
    data_ready: bool | None = _input(
        "yes or no", "The data has enough interactions to train on", "readiness"
    )
    exposure_logged: bool | None = _input(
        "yes or no", "The log records which recommendations were shown to whom", "your logging"
    )
    team_available: bool | None = _input(
        "yes or no",
        "The people to build and run a recommender are available",
        "Cookpad: 5 researchers, 2 engineers; eezylife: 3 researchers, 6 on the data pipeline",
    )
    legal_use: bool | None = _input(
        "yes or no", "The events may be used for recommendations", "your counsel"
    )
    legal_transfer: bool | None = _input(
        "yes or no", "The events may be sent to a vendor", "your counsel"
    )
    dissent: str = _input("text", "Who disagrees, and why", default="", max_length=600)
    exit_plan: str = _input("text", "How the choice could be reversed", default="", max_length=600)
    sources: dict[str, str | Stated] = _input(
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
    rows: list[dict[str, Any]] = []

    def describe(prefix: str, name: str, info: FieldInfo) -> None:
        extra = info.json_schema_extra
        assert isinstance(extra, dict)
        kinds = get_args(info.annotation)
        rows.append(
            {
                "name": f"{prefix}{name}",
                "unit": extra["unit"],
                "source": extra["source"],
                "description": info.description,
                "default": info.default,
                "range": any(isinstance(kind, type) and issubclass(kind, Range) for kind in kinds),
            }
        )

    for name, info in Case.model_fields.items():
        if name in TABLES:
            for inner, inner_info in TABLES[name].model_fields.items():
                describe(f"{name}.", inner, inner_info)
        elif name != "sources":
            describe("", name, info)
    return rows


def case_from(document: dict[str, Any], label: str = "The case") -> Case:
    """A case from plain values (a form, a TOML table). Raises an AssayError of one sentence."""
    try:
        return Case.model_validate(document)
    except ValidationError as error:
        raise AssayError(f"{label}: {_problem(error)}") from error


def load_case(name_or_path: str | Path) -> Case:
    """A worked case by name (shop, video, data-poor) or a TOML file by path.

    Raises AssayError where the file is missing, is not valid TOML or has a bad value.
    """
    name = str(name_or_path)
    path = CASES / f"{name}.toml" if name in WORKED else Path(name).expanduser()
    if not path.is_file():
        raise AssayError(
            f"There is no case '{name}': use one of {', '.join(WORKED)}, or a TOML file."
        )
    try:
        document = toml_of(text_of(path))
    except (ValueError, OSError) as error:
        raise AssayError(f"{path.name} is not a readable TOML file: {error}.") from error
    return case_from(document, path.name)


def case_of_toml(content: bytes, name: str) -> Case:
    """A case from the content of a TOML file. Raises an AssayError of one sentence."""
    try:
        document = toml_of(content.decode("utf-8-sig"))
    except ValueError as error:
        raise AssayError(f"{name} is not a readable TOML file: {error}.") from error
    return case_from(document, name)


def blank_case() -> Case:
    """The template of a new case: planning assumptions are given, the user's inputs are missing."""
    return load_case(CASES / "template.toml")


_REQUIREMENTS = {
    "missing": "is missing",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be {le:g} or less",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_pattern_mismatch": "must be a code of three capital letters, such as EUR",
    "string_too_long": "must have at most {max_length} characters",
    "model_type": "must be a table of inputs",
    "value_error": "{error}",
}
"""What each type of pydantic's errors requires, with the fields of the error's context."""


def _problem(error: ValidationError) -> str:
    """The first error in one sentence, with the input's path."""
    errors = error.errors()
    first = errors[0]
    # A number-or-range input reports both attempts; where a table was given, use the range's.
    if isinstance(first["input"], dict) and len(errors) > 1 and len(errors[1]["loc"]) >= 2:
        first = errors[1]
    # Of the path, show only names of inputs and not pydantic's own parts.
    known = {*Case.model_fields, *Option.model_fields, *Today.model_fields, *Range.model_fields}
    *parents, last = (str(part) for part in first["loc"] or ("",))
    names = [part for part in parents if part in known]
    if last in known or first["type"] == "extra_forbidden":
        names.append(last)
    path = ".".join(names)
    if first["type"] == "extra_forbidden":
        return f"there is an unknown input '{path}'; remove it or correct its name."
    if first["type"] == "finite_number" or str(first["input"]) in ("nan", "inf", "-inf"):
        message = "must be a finite number"
    elif first["type"] == "float_type":
        also = " or 'it-projects'" if path.endswith("overrun") else ""
        message = f"must be a number or a range {{low, mode, high}}{also}"
    else:
        template = _REQUIREMENTS.get(first["type"])
        message = template.format(**first.get("ctx", {})) if template else first["msg"]
    shown = path and not isinstance(first["input"], dict | BaseModel)
    got = f", not {first['input']!r:.80}" if shown else ""
    return f"{path + ': ' if path else ''}{message}{got}."
