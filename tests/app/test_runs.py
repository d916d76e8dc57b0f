"""The Runs page: how a metric moved, and which line of a spec moved it."""


def test_empty(open_page, workspace):
    app = open_page("runs")
    assert not app.exception
    assert app.title[0].value == "No bake-off has been run here yet."


def test_one_changed_line_is_found_with_what_it_brought(open_page, filled):
    app = open_page("runs", dataset="shop")
    assert not app.exception
    assert app.title[0].value == "One spec line changed in ease-recent: +0.0120 NDCG@10."
    diff = next(c.value for c in app.code if c.language == "diff")
    assert "-k = 100" in diff
    assert "+k = 200" in diff


def test_two_runs_of_ones_own_choice(open_page, filled):
    app = open_page("runs", dataset="shop")
    app.selectbox(key="runs_before").set_value("als in 20261121-1000-bbbb").run()
    assert not app.exception
    assert "from als to ease-recent: +0.0220" in app.title[0].value


def test_the_tables_and_the_way_to_mlflow(open_page, filled):
    app = open_page("runs", dataset="shop")
    assert app.dataframe[0].value["bake-off"].tolist() == [
        "20261121-1000-bbbb",
        "20261120-1000-aaaa",
    ]
    assert any(c.value.startswith("mlflow ui --backend-store-uri") for c in app.code)
