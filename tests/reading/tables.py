"""Tables such as analysts have, before anything happens to them: cells as text, and what they are.

Everything is made up. Long tables are drawn from short lists with a fixed seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A table as it was before it was exported.

    Parameters
    ----------
    name : str
        For the ids of tests.
    header : tuple of str
        Distinct names.
    records : tuple of rows
        Every row as long as the header.
    kinds : str
        One letter a column: t text, i id, n number that can be added up, d date or time.
    total : str
        How its language names a totals row.
    """

    name: str
    header: Row
    records: tuple[Row, ...]
    kinds: str
    total: str = "Total"

    def __post_init__(self) -> None:
        assert len(set(self.header)) == len(self.header) == len(self.kinds)
        assert all(len(record) == len(self.header) for record in self.records)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.header)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Header and records."""
        return (self.header, *self.records)

    @property
    def typed(self) -> int:
        """Number of columns that a name can't be taken for a value of."""
        return sum(kind in "nd" for kind in self.kinds)

    @property
    def text(self) -> str:
        """Every cell, one after the other."""
        return "\n".join(cell for row in self.rows for cell in row)


def _order_lines() -> Original:
    draw = random.Random(1)
    goods = [
        ("85123A", "WHITE HANGING HEART HOLDER", "2.55"),
        ("71053", "METAL LANTERN, WHITE", "3.39"),
        ("84406B", "CREAM CUPID COAT HANGER", "2.75"),
        ("22752", "SET 7 NESTING BOXES", "7.65"),
        ("POST", "POSTAGE", "18.00"),
        ("21730", 'GLASS STAR 12" FROSTED', "4.25"),
        ("22633", "HAND WARMER; UNION JACK", "1.85"),
    ]
    records = []
    for i in range(90):
        code, text, price = draw.choice(goods)
        customer = "" if draw.random() < 0.1 else f"{draw.randint(12346, 18287)}"
        records.append(
            (
                f"{'C' if draw.random() < 0.05 else ''}{536365 + i // 3}",
                code,
                text,
                str(draw.randint(1, 48)),
                f"2010-12-{1 + i // 10:02} {8 + i % 9:02}:{draw.randint(0, 59):02}:00",
                price,
                customer,
                draw.choice(["United Kingdom", "France", "Germany", "EIRE"]),
            )
        )
    header = (
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    )
    return Original(name="order_lines", header=header, records=tuple(records), kinds="iitndnit")


def _german_customers() -> Original:
    draw = random.Random(2)
    first = ["Jürgen", "Käthe", "Björn", "Sören", "Anke", "Günther", "Zoë", "Uwe", "Heike"]
    last = ["Müller", "Schröder", "Weiß", "Groß", "Böhm", "Jäger", "Vogel", "Köhler", "Lang"]
    places = [("01067", "Dresden"), ("80331", "München"), ("50667", "Köln"), ("04109", "Leipzig")]
    notes = [
        "",
        "",
        "bitte nur vormittags anrufen",
        "zahlt bar, nie per Karte",
        'wünscht "du" statt "Sie" im Brief',
        "Lieferung an Tür 3; klingeln",
    ]
    records = []
    for i in range(40):
        post_code, place = draw.choice(places)
        given, family = draw.choice(first), draw.choice(last)
        records.append(
            (
                f"{draw.randint(1, 99999):06}",
                f"{given} {family}",
                f"kunde{i}@beispiel.de",
                f"{draw.choice(['Hauptstraße', 'Am Brühl', 'Gänseweg'])} {draw.randint(1, 120)}",
                post_code,
                place,
                f"0{draw.randint(30, 89)} {draw.randint(100000, 999999)}",
                f"{draw.randint(1, 28):02}.{draw.randint(1, 12):02}.{draw.randint(1950, 2004)}",
                f"{draw.randint(0, 4000)},{draw.randint(0, 99):02}",
                draw.choice(["ja", "nein"]),
                draw.choice(notes),
            )
        )
    header = (
        "Kundennr",
        "Name",
        "E-Mail",
        "Straße",
        "PLZ",
        "Ort",
        "Telefon",
        "Geburtstag",
        "Umsatz",
        "Newsletter",
        "Bemerkung",
    )
    return Original(
        name="german_customers",
        header=header,
        records=tuple(records),
        kinds="itttitidntt",
        total="Summe",
    )


