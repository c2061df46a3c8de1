"""Made-up sample data with known segments, the same bytes at every run.

The tables have the columns of well-known public ones, so that the samples behave like files that
people bring; every value in them is drawn here from a seeded generator.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

# The app imports SAMPLES at its start: numpy and pandas are loaded by the functions that need them.
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    Drawn: TypeAlias = tuple[pd.DataFrame, pd.Series]
    Floats: TypeAlias = npt.NDArray[np.float64]
    Rng: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the app shows of a sample before anything is drawn or read.

    Attributes
    ----------
    name : str
        Key for `make_sample` and `sample_truth`.
    title, description : str
        Words for the user.
    file_name : str
        Name of the CSV file in `data/`.
    kind : {"customers", "transactions"}
        Whether a row is a customer or an order line.
    suggested_features : tuple of str
        Columns that show the known groups. Empty for transactions, whose features are computed.

    Examples
    --------
    >>> [sample.file_name for sample in SAMPLES]
    ['mall.csv', 'wholesale.csv', 'shop.csv', 'orders.csv']
    """

    name: str
    title: str
    description: str
    file_name: str
    kind: Literal["customers", "transactions"]
    suggested_features: tuple[str, ...]


SAMPLES: tuple[Sample, ...] = (
    Sample(
        name="mall",
        title="Mall visitors",
        description="200 visitors of a mall: five clear groups by income and spending score.",
        file_name="mall.csv",
        kind="customers",
        suggested_features=("Annual Income (k$)", "Spending Score (1-100)"),
    ),
    Sample(
        name="wholesale",
        title="Wholesale clients",
        description="440 business clients, yearly spend in six categories: two groups, "
        "seen once the long tails are tamed.",
        file_name="wholesale.csv",
        kind="customers",
        suggested_features=(
            "Fresh",
            "Milk",
            "Grocery",
            "Frozen",
            "Detergents_Paper",
            "Delicassen",
        ),
    ),
    Sample(
        name="shop",
        title="Shop members",
        description="1,000 members of a shop: four groups, mixed column types, a few blank cells.",
        file_name="shop.csv",
        kind="customers",
        suggested_features=(
            "income",
            "spending_score",
            "purchase_frequency",
            "last_purchase_amount",
        ),
    ),
    Sample(
        name="orders",
        title="Online orders",
        description="About 25,000 order lines of 900 customers over 13 months, with cancellations, "
        "missing customers, free items and repeated lines.",
        file_name="orders.csv",
        kind="transactions",
        suggested_features=(),
    ),
)


def make_sample(name: str) -> pd.DataFrame:
    """Draw a sample table.

    Parameters
    ----------
    name : str
        Name of one of `SAMPLES`.

    Returns
    -------
    pandas.DataFrame
        The same rows at every call. Whole-number columns with blanks are `Int64`.

    Raises
    ------
    ValueError
        If there is no sample of that name.

    Examples
    --------
    >>> make_sample("mall").shape
    (200, 5)
    >>> make_sample("shop")["income"].isna().sum().item()
    12
    """
    return _draw(name)[0]


def sample_truth(name: str) -> pd.Series:
    """Give the known group of each customer of a sample.

    Parameters
    ----------
    name : str
        Name of one of `SAMPLES`.

    Returns
    -------
    pandas.Series
        Group names, called ``known_group``. The index is that of `make_sample`, or ``CustomerID``
        for ``orders``.

    Raises
    ------
    ValueError
        If there is no sample of that name.

    Examples
    --------
    >>> sample_truth("orders").value_counts().to_dict()
    {'occasional': 380, 'regular': 250, 'lapsed': 234, 'VIP': 36}
    """
    return _draw(name)[1]


def write_samples(folder: Path) -> None:
    r"""Write every sample as CSV: UTF-8, lines ended by a line feed.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write. It is made if it is not there; files of the same names are replaced.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_samples(Path(folder))
    ...     (Path(folder) / "mall.csv").read_bytes().splitlines()[0]
    b'CustomerID,Gender,Age,Annual Income (k$),Spending Score (1-100)'
    """
    folder.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        text = make_sample(sample.name).to_csv(
            index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M"
        )
        (folder / sample.file_name).write_bytes(text.encode("utf-8"))


