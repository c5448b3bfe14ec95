"""Tables as files for the programs that officials use: CSV as Excel reads it, and XLSX. Nothing in them is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import Response

CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Rows = Iterable[Sequence[str]]


def as_csv(name: str, heading: Sequence[str], rows: Rows) -> Response:
    """Write a table as CSV: UTF-8 that says so, semicolons, and texts that no program takes for a formula."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return _file(written.getvalue().encode("utf-8-sig"), CSV, f"{name}.csv")


def as_xlsx(name: str, heading: Sequence[str], rows: Rows) -> Response:
    """Write a table as XLSX; every cell is text."""
    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, heading, book.add_format({"bold": True}))
        sheet.set_column(0, len(heading) - 1, 24)
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
    return _file(written.getvalue(), XLSX, f"{name}.xlsx")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
