"""What the documents say to write works, followed to the letter, in packages of one's own."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pandas as pd
import pytest

from pipelines.testing.datasets import dataset
from pipelines.testing.vendor import Answer, Received, Vendor
from tests.conftest import add_store
from tests.outside.packages import PAGES, Environment, files_of, write

pytestmark = [pytest.mark.long, pytest.mark.slow]

FAULTY = {
    "pyproject.toml": """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "faulty"
version = "1.0"

[project.entry-points."assay.candidates"]
absent = "faulty.absent:Absent"
raising = "faulty.raising:Raising"
function = "faulty.stages:function"
abstract = "faulty.stages:Abstract"
nameless = "faulty.stages:Nameless"
unmade = "faulty.stages:Unmade"
unchecked = "faulty.stages:Unchecked"
careless = "faulty.stages:Careless"
unkept = "faulty.stages:Unkept"

[project.entry-points."assay.adapters"]
absent = "faulty.absent:Absent"
incapable = "faulty.adapters:Incapable"
unchecked = "faulty.adapters:Unchecked"
""",
    "faulty/raising.py": "raise RuntimeError('its licence has\\nrun out')\n",
    "faulty/stages.py": """
from pydantic import field_validator
from pipelines.stages import CandidateGenerator, StageConfig
from pipelines.stages.candidates.popular import Popular


def function(interactions):
    return None


class Abstract(CandidateGenerator):
    name = title = "abstract"


class Nameless(Popular):
    name = "popular"


class Unmade(Popular):
    name = "unmade"

    def __init__(self, config=None):
        raise OSError("no such licence")


class UncheckedConfig(StageConfig):
    share: int = 0

    @field_validator("share")
    @classmethod
    def positive(cls, share):
        return 1 // share

    model_config = {"validate_default": True}


class Unchecked(Popular):
    name = "unchecked"
    title = "Unchecked"
    Config = UncheckedConfig


class Careless(Popular):
    name = "careless"
    title = "Careless"

    def retrieve(self, queries, k):
        found = super().retrieve(queries, k)
        found.items[:, 1] = found.items[:, 0]
        return found


class Model:
    pass


class Unkept(Popular):
    name = "unkept"
    title = "Unkept"

    def fit(self, interactions, catalogue):
        super().fit(interactions, catalogue)
        self.model_ = {"best": [Model()]}
        return self
""",
    "faulty/adapters.py": """
from pipelines.adapters import Adapter, Capabilities


class Incapable(Adapter):
    name = title = "incapable"

    def prepare(self, task):
        pass

    def recommend(self, task, k):
        return []


class Unchecked(Incapable):
    name = title = "unchecked"
    capabilities = Capabilities(True, False, False, False, False, False)

    @classmethod
    def check(cls, target):
        raise KeyError(target)
""",
}
UNUSABLE = {
    "stage absent": "The candidate generator absent cannot be loaded: ModuleNotFoundError: No mod",
    "stage raising": "The candidate generator raising cannot be loaded: RuntimeError: its licence "
    "has run out.",
    "stage function": "The candidate generator function is not a subclass of CandidateGenerator.",
    "stage abstract": "The candidate generator abstract does not define fit, retrieve.",
    "stage nameless": "The candidate generator nameless has the name popular in its class",
    "stage nowhere": "There is no candidate generator named 'nowhere'; use one of random, popular",
    "adapter absent": "The adapter absent cannot be loaded: ModuleNotFoundError: No module named",
    "adapter incapable": "The adapter incapable does not state its capabilities.",
    "stage unchecked": "The stage 'unchecked' cannot check its settings: ZeroDivisionError: int",
    "adapter unchecked": "The adapter unchecked cannot check its target: KeyError: 'x'.",
    "adapter nowhere": "There is no adapter named 'nowhere'; use one of exported, personalize",
}


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with a package per page and the faulty one."""
    folder = tmp_path_factory.mktemp("outside")
    made = Environment.make(folder)
    for page in PAGES:
        made.install(write(files_of(page), folder / Path(page).stem))
    made.install(write(FAULTY, folder / "faulty"))
    return made


@pytest.fixture(scope="module")
def shop(outside: Environment, new_mlflow_store: Path) -> Path:
    """A workspace with a small dataset."""
    data = dataset(n_users=40, n_items=30, events=10)
    events = data.interactions
    frame = pd.DataFrame(
        {
            "user_id": data.users.decode(events.user),
            "item_id": data.catalogue.items.decode(events.item),
            "timestamp": events.time,
        }
    )
    frame.to_csv(outside.folder / "events.csv", index=False)
    home = outside.folder / "home"
    command = ["-m", "pipelines.cli", "data", "import", "events.csv", "--name", "shop"]
    done = outside.run(*command, home=home)
    assert done.returncode == 0, done.stderr
    add_store(home, new_mlflow_store)
    return home


def spec(outside: Environment, stage: str) -> str:
    file = outside.folder / f"with-{stage}.toml"
    file.write_text(
        f'schema = 1\nname = "with-{stage}"\n\n[[candidates]]\nstage = "{stage}"\nk = 20\n'
    )
    return str(file)