def _draw(name: str) -> Drawn:
    import numpy as np

    makers: dict[str, tuple[int, Callable[[Rng], Drawn]]] = {
        "mall": (1, _mall),
        "wholesale": (2, _wholesale),
        "shop": (3, _shop),
        "orders": (4, _orders),
    }
    if name not in makers:
        msg = f"There is no sample named {name!r}. Choose one of: {', '.join(makers)}."
        raise ValueError(msg)
    seed, maker = makers[name]
    # PCG64 by name: default_rng() may mean another generator in a later numpy.
    return maker(np.random.Generator(np.random.PCG64(seed)))


class _Group(NamedTuple):
    """A known group: its rows, and mean and standard deviation of each column."""

    rows: int
    spread: Mapping[str, tuple[float, float]]


def _draw_groups(
    rng: Rng, groups: Mapping[str, _Group], limits: Mapping[str, tuple[float, float]]
) -> Drawn:
    """Stack the groups' rows, one after the other, within the columns' limits."""
    import numpy as np
    import pandas as pd

    columns = {
        column: np.concatenate(
            [
                _bounded_normal(rng, *group.spread[column], low, high, group.rows)
                for group in groups.values()
            ]
        )
        for column, (low, high) in limits.items()
    }
    return pd.DataFrame(columns), _known_group({name: g.rows for name, g in groups.items()})


def _bounded_normal(
    rng: Rng, mean: float, deviation: float, low: float, high: float, size: int
) -> Floats:
    """Draw again what falls outside: clipping would pile values up at the limits."""
    values = rng.normal(mean, deviation, size)
    while (outside := (values < low) | (values > high)).any():
        values[outside] = rng.normal(mean, deviation, outside.sum())
    return values


def _known_group(rows: Mapping[str, int]) -> pd.Series:
    import pandas as pd

    names = [name for name, count in rows.items() for _ in range(count)]
    return pd.Series(names, name="known_group", dtype="str")


def _reorder(frame: pd.DataFrame, truth: pd.Series, order: npt.NDArray[np.int64]) -> Drawn:
    return frame.iloc[order].reset_index(drop=True), truth.iloc[order].reset_index(drop=True)


_MALL_LIMITS = {
    "Age": (18.0, 70.0),
    "Annual Income (k$)": (14.0, 140.0),
    "Spending Score (1-100)": (1.0, 100.0),
}


def _mall_group(rows: int, *spread: tuple[float, float]) -> _Group:
    return _Group(rows, dict(zip(_MALL_LIMITS, spread, strict=True)))


_MALL_GROUPS = {
    "modest income, low score": _mall_group(25, (46, 13), (28, 9), (21, 12)),
    "modest income, high score": _mall_group(25, (26, 6), (28, 9), (79, 11)),
    "middle income, middle score": _mall_group(76, (43, 16), (58, 9), (50, 8)),
    "high income, low score": _mall_group(36, (42, 11), (89, 16), (19, 10)),
    "high income, high score": _mall_group(38, (33, 5), (88, 16), (81, 9)),
}


def _mall(rng: Rng) -> Drawn:
    import numpy as np

    drawn, truth = _draw_groups(rng, _MALL_GROUPS, _MALL_LIMITS)
    frame = drawn.round().astype("int64")
    frame.insert(0, "Gender", rng.choice(["Female", "Male"], len(frame), p=[0.55, 0.45]))
    # By income, as in the public table: an id that goes with a feature is a trap worth showing.
    order = np.argsort(frame["Annual Income (k$)"].to_numpy(), kind="stable")
    frame, truth = _reorder(frame, truth, order)
    frame.insert(0, "CustomerID", np.arange(1, len(frame) + 1))
    return frame, truth


# Median yearly spend for (hospitality, retail), and the standard deviation of its logarithm.
# "Delicassen" is spelt as in the public table, whose columns the sample shares.
_WHOLESALE_SPEND = {
    "Fresh": (10_000, 5_500, 1.15),
    "Milk": (2_200, 9_000, 0.65),
    "Grocery": (2_600, 14_000, 0.6),
    "Frozen": (2_400, 950, 1.05),
    "Detergents_Paper": (330, 6_500, 0.85),
    "Delicassen": (800, 1_300, 1.05),
}
_WHOLESALE_ROWS = {"hospitality": 290, "retail": 150}


