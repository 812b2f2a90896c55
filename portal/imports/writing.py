"""Writing a workbook: every text is a text, so that nothing anybody typed becomes a formula."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

WIDTH = 16


def workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """(name, head, rows) of each sheet; days are days, numbers are numbers, everything else is text."""
    import xlsxwriter  # noqa: PLC0415 - with the first workbook

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"author": "", "comments": ""})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for name, head, rows in sheets:
        sheet = book.add_worksheet(name[:31])
        sheet.set_column(0, max(len(head) - 1, 0), WIDTH)
        sheet.freeze_panes(1, 0)
        for column, word in enumerate(head):
            sheet.write_string(0, column, word, bold)
        for n, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                _write(sheet, n, column, value, day)
    book.close()
    return made.getvalue()


def _write(sheet: Any, n: int, column: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(n, column, value, day)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(n, column, value)
    else:
        sheet.write_string(n, column, str(value))
