"""Several files at once: chosen together, they are worked on together."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.visiting import (
    choose,
    every_view,
    figures,
    go,
    healthy,
    run,
    said,
    take_sample,
    widget,
)

PLAIN = "text/csv"


def upload(app: AppTest, **texts: str) -> AppTest:
    files = [(f"{name}.csv", text.encode(), PLAIN) for name, text in texts.items()]
    (uploader,) = app.get("file_uploader")
    return healthy(uploader.set_value(files).run())


def plain(app: AppTest) -> str:
    return said(app).replace("\\", "").replace("\u200b", "")


def crm(start: int, end: int) -> str:
    rows = (f"C{i},{20 + i % 40},{'abc'[i % 3]}" for i in range(start, end))
    return "\n".join(["id,age,tier", *rows])


VISITS = "\n".join(["id,pages", *(f"C{i % 30},{i % 5}" for i in range(200)), "X9,4"])


def test_exports_of_one_shape_become_one_table(app: AppTest) -> None:
    upload(app, feb=crm(40, 60), apr=crm(0, 40))
    assert "apr.csv and feb.csv" in plain(app)
    choose(app, "data-view", "Table")
    shown = app.dataframe[0].value
    assert shown["id"].tolist() == [f"C{i}" for i in range(60)]
    assert set(shown["source_file"]) == {"apr.csv", "feb.csv"}
    assert every_view(app, "data-view") == ["Columns", "Set aside", "Table", "How it was read"]
    assert "Working on" in [one.value for one in app.sidebar.caption]
    assert any("apr" in one.value for one in app.sidebar.markdown)


def test_files_of_other_shape_are_joined_and_can_be_segmented_by(app: AppTest) -> None:
    upload(app, crm=crm(0, 60), visits=VISITS)
    views = every_view(app, "data-view")
    assert views[-1] == "Joined files"
    choose(app, "data-view", "Joined files")
    assert "30 of 60 customers are in visits.csv; 1 id in it is no customer's" in plain(app)
    lacking, strangers, unused = (one.value for one in app.dataframe)
    assert lacking["customer_id"].tolist() == [f"C{i}" for i in range(30, 60)]
    assert strangers["id"].tolist() == ["X9"] and strangers["line"].tolist() == [202]
    assert unused["reason"].tolist() == ["no customer has this id"]
    run(app, features=["age", "visits_count"], k=3)
    assert figures(app)
    assert "visits count" in widget(app, "features").options
    go(app, "export")
    choose(app, "export-look", True)
    assert {"age", "visits_count"} <= set(app.dataframe[0].value.columns)


def test_a_file_that_fails_is_named_and_what_was_there_stays(app: AppTest) -> None:
    take_sample(app, "mall")
    upload(app, good=crm(0, 40), broken="")
    assert any("broken" in one.value for one in app.error)
    assert "mall.csv" in plain(app)
    assert "The data you had before is still here." in plain(app)


def test_one_file_alone_is_itself(app: AppTest) -> None:
    upload(app, crm=crm(0, 40))
    assert "crm.csv" in plain(app)
    choose(app, "data-view", "Table")
    assert app.dataframe[0].value.columns.tolist() == ["id", "age", "tier"]
