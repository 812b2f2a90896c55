"""Pages of files: what stands beside an object, a new one, a download, a removal. Each asks the object's own policy."""

from uuid import UUID

from flask import Blueprint, g, request, send_file, url_for
from sqlalchemy.exc import DBAPIError

from portal import once
from portal.db import let_go
from portal.files import operations, queries
from portal.files.kinds import ACCEPT
from portal.files.places import Beside
from portal.i18n import gettext as _
from portal.settings.queries import number
from portal.web import Answer, Replayed, done, page

bp = Blueprint("files", __name__, url_prefix="/files")


@bp.get("/<kind>/<int:object_id>")
def beside(kind: str, object_id: int) -> Answer:
    return _page(queries.beside_or_404(g.viewer, kind, object_id))


@bp.post("/<kind>/<int:object_id>")
def add(kind: str, object_id: int) -> Answer:
    queries.to_add(g.viewer, kind, object_id)
    let_go()  # to write it down and to scan it can take long: nobody waits for us meanwhile
    upload = request.files.get("file")
    try:
        stream, given = (upload.stream, upload.filename or "") if upload else (None, "")
        received = operations.receive(stream, given, g.viewer, kind)
    except ValueError as problem:
        return _page(queries.beside_or_404(g.viewer, kind, object_id), problem.args[0])
    finally:
        if upload:
            upload.close()
    return _kept(received, kind, object_id)


def _kept(received: operations.Received, kind: str, object_id: int) -> Answer:
    """The row of what lies on the disk now, or it does not stay there."""
    try:
        if answered := once.claim(g.viewer.id):
            raise Replayed(answered)
        found = queries.to_add(g.viewer, kind, object_id)  # while it was scanned the object may have been closed
        operations.add(received, found, g.viewer)
        return done(url_for(".beside", kind=kind, object_id=object_id), _("The file is added."))
    except ValueError as problem:
        operations.discard(received)
        return _page(found, problem.args[0])
    except DBAPIError:
        raise  # whether the commit came through is not known: bytes that no row has are dropped at night
    except BaseException:
        operations.discard(received)
        raise


@bp.get("/<uuid:file_id>")
def download(file_id: UUID) -> Answer:
    found = queries.one_or_404(g.viewer, file_id)
    path = queries.path_of(found)
    if not path.is_file():
        return page("files/missing.html", status=404, file=found)
    return send_file(path, found.kind, as_attachment=True, download_name=found.name, conditional=False, etag=False)


@bp.route("/<uuid:file_id>/removal", methods=["GET", "POST"])
def remove(file_id: UUID) -> Answer:
    file, found = queries.to_remove(g.viewer, file_id)
    back = url_for(".beside", kind=found.kind, object_id=found.object_id)
    if request.method == "POST":
        operations.remove(file, found, g.viewer)
        return done(back, _("The file is removed."))
    return page("files/removal.html", regions={"files": "files"}, file=file, beside=found, back=back)


def _page(found: Beside, unfit: str = "") -> Answer:
    shown = queries.of(g.viewer, {found.kind: [found.object_id]})[found.kind, found.object_id]
    limits = {"accept": ACCEPT, "largest": number("file_mb")}
    status = 422 if unfit else 200
    return page(
        "files/beside.html", regions={"files": "files"}, status=status, beside=found, shown=shown, unfit=unfit, **limits
    )
