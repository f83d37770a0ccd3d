"""A CSV file, as people export it from their tables: read row by row, with the place of every cell.

UTF-8 with or without a byte-order mark; commas, semicolons or tabs; quotes as RFC 4180 has them. The first row names
the columns, in any order.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec

from db.importing.report import Findings, listed, nearest, quoted

_SEPARATORS = ",;\t"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_SAVE_AS = "save it as CSV UTF-8"


class Columns(msgspec.Struct, frozen=True):
    """The columns that a file may have."""

    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return self.required + self.optional


class Sheet:
    """One file under reading. Iterating gives each row with the right number of cells; mistakes go to `findings`."""

    def __init__(self, path: Path, columns: Columns, findings: Findings) -> None:
        self.findings = findings
        self.rows = 0
        self.present: dict[str, int] = {}
        """The columns of this file, with their places in a row."""
        self._path = path
        self._columns = columns
        self._separator = ","
        self._raw: list[str] = []
        self._line = 1

    def __iter__(self) -> Iterator["SheetRow"]:
        try:
            with self._path.open("rb") as file:
                lines = self._lines(iter(file))
                header = next(lines, "")
                self._separator = max(_SEPARATORS, key=header.count)
                if self._read_header(header):
                    yield from self._read_rows(lines)
        except OSError as error:
            self.findings.add(1, 1, "", f"the file cannot be read: {error.strerror}")

    def _lines(self, file: Iterator[bytes]) -> Iterator[str]:
        """Each line as text; bytes that are no UTF-8 become surrogates, which are reported with their cell."""
        first = next(file, b"").removeprefix(_UTF8_MARK)
        if first.startswith(_UTF16):
            self.findings.add(1, 1, "", "the file is UTF-16", _SAVE_AS)
            return
        yield self._kept(first)
        for raw in file:
            yield self._kept(raw)

    def _kept(self, raw: bytes) -> str:
        text = raw.decode("utf-8", "surrogateescape")
        self._raw.append(text)
        return text

    def _read_header(self, header: str) -> bool:
        if not header.strip():
            if not self.findings:
                self.findings.add(1, 1, "", "the file is empty", f"its first row names the columns: {self._all()}")
            return False
        try:
            cells = next(csv.reader([header], delimiter=self._separator, strict=True), [])
        except csv.Error as error:
            self._tell(str(error))
            return False
        for index, cell in enumerate(cells):
            self._read_name(index, cell.strip().lower())
        missing = [name for name in self._columns.required if name not in self.present]
        if missing:
            self.findings.add(1, 1, "", f"there is no column {listed(missing)}", f"the columns are {self._all()}")
        self._width = len(cells)
        return not missing

    def _read_name(self, index: int, name: str) -> None:
        if name in self.present:
            self.findings.add(1, self.position(index)[1], name, "this column is there twice", "remove one of them")
        elif name in self._columns.names:
            self.present[name] = index
        else:
            advice = nearest(name, self._columns.names)
            self.findings.add(1, self.position(index)[1], "", f"no column is called {quoted(name)}", advice)

    def _all(self) -> str:
        return listed(self._columns.names)

    def _read_rows(self, lines: Iterator[str]) -> Iterator["SheetRow"]:
        reader = csv.reader(lines, delimiter=self._separator, strict=True)
        while not self.findings.are_enough:
            self._raw.clear()
            self._line = reader.line_num + 2  # the header was read without this reader
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.rows += 1
                if not self._tell(str(error)):
                    return
                continue
            if any(cell.strip() for cell in cells):
                self.rows += 1
                if self._is_whole(cells):
                    yield SheetRow(self, self._line, cells)

    def _tell(self, error: str) -> bool:
        """Report what the CSV reader cannot read; False: what follows could not be understood either."""
        hopeless = "unexpected end" in error or "field limit" in error or "new-line" in error
        advice = "write a quote within quotes twice"
        if "new-line" in error:
            advice = "lines must end with LF or CR LF"
        elif hopeless:
            advice = "a quote is opened here and not closed"
        self.findings.add(self._line, 1, "", f"this is not CSV: {error}", advice)
        return not hopeless

    def _is_whole(self, cells: list[str]) -> bool:
        if len(cells) == self._width:
            return True
        message = f"this row has {len(cells)} cells, the first row of the file has {self._width}"
        self.findings.add(self._line, 1, "", message, f"put a cell with `{self._separator}` in it into quotes")
        return False

    def position(self, index: int) -> tuple[int, int]:
        """Where the cell with this index begins in the row read last: lines below the row's first, and the column."""
        line, column, in_quotes = 0, 1, False
        for character in "".join(self._raw):
            if index == 0:
                break
            column += 1
            if character == '"':
                in_quotes = not in_quotes
            elif character == "\n":
                line, column = line + 1, 1
            elif character == self._separator and not in_quotes:
                index -= 1
        return line, column


class SheetRow:
    """One row, until the next one is read."""

    __slots__ = ("_cells", "_sheet", "line")

    def __init__(self, sheet: Sheet, line: int, cells: list[str]) -> None:
        self._sheet = sheet
        self._cells = cells
        self.line = line

    def __getitem__(self, column: str) -> str:
        """The cell without the spaces around it; empty where the file has no such column."""
        index = self._sheet.present.get(column)
        return "" if index is None else self._cells[index].strip()

    def wrong(self, column: str, message: str, advice: str = "") -> None:
        """Report a mistake in one of its cells."""
        line, position = self._sheet.position(self._sheet.present.get(column, 0))
        self._sheet.findings.add(self.line + line, position, column, message, advice)
