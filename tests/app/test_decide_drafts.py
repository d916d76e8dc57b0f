"""What is typed on the Decide page is kept as a draft."""


def fill_own_case(app):
    """Type in each kind of widget of the own case."""
    app.text_input(key="decide_own_margin_mode").set_value("6000").run()
    app.text_input(key="decide_own_buy.uplift_low").set_value("-1.5").run()
    app.text_input(key="decide_own_buy.uplift_mode").set_value("2.4").run()
    app.text_input(key="decide_own_buy.uplift_high").set_value("4").run()
    app.text_input(key="decide_own_horizon_months").set_value("24").run()
    app.checkbox(key="decide_own_build.overrun_drawn").uncheck().run()
    app.selectbox(key="decide_own_buy.price").set_value("recombee-standard").run()
    app.text_area(key="decide_own_dissent").set_value("Eva: too early").run()
    next(b for b in app.get("button_group") if "core business" in b.label).set_value("no").run()
    assert not app.exception


TYPED = {
    "margin": 6000.0,
    "buy.uplift": {"low": -0.015, "mode": 0.024, "high": 0.04},
    "horizon_months": 24,
    "build.overrun": 1.0,
    "buy.price": "recombee-standard",
    "dissent": "Eva: too early",
    "core_business": "no",
}


def shown(app):
    """What the form shows of the inputs that `fill_own_case` types."""
    return {
        "margin": app.text_input(key="decide_own_margin_mode").value,
        "uplift": [
            app.text_input(key=f"decide_own_buy.uplift_{part}").value
            for part in ("low", "mode", "high")
        ],
        "horizon": app.text_input(key="decide_own_horizon_months").value,
        "overrun": app.checkbox(key="decide_own_build.overrun_drawn").value,
        "price": app.selectbox(key="decide_own_buy.price").value,
        "dissent": app.text_area(key="decide_own_dissent").value,
        "core": next(b for b in app.get("button_group") if "core business" in b.label).value,
    }


def test_a_draft_survives_another_case_another_page_and_a_restart(open_page, workspace):
    app = open_page("decide")
    fill_own_case(app)
    assert workspace.draft("decide:own").inputs == TYPED
    before = shown(app)
    app.get("button_group")[0].set_value("shop").run()
    app.get("button_group")[0].set_value("own").run()
    assert shown(app) == before
    app.switch_page("app/pages/compare.py").run()
    app.switch_page("app/pages/decide.py").run()
    assert shown(app) == before
    restarted = open_page("decide")  # a new session, as after a reload or a restart of the server
    assert shown(restarted) == before
    assert workspace.draft("decide:own").inputs == TYPED


def test_what_is_typed_is_kept_though_the_next_click_leaves_the_page(open_page, workspace):
    app = open_page("decide")
    app.text_input(key="decide_own_margin_mode").set_value("6000")
    app.get("button_group")[0].set_value("shop").run()  # both reach the server in one run
    assert workspace.draft("decide:own").inputs == {"margin": 6000.0}


def test_two_windows_do_not_undo_each_other(open_page, workspace):
    one, other = open_page("decide"), open_page("decide")
    one.text_input(key="decide_own_margin_mode").set_value("6000").run()
    other.text_input(key="decide_own_requests_mode").set_value("2000000").run()
    one.text_input(key="decide_own_open_rate_mode").set_value("30").run()
    assert workspace.draft("decide:own").inputs == {
        "margin": 6000.0, "requests": 2e6, "open_rate": 0.3,
    }  # fmt: skip


def button(app, label):
    return next(b for b in app.button if b.label == label)


def test_a_draft_is_discarded_by_a_button_and_can_be_brought_back(open_page, workspace):
    app = open_page("decide")
    app.text_input(key="decide_own_margin_mode").set_value("6000").run()
    button(app, "Discard draft").click().run()
    assert app.text_input(key="decide_own_margin_mode").value == ""
    assert workspace.draft("decide:own").inputs == {}
    button(app, "Bring back the draft").click().run()
    assert app.text_input(key="decide_own_margin_mode").value == "6000"


def test_a_link_offers_its_inputs_and_does_not_replace_the_draft(open_page, workspace):
    workspace.change_draft("decide:shop", {}, {"margin": 6000.0})
    app = open_page("decide", decide_case="shop", decide_inputs='{"open_rate":0.3}')
    assert "decide_inputs" not in app.query_params
    assert app.text_input(key="decide_shop_margin_mode").value == "6000"
    assert app.text_input(key="decide_shop_open_rate_mode").value == "100"
    button(app, "Use the link's inputs").click().run()
    assert app.text_input(key="decide_shop_margin_mode").value == "4000"
    assert app.text_input(key="decide_shop_open_rate_mode").value == "30"
    button(app, "Bring back the previous draft").click().run()
    assert app.text_input(key="decide_shop_margin_mode").value == "6000"
