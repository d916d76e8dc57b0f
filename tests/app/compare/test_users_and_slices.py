"""The views by user and by slice."""

import pytest

from tests.app.compare.opening import click, opened, text, undefined
from tests.app.compared import GAINS, USERS

pytestmark = pytest.mark.slow


class TestByUser:
    def test_shares_of_users_are_in_the_title(self, open_page, compared, document):
        app = opened(open_page, document, compare_view="people", compare_of="als")
        assert app.title[0].value == (
            "Als does better than Popular in NDCG@10 for 80% of users, worse for 10%, "
            "and the same for 10%."
        )

    def test_the_biggest_win_is_shown_first_and_a_loss_is_a_link(
        self, open_page, compared, document
    ):
        address = {"compare_view": "people", "compare_of": "als"}
        wins = opened(open_page, document, **address).dataframe[0].value
        assert len(wins) == 20 and (wins["difference"] > 0).all()
        app = opened(open_page, document, **address, compare_side="losses", compare_person="u010")
        losses = app.dataframe[0].value
        assert set(losses["user"]) == {f"u{n:03d}" for n in range(0, 80, 10)}
        assert "User u010" in [s.value for s in app.header]

    def test_a_user_who_is_not_among_the_twenty_is_ignored(self, open_page, compared, document):
        app = opened(open_page, document, compare_view="people", compare_person="u000")
        assert "User u000" not in [s.value for s in app.header]
        assert "compare_person" not in app.query_params

    def test_it_says_so_if_no_user_has_a_value_of_both(self, open_page, compared, document):
        undefined(compared.bakeoff_folder(document.id), "als", slice(None))
        app = opened(open_page, document, compare_view="people", compare_of="als")
        assert app.title[0].value == "No user has a value of NDCG@10 with both Als and Popular."

    def test_an_older_bakeoff_says_so_within_the_view(self, open_page, filled, document):
        filled.save_bakeoff(document, dataset_version=1)
        app = opened(open_page, document, compare_view="people")
        assert "run the bake-off again" in app.error[0].value


class TestBySlice:
    view = {"compare_view": "slices", "compare_of": "als"}
    late = {"compare_by": "time", "compare_slice": "late"}

    def test_it_opens_with_the_surest_win_and_ranks_them(self, open_page, compared, document):
        app = opened(open_page, document, **self.view)
        assert app.title[0].value.startswith("Among users ")
        assert "als beats popular by" in app.title[0].value
        assert "The tests cover 5 slices." in text(app)

    def test_a_selected_slice_is_a_link(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, **self.late)
        assert "Slice by time of day: late" in [s.value for s in app.header]
        assert "NDCG@10 for users asked late: 40 users" in text(app)

    def test_a_slice_of_too_few_users_has_no_value(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_by="history", compare_slice="few")
        assert "Only 10 users: a value needs at least 30." in text(app)

    def test_only_those_with_a_value_count(self, open_page, compared, document):
        folder = compared.bakeoff_folder(document.id)
        undefined(folder, "popular", slice(USERS // 2, None))
        undefined(folder, "als", slice(USERS // 2, USERS // 2 + 7))
        shown = text(opened(open_page, document, **self.view, **self.late))
        assert "NDCG@10 for users asked late: 33 to 40 users" in shown

    def test_it_says_so_if_no_user_has_a_value(self, open_page, compared, document):
        for name in GAINS:
            undefined(compared.bakeoff_folder(document.id), name, slice(USERS // 2, None))
        shown = text(opened(open_page, document, **self.view, **self.late))
        assert "No user in this slice has a value of NDCG@10." in shown

    def test_two_dimensions_are_crossed(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_by="time", compare_cross="history")
        assert "Each cell shows Als's paired difference from Popular" in text(app)
        assert "Show slice" not in [s.label for s in app.selectbox]

    def test_a_row_of_two_dimensions_counts_each_person_once(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_by="time", compare_cross="kind")
        (picture, *_) = app.get("vega_lite_chart")
        # 40 users each, most with held-out items of both kinds.
        assert "early (40)" in picture.proto.spec and "late (40)" in picture.proto.spec
        assert picture.proto.alt.startswith(
            "Largest difference of Als in NDCG@10 from Popular by time of day and kind of item: "
        )

    def test_what_was_chosen_divides_too(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_by="kind", compare_slice="red")
        assert "NDCG@10 for held-out interactions of kind red" in text(app)

    def test_where_the_other_wins_is_one_click_away(self, open_page, compared, document):
        app = click(opened(open_page, document, **self.view), "Show slices where", "popular")
        assert "Popular is not better than Als in any slice." in text(app)
        assert app.query_params["compare_winner"] == "popular"

    def test_an_older_bakeoff_says_so_within_the_view(self, open_page, compared, document):
        (compared.bakeoff_folder(document.id) / "slices.parquet").unlink()
        app = opened(open_page, document, **self.view)
        assert "slices.parquet was deleted or never written" in app.error[0].value
        assert app.title[0].value.startswith("This view needs data")
