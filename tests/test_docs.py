"""The documents name every command, and every link in them leads somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from pipelines import registry
from pipelines.cli.data import data_app
from pipelines.cli.main import app
from pipelines.recommender.spec import Spec
from pipelines.runtime import paths

DOCUMENTS = sorted([*paths.CHECKOUT.glob("*.md"), *paths.CHECKOUT.glob("docs/**/*.md")])


def commands():
    def name(command):
        return command.name or command.callback.__name__

    own = [name(c) for c in app.registered_commands]
    return own + [f"data {name(c)}" for c in data_app.registered_commands]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command):
    assert f"`assay {command}" in (paths.CHECKOUT / "docs" / "cli.md").read_text()


def test_every_spec_that_ships_is_in_the_readme():
    readme = (paths.CHECKOUT / "README.md").read_text()
    assert [name for name in Spec.shipped() if f"`{name}`" not in readme] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(document: Path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text()):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_pins_names_and_versions_alone(lock: str):
    lines = (paths.CHECKOUT / lock).read_text().splitlines()
    assert len(lines) > 50
    pattern = r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; .+)?"
    assert [line for line in lines if not re.fullmatch(pattern, line)] == []


def test_nothing_tracked_is_large():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=paths.CHECKOUT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    files = [paths.CHECKOUT / name for name in listed.stdout.split("\0") if name]
    assert [f.name for f in files if f.exists() and f.stat().st_size > 3_000_000] == []


def test_every_stage_and_setting_is_documented():
    text = (paths.CHECKOUT / "docs" / "specs.md").read_text()
    for kind in ("candidates", "rankers", "rules"):
        for name in registry.BUILT_IN[kind]:
            assert f"### `{name}`" in text
            part = text.split(f"### `{name}`")[1].split("\n#")[0]
            for field, info in registry.lookup(kind, name).Config.model_fields.items():
                assert f"| `{field}` |" in part and str(info.description) in part, (name, field)


def test_users_are_not_given_the_tools_of_development():
    def pinned(name: str) -> set[str]:
        return set((paths.CHECKOUT / name).read_text().splitlines())

    def names(name: str) -> set[str]:
        return {line.partition("==")[0] for line in pinned(name)}

    users, developers = names("requirements.lock"), names("requirements-dev.lock")
    assert users < developers
    assert {"pytest", "ruff", "mypy", "playwright", "hypothesis"} <= developers - users
    assert {"authlib", "streamlit"} <= users
