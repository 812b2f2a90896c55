"""Files 附件: what people put beside a record: known by its content, kept outside of everything that is served."""

from portal.files.operations import Received, discard, keep, receive, sweep
from portal.files.queries import of, one_or_404, path_of

__all__ = ["Received", "discard", "keep", "of", "one_or_404", "path_of", "receive", "sweep"]
