"""The views of latency and cost, list overlap, behavioral tests and all results."""

import pytest

from tests.app.compare.opening import opened, text
from tests.app.compared import keep

pytestmark = pytest.mark.slow


class TestTimeAndCost:
    def test_the_cheapest_that_passes_is_named(self, open_page, compared, document):
        app = opened(open_page, document, compare_view="cost")
        # Two-stage is over budget and a stand-in cannot be bought; ALS and Popular are left.
        assert app.title[0].value.startswith("Als is the best passing option; all cost the same")
        assert "Not priced: stand-in (not Amazon)." in text(app)
        assert "The circle marks the cheapest passing option" in text(app)

    def test_the_traffic_is_a_link(self, open_page, compared, document):
        few = opened(open_page, document, compare_view="cost", compare_requests="100000")
        many = opened(open_page, document, compare_view="cost", compare_requests="100000000")
        assert "at 100 k requests per month" in few.title[0].value
        assert "at 100 M requests per month" in many.title[0].value

    def test_an_older_bakeoff_has_its_pictures(self, open_page, filled, document):
        filled.save_bakeoff(document, dataset_version=1)
        app = opened(open_page, document, compare_view="cost")
        assert not app.error
        assert "The cheapest passing option is not marked" in app.info[0].value
        assert app.title[0].value.startswith("Als is the best option that is priced and within")
        assert "The circle" not in text(app)


class TestListOverlap:
    def test_the_most_similar_are_named_and_the_measure_is_a_link(
        self, open_page, compared, document
    ):
        app = opened(open_page, document, compare_view="overlap")
        assert "give the most similar lists: " in app.title[0].value
        assert app.title[0].value.endswith("% of all items in their top 10 are in both lists.")
        ranked = opened(open_page, document, compare_view="overlap", compare_overlap="rbo")
        assert "rank-biased overlap 0." in ranked.title[0].value

    def test_an_older_bakeoff_says_so_within_the_view(self, open_page, filled, document):
        filled.save_bakeoff(document, dataset_version=1)
        app = opened(open_page, document, compare_view="overlap")
        assert "run the bake-off again" in app.error[0].value


class TestBehavior:
    view = {"compare_view": "behavior", "compare_of": "popular"}

    def test_it_says_what_a_contender_fails(self, open_page, compared, document):
        app = opened(open_page, document, **self.view)
        assert app.title[0].value == (
            "Popular passes 0 of 1 behavioral tests. Failed: No item is on most lists."
        )
        shown = text(app)
        assert "✕ Failed.** The item that is shown most is on 90% of lists." in shown
        assert "Passes if: 40% or less (share of lists)." in shown

    def test_a_test_is_a_link(self, open_page, compared, document):
        app = opened(open_page, document, **self.view, compare_test="price")
        assert "Not run: The items have no prices." in text(app)

    def test_an_older_bakeoff_says_so_within_the_view(self, open_page, filled, document):
        old = [c.model_copy(update={"behavior": []}) for c in document.contenders]
        filled.save_bakeoff(document.model_copy(update={"contenders": old}), dataset_version=1)
        app = opened(open_page, document, **self.view)
        assert "has no behavioral tests" in app.error[0].value


class TestContenders:
    def test_the_table_names_status_and_budget(self, open_page, compared, document):
        app = opened(open_page, document, compare_view="contenders")
        assert app.title[0].value.startswith("Assay scored 4 of 5 contenders")
        table = app.dataframe[0].value.set_index("contender")
        assert table.loc["◆ Acme", "status"] == "not scored"
        assert table.loc["● Two-stage", "status"] == "over budget"
        assert table.loc["◇ stand-in (not Amazon)", "kind"] == "local stand-in"
        assert "Peak memory includes" not in text(app)

    def test_memory_is_told_with_what_a_process_starts_with(self, open_page, compared, document):
        contenders = [
            c.model_copy(update={"peak_mb": 300.0, "preloaded_mb": mb})
            for c, mb in zip(document.contenders, (150.2, None, 149.9, 161, None), strict=True)
        ]
        forked = document.model_copy(update={"id": "forked", "contenders": contenders})
        compared.save_bakeoff(forked, dataset_version=1)
        keep(compared.bakeoff_folder("forked"))
        app = open_page("compare", dataset="shop", bakeoff="forked", compare_view="contenders")
        assert "Peak memory includes 150 to 161 MB of libraries that each process" in text(app)

    def test_commands_in_notes_are_code(self, open_page, compared, document):
        told = {"id": "told", "notes": ["Made with `assay bakeoff a_b` for *all*."]}
        compared.save_bakeoff(document.model_copy(update=told), dataset_version=1)
        keep(compared.bakeoff_folder("told"))
        app = open_page("compare", dataset="shop", bakeoff="told", compare_view="contenders")
        assert "Made with `assay bakeoff a_b` for \\*all\\*." in text(app)
