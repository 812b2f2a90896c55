"""Writing a copy: a ZIP, section by section, straight to the disk; nothing of it is whole in memory.

Each section is there three times: as JSON for machines, as CSV for spreadsheets, as a page to read. The same content gives the
same bytes, but for the moment on the first page.
"""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import current_app

from portal.access import Viewer
from portal.audit.words import cell as guarded
from portal.i18n import gettext as _
from portal.i18n import language
from portal.owncopy.mine import SECTIONS as MINE
from portal.owncopy.sections import Section, cell, machine
from portal.owncopy.told import SECTIONS as TOLD
from portal.owncopy.work import SECTIONS as WORK
from portal.settings.queries import text

SECTIONS: tuple[Section, ...] = (*MINE[:2], *WORK[:-1], *TOLD, WORK[-1], *MINE[2:])
FORMAT = 1
BOM = "\ufeff"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: what is in it does not change with the day."""


@dataclass(frozen=True)
class Told:
    """What the first page says of a section."""

    section: Section
    records: int
    files: int


class Packer:
    """One copy being written."""

    def __init__(self, path: Path, viewer: Viewer) -> None:
        self.zip, self.viewer = ZipFile(path, "w", ZIP_DEFLATED), viewer
        self.told: list[Told] = []

    def add(self, section: Section) -> None:
        """One section. Whoever calls keeps one reader's transaction around it."""
        records = self._json(section)
        self._csv(section)
        self._page(section)
        self.told.append(Told(section, records, self._files(section)))

    def close(self, at: datetime) -> None:
        """The first page and the manifest, then the end of the file."""
        sections = [{"name": one.section.name, "records": one.records, "files": one.files} for one in self.told]
        said = {"format": FORMAT, "company": text("company_name"), "person": self.viewer.id, "made": machine(at)}
        with self._open("manifest.json") as file:
            json.dump({**said, "sections": sections}, file, ensure_ascii=False, indent=1)
        with self._open("style.css") as file:
            file.write((Path(current_app.static_folder or "") / "css" / "copy.css").read_text())
        self._write("index.html", "owncopy/first.html", told=self.told, at=at, whose=self.viewer.name)
        self.zip.close()

    def _json(self, section: Section) -> int:
        n = 0
        with self._open(f"{section.name}.json") as file:
            file.write("[")
            for n, record in enumerate(section.records(self.viewer), 1):
                file.write(",\n" if n > 1 else "\n")
                json.dump(record, file, ensure_ascii=False, default=machine)
            file.write("\n]\n")
        return n

    def _csv(self, section: Section) -> None:
        """What is flat: what stands inside a record has no place in a list."""
        columns = [column for column in section.columns if not column.parts]
        with self._open(f"{section.name}.csv") as file:
            file.write(BOM)
            rows = csv.writer(file)
            rows.writerow([_(column.word) for column in columns])
            for record in section.records(self.viewer):
                values = ((column, record.get(column.key)) for column in columns)
                rows.writerow([guarded(column.shown(v) if column.words else cell(v)) for column, v in values])

    def _page(self, section: Section) -> None:
        self._write(f"{section.name}.html", "owncopy/section.html", section=section, records=section.records(self.viewer))

    def _files(self, section: Section) -> int:
        n = 0
        for name, path in section.files(self.viewer):
            n += 1
            with path.open("rb") as source, self.zip.open(_entry(name), "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)
        return n

    def _write(self, name: str, template: str, **context: Any) -> None:
        drawn = current_app.jinja_env.get_template(template)
        with self._open(name) as file:
            for piece in drawn.generate(tongue=language(), **context):
                file.write(piece)

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[str]]:
        with (
            self.zip.open(_entry(name), "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=False) as file,
        ):
            yield file


def _entry(name: str) -> ZipInfo:
    made = ZipInfo(name, EPOCH)
    made.compress_type, made.external_attr = ZIP_DEFLATED, 0o600 << 16
    return made