def _survey() -> Original:
    draw = random.Random(3)
    comments = [
        "Friendly staff, but the queue was long, very long",
        'The clerk said "come back on Monday" and left',
        "Parking is a problem; the lift, too",
        "",
        "Great!",
        'I asked for the 12" pan, got the 10" one and kept it anyway, sadly',
        "Why is the fitting room locked? Twice now",
        "Don't change a thing",
        "Cheap: yes; good: no, not really",
        "Music too loud, and it's the same song",
    ]
    towns = ["Leeds", "York", "Hull", "Bath", "St Ives", "Stoke-on-Trent"]
    records = []
    for i in range(25):
        town = draw.choice(towns)
        records.append(
            (
                f"{town} {i % 4 + 1}",
                f"https://shop.example/{i:03}?src=mail&v={i % 3}",
                f"+44 {draw.randint(1000, 1999)} {draw.randint(100000, 999999)}",
                f"{draw.randint(1, 28)}/{draw.randint(1, 12)}/2023",
                f"{draw.randint(8, 19):02}:{draw.randint(0, 59):02}",
                str(draw.randint(1, 5)),
                comments[i % len(comments)],
            )
        )
    header = ("Store", "Website", "Phone", "Visited", "Time", "Rating", "What could we do better?")
    return Original(name="survey", header=header, records=tuple(records), kinds="ttiddnt")


def _tickets() -> Original:
    messages = [
        "Hello,\nmy parcel never came.\nRegards, Ann",
        "Two lines\nof complaint; no more",
        "short",
        'He wrote:\n"never again"\nand cancelled',
        "Question about invoice 20",
        "First\n\nafter a gap",
        "- item one\n- item two, blue\n- item three",
    ]
    records = tuple(
        (
            f"T-{1000 + i}",
            f"2024-02-{i + 1:02}",
            f"{100 + 7 * i}",
            messages[i % len(messages)],
            ("open", "closed")[i % 2],
            f"{3 * i + 1}",
        )
        for i in range(14)
    )
    header = ("ticket", "opened", "customer", "message", "status", "hours")
    return Original(name="tickets", header=header, records=records, kinds="iditt" + "n")


def _spanish_products() -> Original:
    records = (
        ("Bolsa de algodón", "Accesorios", "crudo", "Lavable, con asa larga"),
        ("Cinturón", "Accesorios", "marrón", "Piel; hebilla de latón"),
        ("Jersey de niño", "Infantil", "añil", "Lana merina"),
        ("Pantalón", "Señora", "negro", "Talle alto, corte recto"),
        ("Camisón", "Señora", "marfil", "Algodón orgánico"),
        ("Pañuelo", "Accesorios", "rojo", ""),
        ("Camiseta", "Caballero", "blanco", "Cuello redondo"),
        ("Calcetín", "Infantil", "gris", 'Modelo "otoño" sin costura'),
        ("Bañador", "Caballero", "turquesa", "Secado rápido"),
        ("Abrigo", "Señora", "verde", "¿Talla dudosa? Pídala más grande"),
        ("Guantes", "Accesorios", "café", "Forro polar"),
        ("Gorro", "Infantil", "limón", "Pompón, hecho a mano"),
        ("Corbata", "Caballero", "azul", "Seda"),
        ("Falda", "Señora", "púrpura", "Plisada"),
        ("Chándal", "Infantil", "celeste", "Dos piezas; con cremallera"),
        ("Zapatilla", "Caballero", "burdeos", "Suela de caucho"),
    )
    header = ("Artículo", "Categoría", "Color", "Descripción")
    return Original(name="spanish_products", header=header, records=records, kinds="tttt")


def _weekly_sales() -> Original:
    draw = random.Random(4)
    header = ("week", "north", "south", "east", "west", "online", "returns", "visitors", "margin")
    records = tuple(
        (
            str(week),
            *(f"{draw.uniform(900, 9000):.2f}" for _ in range(5)),
            str(draw.randint(0, 40)),
            str(draw.randint(1000, 30000)),
            f"{draw.uniform(0.1, 0.4):.3f}",
        )
        for week in range(1, 53)
    )
    return Original(name="weekly_sales", header=header, records=records, kinds="innnnnnnn")


def _emails() -> Original:
    people = [
        "ann",
        "bob",
        "carla",
        "dieter",
        "eve",
        "fritz",
        "gina",
        "hugo",
        "ines",
        "jan",
        "kim",
        "lars",
        "mia",
        "nils",
    ]
    records = tuple((f"{name}.{i}@mail.example",) for i, name in enumerate(people))
    return Original(name="emails", header=("email",), records=records, kinds="t")


def _french_codes() -> Original:
    records = (
        ("01", "Boulangerie, pâtisserie"),
        ("02", "Épicerie fine"),
        ("03", "Fromagerie « Chez Léa »"),
        ("04", "Œufs et volailles"),
        ("05", "Légumes ; primeurs"),
        ("07", "Poissonnerie de l'Île"),
        ("08", "Thés à 5 € et plus"),
        ("09", "Café torréfié"),
        ("10", "Crèmerie"),
        ("11", "Bœuf d'Aubrac"),
        ("12", "Traiteur"),
    )
    return Original(name="french_codes", header=("Code", "Libellé"), records=records, kinds="it")