def _wholesale(rng: Rng) -> Drawn:
    import numpy as np
    import pandas as pd

    truth = _known_group(_WHOLESALE_ROWS)
    rows = len(truth)
    is_retail = (truth == "retail").to_numpy()
    # The registered channel is right for most clients, not for all: the groups are in the spend.
    is_wrong = rng.random(rows) < 0.05
    columns = {
        "Channel": np.where(is_retail ^ is_wrong, 2, 1),
        "Region": rng.choice([1, 2, 3], rows, p=[0.18, 0.12, 0.7]),
    }
    client_log_size = rng.normal(0.0, 0.3, rows)
    for category, (hospitality, retail, deviation) in _WHOLESALE_SPEND.items():
        log_median = np.log(np.where(is_retail, retail, hospitality))
        spend = np.exp(log_median + client_log_size + rng.normal(0.0, deviation, rows))
        columns[category] = np.maximum(spend.round(), 3).astype("int64")
    return _reorder(pd.DataFrame(columns), truth, rng.permutation(rows))


_SHOP_LIMITS = {
    "age": (18.0, 69.0),
    "income": (18_000.0, 180_000.0),
    "spending_score": (1.0, 100.0),
    "membership_years": (1.0, 10.0),
    "purchase_frequency": (1.0, 50.0),
    "last_purchase_amount": (10.0, 1_000.0),
}


def _shop_group(rows: int, *spread: tuple[float, float]) -> _Group:
    return _Group(rows, dict(zip(_SHOP_LIMITS, spread, strict=True)))


_SHOP_GROUPS = {
    "loyal regulars": _shop_group(
        300, (49, 9), (80_000, 13_000), (52, 9), (7.5, 1.6), (39, 4.5), (190, 75)
    ),
    "big-ticket buyers": _shop_group(
        220, (45, 9), (124_000, 16_000), (80, 9), (5.5, 2.2), (14, 4.5), (720, 120)
    ),
    "young bargain hunters": _shop_group(
        260, (26, 5), (38_000, 8_000), (80, 8), (2.5, 1.1), (24, 4.5), (90, 45)
    ),
    "fading members": _shop_group(
        220, (54, 9), (66_000, 14_000), (22, 10), (6, 2.1), (7, 3.5), (280, 100)
    ),
}
_SHOP_CATEGORY_SHARES = {
    "loyal regulars": {"Groceries": 0.4, "Home": 0.25, "Garden": 0.15, "Games": 0.1, "Tech": 0.1},
    "big-ticket buyers": {"Groceries": 0.1, "Home": 0.3, "Garden": 0.1, "Games": 0.1, "Tech": 0.4},
    "young bargain hunters": {
        "Groceries": 0.2,
        "Home": 0.1,
        "Garden": 0.05,
        "Games": 0.4,
        "Tech": 0.25,
    },
    "fading members": {"Groceries": 0.25, "Home": 0.2, "Garden": 0.3, "Games": 0.1, "Tech": 0.15},
}
_SHOP_BLANKS = {"income": 12, "age": 2}


def _shop(rng: Rng) -> Drawn:
    import numpy as np
    import pandas as pd

    frame, truth = _draw_groups(rng, _SHOP_GROUPS, _SHOP_LIMITS)
    amounts = frame.pop("last_purchase_amount").round(2)
    frame = frame.round().astype("Int64")
    frame.insert(
        1, "gender", rng.choice(["Female", "Male", "Other"], len(frame), p=[0.5, 0.46, 0.04])
    )
    frame["preferred_category"] = np.concatenate(
        [
            rng.choice(list(shares), _SHOP_GROUPS[name].rows, p=list(shares.values()))
            for name, shares in _SHOP_CATEGORY_SHARES.items()
        ]
    )
    frame["last_purchase_amount"] = amounts
    frame, truth = _reorder(frame, truth, rng.permutation(len(frame)))
    for column, blanks in _SHOP_BLANKS.items():
        frame.loc[rng.choice(len(frame), blanks, replace=False), column] = pd.NA
    full = frame.columns[frame.notna().all()]
    frame = frame.astype({c: "int64" for c in full if frame[c].dtype == "Int64"})
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame, truth


class _Buyer(NamedTuple):
    """How a type of customer buys; days count from the first day of the sample."""

    customers: int
    orders_mean: float
    lines_mean: float
    quantity_median: float
    price_factor: float
    first_day: int
    last_day: int


