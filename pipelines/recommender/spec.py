"""A spec: a TOML file that names the stages of a pipeline and their settings, hashed.

    schema = 1
    name = "two-stage"

    [[candidates]]        # a candidate generator: how many items it proposes, then its settings
    stage = "ease"
    k = 200

    [[rankers]]           # a ranker: how many items it keeps; repeat to add another
    stage = "linear"
    keep = 100

    [[rules]]             # business rules, in the order in which they apply
    stage = "sponsored-slot"
    slot = 3

To swap a stage, change its line.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines import registry
from pipelines.errors import AssayError, first_problem
from pipelines.runtime import paths
from pipelines.runtime.written import text_of, toml_of
from pipelines.stages import loading, seeding
from pipelines.stages.contract import Rule, Stage, StageConfig
from pipelines.stages.loading import StageKind
from pipelines.stages.seeding import FIRST_DRAW, Draw

SLUG = r"^[a-z0-9][a-z0-9-]{0,59}$"
ALONE_K = 100
"""How many items a candidate generator proposes where it is a pipeline of its own."""


class Block(BaseModel):
    """A stage's name; all entries that are not fields here are settings of the stage."""

    model_config = ConfigDict(frozen=True, extra="allow")

    stage: str

    def settings(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class CandidateBlock(Block):
    k: int = Field(200, ge=1, le=5000, description="items proposed per request")


class RankerBlock(Block):
    keep: int = Field(100, ge=1, le=5000, description="items kept for the next step")


class RuleBlock(Block):
    pass


class Spec(BaseModel):
    """The stages of a pipeline, in order, with their settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = Field(1, alias="schema")
    name: str = Field(pattern=SLUG)
    title: str = ""
    description: str = ""
    candidates: tuple[CandidateBlock, ...] = Field(min_length=1, max_length=20)
    rankers: tuple[RankerBlock, ...] = Field((), max_length=10)
    rules: tuple[RuleBlock, ...] = Field((), max_length=20)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(set(self.source_names())) < len(self.candidates):
            raise ValueError("two candidate blocks are equal: change a setting or remove one")
        return self

    def source_names(self) -> tuple[str, ...]:
        """A name per candidate block: the stage, with its settings where it is used twice."""
        names: list[str] = []
        for block in self.candidates:
            settings = block.settings()
            short = ",".join(f"{k}={v}" for k, v in sorted(settings.items()))
            same_stage = sum(b.stage == block.stage for b in self.candidates)
            names.append(f"{block.stage}({short})" if same_stage > 1 else block.stage)
        return tuple(names)

    def document(self) -> dict[str, Any]:
        """The spec as JSON and TOML values; empty parts are left out."""
        full = self.model_dump(mode="json", by_alias=True)
        return {key: value for key, value in full.items() if value not in ("", [], ())}

    @cached_property
    def checked(self) -> tuple[tuple[StageKind, Block, type[Stage], StageConfig], ...]:
        """Each block with its stage's class and settings, looked up and checked once.

        An `AssayError` names the first setting that is wrong.
        """
        return tuple(
            (kind, block, *loading.checked(kind, block.stage, block.settings()))
            for kind, block in self.blocks()
        )

    def stages(self, kind: StageKind, draw: Draw = FIRST_DRAW) -> list[Any]:
        """New, unfitted stages of one kind, in the order of their blocks, seeded for `draw`."""
        return [
            seeding.make(cls, config, draw)
            for found, _, cls, config in self.checked
            if found == kind
        ]

    @property
    def draws(self) -> bool:
        """Whether another seed can give other lists."""
        return any(cls.draws for _, _, cls, _ in self.checked)

    @property
    def uses_moment(self) -> bool:
        """Whether the time of a request can change its list."""
        return any(cls.uses_moment for _, _, cls, _ in self.checked)

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of the stages with all their settings, including defaults.

        Names, titles and descriptions do not count.
        """
        blocks = []
        for kind, block, _, config in self.checked:
            tier = block.model_dump(mode="json", include=set(type(block).model_fields))
            blocks.append([kind, tier, config.model_dump(mode="json")])
        text = json.dumps([self.format, blocks], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_toml(self) -> str:
        """The spec as the text of a TOML file."""
        lines = []
        for key, value in self.document().items():
            if not isinstance(value, list):
                lines.append(f"{key} = {_toml(value)}")
        for part in ("candidates", "rankers", "rules"):
            for block in self.document().get(part, []):
                lines += ["", f"[[{part}]]"]
                lines += [f"{k} = {_toml(v)}" for k, v in block.items() if v is not None]
        return "\n".join(lines) + "\n"

    @staticmethod
    def of(document: dict[str, Any]) -> Spec:
        """A spec from parsed values; an `AssayError` where it or a stage's setting is not valid."""
        name = document.get("name", "?")
        try:
            spec = Spec.model_validate(document)
        except ValidationError as error:
            raise AssayError(f"The spec {name!r} is not valid: {_first(error)}.") from None
        _ = spec.checked
        return spec

    @staticmethod
    def load(name_or_path: str | Path) -> Spec:
        """A built-in spec or a candidate generator by name (`known`), or a TOML file by path."""
        name, path = str(name_or_path), Path(name_or_path)
        if name in Spec.shipped():
            path = paths.SPECS / f"{name}.toml"
        elif name in registry.names("candidates"):
            return _alone(name)
        try:
            text = text_of(path)
        except (OSError, UnicodeDecodeError):
            raise AssayError(
                f"There is no spec {name!r}: use a TOML file, or one of {', '.join(Spec.known())}."
            ) from None
        return Spec.parse(text, origin=str(path.name))

    @staticmethod
    def parse(text: str, origin: str = "the spec") -> Spec:
        """A spec from TOML text."""
        try:
            document = toml_of(text)
        except ValueError as error:
            raise AssayError(f"{origin} is not valid TOML: {error}.") from None
        return Spec.of(document)

    @staticmethod
    def shipped() -> list[str]:
        """The names of the built-in specs, simple ones first."""
        order = {name: i for i, name in enumerate(_ORDER)}
        found = [p.stem for p in paths.SPECS.glob("*.toml")]
        return sorted(found, key=lambda name: (order.get(name, len(order)), name))

    @staticmethod
    def known() -> list[str]:
        """The names that `load` knows: the built-in specs, then candidate generators alone.

        A generator is left out if it cannot be loaded, and if a built-in spec is the same.
        """
        return list(_known(tuple(Spec.shipped()), registry.names("candidates")))

    def blocks(self) -> list[tuple[StageKind, Block]]:
        """Each block with its kind, in the order in which they work."""
        return [
            *(("candidates", b) for b in self.candidates),
            *(("rankers", b) for b in self.rankers),
            *(("rules", b) for b in self.rules),
        ]


@cache
def _known(shipped: tuple[str, ...], generators: tuple[str, ...]) -> tuple[str, ...]:
    hashes = {Spec.load(name).hash for name in shipped}
    usable = (n for n in loading.offered("candidates") if n in generators and n not in shipped)
    named = (name for name in usable if re.fullmatch(SLUG, name))
    return (*shipped, *(name for name in named if _alone(name).hash not in hashes))


def _alone(name: str) -> Spec:
    """The pipeline of one candidate generator with its default settings."""
    title = loading.load("candidates", name).title
    return Spec.of(
        {
            "schema": 1,
            "name": name,
            "title": title,
            "description": f"{title} alone, with its default settings.",
            "candidates": [{"stage": name, "k": ALONE_K}],
        }
    )


_ORDER = ("random", "popular", "als", "ease-recent", "two-stage", "two-stage-sponsored")


def make_rules(documents: Iterable[dict[str, Any]]) -> list[Rule]:
    """The rules of a manifest, their settings checked."""
    found: list[Rule] = []
    for document in documents:
        try:
            block = RuleBlock.model_validate(document)
        except ValidationError as error:
            raise AssayError(f"A rule of the bake-off is not valid: {_first(error)}.") from None
        cls, config = loading.checked("rules", block.stage, block.settings())
        found.append(cast(Rule, loading.make(cls, config)))
    return found


def rule_documents(documents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rules with all their settings, including defaults."""
    given = list(documents)
    return [
        {"stage": document["stage"], **rule.config.model_dump()}
        for document, rule in zip(given, make_rules(given), strict=True)
    ]


def _first(error: ValidationError) -> str:
    """The first error with its place, without a full stop."""
    place, message = first_problem(error, "")
    return f"{place}: {message}" if place else message


def _toml(value: Any) -> str:
    # Every JSON string is a TOML string; numbers and booleans have the same form.
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