def bakeoff(outside: Environment, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["-m", "pipelines.cli", "bakeoff", "--data", "shop", "--split", "last-n:2"]
    return outside.run(*command, "--k", "5", "--json", *words, home=home)


def test_our_tests_are_not_there(outside: Environment) -> None:
    done = outside.run(
        "-c", "import pipelines.testing, importlib; importlib.import_module('tests')"
    )
    assert "No module named 'tests'" in done.stderr


@pytest.fixture(scope="module")
def suites(outside: Environment) -> dict[str, tuple[int, list[str]]]:
    """Passed tests of each page's package, and those that did not pass, by one run of pytest."""
    report = outside.folder / "report.xml"
    folders = [str(outside.folder / Path(page).stem / "tests") for page in PAGES]
    flags = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", f"--junit-xml={report}"]
    done = outside.run("-m", "pytest", *flags, *folders)
    assert report.exists(), done.stdout + done.stderr
    found: dict[str, tuple[int, list[str]]] = {}
    for page in PAGES:
        (file,) = [Path(name).stem for name in files_of(page) if name.startswith("tests/")]
        cases = [
            case
            for case in ElementTree.parse(report).iter("testcase")
            if file in case.get("classname", "")
        ]
        failed = [
            f"{case.get('name')}: {part.text}"
            for case in cases
            for part in case
            if part.tag in ("failure", "error")
        ]
        passed = [case for case in cases if len(case) == 0]
        found[page] = len(passed), failed
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_pages_package_passes_its_tests(
    page: str, suites: dict[str, tuple[int, list[str]]]
) -> None:
    told = tomllib.loads(files_of(page)["pyproject.toml"])["project"]
    assert told["optional-dependencies"] == {"test": ["assay[testing]"]}
    passed, failed = suites[page]
    assert failed == []
    assert passed >= 11


@pytest.fixture(scope="module")
def contenders(outside: Environment, shop: Path) -> dict[str, Any]:
    """What became of the packages' contenders in a bake-off by the command line."""

    def respond(received: Received) -> Answer:
        asked = parse_qs(urlsplit(received.path).query)
        return Answer({"items": [f"i{n:03d}" for n in range(int(asked["n"][0]))]})

    with Vendor(respond) as service:
        address = service.address.removeprefix("http://")
        done = bakeoff(
            outside, shop, *(spec(outside, one) for one in ("newest", "careless", "unkept")),
            "--third-party", f"house:{address}",
            "--metric", "tail_recall@5", "--require", "full-lists",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert service.asked
    document = json.loads(done.stdout)
    assert document["manifest"]["required"] == ["full-lists"]
    assert document["comparisons"][0]["metric"] == "tail_recall@5"
    return {one["name"].partition("-127")[0]: one for one in document["contenders"]}


def test_a_stage_that_cannot_be_stored_says_which_attribute(contenders: dict[str, Any]) -> None:
    one = contenders["with-unkept"]
    assert one["status"] == "failed"
    assert one["reason"] == (
        "The stage unkept cannot be stored: its model_['best'][0] is of type "
        "faulty.stages.Model; keep only arrays, sparse matrices (CSR, CSC), numbers, texts, "
        "lists, tuples and dicts, or define `state` and `restore`."
    )


@pytest.mark.parametrize("name", ["with-newest", "house"])
def test_they_take_part_in_a_bakeoff(name: str, contenders: dict[str, Any]) -> None:
    one = contenders[name]
    assert one["status"] == "scored", one["reason"]
    assert "tail_recall@5" in one["metrics"]
    assert "full-lists" in [test["name"] for test in one["behavior"]]
    assert not [note for note in one["notes"] if "contract" in note]


def test_a_stage_that_breaks_its_contract_gets_a_note(contenders: dict[str, Any]) -> None:
    (note,) = [note for note in contenders["with-careless"]["notes"] if "contract" in note]
    assert note.startswith(
        "The candidate generator careless breaks its contract: it proposes an item twice (in "
    )


@pytest.fixture(scope="module")
def refusals(outside: Environment) -> dict[str, str]:
    """What a request for each class that cannot be used says."""
    code = """
import json, sys
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BakeoffRequest

found = {}
for name in sys.argv[1:]:
    kind, _, one = name.partition(" ")
    spec = {"schema": 1, "name": "x", "candidates": [{"stage": one}]}
    asked = {"specs": [spec]} if kind == "stage" else {"third_party": [f"{one}:x"]}
    try:
        _ = BakeoffRequest.of({"dataset": "shop", **asked}).entries
    except AssayError as error:
        found[name] = str(error)
print(json.dumps(found))
"""
    done = outside.run("-c", code, *UNUSABLE)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_one_sentence(name: str, refusals: dict[str, str]) -> None:
    assert refusals[name].startswith(UNUSABLE[name])
    assert "\n" not in refusals[name] and refusals[name].endswith(".")


def test_the_command_says_it_on_one_line(outside: Environment, shop: Path) -> None:
    done = bakeoff(outside, shop, spec(outside, "unmade"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "assay: The stage unmade cannot be made: OSError: no such licence.\n"


def test_the_stages_on_offer_leave_out_those_that_cannot_be_used(outside: Environment) -> None:
    code = (
        "from pipelines.stages.loading import offered\n"
        "notes = []\nprint(offered('candidates', notes))\nprint(len(notes))\nprint(*notes)"
    )
    done = outside.run("-c", code)
    names, count, notes = done.stdout.splitlines()
    assert "'newest'" in names and "'careless'" in names and "'raising'" not in names
    assert int(count) == 5  # unchecked is offered: only its settings are at fault
    assert "raising cannot be loaded" in notes and "It is left out." in notes


def test_without_pytest_the_suites_are_one_sentence(outside: Environment) -> None:
    """As after `pip install assay` alone: pytest is not there."""
    code = """
import sys
sys.modules["pytest"] = None
from pipelines.errors import AssayError
try:
    from pipelines.testing import AdapterTests
except AssayError as error:
    print(isinstance(error, ImportError), error)
"""
    done = outside.run("-c", code)
    assert done.stdout == (
        "True pipelines.testing needs pytest; install it with `pip install 'assay[testing]'`.\n"
    )