_FIRST_DATE = "2024-12-01"
_DAYS = 374
_GUEST = "guest"
_BUYERS = {
    "VIP": _Buyer(36, 20.0, 10.0, 20.0, 0.9, 0, _DAYS),
    "regular": _Buyer(250, 7.2, 5.0, 7.0, 1.0, 0, _DAYS),
    "occasional": _Buyer(380, 2.0, 4.0, 4.0, 1.0, 190, _DAYS),
    "lapsed": _Buyer(234, 2.6, 4.0, 5.0, 1.0, 0, 170),
    _GUEST: _Buyer(600, 1.0, 5.0, 3.0, 1.1, 0, _DAYS),
}
_COUNTRY_SHARES = {
    "Ireland": 0.88,
    "United Kingdom": 0.03,
    "France": 0.02,
    "Germany": 0.02,
    "Netherlands": 0.01,
    "Belgium": 0.01,
    "Spain": 0.01,
    "Denmark": 0.005,
    "Sweden": 0.005,
    "Norway": 0.005,
    "Portugal": 0.005,
}
_CANCELLED_SHARE = 0.02
_FREE_LINES = 30
_REPEATED_LINES = 60

_THING_PRICES = {
    "mug": 3.2,
    "bowl": 4.5,
    "tray": 5.9,
    "vase": 7.5,
    "lamp": 14.0,
    "clock": 11.5,
    "basket": 6.4,
    "candle": 2.4,
    "coaster": 0.9,
    "napkin": 1.1,
    "jar": 2.8,
    "apron": 8.5,
    "cushion": 9.5,
    "ribbon": 0.6,
    "garland": 3.9,
    "notebook": 2.1,
}
_STYLES = (
    "Amber",
    "Birch",
    "Coral",
    "Dotted",
    "Fern",
    "Indigo",
    "Linen",
    "Maple",
    "Ochre",
    "Pebble",
    "Slate",
    "Striped",
)


def _orders(rng: Rng) -> Drawn:
    buyers = _draw_buyers(rng)
    lines = _draw_lines(rng, _draw_invoices(rng, buyers))
    lines = _add_dirt(rng, _add_cancellations(rng, lines))
    known = buyers[buyers["known_group"] != _GUEST]
    truth = known.set_index("CustomerID")["known_group"].sort_index()
    return _number_invoices(lines), truth


def _draw_buyers(rng: Rng) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    buyers = _known_group({name: buyer.customers for name, buyer in _BUYERS.items()}).to_frame()
    is_known = (buyers["known_group"] != _GUEST).to_numpy()
    ids = pd.Series(pd.NA, index=buyers.index, dtype="Int64")
    # Shuffled, so that the id tells nothing of the type.
    ids[is_known] = rng.permutation(np.arange(20_001, 20_001 + is_known.sum()))
    buyers["CustomerID"] = ids
    countries, shares = list(_COUNTRY_SHARES), list(_COUNTRY_SHARES.values())
    buyers["Country"] = rng.choice(countries, len(buyers), p=shares)
    extra_orders = _of_type(buyers, "orders_mean") - 1
    buyers["orders"] = 1 + rng.poisson(extra_orders * rng.lognormal(0.0, 0.3, len(buyers)))
    buyers["quantity_median"] = _of_type(buyers, "quantity_median") * rng.lognormal(
        0.0, 0.25, len(buyers)
    )
    return buyers


def _of_type(rows: pd.DataFrame, field: str) -> Floats:
    """Look up a field of each row's type of customer."""
    import numpy as np

    values = {name: float(getattr(buyer, field)) for name, buyer in _BUYERS.items()}
    return np.array([values[name] for name in rows["known_group"]], dtype=np.float64)


def _draw_invoices(rng: Rng, buyers: pd.DataFrame) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    invoices = buyers.loc[buyers.index.repeat(buyers["orders"])].reset_index(drop=True)
    days = np.zeros(len(invoices), dtype="int64")
    for name, buyer in _BUYERS.items():
        is_type = (invoices["known_group"] == name).to_numpy()
        open_days = np.arange(buyer.first_day, buyer.last_day)
        weights = _day_weights()[open_days]
        days[is_type] = rng.choice(open_days, is_type.sum(), p=weights / weights.sum())
    minutes = rng.integers(8 * 60, 18 * 60, len(invoices))
    invoices["InvoiceDate"] = (
        pd.Timestamp(_FIRST_DATE)
        + pd.to_timedelta(days, unit="D")
        + pd.to_timedelta(minutes, unit="min")
    )
    invoices["invoice"] = np.arange(len(invoices))
    return invoices


