"""The command line as a script uses it: exit codes, one JSON document, one sentence."""

import json
import subprocess
import sys

import pandas as pd
import pytest

from pipelines import cli
from tests.synthetic import dataset


@pytest.fixture
def assay(monkeypatch, capsys):
    """Runs a command in this process; returns exit code, stdout, stderr."""
    monkeypatch.setattr("pipelines.cli_options.register_samples", lambda workspace: None)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["assay", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


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
        "from pipelines.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'mlflow', 'lightgbm', 'sqlalchemy', 'numba'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
