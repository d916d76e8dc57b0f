"""The blind taste test: no names before the vote, one vote per round, shown as opinion."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app import access
from app.taste import view as taste
from app.taste.rounds import LENGTH, Live, Stored, contenders
from app.taste.tally import count_label, pair_label, votes_frame
from pipelines.data.split import split
from pipelines.errors import AssayError
from pipelines.evaluation.results.answer_file import ANSWER
from pipelines.evaluation.results.folder import BakeoffFolder, Requests
from pipelines.schema import Ragged
from pipelines.workspace.opinion import tallies
from pipelines.workspace.records import VoteRecord
from tests.app.conftest import document, small_dataset
from tests.app.fitted import fit

ID = "20261121-1000-bbbb"
TOKEN = "0123456789abcdef"
SCRIPT = f"""
import streamlit as st
from app import state
from app.taste import view
heading = view.draw(state.document("{ID}"))
st.title(heading.title)
"""


class Lists:
    """A folder with made-up lists for users u0, u1, …"""

    def __init__(self, **lists):
        self._lists = {name: np.array(rows, np.int32) for name, rows in lists.items()}
        n = len(next(iter(lists.values())))
        history = Ragged(np.arange(n + 1) * 2, np.tile(np.array([3, 4], np.int32), n))
        self.requests = Requests(np.arange(n), history, history, np.zeros(0), np.zeros(n))

    def lists(self, name):
        return self._lists[name]


def table(user=None, **lists):
    folder = Lists(**lists)
    users = np.array([f"u{n}" for n in range(len(folder.requests))], dtype=object)
    items = np.array([f"i{n}" for n in range(40)], dtype=object)
    return Stored(folder, list(lists), users, items, user)


DRAW = np.random.default_rng(5)
MADE = {name: [DRAW.permutation(40)[:12] for _ in range(6)] for name in ("a", "b", "c")}


@given(st.text(max_size=20), st.sampled_from([None, "u3"]))
def test_a_round_has_two_contenders_and_lists_of_one_length(token, user):
    found = table(user, **MADE).round(token)
    assert found is not None and found.left != found.right
    assert len(found.left_items) == len(found.right_items) == LENGTH
    assert user in (None, found.person)
    assert found == table(user, **MADE).round(token)  # a page loaded again shows the same


def test_every_contender_is_on_either_side_and_every_user_is_drawn():
    rounds = [table(**MADE).round(f"token {n}") for n in range(300)]
    left = [r.left for r in rounds]
    assert {name: 70 < left.count(name) < 130 for name in MADE} == dict.fromkeys(MADE, True)
    assert {r.person for r in rounds} == {f"u{n}" for n in range(6)}


def test_lists_are_cut_to_the_shorter_one():
    found = table(a=[[1, 2, 3, -1]], b=[[4, 5, -1, -1]]).round("t")
    assert {tuple(found.left_items), tuple(found.right_items)} == {("i1", "i2"), ("i4", "i5")}


def test_lists_that_are_the_same_or_empty_are_never_shown():
    same, other = [[1, 2], [1, 2]], [[1, 2], [2, 1]]
    assert table(a=same, b=same).round("t") is None
    assert table("u0", a=same, b=same).round("t") is None
    assert table(a=[[-1, -1]], b=[[1, 2]]).round("t") is None
    for n in range(20):
        assert table(a=same, b=other).round(f"t{n}").person == "u1"


def test_a_random_user_has_a_history():
    some = table(**MADE)
    history = some.folder.requests.history
    some.folder.requests = Requests(
        some.folder.requests.user,
        Ragged(np.array([0, 0, 0, 2, 2, 2, 2]), history.values[:2]),
        history, np.zeros(0), np.zeros(6),
    )  # fmt: skip
    assert {some.round(f"t{n}").person for n in range(20)} == {"u2"}
    assert some.history("u4") == []
    assert table("u4", **MADE).round("t").person == "u4"


def test_the_history_is_told_newest_first():
    assert table(**MADE).history("u2") == ["i4", "i3"]


def test_a_user_who_was_not_asked_about_is_named():
    with pytest.raises(AssayError, match=r"'u9'.*6 evaluated users, such as u0, u1, u2"):
        table("u9", **MADE).round("t")


def test_baselines_are_shown_only_where_fewer_than_two_others_are(tasted):
    doc = tasted.bakeoff(ID)
    away: set[str] = set()
    names, missing = contenders(doc, lambda c: "Away." if c.name in away else "")
    assert names == ["als", "ease-recent", "acme"]
    assert missing == {"lost": "It broke."}
    away.add("als")
    names, missing = contenders(doc, lambda c: "Away." if c.name in away else "")
    assert names == ["ease-recent", "acme"] and missing["als"] == "Away."
    away.add("acme")
    names, _ = contenders(doc, lambda c: "Away." if c.name in away else "")
    assert names == ["random", "popular", "ease-recent"]


@pytest.fixture
def tasted(filled):
    """A bake-off with kept lists of four built contenders and a third party; one more failed."""
    data = small_dataset()
    cut = split(data.interactions, "time:0.9")
    folder = filled.bakeoff_folder(ID)
    folder.mkdir(parents=True, exist_ok=True)
    Requests.of(cut).save(folder)
    who = np.repeat(data.users.decode(cut.queries.user), cut.truth.lengths())
    what = data.catalogue.items.decode(cut.truth.values)
    pd.DataFrame({"user_id": who, "item_id": what}).to_parquet(folder / "truth.parquet")
    made = document(ID, 0.012)
    als = next(c for c in made.contenders if c.name == "als")
    acme = als.model_copy(update={"name": "acme", "title": "Acme", "kind": "third-party"})
    lost = als.model_copy(
        update={"name": "lost", "title": "Lost", "status": "failed", "reason": "It broke."}
    )
    made = made.model_copy(update={"contenders": [*made.contenders, acme, lost]})
    filled.save_bakeoff(made, dataset_version=1)
    draw = np.random.default_rng(1)
    for name in ("random", "popular", "als", "ease-recent", "acme"):
        here = folder / "contenders" / name
        here.mkdir(parents=True)
        lists = np.array([draw.permutation(30)[:20] for _ in range(len(cut.queries))], np.int32)
        np.savez(here / ANSWER, items=lists)
    return filled


def opened(**address):
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    for key, value in {"taste_round": TOKEN, **address}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def button(app, label):
    return next(b for b in app.button if b.label == label)


def everything(app):
    """Everything that the page sent to the browser, and its query parameters."""
    kinds = ("html", "markdown", "button", "caption", "heading", "selectbox", "text_input")
    sent = " ".join(repr(element.proto) for kind in kinds for element in app.get(kind))
    return sent + repr(dict(app.query_params))


def shown(app):
    """The HTML of the lists on the page."""
    return " ".join(str(h.proto.body) for h in app.get("html"))


def test_no_name_is_shown_before_the_vote(home, tasted):
    app = opened()
    assert shown(app).count("<li") == 2 * LENGTH
    assert "Left list" in shown(app) and "Right list" in shown(app)
    for word in ("ALS", "EASE", "Acme", "als", "ease-recent", "acme", "third party", "built here"):
        assert not re.search(rf"\b{word}\b", everything(app)), word
    for color in ("#E69F00", "#009E73", "#D55E00"):
        assert color not in everything(app)
    assert not app.dataframe
    assert app.title[0].value == "Which of the two lists is better? No votes yet."


def test_a_vote_is_saved_once_and_a_reloaded_page_shows_it(home, tasted):
    app = opened()
    button(app, "Right list is better").click().run()
    assert not app.exception
    (vote,) = tasted.votes(ID)
    assert vote.picked == "right" and vote.who == ""
    assert {b.label for b in app.button} == {"Next round", "Reveal the contenders"}
    again = opened()
    assert any("Your vote is saved: **Right list is better**" in m.value for m in again.markdown)
    assert shown(again).count("<li") == 2 * LENGTH
    assert tasted.votes(ID) == [vote]


def test_a_second_click_of_the_same_round_changes_nothing(home, tasted):
    app, other = opened(), opened()  # the same round in two windows
    button(app, "Left list is better").click().run()
    button(other, "Right list is better").click().run()
    assert [v.picked for v in tasted.votes(ID)] == ["left"]
    assert any("Your vote is saved: **Left list is better**" in m.value for m in other.markdown)


def test_names_can_be_revealed_after_the_vote(home, tasted):
    app = opened()
    button(app, "No difference").click().run()
    (vote,) = tasted.votes(ID)
    assert "Left list" in shown(app)
    button(app, "Reveal the contenders").click().run()
    titles = {"als": "ALS", "ease-recent": "EASE, recent first", "acme": "Acme"}
    html = shown(app)
    assert 0 < html.index(titles[vote.left]) < html.index(titles[vote.right])
    assert "Left list" not in html


@pytest.mark.parametrize("label", ["Left list is better", "No difference"])
def test_the_vote_is_not_counted_before_the_contenders_are_revealed(home, tasted, label):
    names = ("ALS", "EASE", "Acme", "als", "ease-recent", "acme")
    app = opened()
    button(app, label).click().run()
    assert len(tasted.votes(ID)) == 1
    for app_ in (app, opened()):  # also after a reload
        assert app_.title[0].value == (
            "Opinion, not a metric: your vote counts once the contenders are revealed."
        )
        assert not app_.dataframe
        for word in names:
            assert not re.search(rf"\b{word}\b", everything(app_)), word
    button(app, "Reveal the contenders").click().run()
    assert app.title[0].value.startswith("Opinion, not a metric: ")


def test_no_difference_is_no_pick():
    same = [vote(0, "neither"), vote(1, "neither")]
    assert pair_label(tallies(same)[0], {}) == "no difference between acme and als (2 votes)"
    assert pair_label(tallies([*same, vote(2)])[0], {}) == (
        "als was picked 1 of 1 time against acme (2 votes for no difference)"
    )


def test_the_next_round_is_another_one(home, tasted):
    app = opened()
    before = shown(app)
    button(app, "Left list is better").click().run()
    button(app, "Next round").click().run()
    assert app.query_params["taste_round"] != [TOKEN]
    assert shown(app) != before
    assert "Left list" in shown(app) and button(app, "Left list is better")
    button(app, "Skip").click().run()
    assert len(tasted.votes(ID)) == 1


def test_a_persona_and_a_user_by_id_can_be_chosen(home, tasted):
    app = opened(taste_person="The enthusiast")
    assert "**The enthusiast**, user u" in app.markdown[0].value
    assert "Last interactions, newest first: Item " in app.markdown[0].value
    app.selectbox(key="taste_person").set_value("user").run()
    app.text_input(key="taste_user").set_value("nobody").run()
    assert "The user 'nobody' is not in this bake-off" in app.info[0].value
    app.text_input(key="taste_user").set_value(explore_user(tasted)).run()
    button(app, "Left list is better").click().run()
    assert [v.person for v in tasted.votes(ID)] == [explore_user(tasted)]


def explore_user(workspace):
    asked = BakeoffFolder(workspace.bakeoff_folder(ID)).requests
    return str(small_dataset().users.ids[asked.user[0]])


def test_a_made_up_history_is_answered_live_by_those_who_can():
    given = {"a": ["i1", "i2", "i3"], "b": ["i2", "i1"]}
    live = Live(list(given), ["i7", "i9"], given.__getitem__)
    rounds = [live.round(f"t{n}") for n in range(40)]
    assert {(r.left, r.right) for r in rounds} == {("a", "b"), ("b", "a")}
    assert all(len(r.left_items) == len(r.right_items) == 2 for r in rounds)
    assert rounds[0].person == "made-up history: i7, i9"
    assert live.history(rounds[0].person) == ["i9", "i7"]
    same = Live(["a", "b"], ["i7"], lambda name: ["i1"])
    assert same.round("t") is None


def leave_fitted(workspace, *names):
    """Leave fitted pipelines of those contenders, as a bake-off does."""
    data = small_dataset()
    cut = split(data.interactions, "time:0.9")
    folder = workspace.bakeoff_folder(ID)
    (folder / "document.json").write_text(workspace.bakeoff(ID).model_dump_json())
    for name in names:
        fit(data, cut, name, folder / "contenders" / name)


def test_a_made_up_history_is_compared_and_third_parties_say_why_not(home, tasted):
    leave_fitted(tasted, "popular", "ease-recent")
    app = opened(taste_person="made-up")
    assert "Pick a few titles" in app.info[0].value
    app.multiselect[0].set_value(["i25", "i22"]).run()
    assert not app.exception
    assert "Last interactions, newest first: Item 22; Item 25." in app.markdown[0].value
    assert "Item 22<" not in shown(app) and shown(app).count("<li") == 2 * LENGTH
    captions = " ".join(c.value for c in app.caption)
    assert "Not shown: Acme. Acme answers for users that it was trained on" in captions
    button(app, "Left list is better").click().run()
    (vote,) = tasted.votes(ID)
    assert vote.person == "made-up history: i25, i22"
    assert {vote.left, vote.right} == {"popular", "ease-recent"}
    again = opened(taste_person="made-up", taste_history="i25,i22")
    assert any("Your vote is saved" in m.value for m in again.markdown)
    again.multiselect[0].set_value(["i25", "i22", "i28"]).run()  # another history, another round
    assert button(again, "Left list is better")


def test_it_is_a_view_of_compare_with_its_own_link(open_page, tasted):
    app = open_page("compare", dataset="shop", bakeoff=ID, compare_view="taste")
    assert not app.exception and not app.error
    assert app.title[0].value.startswith("Which of the two lists is better?")
    assert button(app, "Left list is better")


def test_a_contender_without_lists_is_named(home, tasted):
    captions = [c.value for c in opened().caption]
    assert "Not shown: Lost. It broke." in captions


def test_a_bakeoff_without_lists_says_so(home, tasted):
    for name in ("random", "popular", "als", "ease-recent"):
        (tasted.bakeoff_folder(ID) / "contenders" / name / ANSWER).unlink()
    assert "fewer than two contenders have a list" in opened().info[0].value


def test_a_bakeoff_whose_folder_is_gone_says_so(home, filled):
    assert "truth.parquet was deleted or never written" in opened().info[0].value


def test_lists_that_are_all_alike_are_not_put_to_the_vote(home, tasted):
    folder = tasted.bakeoff_folder(ID) / "contenders"
    first = (folder / "als" / ANSWER).read_bytes()
    for name in ("ease-recent", "acme"):
        (folder / name / ANSWER).write_bytes(first)
    app = opened()
    assert "the same list" in app.info[0].value and not app.button


def test_titles_are_text_and_never_markup(home, tasted, monkeypatch):
    hostile = "<script>alert(1)</script> $a$ :red[x]"
    catalogue = taste.explore_data.catalogue
    monkeypatch.setattr(
        taste.explore_data, "catalogue", lambda d: catalogue(d).assign(title=hostile)
    )
    app = opened()
    assert "<script>" not in shown(app) and "&lt;script&gt;" in shown(app)
    assert r"\<script\>" in app.markdown[0].value and r"\$a\$" in app.markdown[0].value


def test_on_an_open_server_nobody_without_a_sign_in_votes(home, tasted, monkeypatch):
    monkeypatch.setattr(access, "may_vote", lambda: False)
    app = opened()
    assert not app.button and any("it has no sign-in" in c.value for c in app.caption)
    found = table(**MADE).round("t")
    with pytest.raises(AssayError, match="requires a sign-in"):
        taste.cast(tasted.bakeoff(ID), found, TOKEN, "left")
    assert tasted.votes(ID) == []


def test_votes_are_shown_as_opinion_and_are_in_no_document(home, tasted):
    before = tasted.bakeoff(ID).model_dump_json()
    for n in range(12):
        side = "left" if n < 7 else "right" if n < 10 else "neither"
        who = "ann@shop.example" if n % 2 else "bob@shop.example"
        tasted.vote(ID, f"r{n}", side, person="u001", left="als", right="acme", who=who)
    app = opened()
    opinion = next(m.value for m in app.markdown if m.value.startswith("12 votes"))
    assert opinion == (
        "12 votes by 2 people: ALS was picked 7 of 10 times against Acme "
        "(2 votes for no difference)."
    )
    assert app.title[0].value == (
        "Opinion, not a metric: ALS was picked 7 of 10 times against Acme "
        "(2 votes for no difference)."
    )
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["votes for"], row["votes against"], row["no difference"]) == (7, 3, 2)
    assert row["share of picks"] == "70%" and row["95% interval"] == "40 to 89%"
    assert "The left list got 7 of 10 picks" in " ".join(c.value for c in app.caption)
    assert tasted.bakeoff(ID).model_dump_json() == before


def vote(n=0, side="left", who=""):
    return VoteRecord("b", f"r{n}", "u1", "als", "acme", side, who, "2026-11-23T21:55:00Z")


def test_the_summary_counts_people_only_where_they_signed_in():
    assert count_label([vote()]) == "1 vote without a sign-in"
    assert count_label([vote(who="a@x"), vote(who="a@x")]) == "2 votes by 1 person"
    mixed = [vote(who="a@x"), vote(who="b@x"), vote()]
    assert count_label(mixed) == "3 votes: 2 by 2 people, 1 without a sign-in"
    assert pair_label(tallies([vote()])[0], {}) == "als was picked 1 of 1 time against acme"


def test_the_file_of_votes_has_a_row_each_and_voters_only_for_those_who_may_know():
    votes = [vote(0, "right", "ann@x"), vote(1, "neither")]
    text = taste.taste_tally.spreadsheet.csv(votes_frame(votes, who=True)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [r["contender"] for r in rows] == ["acme", ""]
    assert [r["who"] for r in rows] == ["ann@x", ""]
    assert "who" not in votes_frame(votes, who=False)