def _day_weights() -> Floats:
    """Weigh each day: busy before Christmas, closed on Saturdays."""
    import numpy as np
    import pandas as pd

    dates = pd.date_range(_FIRST_DATE, periods=_DAYS)
    weights = np.ones(_DAYS)
    weights[dates.month.isin([9, 10])] = 1.4
    weights[dates.month >= 11] = 1.8
    weights[dates.day_of_week == 5] = 0.0
    return weights


def _draw_products(rng: Rng) -> pd.DataFrame:
    import pandas as pd

    products = pd.DataFrame(
        [
            (f"{thing[:2].upper()}{100 + number}", f"{style} {thing}", price)
            for thing, price in _THING_PRICES.items()
            for number, style in enumerate(_STYLES)
        ],
        columns=["StockCode", "Description", "UnitPrice"],
    )
    products["UnitPrice"] *= rng.uniform(0.85, 1.3, len(products))
    return products


def _draw_lines(rng: Rng, invoices: pd.DataFrame) -> pd.DataFrame:
    import numpy as np

    products = _draw_products(rng)
    popularity = rng.lognormal(0.0, 0.8, len(products))
    line_counts = 1 + rng.poisson(_of_type(invoices, "lines_mean") - 1)
    lines = invoices.loc[invoices.index.repeat(line_counts)].reset_index(drop=True)
    chosen = rng.choice(len(products), len(lines), p=popularity / popularity.sum())
    for column in products.columns:
        lines[column] = products[column].to_numpy()[chosen]
    lines["UnitPrice"] = (lines["UnitPrice"] * _of_type(lines, "price_factor")).round(2)
    quantities = lines["quantity_median"] * rng.lognormal(0.0, 0.6, len(lines))
    lines["Quantity"] = np.maximum(quantities.round(), 1).astype("int64")
    # One line a product, so that the only exact duplicates are those added on purpose.
    return lines.drop_duplicates(["invoice", "StockCode"], ignore_index=True)


def _add_cancellations(rng: Rng, lines: pd.DataFrame) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    last_date = pd.Timestamp(_FIRST_DATE) + pd.Timedelta(days=_DAYS)
    in_time = np.flatnonzero(lines["InvoiceDate"] < last_date - pd.Timedelta(days=21))
    count = round(len(lines) * _CANCELLED_SHARE)
    back = lines.loc[rng.choice(in_time, count, replace=False)].copy()
    back["Quantity"] = -np.ceil(back["Quantity"] * rng.uniform(0.2, 1.0, count)).astype("int64")
    # Whole weeks later: never on a Saturday.
    back["InvoiceDate"] += pd.to_timedelta(7 * rng.integers(1, 4, count), unit="D")
    back["invoice"] = lines["invoice"].max() + 1 + np.arange(count)
    return pd.concat([lines, back], ignore_index=True)


def _add_dirt(rng: Rng, lines: pd.DataFrame) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    sold = np.flatnonzero(lines["Quantity"] > 0)
    touched = rng.choice(sold, _FREE_LINES + _REPEATED_LINES, replace=False)
    lines.loc[touched[:_FREE_LINES], "UnitPrice"] = 0.0
    return pd.concat([lines, lines.loc[touched[_FREE_LINES:]]], ignore_index=True)


def _number_invoices(lines: pd.DataFrame) -> pd.DataFrame:
    """Give invoices their numbers in order of time, and keep the public columns."""
    import numpy as np
    import pandas as pd

    ordered = lines.sort_values(["InvoiceDate", "invoice"], kind="stable", ignore_index=True)
    numbers = pd.Series(600_001 + pd.factorize(ordered["invoice"])[0]).astype("str")
    prefixes = pd.Series(np.where(ordered["Quantity"] < 0, "C", ""), dtype="str")
    ordered["InvoiceNo"] = prefixes + numbers
    return ordered[
        [
            "InvoiceNo",
            "StockCode",
            "Description",
            "Quantity",
            "InvoiceDate",
            "UnitPrice",
            "CustomerID",
            "Country",
        ]
    ]


if __name__ == "__main__":
    write_samples(Path(sys.argv[1] if len(sys.argv) > 1 else "data"))
