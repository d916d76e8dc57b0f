import pytest

from pipelines import registry
from pipelines.errors import AssayError
from pipelines.recommender.spec import Spec
from pipelines.testing.datasets import TWO_STAGE

MINIMAL = 'schema = 1\nname = "mine"\n\n[[candidates]]\nstage = "popular"\n'


def test_every_spec_that_ships_loads_and_survives_being_written():
    shipped = Spec.shipped()
    expected = {"random", "popular", "als", "ease-recent", "two-stage", "two-stage-sponsored"}
    assert expected <= set(shipped)
    for name in shipped:
        spec = Spec.load(name)
        assert spec.name == name and spec.title and spec.description
        again = Spec.parse(spec.to_toml())
        assert again == spec and again.hash == spec.hash


def test_a_candidate_generator_is_a_pipeline_by_its_name():
    alone = Spec.load("item-knn")
    assert (alone.name, alone.title) == ("item-knn", "Item neighbors")
    assert [b.stage for b in alone.candidates] == ["item-knn"] and not alone.rankers
    known = Spec.known()
    assert known[: len(Spec.shipped())] == Spec.shipped()
    specs = {name: Spec.load(name) for name in known}
    assert [spec.name for spec in specs.values()] == known
    assert len({spec.hash for spec in specs.values()}) == len(known)
    # Every generator is there, by its name or as the built-in spec that is the same.
    hashes = {spec.hash for spec in specs.values()}
    assert all(Spec.load(name).hash in hashes for name in registry.names("candidates"))
    with pytest.raises(AssayError, match="item-knn"):
        Spec.load("no-such")


def test_a_generator_that_cannot_be_loaded_is_no_pipeline(monkeypatch):
    names = (*registry.names("candidates"), "lost", "Not_A_Slug")
    monkeypatch.setattr(registry, "names", lambda kind: names)
    assert not {"lost", "Not_A_Slug"} & set(Spec.known())
    with pytest.raises(AssayError, match="named 'lost'"):
        Spec.load("lost")


def test_the_hash_is_of_what_is_computed_not_of_words():
    spec = Spec.of(TWO_STAGE)
    assert Spec.of(TWO_STAGE | {"name": "other", "title": "Other"}).hash == spec.hash
    changed = TWO_STAGE | {"rankers": TWO_STAGE["rankers"][:1]}
    assert Spec.of(changed).hash != spec.hash


def test_swapping_a_stage_is_changing_a_line():
    swapped = Spec.parse(MINIMAL.replace("popular", "ease"))
    assert [b.stage for b in swapped.candidates] == ["ease"]


def test_a_stage_that_stands_twice_has_two_names():
    text = MINIMAL + '\n[[candidates]]\nstage = "popular"\nwindow_days = 30\n'
    assert len(set(Spec.parse(text).source_names())) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("schema = ", "not valid TOML"),
        (MINIMAL.replace("schema = 1", "schema = 2"), "schema"),
        (MINIMAL.replace('"mine"', '"../mine"'), "name"),
        (MINIMAL.replace("popular", "populr"), "There is no candidate generator named 'populr'"),
        (MINIMAL + "window_days = -3\n", "window_days"),
        (MINIMAL + "windw = 3\n", "windw"),
        (MINIMAL + "k = 0\n", "k"),
        (MINIMAL + '\n[[candidates]]\nstage = "popular"\n', "two candidate blocks are equal"),
        ('schema = 1\nname = "mine"\n', "candidates"),
    ],
)
def test_a_wrong_spec_is_one_sentence(text, says):
    with pytest.raises(AssayError, match=says.replace("(", r"\(")) as caught:
        Spec.parse(text)
    assert "\n" not in str(caught.value)


def test_a_spec_that_is_not_there_names_those_that_ship():
    with pytest.raises(AssayError, match="two-stage"):
        Spec.load("no-such-spec")


def test_a_setting_left_to_its_default_is_hashed_like_the_same_one_written_out():
    spec = {"schema": 1, "name": "e", "candidates": [{"stage": "ease", "k": 50}]}
    default = Spec.of(spec).hash
    written = [{"stage": "ease", "k": 50, "half_life": 5}]
    other = [{"stage": "ease", "k": 50, "half_life": 6}]
    assert Spec.of(spec | {"candidates": written}).hash == default
    assert Spec.of(spec | {"candidates": other}).hash != default
    assert Spec.of(spec | {"candidates": [{"stage": "ease", "k": 51}]}).hash != default
    assert Spec.of(spec | {"rankers": [{"stage": "linear"}]}).hash != default
