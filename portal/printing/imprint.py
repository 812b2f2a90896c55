"""The paper's own facts: its number, version and code, who printed it and when, and the square that leads to its page."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from flask import render_template
from markupsafe import Markup

from portal.i18n import gettext as _
from portal.i18n import lang
from portal.printing import figures
from portal.printing.numbering import spoken
from portal.printing.pdf import Attachment, clean
from portal.printing.registry import Paper

PAGE, PAGES = "\ue000", "\ue001"  # stand for the counters, which only the stylesheet can write


@dataclass(frozen=True)
class Imprint:
    """What `print.html` knows of this one paper; `copy` says for whom it is, `made_by` who printed or archived it."""

    firm: str
    title: str
    subject: str
    number: str
    version: int
    copy: str
    code: str
    address: str
    made_by: str
    at: datetime
    archived: bool = False
    digest: str = ""  # of the embedded data

    @property
    def language(self) -> str:
        """The tag of the language the paper is written in."""
        return lang()

    @property
    def spoken_code(self) -> str:
        """The code in groups of four."""
        return spoken(self.code)

    @property
    def spoken_digest(self) -> str:
        """The first half of the data's digest, in groups of eight."""
        return " ".join(self.digest[i : i + 8] for i in range(0, 32, 8))

    @property
    def page_words(self) -> tuple[str, ...]:
        """What stands before, between and after the two page numbers."""
        before, rest = _("Page %(page)s of %(pages)s", page=PAGE, pages=PAGES).split(PAGE)
        return (before, *rest.split(PAGES))

    @property
    def qr(self) -> Markup:
        """The address as a square, readable from a bad copy (error level M)."""
        import segno  # noqa: PLC0415 - with the first paper

        title = _("Square code that leads to the page telling whether this paper is current")
        square = segno.make_qr(self.address, error="m").svg_inline(title=title, omitsize=True, border=0)
        return Markup(square)  # noqa: S704  # nosec - made by segno, which escapes the title


def typeset(paper: Paper, imprint: Imprint) -> tuple[str, Attachment]:
    """The paper as HTML and as data; the digest of the data stands on the paper."""
    data = json.dumps(asdict(paper.sheet), default=_plain, ensure_ascii=False, indent=1)
    whole = replace(imprint, digest=hashlib.sha256(clean(data).encode()).hexdigest())
    html = render_template(paper.template, sheet=paper.sheet, imprint=whole, figures=figures)
    return html, Attachment(f"{imprint.number}.json", _("The data of this form"), data)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
