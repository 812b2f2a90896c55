"""What a file is, by its content: never by what its name or a browser says. Pure."""

import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from portal.words import N_

LONGEST, BYTES = 100, 240
"""Characters of a name without its ending, and its bytes: with the ending a disk takes 255."""
DIRECTORY = 4_000_000
"""Bytes of the list of parts of an office document; a longer one is a trap."""
TOLD = 1_000_000
"""Bytes that are read of the part that tells what the others are."""
OFFICE = "application/vnd.openxmlformats-officedocument."
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff<>:"|?*]')
"""Nothing that hides or turns around a part of the name, and nothing a disk would not take."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")

MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/activex/")
MACRO_KINDS = (b"macroenabled", b"vbaproject", b"activex", b"macrosheet")

NOT_TAKEN = N_("Such a file is not taken. PDF, PNG, JPEG, Word, Excel, PowerPoint (without macros), text and CSV are.")
MACROS = N_("The file holds macros. Save it without them, or as a PDF.")


@dataclass(frozen=True)
class Kind:
    """A media type and the endings it goes by, the usual one first."""

    media: str
    endings: tuple[str, ...]


PDF, PNG, JPEG = Kind("application/pdf", (".pdf",)), Kind("image/png", (".png",)), Kind("image/jpeg", (".jpg", ".jpeg"))
TEXT = Kind("text/plain", (".txt", ".csv", ".md"))
BEGINNINGS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
PARTS = {
    "word/document.xml": Kind(f"{OFFICE}wordprocessingml.document", (".docx",)),
    "xl/workbook.xml": Kind(f"{OFFICE}spreadsheetml.sheet", (".xlsx",)),
    "ppt/presentation.xml": Kind(f"{OFFICE}presentationml.presentation", (".pptx",)),
}
ACCEPT = ",".join(("image/png", "image/jpeg", *(e for k in (PDF, PNG, JPEG, TEXT, *PARTS.values()) for e in k.endings)))
"""What a file chooser offers; on a phone the pictures taken with it too."""


def kind_of(path: Path) -> Kind:
    """What this file is. Raises ValueError with a sentence for the field."""
    with path.open("rb") as file:
        head = file.read(16)
        for beginning, kind in BEGINNINGS:
            if head.startswith(beginning):
                return _only(kind, file)
        if head.startswith(b"PK\x03\x04"):
            return _packed(file)
    if _reads_as_text(path.read_bytes()):
        return TEXT
    raise ValueError(NOT_TAKEN)


def clean_name(given: str, kind: Kind) -> str:
    """The name as it is kept: no folders, nothing hidden, and the ending of what it is."""
    last = FORBIDDEN.sub("", re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]).strip(" .")
    stem, dot, ending = last.rpartition(".")
    known = f".{ending.lower()}" in kind.endings
    name = (stem if dot and known else last)[:LONGEST].encode(errors="ignore")[:BYTES].decode(errors="ignore").strip(
        " ."
    ) or "file"
    return name + (f".{ending.lower()}" if dot and known else kind.endings[0])


def _only(kind: Kind, file: BinaryIO) -> Kind:
    """A picture or a PDF that is an archive as well is opened by whoever asks for that: one file, one kind."""
    if zipfile.is_zipfile(file):
        raise ValueError(NOT_TAKEN)
    return kind


def _packed(file: BinaryIO) -> Kind:
    """An office document; only the list of its parts is read, and of these the one that tells what the others are."""
    if not _is_short(file):
        raise ValueError(NOT_TAKEN)
    try:
        with zipfile.ZipFile(file) as packed:
            names = set(packed.namelist())
            with packed.open("[Content_Types].xml") as types:
                told = types.read(TOLD).lower()
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError, zlib.error):
        raise ValueError(NOT_TAKEN) from None
    if any(part in f"/{name.lower()}" for name in names for part in MACRO_PARTS) or any(kind in told for kind in MACRO_KINDS):
        raise ValueError(MACROS)
    found = next((kind for part, kind in PARTS.items() if part in names), None)
    if found is None:
        raise ValueError(NOT_TAKEN)
    return found


def _is_short(file: BinaryIO) -> bool:
    """Whether the list of parts can be read: it is taken whole into memory, whatever it says."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    return at >= 0 and len(tail) >= at + 16 and int.from_bytes(tail[at + 12 : at + 16], "little") <= DIRECTORY


def _reads_as_text(content: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            return not CONTROLS.search(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    return False
