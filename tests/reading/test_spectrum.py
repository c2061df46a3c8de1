"""The twelve files of csv-spectrum, an acid test for CSV readers."""

from __future__ import annotations

import pytest

from segmentation.reading import Source, read_table

SPECTRUM: dict[str, tuple[str, list[list[str]]]] = {
    "comma_in_quotes": (
        'first,last,address,city,zip\nJohn,Doe,120 any st.,"Anytown, WW",08123\n',
        [
            ["first", "last", "address", "city", "zip"],
            ["John", "Doe", "120 any st.", "Anytown, WW", "08123"],
        ],
    ),
    "empty": (
        'a,b,c\n1,"",""\n2,3,4\n',
        [["a", "b", "c"], ["1", "", ""], ["2", "3", "4"]],
    ),
    "empty_crlf": (
        'a,b,c\r\n1,"",""\r\n2,3,4\r\n',
        [["a", "b", "c"], ["1", "", ""], ["2", "3", "4"]],
    ),
    "escaped_quotes": (
        'a,b\n1,"ha ""ha"" ha"\n3,4\n',
        [["a", "b"], ["1", 'ha "ha" ha'], ["3", "4"]],
    ),
    "json": (
        'key,val\n1,"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"\n',
        [["key", "val"], ["1", '{"type": "Point", "coordinates": [102.0, 0.5]}']],
    ),
    "location_coordinates": (
        "Contact Phone Number,Location Coordinates,Cities,Counties\n"
        "02095257564,37\ufffd36'37.8\"N 121\ufffd2'17.9\"W,Modesto,Stanislaus",
        [
            ["Contact Phone Number", "Location Coordinates", "Cities", "Counties"],
            ["02095257564", "37\ufffd36'37.8\"N 121\ufffd2'17.9\"W", "Modesto", "Stanislaus"],
        ],
    ),
    "newlines": (
        'a,b,c\n1,2,3\n"Once upon \na time",5,6\n7,8,9\n',
        [["a", "b", "c"], ["1", "2", "3"], ["Once upon \na time", "5", "6"], ["7", "8", "9"]],
    ),
    "newlines_crlf": (
        'a,b,c\r\n1,2,3\r\n"Once upon \r\na time",5,6\r\n7,8,9\r\n',
        [["a", "b", "c"], ["1", "2", "3"], ["Once upon \r\na time", "5", "6"], ["7", "8", "9"]],
    ),
    "quotes_and_newlines": (
        'a,b\n1,"ha \n""ha"" \nha"\n3,4\n',
        [["a", "b"], ["1", 'ha \n"ha" \nha'], ["3", "4"]],
    ),
    "simple": ("a,b,c\n1,2,3\n", [["a", "b", "c"], ["1", "2", "3"]]),
    "simple_crlf": ("a,b,c\r\n1,2,3\r\n", [["a", "b", "c"], ["1", "2", "3"]]),
    "utf8": ("a,b,c\n1,2,3\n4,5,ʤ\n", [["a", "b", "c"], ["1", "2", "3"], ["4", "5", "ʤ"]]),
}


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum_is_read_cell_for_cell(name: str) -> None:
    text, rows = SPECTRUM[name]
    table = read_table(Source(name=f"{name}.csv", data=text.encode()), as_text=True)
    assert [list(table.frame.columns), *table.frame.to_numpy().tolist()] == rows
    assert table.report.header_rows == 1 and not table.report.set_aside
