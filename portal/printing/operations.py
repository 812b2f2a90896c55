"""Ordering a print, drawing it, and keeping its hash."""

from flask import current_app, has_request_context, request
from flask_babel import force_locale
from sqlalchemy import select, update

from portal import clock, journal
from portal.access import Viewer
from portal.db import Own, db, insert_into, own_transaction
from portal.directory.models import Person
from portal.i18n import language
from portal.printing.imprint import Imprint, typeset
from portal.printing.models import ArchivedCopy, Document, PrintedCopy, Series
from portal.printing.numbering import form_number, fresh_code
from portal.printing.pdf import Limits, Pdf, PrintFailed, press
from portal.printing.registry import Kind, Paper, kind_or_404
from portal.settings.queries import text
from portal.words import N_
from portal.workflow import Refused

CHANGED = N_("The form has changed since this print was ordered. Print it again.")
NO_ADDRESS = N_("PUBLIC_URL is not set: the square on the paper would lead nowhere.")
IN_A_REQUEST = Limits(cpu=20, wall=30)


class NoAddress(PrintFailed):
    """The square on the paper would lead nowhere."""


def order(kind: Kind, object_id: int, by: Viewer) -> PrintedCopy:
    """Note who prints what, with a new code; the file is drawn when it is fetched."""
    paper = kind.load(by, object_id)
    document = numbered(kind, object_id, paper.year)
    copy = PrintedCopy(code=fresh_code(), document=document, version=document.version, copy=paper.copy)
    copy.language, copy.printed_by_id, copy.at = language(), by.id, clock.now()
    db.session.add(copy)
    said = {"number": document.number, "version": document.version, "copy": paper.copy}
    journal.write(f"{paper.about.__tablename__}.printed", paper.about, by, words=said)
    return copy


def numbered(kind: Kind, object_id: int, year: int) -> Document:
    """The form's row, made at its first print, at the version of what it says now."""
    known = select(Document).where(Document.kind == kind.name, Document.object_id == object_id).with_for_update()
    now = kind.fingerprint(object_id)
    document = db.session.scalar(known)
    if document is None:
        n = _next(kind.code, year)
        document = db.session.scalar(known)  # somebody else's first print may have waited with us for the number
    if document is None:
        number = form_number(text("form_prefix"), year, kind.code, n)
        document = Document(number=number, kind=kind.name, object_id=object_id, version=1, fingerprint=now)
        db.session.add(document)
    document.print_as(now)
    return document


def draw(copy: PrintedCopy, viewer: Viewer) -> tuple[Pdf, Paper]:
    """The file of an ordered print. Raises Refused when the form has changed since; PrintFailed when nothing comes out."""
    document, sealed = copy.document, copy.sha256
    kind = kind_or_404(document.kind)
    with force_locale(copy.language):
        paper = kind.load(viewer, document.object_id)
        if copy.version != document.version or not document.is_at(kind.fingerprint(document.object_id)):
            raise Refused(CHANGED)
        html, attachment = typeset(paper, imprint_of(copy, paper, document.number))
    code, at = copy.code, copy.at
    db.session.rollback()  # a second of drawing holds no connection
    drawn = press.make(html, at, attachment, IN_A_REQUEST)
    if sealed is None:
        _seal(code, drawn)
    elif sealed != drawn.sha256:
        raise Refused(CHANGED)
    return drawn, paper


def imprint_of(copy: PrintedCopy | ArchivedCopy, paper: Paper, number: str) -> Imprint:
    """What the paper says of itself."""
    archived = isinstance(copy, ArchivedCopy)
    by = copy.archived_by_id if isinstance(copy, ArchivedCopy) else copy.printed_by_id
    return Imprint(
        firm=text("company_name"),
        title=paper.title,
        subject=paper.subject,
        number=number,
        version=copy.version,
        copy=copy.copy,
        code=copy.code,
        address=_address(copy.code),
        made_by=db.session.scalar(select(Person.name).where(Person.id == by)) or "",
        at=copy.at,
        archived=archived,
    )


def _address(code: str) -> str:
    home = current_app.config.get("PUBLIC_URL") or (request.host_url if has_request_context() else "")
    if not home:
        raise NoAddress(NO_ADDRESS)
    return f"{home.rstrip('/')}/v/{code}"


def _next(code: str, year: int) -> int:
    # One statement: it also makes two first prints wait for each other.
    first = insert_into(Series).values(code=code, year=year, last=1)
    grown = first.on_conflict_do_update(index_elements=["code", "year"], set_={"last": Series.last + 1})
    return int(db.session.execute(grown.returning(Series.last)).scalar_one())


def _seal(code: str, drawn: Pdf) -> None:
    known = {"sha256": drawn.sha256, "pages": drawn.pages, "missing": "".join(drawn.missing)}
    with own_transaction(Own.VIEW_LOGGED) as connection:
        connection.execute(update(PrintedCopy).where(PrintedCopy.code == code, PrintedCopy.sha256.is_(None)).values(known))
