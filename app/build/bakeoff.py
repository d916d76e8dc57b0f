"""The form that starts a bake-off: contenders, split, list length, and more options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from app import access, state
from app.build import edited, forms
from app.components import jobs, number_field, page
from pipelines.data.split import Protocol
from pipelines.errors import AssayError
from pipelines.evaluation.bakeoff.request import BASELINES, BakeoffRequest
from pipelines.evaluation.behavior.requirements import requirable
from pipelines.evaluation.manifest.manifest import Budget
from pipelines.recommender.spec import Spec

SPLITS = (
    "time:0.9",
    "time:0.8",
    "windows:3",
    "last-n:5",
    "last-n:10",
    "leave-one-out",
    "users:0.1",
)
USEFUL, LENGTH, REFITS = 0.02, 10, 3
PICKED, EDITED = "build_picked", "the edited pipeline"
"""Session key of the chosen pipelines; what stands there for the edited one, whose name changes."""
SPLIT_HELP = (
    "`time:0.9` trains on the first 90% of the events; `time:DATE` trains on the events before a "
    "date. `windows:3` does so at three cut-offs and pools them, which takes three times as long. "
    "`last-n:5` holds out each user's last 5 events; `leave-one-out` holds out the last one. "
    "`users:0.1` evaluates 10% of the users and trains on the others."
)


def section(name: str | None, doc: dict[str, Any], *, runnable: bool) -> int:
    """The form; returns the list length, also where there is no form.

    `runnable` is whether the edited pipeline is valid and not too large.
    """
    st.header("Run a bake-off", anchor=False)
    if name is None:
        page.link("data", "Load data first", ":material/arrow_forward:")
        return LENGTH
    if not access.allowed("analyst"):
        st.caption("You need the analyst role to run a bake-off.")
        return LENGTH
    left, right = st.columns([3, 2], gap="medium")
    request: dict[str, Any] = {"dataset": name}
    with left:
        request |= _contenders(doc)
    with right:
        request |= _protocol()
    with st.expander("More options: third parties, sample of users, budget, required tests"):
        request |= _options(request["third_party"])
    note = _split_note(request["split"], third_parties=bool(request["third_party"]))
    if note:
        st.caption(note)
    label = "Run after the current bake-off" if jobs.live("bakeoff") else "Run the bake-off"
    if st.button(label, type="primary", disabled=not runnable, icon=":material/play_arrow:"):
        _start(request)
    return int(request["k"])


def _contenders(doc: dict[str, Any]) -> dict[str, Any]:
    name, own = str(doc["name"]), edited.own()
    options = [n for n in dict.fromkeys((name, *own, *Spec.known())) if n not in BASELINES]
    before = st.session_state.get(PICKED)
    kept = options[:3] if before is None else [o for o in options if _picked(o, doc) in before]
    chosen = st.multiselect(
        f"Pipelines ({' and '.join(BASELINES)} are always included)",
        options,
        default=kept,
        key=f"build_pipelines_{name}",
        help="A candidate generator such as `item-knn` is a pipeline of its own. Pipelines that "
        "you edited before the present one stay here.",
    )
    st.session_state[PICKED] = [_picked(c, doc) for c in chosen]
    stand_in = st.checkbox(
        "Include a local stand-in for a third party (not Amazon)", value=True, key="build_standin"
    )
    written = {**own, **({name: doc} if edited.changed(doc) else {})}
    return {
        "specs": [written.get(c, c) for c in chosen],
        "third_party": ["stand-in"] if stand_in else [],
    }


def _picked(name: str, doc: dict[str, Any]) -> str:
    return EDITED if name == doc["name"] else name


def _protocol() -> dict[str, Any]:
    split = st.selectbox(
        "Split", SPLITS, key="build_split", accept_new_options=True, help=SPLIT_HELP
    )
    k = number_field.draw(
        "List length (k)", value=LENGTH, least=1, most=200, whole=True, key="build_k"
    )
    return {"split": str(split), "k": k}


def _options(third_party: list[str]) -> dict[str, Any]:
    left, right = st.columns(2, gap="medium")
    with left:
        others = st.multiselect(
            "Third parties",
            [],
            accept_new_options=True,
            key="build_others",
            placeholder="exported:/path/to/lists.csv, or personalize:NAME",
            help="Type one and press Enter; several are possible.",
        )
        users = number_field.draw(
            "Evaluate a random sample of at most (users)",
            least=1,
            whole=True,
            optional=True,
            placeholder="all users",
            key="build_eval_users",
        )
        share = number_field.draw(
            "Smallest useful difference (share of the baseline)",
            least=0.0,
            value=USEFUL,
            key="build_useful",
        )
        refits = number_field.draw(
            "Fits with different seeds",
            value=REFITS,
            least=1,
            most=20,
            whole=True,
            key="build_refits",
            help="How often a contender that draws at random is fitted. With one fit, its "
            "intervals do not cover the luck of the draw.",
        )
        orders = number_field.draw(
            "Other orders of events with the same time",
            least=0,
            most=10,
            whole=True,
            optional=True,
            placeholder="2 where they matter",
            key="build_tie_orders",
            help="Each fits every contender once more. Without a number, two are tried where the "
            "order decides which items are held out.",
        )
    with right:
        budget = forms.settings(Budget, {}, key="build_budget")
        tests = requirable()
        required = st.multiselect(
            "Required behavioral tests",
            list(tests),
            format_func=lambda name: tests.get(name, name),
            key="build_required",
            help="A win is flagged if a required test fails. After the bake-off, Compare has what "
            "each test measures, under “Behavioral tests”.",
        )
    return {
        "third_party": [*third_party, *map(str.strip, others)],
        "eval_users": users,
        "useful_share": USEFUL if share is None else share,
        "refits": refits,
        "tie_orders": orders,
        "budget": budget,
        "required": required,
    }


def named(third_party: str, inbox: Path | None) -> str:
    """The third party as it is run: on a shared server, `exported:` names a file of the inbox.

    Without an `inbox`, the server is its user's own. Raises `AssayError` for another file: a user
    of a shared server must not read what the server's own user can.
    """
    adapter, colon, target = third_party.partition(":")
    if inbox is None or adapter != "exported" or not colon:
        return third_party
    home = inbox.resolve()
    # The adapter reads the whole as a file, or what is before a date.
    for file in (target, target.rpartition("@")[0]):
        if not (home / file).resolve().is_relative_to(home):
            raise AssayError(
                "On a shared server, exported: names a file in the workspace's inbox "
                "(exported:lists.csv); ask its administrator to put the file there."
            )
    return f"{adapter}:{home / target}"


def _split_note(split: str, *, third_parties: bool) -> str:
    """What to know about the split, or why it cannot be used; empty for a split in time."""
    try:
        note = Protocol.of_bakeoff(split, third_parties=third_parties, windows=True).note
    except AssayError as error:
        return page.plain(str(error))
    return page.plain(f"Split {split}: {note}.") if note else ""


def _start(request: dict[str, Any]) -> None:
    """Validate the request as the job does, then start the job."""
    shared = access.login_configured()
    inbox = state.workspace().folders.inbox if shared else None
    given = {**request, "third_party": [named(text, inbox) for text in request["third_party"]]}
    validated = BakeoffRequest.of(given)
    _ = validated.entries  # an invalid contender is refused before a job starts
    jobs.start("bakeoff", validated.model_dump(mode="json"))
    st.rerun()
