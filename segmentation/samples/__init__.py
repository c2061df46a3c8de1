"""Made-up sample data with known segments, the same bytes at every run.

The tables have the columns of well-known public ones, so that the samples behave like files that
people bring; every value in them is drawn here from a seeded generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

# The app imports SAMPLES at its start: numpy and pandas are loaded by the functions that need them.
if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd

    Drawn: TypeAlias = tuple[pd.DataFrame, pd.Series]
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

    from segmentation.samples import customers, orders

    makers: dict[str, tuple[int, Callable[[Rng], Drawn]]] = {
        "mall": (1, customers.mall),
        "wholesale": (2, customers.wholesale),
        "shop": (3, customers.shop),
        "orders": (4, orders.orders),
    }
    if name not in makers:
        msg = f"There is no sample named {name!r}. Choose one of: {', '.join(makers)}."
        raise ValueError(msg)
    seed, maker = makers[name]
    # PCG64 by name: default_rng() may mean another generator in a later numpy.
    return maker(np.random.Generator(np.random.PCG64(seed)))
