"""Several files chosen at once in a real browser: stacked, joined, and taken away again."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.acting import Person

pytestmark = pytest.mark.browser


def written(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join(rows) + "\n")
    return path


def test_monthly_orders_and_visits_become_one_table_of_customers(
    person: Person, tmp_path: Path
) -> None:
    months = [
        written(
            tmp_path,
            f"orders-{month:02}.csv",
            "customer_id,order_id,order_date,amount",
            *(
                f"C{i * 7 % 40},{month}{i},2026-{month:02}-{1 + i % 28:02},{1 + i % 9}"
                for i in range(80)
            ),
        )
        for month in (3, 1, 2)
    ]
    visits = written(
        tmp_path, "visits.csv", "customer_id,pages", *(f"C{i % 50},{i % 7}" for i in range(300))
    )
    person.upload(*months, visits)
    assert person.figures()["Rows in all"] == "240"
    assert person.figures()["Customers"] == "40"
    person.view("Joined files")
    person.sees("40 of 40 customers are in visits.csv; 10 ids in it are no customer's.")
    person.press("Find segments")
    person.run_unchecked()
    person.go("Export")
    out = list(csv.DictReader(io.StringIO(person.download("All 40 customers").decode())))
    assert {row["customer_id"]: row["visits_count"] for row in out} == {
        f"C{i}": "6" for i in range(40)
    }
