"""What a bake-off looks like on a terminal."""

import json

from pipelines.cli import output
from pipelines.cli.bakeoff import print_bakeoff
from pipelines.evaluation.results.document import BakeoffDocument, ContenderResult
from pipelines.statistics.interval import Interval


def contender(name: str, kind: str = "built", status: str = "scored", **metrics: float):
    made = {
        name.replace("__", "@"): Interval(value=v, low=v - 0.02, high=v + 0.02)
        for name, v in metrics.items()
    }
    about = {"name": name, "title": name.title(), "kind": kind, "status": status}
    return ContenderResult.model_validate(about | {"metrics": made, "reason": "It broke."})


def printed(capsys, metric: str, *contenders: ContenderResult) -> list[str]:
    manifest = {
        "metric": metric, "baseline": "popular", "k": 10, "users": 50, "items": 9,
        "split": "time:0.9", "users_without_history": 0,
    }  # fmt: skip
    found = BakeoffDocument(
        id="b", dataset="d", created="", manifest=manifest, contenders=list(contenders),
        comparisons=[], notes=["Look here."],
    )  # fmt: skip
    print_bakeoff(found, as_json=False)
    return capsys.readouterr().out.splitlines()


def order(lines: list[str], *titles: str) -> list[str]:
    at = {t: next(n for n, line in enumerate(lines) if line.split()[:1] == [t]) for t in titles}
    return sorted(titles, key=at.__getitem__)


def test_a_plain_sentence_for_each_scored_contender_that_is_no_baseline(capsys) -> None:
    lines = printed(
        capsys,
        "ndcg@10",
        contender("popular", "baseline", ndcg__10=0.1, hit_rate__10=0.2),
        contender("als", ndcg__10=0.2, hit_rate__10=0.31),
        contender("old", ndcg__10=0.05),
        contender("lost", status="failed"),
    )
    told = [line for line in lines if "something they chose" in line]
    assert told == [
        "Als: for 31 of 100 people the top 10 holds something they chose; with Popular 20."
    ]
    assert "Lost is failed: It broke." in lines and "Note: Look here." in lines
    assert order(lines, "Als", "Popular", "Old") == ["Als", "Popular", "Old"]


def test_the_best_comes_first_also_where_less_is_better(capsys) -> None:
    lines = printed(
        capsys,
        "calibration@10",
        contender("far", calibration__10=2.0),
        contender("near", calibration__10=0.4),
        contender("blank"),
    )
    assert order(lines, "Far", "Near", "Blank") == ["Near", "Far", "Blank"]


def test_codes_that_steer_a_terminal_are_spelled_out(capsys):
    evil = "u\x1b[2J\x9b31m\x07\rx\ty"
    shown = r"u\x1b[2J\x9b31m\x07\x0dx"
    table = output.new_table("user")
    table.add_row(evil)
    output.print_table(table)
    output.say(evil)
    output.warn(evil)
    output.document({"user": evil})
    told = capsys.readouterr()
    assert not set("\x1b\x9b\x07\r") & set(told.out + told.err)
    assert told.out.count(shown) == 2 and shown in told.err
    assert json.loads(told.out[told.out.index("{") :]) == {"user": evil}


def test_an_error_is_printed_without_them_too(assay):
    code, _, err = assay("data", "profile", "x\x1b[2J")
    assert code == 2 and "\x1b" not in err and "x1b[2J" in err
