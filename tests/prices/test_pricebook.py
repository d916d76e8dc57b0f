"""The price book: tiers, floors, what is unpriced, and the file's own mistakes."""

import pytest

from pipelines.errors import AssayError
from pipelines.prices.pricebook import SHIPPED, PriceBook, requests_for_fee

BOOK = PriceBook(SHIPPED)


def test_tiers_are_marginal():
    assert float(BOOK.monthly("google-recommendations", 500e6)) == pytest.approx(75.8)
    assert float(BOOK.monthly("google-recommendations", 1e6)) == pytest.approx(0.27)
    fees = BOOK.monthly("google-recommendations", [20e6, 300e6, 0.0])
    assert fees == pytest.approx([5.4, 55.8, 0.0])


def test_idle_campaign_is_billed():
    assert float(BOOK.line("personalize-v2").usd(0)) == pytest.approx(388.80)
    assert float(BOOK.line("personalize-legacy").usd(0)) == pytest.approx(144.0)
    assert float(BOOK.line("personalize-legacy-tps").usd(720)) == pytest.approx(144.0)


def test_one_batch_evaluation_costs_about_three_dollars():
    training = BOOK.line("personalize-v2-training").usd(1_000_000)
    batch = BOOK.line("personalize-v2-batch").usd(6_040)
    assert float(training + batch) == pytest.approx(2.906)


def test_free_tiers():
    assert BOOK.line("algolia-recommend").usd([5_000, 6_000]) == pytest.approx([0.0, 0.6])
    assert BOOK.line("recombee-standard").usd([99_999, 100_000]) == pytest.approx([0.0, 99.0])


def test_volume_for_a_fee_inverts_the_tiers():
    for volume in (5e6, 123e6, 475e6):
        fee = float(BOOK.monthly("google-recommendations", volume))
        found = requests_for_fee(BOOK, "google-recommendations", fee)
        assert found == pytest.approx(volume, abs=1)
    assert requests_for_fee(BOOK, "google-recommendations", -1.0) is None
    assert requests_for_fee(BOOK, "recombee-standard", 0.05) is None
    assert requests_for_fee(BOOK, "personalize-v2", 0.1) is None


def test_every_line_has_source_date_and_confidence():
    assert len(BOOK.lines) >= 15
    for line in BOOK.lines:
        assert line.source and line.date and line.confidence
    assert BOOK.line("azure-personalizer").retired


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("azure-personalizer", "retired"),
        ("coveo", "no public price"),
        ("ec2-m7g-large", "priced per hour"),
        ("no-such", "has no line 'no-such'"),
    ],
)
def test_lines_that_have_no_request_price(name, says):
    with pytest.raises(AssayError, match=says):
        BOOK.monthly(name, 1000)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("up_to = 300_000_000", "up_to = 3_000", "bands must rise"),
        ("usd = 0.10 }", "usd = -0.10 }", "greater than or equal to 0"),
        ("min_tps = 1", "min_pts = 1", "min_pts"),
        ("schema = 1", "schema = = 1", "cannot be read"),
        ('id = "coveo"', 'id = "bloomreach"', "same id"),
    ],
)
def test_an_edited_book_with_a_mistake(tmp_path, old, new, says):
    path = tmp_path / "pricebook.toml"
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(AssayError, match=says):
        PriceBook(path)


def test_the_workspaces_own_book_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    assert PriceBook().path == SHIPPED
    own = SHIPPED.read_text(encoding="utf-8").replace("usd = 0.27", "usd = 0.30")
    (tmp_path / "pricebook.toml").write_text(own, encoding="utf-8")
    assert float(PriceBook().monthly("google-recommendations", 1e6)) == pytest.approx(0.30)


def test_a_line_that_does_not_price_requests_has_no_price_of_them():
    book = PriceBook()
    assert book.line("personalize-v2").per_1000 == 0.15
    with pytest.raises(AssayError, match="no price for 1,000 requests"):
        _ = book.line("personalize-data").per_1000
