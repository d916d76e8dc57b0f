"""Further names of the standard columns: those of marketplaces and of other languages."""

from __future__ import annotations

from pipelines.data.importing.plain_names import plain
from pipelines.schema import Columns as C

PEOPLE = (
    "phone", "customerphone", "shiptophone", "buyerphonenumber", "billingphone", "shippingphone",
    "telefono", "telefon", "telephone", "customername", "buyername", "billingname",
    "customerfullname", "nombredelcliente", "nombredelcomprador", "nombrecliente", "nomecliente",
    "nomclient", "имяклиента", "顧客名", "客户名称", "客户姓名", "recipientname", "shiptoname",
)  # fmt: skip
"""Names of columns that tell people apart if nothing better does, the best first."""
LISTS = ("items", "products", "articles", "productos", "produtos", "produits", "prodotti",
         "товары")  # fmt: skip
"""Names of columns that may hold several items in one value."""
_CODES = ("id", "cod", "codigo", "ref", "no", "nr", "num", "numero", "numerode", "код", "номер",
          "番号", "编号", "号", "コード", "번호")  # fmt: skip
"""What exports write before or after a thing to mean its id: idcliente, clienteid."""


def _with_ids(*things: str) -> tuple[str, ...]:
    """The ids of things, then the things themselves."""
    return (*(n for thing in things for c in _CODES for n in (c + thing, thing + c)), *things)


_NAMES: dict[str, tuple[str, ...]] = {
    C.USER: (
        "distinctid", "domainuserid", "buyerid", "buyerusername", "buyer", "buyeremail",
        "billingemail", "reviewer", "reviewername", "username", "nickname",
        *_with_ids(
            "cliente", "usuario", "utilisateur", "client", "acheteur", "klienta", "klient",
            "uzytkownika", "uzytkownik", "klant", "gebruiker", "kund", "kunder", "musteri",
            "kullanici", "asiakas", "utente", "comprador", "lector", "lecteur", "socio",
            "клиента", "клиент", "покупателя", "покупатель", "пользователя", "пользователь",
            "客户", "顾客", "用户", "会员", "顧客", "会員", "ユーザー", "고객", "회원",
            "사용자",
        ),
        "correo", "correoelectronico", "mail", "emailaddress",
        *PEOPLE,
    ),
    C.ITEM: (
        "listingid", "businessid", "placeid", "restaurantid", "venueid", "hotelid", "gameid",
        "songid", "artistid", "albumid", "courseid", "recipeid", "animeid", "showid",
        "podcastid", "postid", "documentid", "goodsid", "itemnumber", "productnumber",
        "productcode", "itemcode", "articlenumber", "appid", "parentasin", "gtin", "ean",
        "upc", "barcode",
        *_with_ids(
            "producto", "articulo", "produto", "artigo", "produit", "article", "prodotto",
            "articolo", "libro", "livro", "livre", "produktu", "produkt", "towaru", "towar",
            "product", "artikel", "urun", "tuote", "vare", "товара", "товар", "продукта",
            "продукт", "артикул", "номенклатура", "商品", "产品", "製品", "品番", "상품",
            "제품",
        ),
    ),
    C.WEIGHT: (
        "quantitypurchased", "quantityordered", "qtyordered", "itemquantity", "myrating",
        "reviewrating", "starrating", "cantidad",
        "cantidaddelproducto", "quantidade", "qtd", "qtde",
        "quantite", "qte", "quantita", "ilosc", "aantal", "antal", "miktar", "adet", "maara",
        "количество", "колво", "数量", "销售数量", "购买数量", "個数", "수량", "puntuacion",
        "calificacion", "bewertung", "ocena", "оценка", "评分", "評価", "평점",
    ),
    C.TIME: (
        "saledate", "orderdatetime", "ordercreatedat", "datecreated", "creationdate",
        "createddate", "created", "createdutc", "reviewtime", "reviewdate", "podate",
        "transactiontime", "purchasetime", "ordertime", "eventdate", "watcheddate",
        "watchedat", "playedat", "dateadded", "collectortstamp", "checkoutdate", "loandate",
        "bookingdate", "visittime", "bestellzeitpunkt", "kaufdatum", "fecha", "fechapedido",
        "fechacompra", "fechaventa", "fechaprestamo", "fechahora", "data", "datapedido",
        "datacompra", "datavenda", "datadacompra", "dataordine", "datavendita", "dateachat",
        "datecommande", "datedecommande", "datevente", "dateemprunt", "datazamowienia",
        "datasprzedazy", "orderdatum", "tarih", "siparistarihi", "paivamaara", "дата",
        "датазаказа", "датапродажи", "датапокупки", "датаивремя", "时间", "日期", "订单日期",
        "下单时间", "购买时间", "购买日期", "销售日期", "時間", "日付", "日時", "注文日",
        "購入日", "注文日時", "購入日時", "売上日", "주문일", "구매일", "날짜",
    ),
    C.EVENT: (
        "behaviour", "behaviourtype", "eventtypename", "行为类型", "行为",
    ),
    C.ORDER: (
        "receiptno", "receiptid", "purchaseid", "ponumber", "saleid", "merchantorderid",
        "amazonorderid",
        *_with_ids(
            "pedido", "compra", "venta", "venda", "commande", "ordine", "zamowienia",
            "siparis", "prestamo", "заказа", "чека", "订单", "注文", "주문",
        ),
        "numerodeorden", "numeroorden", "numerodepedido", "bestellnummer", "rechnungsnummer",
    ),
    C.TITLE: (
        "productnames", "movietitle", "moviename", "filmtitle", "gamename", "trackname",
        "track", "songname", "song", "artistname", "coursename", "restaurantname", "hotelname",
        "businessname", "placename", "menuitem", "dish", "itemdescription", "listingtitle",
        "item", "product", "articlename", "titre", "titulo", "titolo", "tytul",
        "nombreproducto", "nombredelproducto", "nombredeproducto", "nombrearticulo",
        "nomeproduto", "nomedoproduto", "nomeprodotto", "descricao", "descripcion",
        "descrizione", "nomproduit", "nomduproduit", "designation", "libelle", "nazwaproduktu",
        "nazwatowaru", "omschrijving", "urunadi", "tuotenimi", "наименование", "название",
        "названиетовара", "наименованиетовара", "商品名称", "商品名", "产品名称", "品名",
        "상품명",
    ),
    C.CATEGORIES: (
        "genre", "categoria", "categorie", "kategorie", "kategoria", "kategori",
        "categoriaproduto", "produktkategorie", "genero", "категория", "类别", "分类",
        "商品类目", "カテゴリ", "카테고리",
    ),
    C.PRICE: (
        "preciounitario", "precio", "preciodelproducto", "precounitario", "preco",
        "prixunitaire", "prix", "prezzounitario", "prezzo", "cenajednostkowa", "cena",
        "stuksprijs", "prijs", "birimfiyat", "fiyat", "цена", "单价", "售价", "价格", "単価",
        "価格", "단가", "가격",
    ),
}  # fmt: skip
MORE_NAMES = {
    standard: tuple(dict.fromkeys(plain(name) for name in names))
    for standard, names in _NAMES.items()
}
"""Names that are taken, the first before the others, if no column has one of `EVENT_NAMES`."""
