"""Tables that meet on the customer id: no customer is lost, and every row is accounted for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.__main__ import main
from segmentation.errors import DataError, SchemaError, SettingsError
from segmentation.exporting import customers_csv, customers_frame, set_aside_rows, summary
from segmentation.filtering import Filter, passing
from segmentation.filtering.index import FilterIndex
from segmentation.pipeline import load, run
from segmentation.reading import Source
from segmentation.results import Loaded, Match
from segmentation.set_aside import unmatched_customers, unmatched_rows
from segmentation.settings import (
    CleanSettings,
    CombineSettings,
    PrepareSettings,
    Recipe,
    SchemaSettings,
)

CRM = ["id,age,tier", "C1,20,gold", "C2,35,silver", "C3,50,gold", "C4,61,silver"]


def of(name: str, *rows: str) -> Source:
    return Source(name=name, data="\n".join(rows).encode())


def joined(*sources: Source, recipe: Recipe | None = None) -> tuple[Loaded, Match]:
    loaded = load(sources, recipe)
    (match,) = loaded.joined
    return loaded, match


def orders(count: int = 120, customers: int = 30) -> Source:
    rows = [
        f"{100 + i * 7 % customers},{i},2026-0{1 + i % 3}-{1 + i % 28:02},{1 + i % 17}"
        for i in range(count)
    ]
    return of("orders.csv", "customer_id,order_id,order_date,amount", *rows)


def column(loaded: Loaded, name: str) -> dict[str, float]:
    values = loaded.customers.frame[name].tolist()
    return dict(zip(loaded.customers.ids.tolist(), values, strict=True))


# --- what must hold for any two tables

ids = st.sampled_from(["c1", "C1", "7", "07", "7.0", " 8", "8", "x", "0", "00", "", "NA", "12.50"])
visits = st.lists(st.tuples(ids, st.sampled_from(["", "1", "2.5", "-3"])), min_size=1, max_size=25)


@given(st.lists(ids, min_size=1, max_size=10), visits)
def test_customers_stay_and_every_row_and_id_is_counted_once(
    ours: list[str], theirs: list[tuple[str, str]]
) -> None:
    people = of("people.csv", "id,spend,z", *(f"{one},{i},k" for i, one in enumerate(ours)))
    others = of("visits.csv", "id,pages", *(f"{one},{pages}" for one, pages in theirs))
    recipe = Recipe(
        combine=CombineSettings(main="people.csv"),
        schema=SchemaSettings(kind="customers", roles=(("customer_id", "id"),)),
    )
    try:
        alone = load(people, recipe.with_stage(combine=CombineSettings()))
        loaded, match = joined(people, others, recipe=recipe)
    except (DataError, SchemaError):
        return
    assert loaded.customers.ids.tolist() == alone.customers.ids.tolist()
    pd.testing.assert_frame_equal(
        loaded.customers.frame[alone.customers.frame.columns], alone.customers.frame
    )
    assert match.matched + len(match.lacking) == len(loaded.customers.ids)
    assert len(unmatched_customers(loaded.customers, match)) == len(match.lacking)
    used = match.clean.frame.index.tolist()
    aside = [row for rows in match.clean.set_aside.values() for row in rows.tolist()]
    assert sorted(used + aside) == list(range(match.table.report.rows))
    strangers = {row.id.strip() for row in unmatched_rows(match).itertuples()}
    assert len(strangers) == match.ids - match.ids_matched
    assert set(match.owners.tolist()) == set(range(len(loaded.customers.ids))) - set(
        match.lacking.tolist()
    )
    if match.several_rows:
        assert loaded.customers.frame["visits_count"].sum() == len(used)
        pages = [float(match.table.frame["pages"].iloc[row] or 0) for row in used]
        if "visits_pages_total" in match.columns:
            assert loaded.customers.frame["visits_pages_total"].sum() == sum(pages)


@given(st.permutations(range(40)), st.permutations(range(30)))
def test_the_order_of_rows_changes_nothing(order: list[int], people: list[int]) -> None:
    rows = [f"{i % 13},2026-01-{1 + i % 28:02},{i / 7:.3f}" for i in range(40)]
    crm = [f"{i},{i * i}" for i in range(30)]

    def told(lines: list[str], customers: list[str]) -> pd.DataFrame:
        sources = of("crm.csv", "id,spend", *customers), of("visits.csv", "id,day,sec", *lines)
        loaded, _ = joined(*sources)
        return loaded.customers.frame.set_index(loaded.customers.ids).sort_index()

    pd.testing.assert_frame_equal(
        told(rows, crm), told([rows[i] for i in order], [crm[i] for i in people])
    )


# --- what a table tells


def test_several_rows_are_counted_added_up_and_dated() -> None:
    loaded, match = joined(
        of("crm.csv", *CRM),
        of(
            "web-visits.csv",
            "id,Visit Day,Pages Seen,session_id",
            "C1,2026-03-01,4,1",
            "C1,2026-03-05,2.5,2",
            "C3,2026-03-09,,3",
            "C9,2026-03-20,8,4",
        ),
    )
    assert match.columns == (
        "web_visits_count",
        "web_visits_pages_seen_total",
        "web_visits_days_since_last",
    )
    assert column(loaded, "web_visits_count") == {"C1": 2, "C2": 0, "C3": 1, "C4": 0}
    assert column(loaded, "web_visits_pages_seen_total") == {"C1": 6.5, "C2": 0, "C3": 0, "C4": 0}
    days = column(loaded, "web_visits_days_since_last")
    assert (days["C1"], days["C3"]) == (5, 1)
    assert np.isnan([days["C2"], days["C4"]]).all()
    assert unmatched_rows(match)[["line", "id"]].to_numpy().tolist() == [[5, "C9"]]
    assert unmatched_customers(loaded.customers, match)["customer_id"].tolist() == ["C2", "C4"]
    assert match.notes[0] == (
        "2 of 4 customers are in web-visits.csv; 1 id in it is no customer's."
    )


def crm_rows(start: int = 100, end: int = 125) -> list[str]:
    return [f"{i},{i % 50},{('Chile', 'Norway')[i % 2]}" for i in range(start, end)]


def test_one_row_a_customer_gives_its_columns() -> None:
    loaded, match = joined(orders(), of("crm.csv", "customer_id,age,Region", *crm_rows()))
    assert not match.several_rows
    assert match.columns == ("age", "Region")
    ages = {str(i): float(i % 50) for i in range(100, 125)}
    known = {one: age for one, age in column(loaded, "age").items() if not np.isnan(age)}
    assert known == ages
    assert loaded.customers.categories == ("Region",)
    assert "age" in loaded.customers.numeric
    assert "age" not in loaded.customers.default_features
    norway = passing(FilterIndex(loaded), Filter(categories=(("Region", ("Norway",)),)))
    assert loaded.customers.ids[norway].tolist() == [one for one in ages if int(one) % 2]


def test_a_slip_that_repeats_an_id_is_set_aside_and_not_added_up() -> None:
    rows = [*crm_rows(), "100,77,Peru"]
    loaded, match = joined(orders(), of("crm.csv", "customer_id,age,Region", *rows))
    assert column(loaded, "age")["100"] == 0
    assert match.clean.set_aside["repeated_customer_id"].tolist() == [25]


def test_a_name_that_is_taken_gets_the_files_name_before_it() -> None:
    _, match = joined(
        of("a.csv", *CRM), of("survey 2026.csv", "ID,Age,segment", "C1,9,x", "C2,8,y", "C3,7,x")
    )
    assert match.columns == ("survey_Age", "survey_segment")


def test_stacked_files_are_joined_under_the_name_they_share() -> None:
    months = [
        of(f"2026-{i:02}_clicks.csv", "id,link", *(f"C{j},{i}{j}" for j in range(1, i + 3)))
        for i in (1, 2)
    ]
    loaded, match = joined(*months, of("crm.csv", *CRM))
    assert loaded.table.report.name == "crm.csv"
    assert "clicks_count" in match.columns
    assert not [name for name in match.columns if "source_file" in name]
    assert column(loaded, "clicks_count") == {"C1": 2, "C2": 2, "C3": 2, "C4": 1}
    assert [file.name for file in loaded.files] == ["crm.csv", *(m.name for m in months)]


def test_rows_after_the_as_of_date_are_not_counted() -> None:
    days = [f"{100 + i % 5},2026-0{1 + i % 4}-10" for i in range(40)]
    source = of("visits.csv", "customer_id,day", *days)
    recipe = Recipe(clean=CleanSettings(as_of="2026-03-20"))
    loaded, match = joined(orders(), source, recipe=recipe)
    assert len(match.clean.set_aside["after_as_of_date"]) == 10
    assert loaded.customers.frame["visits_count"].sum() == 30
    assert np.nanmin(loaded.customers.frame["visits_days_since_last"]) == 10


def test_days_are_counted_to_one_date_in_both_tables() -> None:
    source = of(
        "visits.csv", "customer_id,day", "100,2026-01-10", "100,2026-01-12", "101,2026-02-01"
    )
    loaded, _ = joined(orders(), source)
    assert loaded.clean.as_of is not None
    days = column(loaded, "visits_days_since_last")
    assert days["101"] == (loaded.clean.as_of - pd.Timestamp("2026-02-01").date()).days


def test_joined_numbers_are_the_features_where_there_are_no_others() -> None:
    loaded, _ = joined(
        of("crm.csv", "id,tier", "C1,a", "C2,b", "C3,a"),
        of("score.csv", "id,points", "C1,4", "C2,5", "C3,9"),
    )
    assert loaded.customers.default_features == ("points",)


# --- how ids are compared


def matching(ours: list[str], theirs: list[str]) -> Match:
    people = of("people.csv", "id,spend", *(f"{one},{i}" for i, one in enumerate(ours)))
    others = of("score.csv", "id,points", *(f"{one},{i}" for i, one in enumerate(theirs)))
    recipe = Recipe(combine=CombineSettings(main="people.csv"))
    return joined(people, others, recipe=recipe)[1]


@pytest.mark.parametrize(
    ("ours", "theirs", "matched", "said"),
    [
        (["a1", "a2", "a3"], [" a1", "a2 ", "zz"], 2, ""),
        (["11", "12", "13"], ["11.0", "12.0", "99.0"], 2, "without the .0"),
        (["11.0", "a", "b"], ["11", "a", "99"], 2, "without the .0"),
        (["11a", "12", "13"], ["11", "12", "99"], 1, ""),
        (["Ann@x.com", "bob@x.com"], ["ann@x.com", "BOB@x.com"], 2, "capital letters"),
        (["ab", "AB", "c"], ["Ab", "C", "c"], 1, ""),
        (["0012", "0013", "14"], ["12", "13", "0099"], 2, "leading zeros"),
        (["0012", "12", "7"], ["012", "7", "9"], 1, ""),
        (["12", "7", "8"], ["0012", "12", "9"], 1, ""),
        (["0A1", "7", "8"], ["a1", "7", "9"], 1, ""),
        (["X01", "0012"], ["x01", "12.0"], 2, "leading zeros"),
    ],
)
def test_ids_are_compared_loosely_where_that_keeps_customers_apart(
    ours: list[str], theirs: list[str], matched: int, said: str
) -> None:
    match = matching(ours, theirs)
    assert match.matched == matched
    told = "\n".join((*match.notes, *match.doubts))
    assert ("only without" in told) == bool(said)
    assert said in told
    assert any("leading zeros" in doubt for doubt in match.doubts) == (said == "leading zeros")


def test_few_matches_on_both_sides_are_a_doubt() -> None:
    ours = [f"c{i}" for i in range(10)]
    half = matching(ours, [*ours[:5], *(f"x{i}" for i in range(90))])
    assert not half.doubts
    (doubt,) = matching(ours, [*ours[:4], *(f"x{i}" for i in range(96))]).doubts
    assert "only 40% of the customers" in doubt and "only 4% of its ids" in doubt
    assert not matching(ours, ours[:1]).doubts


def test_no_match_is_refused_with_ids_of_both_sides() -> None:
    with pytest.raises(DataError, match=r"x1, x2.*c1, c2.*score\.csv.*or leave the file out"):
        matching(["c1", "c2"], ["x1", "x2"])


# --- which table, which column


def test_order_lines_are_the_main_table_then_the_most_customers() -> None:
    crm = of("crm.csv", "customer_id,age", *(f"{i},{i % 70}" for i in range(100, 400)))
    few = of("few.csv", "customer_id,points", *(f"{i},{i % 9}" for i in range(100, 110)))
    for sources in ([crm, orders(), few], [orders(), few, crm]):
        assert load(sources).table.report.name == "orders.csv"
    assert load([few, crm]).table.report.name == "crm.csv"
    chosen = Recipe(combine=CombineSettings(main="few.csv"))
    assert load([few, crm], chosen).table.report.name == "few.csv"


def test_a_role_settled_by_the_user_tells_the_main_table() -> None:
    crm = of("crm.csv", "customer_id,age", *(f"{i},{i % 70}" for i in range(100, 400)))
    few = of("few.csv", "wer,points,x", *(f"{i},{i % 9},k" for i in range(100, 110)))
    recipe = Recipe(schema=SchemaSettings(roles=(("customer_id", "wer"),)))
    assert load([crm, few], recipe).table.report.name == "few.csv"


def test_the_customer_id_of_a_further_table_can_be_set() -> None:
    rows = [f"r{i},{100 + i},{i * i}" for i in range(20)]
    extra = of("extra.csv", "customer_id,buyer,points", *rows)
    with pytest.raises(DataError, match="No id in 'customer_id' is a customer's"):
        joined(orders(), extra)
    recipe = Recipe(combine=CombineSettings(keys=(("extra.csv", "buyer"),)))
    _, match = joined(orders(), extra, recipe=recipe)
    assert (match.key, match.matched) == ("buyer", 20)


@pytest.mark.parametrize(
    ("combine", "error", "said"),
    [
        (CombineSettings(keys=(("crm.csv", "nope"),)), SchemaError, "no column 'nope'.*crm.csv"),
        (CombineSettings(keys=(("b.csv", "id"),)), SettingsError, "no file 'b.csv'.*crm.csv"),
        (CombineSettings(main="b.csv"), SettingsError, "no file 'b.csv'.*orders.csv"),
    ],
)
def test_what_is_not_there_is_named(
    combine: CombineSettings, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        load([orders(), of("crm.csv", *CRM)], Recipe(combine=combine))


def test_a_file_or_table_without_ids_is_refused_by_name() -> None:
    with pytest.raises(SchemaError, match=r"No column tells the customer.*shops\.csv"):
        load([orders(), of("shops.csv", "town,area", "a,1", "b,2", "a,3", "b,4")])
    with pytest.raises(DataError, match=r"customers have no id.*crm\.csv"):
        load(
            [of("towns.csv", "town,area", "a,1", "b,2", "a,3"), of("crm.csv", *CRM)],
            Recipe(combine=CombineSettings(main="towns.csv", keys=(("crm.csv", "id"),))),
        )


# --- all the way


def people() -> list[Source]:
    crm = [f"C{i:03},{20 + i % 3 * 20},{'fm'[i % 2]}" for i in range(90)]
    rows = [f"c{i % 60:03},2026-03-{1 + i % 28:02},{i % 3 * 7}" for i in range(400)]
    return [
        of("visits.csv", "id,day,pages", *rows),
        of("crm-1.csv", "id,age,sex", *crm[:50]),
        of("crm-2.csv", "sex,id,age", *(",".join(np.roll(r.split(","), 1)) for r in crm[50:])),
    ]


def test_joined_columns_are_features_and_exported() -> None:
    recipe = Recipe(prepare=PrepareSettings(features=("age", "visits_count")))
    done = run(people(), recipe)
    assert done.prepared.features == ("age", "visits_count")
    out = customers_frame(done)
    assert out.columns.tolist() == [
        "id",
        "age",
        "sex",
        "source_file",
        "visits_count",
        "visits_pages_total",
        "visits_days_since_last",
        "segment_id",
        "segment",
    ]
    own = {row.id: row.source_file for row in out.itertuples()}
    assert own["C003"] == "crm-1.csv" and own["C088"] == "crm-2.csv"
    counts = pd.Series([f"C{i % 60:03}" for i in range(400)]).value_counts()
    told = out.set_index("id")["visits_count"]
    assert {one: count for one, count in told.items() if count} == counts.to_dict()
    assert set_aside_rows(done).empty


def test_the_summary_lists_the_files_and_what_was_joined() -> None:
    files = people()
    facts = summary(run(files))
    assert [(one["name"], one["rows"]) for one in facts["inputs"]] == [
        ("crm-1.csv", 50),
        ("crm-2.csv", 40),
        ("visits.csv", 400),
    ]
    assert {one["sha256"] for one in facts["inputs"]} == {file.sha256 for file in files}
    assert facts["input"]["name"] == "crm-1.csv and crm-2.csv"
    (told,) = facts["joined"]
    assert (told["customers_matched"], told["customers_without"]) == (60, 30)
    assert (told["rows"], told["rows_used"]) == (400, 400)
    assert any("60 of 90 customers" in note for note in facts["notes"])


def test_the_command_line_and_its_recipe_give_the_same_bytes(tmp_path: Path) -> None:
    paths = []
    for file in people():
        (tmp_path / file.name).write_bytes(file.data)
        paths.append(str(tmp_path / file.name))
    outs = [tmp_path / f"{name}.{end}" for name in "ab" for end in ("csv", "json")]
    first = ["--out", str(outs[0]), "--summary", str(outs[1])]
    again = ["--out", str(outs[2]), "--summary", str(outs[3]), "--recipe", str(outs[1])]
    settled = ["--main", paths[1], "--join", "visits.csv=id", "--k", "3"]
    assert main(["run", *paths, *first, *settled]) == 0
    assert main(["run", *paths, *again]) == 0
    assert outs[0].read_bytes() == outs[2].read_bytes()
    assert outs[1].read_bytes() == outs[3].read_bytes()
    recipe = Recipe.from_json(outs[1].read_text())
    assert recipe.combine == CombineSettings(main="crm-1.csv", keys=(("visits.csv", "id"),))
    assert outs[0].read_bytes() == customers_csv(run(people(), recipe))


def test_the_command_line_names_the_file_that_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.csv").write_bytes(people()[1].data)
    (tmp_path / "bad.csv").write_bytes(b"")
    paths = [str(tmp_path / name) for name in ("good.csv", "bad.csv")]
    assert main(["run", *paths, "--out", str(tmp_path / "out.csv")]) == 1
    assert "bad.csv" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["run", *paths, "--out", paths[0]])
    with pytest.raises(SystemExit):
        main(["run", *paths, "--out", str(tmp_path / "out.csv"), "--join", "bad.csv"])


def test_old_recipes_still_load() -> None:
    old = Recipe().to_dict()
    del old["combine"]
    assert Recipe.from_json(json.dumps(old)) == Recipe()
