"""The sales report in a real browser: from a file to who is slipping away, and back to a file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.browser.acting import number

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser

ORDERS = Path(__file__).parents[2] / "data" / "orders.csv"


def test_from_orders_to_what_a_segment_buys(person: Person) -> None:
    lines = pd.read_csv(ORDERS)
    lines = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0)]
    worth = lines["Quantity"] * lines["UnitPrice"]
    person.upload(ORDERS)
    person.go("Sales")
    person.choose("Currency", "€")
    figures = person.figures()
    assert number(figures["Revenue, €"]) == round(worth.sum())
    assert number(figures["Customers"]) == lines["CustomerID"].nunique()
    for view in ("Weeks", "Days", "Countries", "Hours", "Best customers"):
        person.view(view)
        person.sees_chart()
    person.view("Products")
    person.sees_chart()
    out = csv.DictReader(io.StringIO(person.download("Download table").decode()))
    found = {row["product"]: float(row["revenue"]) for row in out}
    plain = worth.groupby(lines["StockCode"]).sum()
    assert found == pytest.approx(plain.to_dict())

    person.go("Data")
    person.doing(person.page.get_by_text("Take returns and cancellations off").click)
    person.view("Set aside")
    person.sees("All valid lines of the file")
    person.go("Segments")
    person.run_unchecked()
    person.go("Sales")
    person.sees("returned")
    assert person.figures().keys() >= {"Net revenue, €"}
    person.view("Slipping away")
    person.sees("slipping away")
    person.view("By segment")
    person.sees_chart()
    person.view("What they buy")
    person.sees_chart()
    drawn = "e => ['.point', '.errorbar'].map(one => e.querySelectorAll(one).length)"
    points = person.plot().evaluate("e => e.calcdata[0].length")
    assert points > 10 and person.plot().evaluate(drawn) == [points, points]
    person.go("Compare")
    person.sees_chart()
    person.view("What they buy")
    person.sees(re.compile("Lift: the share|could be chance"))