def _french_clients() -> Original:
    draw = random.Random(5)
    remarks = [
        "",
        "à rappeler après l'été",
        "préfère le courrier, pas d'appel",
        "a dit « jamais »",
        "cœur de cible ; très fidèle",
        "remise de 10 € accordée",
        "",
    ]
    records = []
    for i in range(30):
        spend = f"{draw.randint(1, 9)} {draw.randint(100, 999)},{draw.randint(0, 99):02}"
        records.append(
            (
                f"{i * 37 + 12:05}",
                draw.choice(["Hélène", "Benoît", "Zoé", "Françoise", "Loïc", "Agnès", "Noël"]),
                draw.choice(["Besançon", "Orléans", "Nîmes", "Saint-Étienne", "Lyon"]),
                spend,
                f"{draw.randint(1, 28):02}/{draw.randint(1, 12):02}/2022",
                remarks[i % len(remarks)],
            )
        )
    header = ("N° client", "Prénom", "Ville", "CA HT", "Dernier achat", "Remarque")
    return Original(
        name="french_clients",
        header=header,
        records=tuple(records),
        kinds="ittndt",
    )


def _polish_orders() -> Original:
    draw = random.Random(6)
    names = ["Łukasz Żak", "Małgorzata Wójcik", "Paweł Gęś", "Jan Kowalski", "Zofia Dąbrowska"]
    towns = ["Łódź", "Kraków", "Gdańsk", "Wrocław", "Poznań"]
    goods = ["świeca zapachowa", "kubek, żółty", "ręcznik", "pościel; bawełna", "książka"]
    records = tuple(
        (
            f"Z/{i + 1:04}",
            draw.choice(names),
            draw.choice(towns),
            draw.choice(goods),
            str(draw.randint(1, 9)),
            f"{draw.randint(5, 300)},{draw.randint(0, 99):02}",
            f"{draw.randint(1, 28):02}.{draw.randint(1, 12):02}.2023",
        )
        for i in range(24)
    )
    header = ("Zamówienie", "Klient", "Miasto", "Towar", "Ilość", "Kwota", "Data")
    return Original(
        name="polish_orders", header=header, records=records, kinds="itttnnd", total="Razem"
    )


def _monthly_spend() -> Original:
    draw = random.Random(7)
    months = [f"spend_m{month:02}" for month in range(1, 37)]
    records = tuple(
        (
            f"C{i:05}",
            draw.choice(["gold", "silver", "basic"]),
            *(f"{draw.uniform(0, 250):.2f}" if draw.random() < 0.8 else "0" for _ in months),
        )
        for i in range(8)
    )
    return Original(
        name="monthly_spend",
        header=("customer", "tier", *months),
        records=records,
        kinds="it" + "n" * len(months),
    )


def second_table(width: int) -> Original:
    """Make another table of six rows, unlike all the others in what its columns hold."""
    kinds = "".join("ttdnnt"[j % 6] for j in range(width))
    names = ("Region", "Manager", "Opening day", "Staff", "Rent", "Remark")
    values = (
        ("Tyrol", "Ms Kerr", "2019-04-01", "12", "1800.50", "fine"),
        ("Zealand", "Mr Olsen", "2020-11-15", "7", "950.00", "small"),
        ("Jura", "Ms Favre", "2018-01-31", "21", "3100.75", "to be moved"),
        ("Istria", "Mr Babić", "2021-06-30", "9", "1210.00", "new roof"),
        ("Gotland", "Ms Lund", "2017-09-09", "4", "640.25", "seasonal"),
        ("Alsace", "Mr Klein", "2022-02-02", "15", "2050.00", "central"),
    )

    def stretched(row: Row, mark: bool) -> Row:
        return tuple(
            row[j % 6] + (f" {j // 6 + 1}" if mark and j >= 6 else "") for j in range(width)
        )

    return Original(
        name="second",
        header=stretched(names, True),
        records=tuple(stretched(row, False) for row in values),
        kinds=kinds,
    )


def totals(original: Original) -> Row:
    """Add up the number columns as a spreadsheet would write it below them."""
    cells = []
    for j, kind in enumerate(original.kinds):
        column = [record[j] for record in original.records]
        if kind != "n":
            cells.append("")
            continue
        comma = any("," in cell for cell in column)
        plain = (cell.replace(" ", "").replace(",", ".") for cell in column if cell)
        total = f"{sum(map(Decimal, plain))}"
        cells.append(total.replace(".", ",") if comma else total)
    assert not cells[0]
    return (original.total, *cells[1:])


ORIGINALS = (
    _order_lines(),
    _german_customers(),
    _survey(),
    _tickets(),
    _spanish_products(),
    _weekly_sales(),
    _emails(),
    _french_codes(),
    _french_clients(),
    _polish_orders(),
    _monthly_spend(),
)
