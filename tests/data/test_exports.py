"""Exports of shops, tills, marketplaces and trackers: what each kind of them shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.data import dataset as store
from pipelines.data.importing.event_weights import are_states, is_undone
from pipelines.data.importing.mapping import match
from pipelines.data.importing.planning import plan
from pipelines.data.recipe import Recipe, Times
from pipelines.errors import AssayError

Write = Callable[[str, str | bytes], Path]
Import = Callable[..., store.Dataset]
SHOP = "Name,Email,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem sku,Phone\n"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("id_cliente", "id_producto", "cantidad", "fecha"),
         ("user_id", "item_id", "weight", "timestamp")),
        (("Código cliente", "Produto", "Quantidade", "Data da compra"),
         ("user_id", "item_id", "weight", "timestamp")),
        (("Client", "Produit", "Quantité", "Date de commande", "Prix unitaire"),
         ("user_id", "item_id", "weight", "timestamp", "price")),
        (("Klient", "Towar", "Ilość", "Data zamówienia"),
         ("user_id", "item_id", "weight", "timestamp")),
        (("Клиент", "Товар", "Кол-во", "Дата", "Цена"),
         ("user_id", "item_id", "weight", "timestamp", "price")),
        (("顧客ID", "商品ID", "商品名", "数量", "注文日", "単価"),
         ("user_id", "item_id", "title", "weight", "timestamp", "price")),
        (("用户ID", "商品编号", "购买数量", "下单时间"),
         ("user_id", "item_id", "weight", "timestamp")),
        (("고객번호", "상품번호", "수량", "주문일"), ("user_id", "item_id", "weight", "timestamp")),
        # Orders of Amazon's sellers and of eBay, reviews of Yelp, events of Mixpanel.
        (("order-id", "purchase-date", "buyer-email", "sku", "product-name", "quantity-purchased"),
         ("order_id", "timestamp", "user_id", "item_id", "title", "weight")),
        (("Order Number", "Buyer Username", "Item Number", "Item Title", "Quantity", "Sale Date"),
         ("order_id", "user_id", "item_id", "title", "weight", "timestamp")),
        (("user_id", "business_id", "stars", "date"),
         ("user_id", "item_id", "weight", "timestamp")),
        (("event", "properties.time", "properties.distinct_id", "properties.product_id"),
         ("event_type", "timestamp", "user_id", "item_id")),
    ],
)  # fmt: skip
def test_names_of_other_systems_and_languages(
    columns: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    found = match(columns)
    assert found.mapping == dict(zip(expected, columns, strict=True))
    assert (found.ambiguous, found.missing) == ({}, [])


def test_a_further_name_never_beats_a_known_one_nor_contradicts_the_values(write: Write) -> None:
    assert match(["user_id", "cliente", "item_id", "listing_id"]).mapping == {
        "user_id": "user_id", "item_id": "item_id",
    }  # fmt: skip
    found = plan(write("a.csv", 'user_id,item_id,data,score\nu1,i1,"{""a"": 1}",good\n'))
    assert found.recipe.columns == {"user_id": "user_id", "item_id": "item_id"}


def test_a_shop_without_skus_knows_its_items_by_name(imported: Import, write: Write) -> None:
    lines = "".join(
        f"#{n},u{n}@x.de,paid,2024-05-0{n + 1} 10:00:00 +0200,1,Mug {n % 3},,\n" for n in range(9)
    )
    made = imported(SHOP + lines)
    assert (made.about.kept, made.about.mapping["item_id"]) == (9, "Lineitem name")
    assert made.catalogue.items.ids.tolist() == ["Mug 0", "Mug 1", "Mug 2"]
    some = plan(write("b.csv", SHOP + lines.replace("Mug 0,,", "Mug 0,m-0,")))
    assert some.recipe.columns["item_id"] == "Lineitem name"
    assert "Lineitem sku is empty in 6 of the first 9 rows" in some.notes[0]
    lines = lines.replace("Mug 0,,", "Mug 0,m-0,").replace("Mug 1,,", "Mug 1,m-1,")
    most = plan(write("c.csv", SHOP + lines))
    assert most.recipe.columns["item_id"] == "Lineitem sku"
    assert "3 of the first 9 rows, which go to quarantine" in most.notes[0]
    assert "--map item_id='Lineitem name'" in most.notes[0]


def test_items_that_have_only_names_and_people_who_have_only_phones(write: Write) -> None:
    seats = plan(write("a.csv", "user_id,movie_title,seats\nu1,Alien,2\nu2,Heat,1\n"))
    assert seats.recipe.columns == {"user_id": "user_id", "item_id": "movie_title"}
    assert "items are known by movie_title" in seats.notes[0]
    left_out = Recipe(columns={"title": "movie_title"})
    assert plan(write("a.csv", "user_id,movie_title\nu1,Alien\n"), left_out).missing == ["item_id"]
    line = "#1,,paid,2024-05-01 10:00:00 +0200,1,Mug,m-1,+49 1\n"
    calls = plan(write("b.csv", SHOP + line + line.replace("#1,,", "#2,a@x.de,")))
    assert calls.recipe.user_fallback == "Phone"
    assert plan(write("c.csv", SHOP + line)).recipe.columns["user_id"] == "Phone"


def test_lines_of_an_order_have_what_its_first_line_says(imported: Import) -> None:
    content = SHOP + (
        "#1,ann@x.de,paid,2024-05-01 10:00:00 +0200,1,Mug,m-1,\n"
        "#1,,,,1,Cup,c-1,\n"
        "#2,bob@x.de,refunded,2024-05-02 10:00:00 +0200,1,Mug,m-1,\n"
        "#2,,,,2,Cup,c-1,\n"
        "#3,,paid,2024-05-03 10:00:00 +0200,1,Mug,m-1,\n"
        ",,,,1,Cup,c-1,\n"
    )
    made = imported(content)
    assert made.about.recipe is not None
    assert made.about.recipe.order_lines == ("user_id", "timestamp", "event_type")
    # Both lines of the refunded order are left out; the guest's order has no user.
    assert (made.about.kept, made.about.filtered, made.about.quarantined) == (2, 2, 2)
    assert made.users.ids.tolist() == ["ann@x.de"]
    assert set(made.interactions.time.tolist()) == {1714550400}
    plainly = imported(content, recipe=Recipe(order_lines=()))
    assert (plainly.about.kept, plainly.about.quarantined) == (1, 4)
    # A gap in an order whose other lines have a user is a missing value.
    gap = imported("order_id,user_id,item_id\n1,a,x\n1,a,y\n1,,z\n2,b,x\n2,b,y\n")
    assert (gap.about.kept, gap.about.quarantined) == (4, 1)


def test_the_time_of_day_goes_with_the_date_of_an_order(imported: Import) -> None:
    rows = "".join(f"{n},2026-09-13,10:02:11,u{n},a\n{n},,,,b\n" for n in range(12))
    own = "12,2026-09-13,10:02:11,u12,a\n12,2026-09-14,,,b\n"
    made = imported(f"order_id,Date,Time,user,item\n{rows}{own}")
    assert made.about.recipe is not None
    assert made.about.recipe.times.clock == "Time"
    assert made.about.recipe.order_lines == ("user_id", "timestamp")
    # Both lines of an order have its moment; a date of its own has no time of day.
    assert made.about.kept == 26
    assert sorted(made.interactions.time.tolist()) == [1789293731] * 25 + [1789344000]


def test_an_order_goes_on_in_the_next_batch() -> None:
    import pyarrow as pa

    from pipelines.data.importing.order_lines import OrderLines

    columns = {"user_id": "u", "item_id": "i", "order_id": "o"}
    lines = OrderLines(Recipe(columns=columns, order_lines=("user_id",)))
    first = pa.table({"c0": ["ann", None], "c1": ["x", "y"], "c2": ["1", "1"]})
    second = pa.table({"c0": [" ", None, "bob"], "c1": ["z", "x", "y"], "c2": ["1", "2", "2"]})
    assert lines.filled(first)["c0"].to_pylist() == ["ann", "ann"]
    assert lines.filled(second)["c0"].to_pylist() == ["ann", None, "bob"]


def test_states_of_orders_in_shops_and_languages() -> None:
    assert are_states(["paid", "refunded", "partially_refunded"])
    assert not is_undone("partially_refunded")
    assert not is_undone("Частично возвращён")
    assert are_states(["Новый", "Отменён", "Выполнен"])
    assert are_states(["已完成", "已取消", "待付款"])


def test_an_empty_event_type_does_not_hide_the_state(imported: Import) -> None:
    rows = "u1,i1,,Shipped\nu2,i1,,Cancelled\nu3,i1,,Shipped\n"
    made = imported("user_id,item_id,Event Type,Order Status\n" + rows)
    assert made.about.mapping["event_type"] == "Order Status"
    assert (made.about.kept, made.about.filtered) == (2, 1)


def test_the_time_of_day_may_stand_in_a_column_of_its_own(imported: Import, write: Write) -> None:
    till = "Date,Time,Customer ID,Item,Qty\n2026-09-13,10:02:11,c1,Mug,1\n2026-09-13,,c2,Mug,1\n"
    made = imported(till)
    assert made.about.kept == 2
    assert made.interactions.time.tolist() == [1789293731, 1789257600]
    assert made.about.recipe is not None
    assert made.about.recipe.times.clock == "Time"
    dates = plan(write("b.csv", till), Recipe(times=Times(clock="")))
    assert dates.recipe.times.clock == ""
    slashed = till.replace("2026-09-13,10:02:11", "13/9/2026,2:05 PM").replace(
        "2026-09-13", "13/9/2026"
    )
    assert imported(slashed).interactions.time.tolist() == [1789308300, 1789257600]


def test_an_id_as_large_as_a_time_is_not_a_time(write: Write) -> None:
    rows = "".join(f"u{n % 7},i{n % 5},{806182519 + n},7/{n % 28 + 1}/2020\n" for n in range(30))
    found = plan(write("a.csv", "user_id,item_id,Listing No,Sent\n" + rows))
    assert found.recipe.columns["timestamp"] == "Sent"
    alone = plan(write("b.csv", "user_id,item_id,Listing No\n" + rows.replace(",7/", "\n#")))
    assert "timestamp" not in alone.recipe.columns


@pytest.mark.parametrize("date", ["Jul-27-26", "27-Jul-26", "27 July 2026", "Jul 27, 2026"])
def test_dates_of_marketplaces(date: str, imported: Import) -> None:
    made = imported(f'user_id,item_id,timestamp\nu,i,"{date}"\n')
    assert made.interactions.time.tolist() == [1785110400]


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Клиент;Товар;Дата\nИван Петров;Чёрный хлеб;2024-01-01\n", ["windows-1251", "koi8-r"]),
        ("顧客ID;商品名;数量\n田中;ボールペン 赤;2\n", ["shift_jis", "euc_jp"]),
        ("客户ID;商品名称;日期\n王小明;黑色圆珠笔;2024-01-01\n", ["gb18030"]),
        ("客戶ID;商品名稱;日期\n王小明;黑色原子筆;2024-01-01\n", ["big5"]),
        ("고객번호;상품명;수량\n김철수;연필 세트;2\n", ["cp949"]),
        ("Πελάτης;Προϊόν\nΓιώργος;άσπρο ψωμί και γάλα\n", ["windows-1253"]),
    ],
)
def test_other_scripts_are_read_in_their_encoding(
    text: str, encodings: list[str], write: Write
) -> None:
    for encoding in encodings:
        found = plan(write("a.csv", text.encode(encoding)))
        assert list(found.columns) == text.split("\n")[0].split(";")
        assert f"is read as {encoding}; --encoding names another" in found.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "user_id;Größe;Maße\nMüller;Äpfel;Käse\nGöttingen;über;fünf\n",
        "user_id;Número;Año\nJosé;niño;camión\nRenée;élève;créée\n",
        "user_id;item_id\nPEÑA;ÀÉÎÕÜ\nÄÖÜ;ÉÈÀ\n",
    ],
)
def test_western_text_stays_western(text: str, write: Write) -> None:
    found = plan(write("a.csv", text.encode("cp1252")))
    assert list(found.columns) == text.split("\n")[0].split(";")
    assert not any("is read as" in note for note in found.notes)


def test_a_damaged_line_leaves_a_file_utf_8(write: Write) -> None:
    for text in ("клиент;товар\nИван Петров;чёрный хлеб\n", "顧客ID;商品名\n田中;ボールペン\n"):
        found = plan(write("a.csv", text.encode() + b"u\xe9;x\n" + text.encode()))
        assert list(found.columns) == text.split("\n")[0].split(";")


def test_a_table_of_users_is_joined_by_the_column_of_the_events(write: Write, home: Path) -> None:
    from tests.data.importing import import_file

    events = write("a.csv", "user_code,item_id\nu1,i1\nu2,i1\n")
    users = write("u.csv", "Phone,user_code\n+49 1,u1\n+49 2,u2\n")
    recipe = Recipe(columns={"user_id": "user_code"})
    made = store.load(import_file(events, "events", home, recipe=recipe, users=users))
    assert made.about.arrivals is not None
    assert made.about.arrivals.tables[0].joined == 2


def test_a_line_of_separators_above_the_header_is_skipped(imported: Import) -> None:
    made = imported(
        ",,,\nuser_id,item_id,Quantity,Sale Date\n,,,\nu1,i1,1,Jul-27-26\nu2,i1,2,Jul-28-26\n"
    )
    assert (made.about.kept, made.about.quarantined) == (2, 1)


def test_the_history_of_one_person_is_told_apart_from_a_wrong_file(write: Write) -> None:
    songs = "".join(f"2022-09-{n % 28 + 1},Artist {n % 6},Song {n % 9},{n}\n" for n in range(40))
    for header in ("endTime,artistName,trackName,msPlayed\n", "Date,Book Id,ISBN,My Rating\n"):
        with pytest.raises(AssayError, match=r"as user_id; .* history of a single person"):
            plan(write("a.csv", header + songs)).require_complete()


def test_json_within_a_column_of_text_is_told(write: Write) -> None:
    rows = 'uuid,event,properties,distinct_id\n1,view,"{""product_id"": ""p1""}",u1\n'
    with pytest.raises(AssayError, match=r"'properties' holds JSON: .* properties.item_id"):
        plan(write("a.csv", rows)).require_complete()
    with pytest.raises(AssayError, match=r"one JSON object .* to_json\(orient"):
        plan(write("a.json", '{\n  "0": {\n    "user_id": 1\n  },\n  "1": {}\n}\n'))


def test_several_items_in_one_value_are_told(write: Write) -> None:
    given = Recipe(columns={"item_id": "items"})
    (note, *_) = plan(write("a.csv", 'user_id,items\nu1,"Tea, Bun"\nu2,Tea\n'), given).notes
    assert note.startswith("items holds several items in one value, as 'Tea, Bun'")
    goods = ("tea", "bun", "jam", "egg", "ham")
    lists = "".join(f'u{n},"{goods[n % 5]},{goods[n // 5]}"\n' for n in range(20))
    assert "several items" in plan(write("b.csv", "user_id,item_id\n" + lists)).notes[0]
    names = "".join(f'u{n},"Mask, {goods[n % 4]}, washable"\n' for n in range(20))
    assert "several items" not in plan(write("c.csv", "user_id,item_id\n" + names)).notes[0]
