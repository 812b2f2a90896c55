"""Reading a workbook that somebody sent: nothing of it is believed, and every refusal says what to do."""

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from portal.imports.kinds import Row, SheetDef
from portal.words import N_, Sentence

MOST_BYTES = 20_000_000
MOST_UNPACKED, MOST_RATIO = 200_000_000, 100
MOST_ROWS, MOST_COLUMNS = 100_000, 200
LONGEST = 20_000
"""Characters of one cell."""


class Unreadable(Exception):
    """The file is not taken; `sentence` says why and what to do."""

    def __init__(self, sentence: Sentence | str) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError)
"""What is raised on the way into a file that is none, was cut off or is not what it says of itself."""
NO_WORKBOOK = N_("This is no Excel workbook (.xlsx). Save it as .xlsx and send it again.")
MACROS = N_("This workbook holds macros. Save it as .xlsx without them.")
TOO_LARGE = N_("This workbook is too large: at most 20 MB, and 200 MB unpacked.")
NO_SHEET = N_("There is no sheet named like in the template: %(names)s.")
LIKE = N_("Sheet %(sheet)s has the columns of %(name)s, and is not called so. Give it that name, or take it out.")
MERGED = N_("Sheet %(sheet)s has merged cells. Take the merging away and send it again.")
NO_COLUMN = N_("Sheet %(sheet)s lacks the column %(column)s. Begin with the template.")
TWICE = N_("Sheet %(sheet)s has the column %(column)s twice.")
TOO_MANY = N_("Sheet %(sheet)s has more than %(rows)s rows. Send it in parts.")
FORMULA = N_("Sheet %(sheet)s, row %(row)s: a formula. Put its value there instead.")
TOO_LONG = N_("Sheet %(sheet)s, row %(row)s: a cell holds more than %(most)s characters.")


def read(content: bytes, wanted: Sequence[SheetDef], names: dict[str, tuple[str, ...]]) -> dict[str, list[Row]]:
    """{sheet: rows} of those sheets that are there. `names` gives what each sheet and column may be called.

    Rows without any value are left out. Raises Unreadable.
    """
    # Here, as in other places that few requests come to: what takes long to load is no part of every start.
    from openpyxl import load_workbook  # noqa: PLC0415

    merged = look_inside(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except DAMAGED:
        raise Unreadable(NO_WORKBOOK) from None
    try:
        found: dict[str, list[Row]] = {}
        for sheet in wanted:
            title = next((each for each in book.sheetnames if _same(each, names[sheet.key])), None)
            if title is None:
                continue
            if book[title]._worksheet_path.lstrip("/") in merged:  # openpyxl tells it no other way in this mode
                raise Unreadable(_of(MERGED, sheet=title))
            found[sheet.key] = list(_rows(title, book[title].iter_rows(), sheet, names))
        if found:
            _no_other(book, wanted, names)
    except DAMAGED:
        raise Unreadable(NO_WORKBOOK) from None
    finally:
        book.close()
    if not found:
        raise Unreadable(_of(NO_SHEET, names=", ".join(_called(names[sheet.key]) for sheet in wanted)))
    return found


def _no_other(book: Any, wanted: Sequence[SheetDef], names: dict[str, tuple[str, ...]]) -> None:
    """A sheet called otherwise than in the template is left alone (notes are), unless it plainly is one of its sheets."""
    called = [name for sheet in wanted for name in names[sheet.key]]
    for title in book.sheetnames:
        if not _same(title, tuple(called)) and hasattr(book[title], "iter_rows"):
            head = next(book[title].iter_rows(max_row=1, max_col=MOST_COLUMNS), ())
            for sheet in wanted:
                needed = [names[f"{sheet.key}.{key}"] for key in sheet.needed]
                if needed and all(any(_same(cell.value, each) for cell in head) for each in needed):
                    raise Unreadable(_of(LIKE, sheet=title, name=_called(names[sheet.key])))


def _called(names: Sequence[str]) -> str:
    """What a sheet or a column is called, in every language: whoever reads it may have either template."""
    return " / ".join(dict.fromkeys(names))


def _of(sentence: str, **figures: object) -> Sentence:
    return Sentence(sentence, figures)


def look_inside(content: bytes) -> set[str]:
    """Refuse what is no workbook, has macros, or would unpack to too much; the parts that hold merged cells."""
    if len(content) > MOST_BYTES:
        raise Unreadable(TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise Unreadable(NO_WORKBOOK)
            if any("vba" in name.lower() for name in names):
                raise Unreadable(MACROS)
            whole = sum(part.file_size for part in parts)
            if whole > MOST_UNPACKED or any(part.file_size > MOST_RATIO * max(part.compress_size, 1_000) for part in parts):
                raise Unreadable(TOO_LARGE)
            return {part.filename for part in parts if part.filename.startswith("xl/worksheets/") and _has_merged(packed, part)}
    except DAMAGED:
        raise Unreadable(NO_WORKBOOK) from None


def _has_merged(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with packed.open(part) as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if b"<mergeCell" in tail + chunk:
                return True
            tail = chunk[-16:]
    return False


def _rows(title: str, rows: Iterable[Sequence[Any]], sheet: SheetDef, names: dict[str, tuple[str, ...]]) -> Iterator[Row]:
    places: dict[int, str] = {}
    for n, cells in enumerate(rows, 1):
        if n == 1:
            places = _places(title, cells[:MOST_COLUMNS], sheet, names)
            continue
        if n > MOST_ROWS + 1:
            raise Unreadable(_of(TOO_MANY, sheet=title, rows=MOST_ROWS))
        values = {key: _value(title, n, cells[place]) for place, key in places.items() if place < len(cells)}
        if any(value is not None for value in values.values()):
            yield Row(n, values)


def _places(title: str, head: Sequence[Any], sheet: SheetDef, names: dict[str, tuple[str, ...]]) -> dict[int, str]:
    places: dict[int, str] = {}
    for place, cell in enumerate(head):
        key = next((key for key, _ in sheet.columns if _same(cell.value, names[f"{sheet.key}.{key}"])), None)
        if key in places.values():
            raise Unreadable(_of(TWICE, sheet=title, column=str(cell.value)))
        if key:
            places[place] = key
    for key in sheet.needed:
        if key not in places.values():
            raise Unreadable(_of(NO_COLUMN, sheet=title, column=_called(names[f"{sheet.key}.{key}"])))
    return places


def _same(said: Any, names: tuple[str, ...]) -> bool:
    return isinstance(said, str) and said.strip().casefold() in {name.casefold() for name in names}


def _value(title: str, n: int, cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "f":
        raise Unreadable(_of(FORMULA, sheet=title, row=n))
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise Unreadable(_of(TOO_LONG, sheet=title, row=n, most=LONGEST))
        return value.replace("\x00", "").strip() or None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | int | date) or value is None:
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(str(value))
    return str(value)
