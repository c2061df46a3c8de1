"""Files to take away. Nothing in them can run as a formula.

The workbook and the report are in modules of their own, which only those load who want one.
"""

from segmentation.exporting.account import (
    ledger,
    set_aside_count,
    set_aside_customers,
    set_aside_rows,
)
from segmentation.exporting.customers import (
    customers_blocks,
    customers_csv,
    customers_frame,
    customers_head,
    renamed_columns,
    typed_customers,
)
from segmentation.exporting.delimited import (
    BLOCK_ROWS,
    EXCEL,
    EXCEL_COMMA,
    PLAIN,
    CsvStyle,
    csv_blocks,
    raw_csv,
    to_csv,
)
from segmentation.exporting.guard import safe, safe_text
from segmentation.exporting.segments import segments_frame
from segmentation.exporting.summary import as_json, rfm_summary, summary, summary_json
from segmentation.exporting.zipped import file_name, segments_zip

__all__ = [
    "BLOCK_ROWS",
    "EXCEL",
    "EXCEL_COMMA",
    "PLAIN",
    "CsvStyle",
    "as_json",
    "csv_blocks",
    "customers_blocks",
    "customers_csv",
    "customers_frame",
    "customers_head",
    "file_name",
    "ledger",
    "raw_csv",
    "renamed_columns",
    "rfm_summary",
    "safe",
    "safe_text",
    "segments_frame",
    "segments_zip",
    "set_aside_count",
    "set_aside_customers",
    "set_aside_rows",
    "summary",
    "summary_json",
    "to_csv",
    "typed_customers",
]
