"""The command line as a script uses it: exit codes, one JSON document, one sentence."""

import json
import subprocess
import sys
from dataclasses import dataclass

import pandas as pd
import pytest

from pipelines.cli.recommend import items_of_history
from pipelines.testing.datasets import dataset


@pytest.fixture
def events(tmp_path):
    """The synthetic events as a CSV file with external ids."""
    data = dataset()
    it = data.interactions
    frame = pd.DataFrame(
        {
            "user_id": data.users.decode(it.user),
            "item_id": data.catalogue.items.decode(it.item),
            "timestamp": it.time + 1_600_000_000,
        }
    )
    path = tmp_path / "events.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.usefixtures("mlflow_store")
def test_the_whole_path_from_a_file_to_a_decision(assay, events, tmp_path):
    code, out, _ = assay("data", "import", events, "--name", "mine", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["rows_in"] == told["kept"] + told["folded"] + told["quarantined"] + told["filtered"]
    assert told["mapping"] == {k: k for k in ("user_id", "item_id", "timestamp")}

    code, out, _ = assay("readiness", "mine", "--json")
    assert code == 0
    found = json.loads(out)
    assert {"check", "value", "threshold", "state", "why", "todo", "source"} == set(
        found["findings"][0]
    )
    assert found["approaches"]["popularity"]["state"] in ("enough", "not enough")
    assert found["verdict"] in ("ready", "popularity only", "not yet")

    plan = tmp_path / "plan"
    code, out, _ = assay("readiness", "mine", "--plan", plan)
    assert code == 0
    assert out.startswith(found["sentence"])
    assert "## What mine lacks" in (plan / "tracking-plan.md").read_text()
    assert json.loads((plan / "tracking-plan.schema.json").read_text())["type"] == "object"
    code, out, err = assay("readiness", "mine", "--plan", plan)
    assert (code, out) == (2, "")
    assert "already exists" in err

    code, out, _ = assay(
        "bakeoff", "als", "ease-recent", "--data", "mine", "--split", "last-n:2", "--json"
    )
    document = json.loads(out)
    assert code == 0
    assert [c["status"] for c in document["contenders"]] == ["scored"] * 4
    assert document["manifest"]["split"] == "last-n:2"
    assert set(document["comparisons"][0]) >= {
        "contender", "baseline", "metric", "difference", "low", "high", "outcome",
    }  # fmt: skip
    ask = ("recommend", "--bakeoff", document["id"], "--contender", "als", "--k", "3")

    code, out, _ = assay(*ask, "--history", "i003,i001", "--json")
    assert code == 0
    rows = json.loads(out)["recommendations"]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    code, out, _ = assay(*ask, "--history", "i003", "--history", "i001", "--json")
    assert json.loads(out)["recommendations"] == rows

    lists = tmp_path / "lists.csv"
    code, out, _ = assay(*ask, "--all", "--out", lists)
    assert code == 0 and out == ""
    frame = pd.read_csv(lists)
    assert len(frame) == 3 * document["manifest"]["users"]
    user = frame["user_id"].iloc[0]
    code, out, _ = assay(*ask, "--user", user, "--json")
    alone = [row["item_id"] for row in json.loads(out)["recommendations"]]
    assert alone == frame[frame["user_id"] == user]["item_id"].tolist()

    code, out, _ = assay("decide", "--bakeoff", document["id"], "--json")
    assert code == 0
    assert json.loads(out)["decision"] == "not decidable yet"

    code, _, err = assay(*ask, "--history", "i003,nothing")
    assert code == 2 and "nothing" in err


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("../../x.csv", "x"), ("a\nb.csv", "x"), ("x" * 300 + ".csv", "x"), ("/etc/../x", "x"),
        ("名前.csv", "x"), ("\udcff.csv", "x"), (".", "x"), ("/dev/null", "x"),
        ("{events}", "../x"), ("{events}", "a\nb"), ("{events}", "x" * 300), ("{events}", "名前"),
        ("{events}", ""), ("{events}", "-x"), ("{events}", "x/../y"), ("{events}", "\udcff"),
        ("{events}", "."), ("{events}", "CON "),
    ],
)  # fmt: skip
def test_a_file_or_a_dataset_of_an_odd_name_is_one_line(assay, events, tmp_path, file, name):
    code, out, err = assay("data", "import", file.format(events=events), f"--name={name}")
    assert (code, out) == (2, "")
    last = err.rstrip("\n").split("\n")[-1]
    assert last.startswith("assay: ") and last.endswith(".") and len(last) < 500
    assert "Traceback" not in err
    assert not list(tmp_path.rglob("events.parquet"))


