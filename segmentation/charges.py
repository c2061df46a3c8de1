"""Order lines that charge for no product: postage, fees, corrections."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segmentation.values import Bools

# Codes with a digit that shops give to carriage.
CODES = frozenset({"c2"})
NAMES = frozenset(
    {
        "adjustment",
        "bank charges",
        "carriage",
        "delivery",
        "discount",
        "fee",
        "freight",
        "handling",
        "postage",
        "shipping",
        "shipping fee",
    }
)
CODED_SHARE = 0.9


def are_charges(products: pd.Series[Any]) -> Bools:
    """Tell lines that charge for no product by what stands where the product would.

    Where products are codes (nine in ten of the distinct ones have a digit), those without a digit
    are charges, such as POST, DOT, M or BANK CHARGES, and so is C2. Where products are names, only
    the plain words for charges are, such as Postage or Discount. An empty cell is none.

    Parameters
    ----------
    products : Series of str
        Product of each line, in upper or lower case.

    Examples
    --------
    >>> codes = [*(f"8512{i}" for i in range(9)), "8513A", "POST", "C2"]
    >>> are_charges(pd.Series(codes))[-3:].tolist()
    [False, True, True]
    >>> are_charges(pd.Series(["Mug", "Vase", "postage", ""])).tolist()
    [False, False, True, False]
    """
    codes, uniques = pd.factorize(products)
    names = pd.Series(uniques, dtype="str").str.lower().str.split().str.join(" ")
    with_digit = names.str.contains(r"[0-9]")
    present = names.ne("")
    if with_digit.sum() >= CODED_SHARE * present.sum():
        charges = present & (~with_digit | names.isin(CODES))
    else:
        charges = names.isin(NAMES)
    return charges.to_numpy(dtype=bool)[codes]


def charged(lines: pd.DataFrame) -> pd.DataFrame:
    """Return what each such code comes to, dearest first: ``product``, ``lines``, ``amount``.

    Parameters
    ----------
    lines : pandas.DataFrame
        Lines with ``product`` and ``amount``, as in ``Clean.frame``.
    """
    found = lines[are_charges(lines["product"])].groupby("product")["amount"].agg(["size", "sum"])
    found = found.set_axis(["lines", "amount"], axis=1).reset_index()
    return found.sort_values(["amount", "product"], ascending=[False, True], ignore_index=True)
