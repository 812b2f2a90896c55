"""What can be read back from a PDF: its text, all its bytes, its attachments."""

import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Stream


def text(content: bytes, folder: Path) -> str:
    """What poppler reads, in the layout of the page."""
    file = folder / "read.pdf"
    file.write_bytes(content)
    return subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout


def everything(content: bytes) -> bytes:
    """All objects and all streams decompressed, the attachment too: what a search in the bytes must see."""
    with pikepdf.open(BytesIO(content)) as pdf:
        streams = [o.read_bytes() for o in pdf.objects if isinstance(o, Stream) and "/Width" not in o]
        values = [pikepdf.Object.unparse(o) for o in pdf.objects if not isinstance(o, Stream)]
    return b"\n".join([content, *streams, *values])


def attachments(content: bytes) -> dict[str, bytes]:
    with pikepdf.open(BytesIO(content)) as pdf:
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
