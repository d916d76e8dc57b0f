"""docs/behavior.md says what the classes say."""

import pytest

from pipelines import registry
from pipelines.runtime import paths

TEXT = (paths.CHECKOUT / "docs" / "behavior.md").read_text()


@pytest.mark.parametrize("name", registry.BUILT_IN["behavior"])
def test_each_test_is_documented_in_its_own_words(name):
    test = registry.lookup("behavior", name)()
    assert test.name == name
    part = TEXT.split(f"## `{name}`")[1].split("\n## ")[0]
    said = " ".join(part.split())
    for words in (
        test.title,
        test.question,
        test.formula,
        test.unit,
        test.condition(),
        test.rationale,
    ):
        assert words in said, (name, words)


def test_nothing_is_documented_that_is_not_there():
    named = [part.split("`")[0] for part in TEXT.split("## `")[1:]]
    assert named == list(registry.BUILT_IN["behavior"])