def test_what_a_vendor_is_given_holds_training_rows_only(assay, events, tmp_path):
    assay("data", "import", events, "--name", "mine")
    out_folder = tmp_path / "for-the-vendor"
    code, out, _ = assay(
        "export", "--data", "mine", "--for", "personalize", "--out", out_folder, "--json"
    )
    assert code == 0 and isinstance(json.loads(out), dict)
    code, _, err = assay("export", "--data", "mine", "--for", "acme", "--out", out_folder)
    assert code == 2 and "personalize" in err


@pytest.mark.parametrize(("case", "decision"), [
    ("shop", "buy"), ("video", "build, bridged by buy"), ("data-poor", "neither"),
])  # fmt: skip
def test_the_worked_cases_decide_as_they_should(assay, case, decision):
    code, out, _ = assay("decide", "--case", case, "--json")
    told = json.loads(out)
    assert code == 0 and told["decision"].startswith(decision)
    assert set(told) >= {"case", "options", "break_even", "decision", "reasons"}
    for option in told["options"]:
        assert option["npv"] == pytest.approx(option["benefit"] - option["cost"], abs=0.02)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("data", "import", "no-such.csv", "--name", "x"), "no-such.csv"),
        (("data", "import", "{events}", "--name", "../x"), "name"),
        (("data", "import", "{events}", "--name", "x", "--map", "user_id"), "--map"),
        (("data", "import", "{events}", "--name", "x", "--map", "user_id=nobody"), "nobody"),
        (("readiness", "nothing"), "nothing"),
        (("bakeoff", "als", "--data", "nothing"), "nothing"),
        (("bakeoff", "als", "--data", "nothing", "--split", "whole"), "whole|nothing"),
        (("recommend", "--bakeoff", "x", "--contender", "als"), "--user"),
        (("recommend", "--bakeoff", "x", "--contender", "als", "--user", "1"), "bake-off"),
        (("recommend", "--bakeoff", "../..", "--contender", "als", "--user", "1"), "bake-off"),
        (("bakeoff", "--data", "movielens-small", "--third-party", "exported:no.csv"), "no.csv"),
        (("bakeoff", "--data", "movielens-small", "--require", "on-item"), "one of similar-users"),
        (("decide",), "--case"),
        (("decide", "--case", "no-such-case"), "no-such-case"),
        (("bakeoff",), "--data"),
        (("no-such-command",), "no-such-command"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(assay, events, words, says):
    import re

    code, out, err = assay(*(str(w).replace("{events}", str(events)) for w in words))
    assert code == 2
    assert out == ""
    assert re.search(says, err)
    assert "Traceback" not in err


def test_help_needs_no_heavy_package():
    script = (
        "import sys; sys.argv = ['assay', '--help']\n"
        "from pipelines.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'mlflow', 'lightgbm', 'sqlalchemy', 'numba'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_studies_of_a_dataset(assay, events):
    assay("data", "import", events, "--name", "mine")
    code, out, _ = assay("data", "learning-curve", "mine", "--split", "last-n:2", "--json")
    found = json.loads(out)
    assert code == 0
    assert [p["share"] for p in found["points"]] == [0.1, 0.1, 0.2, 0.2, 0.4, 0.4, 0.8, 0.8, 1, 1]
    assert set(found["gains"][0]) >= {"difference", "low", "high", "outcome", "sentence"}

    code, out, _ = assay("data", "audit", "mine", "--spec", "als", "--split", "time:0.7", "--json")
    found = json.loads(out)
    assert code == 0
    assert [p["name"] for p in found["protocols"]] == ["random", "leave-one-out", "global time"]
    assert {x["measure"] for x in found["inflations"]} == {"lift", "value"}

    code, out, _ = assay("data", "audit", "mine", "--spec", "als", "--split", "time:0.7")
    assert code == 0
    assert "times (" in out and "Popular" in out and "cold items" in out
    code, out, _ = assay("data", "learning-curve", "mine", "--split", "last-n:2")
    assert code == 0
    assert "newest" in out and "40%" in out
    code, _, err = assay("data", "audit", "mine", "--split", "last-n:2")
    assert code == 2 and "\n" not in err.strip()


def test_a_split_for_the_audit_alone_is_refused_elsewhere(assay, events, tmp_path):
    assay("data", "import", events, "--name", "mine")
    for command in (
        ("bakeoff", "als", "--data", "mine", "--split", "random:0.1"),
        ("export", "--data", "mine", "--for", "personalize", "--out", tmp_path / "x", "--split",
         "users:0.1"),
    ):  # fmt: skip
        code, out, err = assay(*command)
        assert (code, out) == (2, "")
        assert err.startswith("assay: The split")


@dataclass
class Known:
    """What `recommend` asks of a contender to take a history apart."""

    ids: tuple[str, ...]

    def knows(self, item: str) -> bool:
        return item in self.ids


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a, b", ["a", "b"]),
        ("Game 3, The Sequel", ["Game 3, The Sequel"]),
        ('"Game 3, The Sequel",a', ["Game 3, The Sequel", "a"]),
        ('a, "Game 3, The Sequel"', ["a", "Game 3, The Sequel"]),
        (" , ", []),
    ],
)
def test_an_id_with_a_comma_can_be_in_a_history(text, items):
    assert items_of_history(text, Known(("a", "b", "Game 3, The Sequel"))) == items


