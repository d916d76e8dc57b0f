"""The charts of slices: the heat map, and where a contender wins."""

import pytest

from app import look
from app.compare import slices_charts
from app.compare import wins as wins_view
from app.components.drawing import svg
from pipelines.evaluation.slices.cells import Cell
from pipelines.evaluation.slices.findings import Finding
from tests.app.drawn import marks, rows


class TestSlices:
    def cell(self, value, n=100, difference=0.05, outcome="better", other=""):
        dimensions = ("age", "gender")[: 1 + bool(other)]
        given = {} if difference is None else {
            "mean": 0.2, "against": 0.2 - difference, "difference": difference,
            "low": difference - 0.01, "high": difference + 0.01, "smallest_useful": 0.002,
        }  # fmt: skip
        values = (value, other)[: 1 + bool(other)]
        return Cell(dimensions, values, n, outcome if given else "too few", **given)

    def columns(self):
        return {
            "ALS": [self.cell("young"), self.cell("old", n=7, difference=None)],
            "A name of many words": [
                self.cell("young", n=98, difference=-0.01, outcome="worse"),
                self.cell("old", n=7, difference=None),
            ],
        }

    def test_a_row_has_its_users_and_a_cell_its_outcome(self):
        frame = slices_charts.heat_frame(self.columns())
        assert frame["row"].unique().tolist() == ["young (100)", "old (7)"]
        assert frame["label"].tolist() == ["▲ +0.0500", "only 7", "▼ −0.0100", "only 7"]

    def test_less_is_better_where_a_metric_says_so(self):
        frame = slices_charts.heat_frame(self.columns(), sign=-1)
        assert frame["side"].tolist() == ["worse", "too few", "better", "too few"]

    def test_cells_of_too_few_are_dashed_and_the_chosen_slice_is_outlined(self):
        frame = slices_charts.heat_frame(self.columns())
        chart = slices_charts.heat(frame, "ndcg@10", "age", chosen="young")
        known, few = marks(chart, "rect")
        assert [row["edge"] for row in rows(chart, known)] == [True, True]
        assert few["mark"]["strokeDash"] == [2, 3]
        assert [row["slice"] for row in rows(chart, few)] == ["old", "old"]
        assert known["encoding"]["fill"]["scale"]["range"][:2] == [look.BLUE, look.VERMILION]
        assert chart.to_dict()["params"][0]["name"] == "cell"

    def test_differences_too_small_to_be_of_use_are_not_drawn_as_large(self):
        tiny = {"ALS": [self.cell("young", difference=0.0004, outcome="equivalent")]}
        chart = slices_charts.heat(slices_charts.heat_frame(tiny), "ndcg@10", "age")
        (row,) = rows(chart, marks(chart, "rect")[0])
        assert row["strength"] == pytest.approx(0.0004 / (4 * 0.002))

    def test_long_names_are_wrapped_and_all_end_just_above_their_cells(self):
        frame = slices_charts.heat_frame(self.columns())
        chart = slices_charts.heat(frame, "ndcg@10", "age")
        across = marks(chart, "rect")[0]["encoding"]["x"]
        assert across["sort"] == ["ALS", "A name of many words"]
        assert across["axis"]["labelExpr"].startswith(
            '[["\\u200b", "ALS"], ["A name of", "many words"]]['
        )

    def test_names_that_begin_alike_have_columns_of_their_own(self):
        names = [f"Two stages with a light ranker and a {kind} one" for kind in ("heavy", '"fast"')]
        columns = {name: [self.cell("young")] for name in names}
        frame = slices_charts.heat_frame(columns)
        chart = slices_charts.heat(frame, "ndcg@10", "age")
        known = marks(chart, "rect")[0]
        assert known["encoding"]["x"]["field"] == "column"
        assert [row["column"] for row in rows(chart, known)] == names
        drawn = str(svg(chart, "alike"))
        assert "heavy one" in drawn and '"fast" one' in drawn

    def test_the_alt_text_says_who_is_ahead_in_each_slice(self):
        frame = slices_charts.heat_frame(self.columns())
        assert slices_charts.heat_alt(frame, "ndcg@10", "age", "Popular") == (
            "Largest difference in NDCG@10 from Popular by age: young (100 users) ALS better at "
            "+0.0500; old has too few users (7)."
        )

    def test_the_alt_text_tells_a_large_loss_with_its_own_users(self):
        columns = self.columns()
        columns["Loser"] = [
            self.cell("young", n=64, difference=-0.3, outcome="worse"),
            self.cell("old", n=6, difference=None),
        ]
        frame = slices_charts.heat_frame(columns)
        assert slices_charts.heat_alt(frame, "ndcg@10", "age", "Popular") == (
            "Largest difference in NDCG@10 from Popular by age: young (64 users) Loser worse at "
            "−0.300; old has too few users (7)."
        )

    def test_the_alt_text_of_two_dimensions_names_the_contender_and_the_cell(self):
        cells = [
            self.cell("young", other="F"),
            self.cell("young", other="M", n=40, difference=-0.1, outcome="worse"),
        ]
        frame = slices_charts.crossed_frame(cells, "age", {"young": 120})
        assert slices_charts.heat_alt(
            frame, "ndcg@10", "age", "Popular", whose="ALS", across="gender"
        ) == (
            "Largest difference of ALS in NDCG@10 from Popular by age and gender: young, M (40 "
            "users) worse at −0.100."
        )

    def test_two_dimensions_stand_down_and_across_in_either_order(self):
        cells = [self.cell("young", other="F"), self.cell("young", other="M", n=40)]
        # A user may be in both columns or in neither: the row has its own count.
        frame = slices_charts.crossed_frame(cells, "age", {"young": 120})
        assert frame["row"].tolist() == ["young (120)", "young (120)"]
        assert frame["column"].tolist() == ["F", "M"]
        turned = slices_charts.crossed_frame(cells, "gender", {"F": 100, "M": 40})
        assert turned["row"].tolist() == ["F (100)", "M (40)"]


class TestWins:
    def frame(self, n=2):
        made = [
            Cell(
                ("age",), (f"group {i}",), 50 + i, "better", 0.3, 0.2, 0.1, 0.05, 0.15, 0.004, 0.01,
                0.02 + 0.04 * i, 9,
            )
            for i in range(n)
        ]  # fmt: skip
        found = [Finding(cell, cell.p_adjusted <= 0.05, "") for cell in made]
        return wins_view.wins_frame(found, {"age": "age of users"})

    def test_they_are_in_the_order_of_the_ranking_with_their_users(self):
        chart = wins_view.wins(self.frame(), "ndcg@10", "Popular", look.BLUE)
        (points,) = marks(chart, "point")
        assert points["encoding"]["y"]["sort"] == [
            "age of users: group 0 (50)",
            "age of users: group 1 (51)",
        ]
        assert [row["certain"] for row in rows(chart, points)] == [True, False]
        # A click selects a slice.
        assert chart.to_dict()["params"][0]["select"]["fields"] == ["dimension", "slice"]

    def test_no_more_are_drawn_than_can_be_read(self):
        chart = wins_view.wins(self.frame(40), "ndcg@10", "Popular", look.BLUE)
        assert len(rows(chart, marks(chart, "point")[0])) == wins_view.SHOWN

    def test_the_alt_text_says_what_is_not_significant(self):
        alt = wins_view.wins_alt(self.frame(), "ndcg@10", "ALS", "Popular")
        assert "age of users: group 0 (50 users) +0.100 (0.0500 to 0.150);" in alt
        assert "group 1 (51 users) +0.100 (0.0500 to 0.150, not significant)." in alt
