"""Files 附件: what people put beside a record: known by its content, kept outside of everything that is served."""

from portal.files.operations import erase, settle, sweep, unlink_at_commit
from portal.files.places import Beside, Place, hold, stand_beside
from portal.files.queries import met, of, of_objects, of_subject, path_of, quota, stock, used

__all__ = [
    "Beside",
    "Place",
    "erase",
    "hold",
    "met",
    "of",
    "of_objects",
    "of_subject",
    "path_of",
    "quota",
    "settle",
    "stand_beside",
    "stock",
    "sweep",
    "unlink_at_commit",
    "used",
]