def test_an_import_tells_what_it_proposed_and_what_was_lost(assay, tmp_path):
    events, items = tmp_path / "orders.csv", tmp_path / "items.csv"
    events.write_text("uid;sku;Menge;Preis;Status\n" + "".join(
        f"u{n % 7};A{n % 4};1,0;{'gratis' if n == 3 else '4,99'};"
        f"{('completed', 'cancelled')[n % 5 == 0]}\n" for n in range(30)
    ))  # fmt: skip
    items.write_text("sku;title\na0;Bread\na1;Salt\na1;Salt again\n")
    given = ("data", "import", events, "--name", "shop", "--items", items)
    code, out, err = assay(*given, "--json")
    assert code == 0
    said = " ".join(err.split())
    assert "Numbers have a decimal comma, as 1,0 in Menge" in said
    assert "Rows of Status cancelled weigh 0 and are left out" in said
    assert "No time was found" in said
    notes = json.loads(out)["notes"]
    assert notes[0].startswith("0 of 4 items of the events have a row in 'items.csv'")
    assert "with --normalize-ids case" in notes[0]
    assert any("price: 1 value of 'orders.csv' cannot be read" in note for note in notes)
    assert any("1 row of 'items.csv' repeats an id" in note for note in notes)
    code, out, _ = assay(*given, "--normalize-ids", "case", "--items-reading", "separator=;")
    assert code == 0
    assert "2 of 4 items of the events have a row in 'items.csv'" in " ".join(out.split())
    for option, says in (
        (("--normalize-ids", "roman"), "normalize_ids"),
        (("--items-map", "titel=title"), "'titel' is not a standard column; --items-map accepts"),
        (("--items-map", "title"), "write it as --items-map title=COLUMN"),
        (("--users-map", "user_id=sku"), "give that table with --users"),
        (("--users-reading", "separator=;"), "give that table with --users"),
        (("--items-reading", "colour=red"), "items_reading"),
        (("--columns", "a,b"), "--columns has 2 names"),
    ):
        code, _, err = assay(*given, *option)
        assert code == 2 and says in err, err
