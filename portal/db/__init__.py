"""The database: model base and column types, what a transaction is on SQLite and on PostgreSQL, what an error means."""

from portal.db.connections import options, prepare, reading
from portal.db.sessions import plain
from portal.db.statements import UNSYNCED, insert_into, kept, one_or_404, refresh_statistics
from portal.db.tables import Exact, Model, UtcStamp, db, growing, spelled
from portal.db.transactions import Own, TookTooLong, let_go, own_transaction, within
from portal.db.troubles import Trouble, trouble

__all__ = [
    "UNSYNCED",
    "Exact",
    "Model",
    "Own",
    "TookTooLong",
    "Trouble",
    "UtcStamp",
    "db",
    "growing",
    "insert_into",
    "kept",
    "let_go",
    "one_or_404",
    "options",
    "own_transaction",
    "plain",
    "prepare",
    "reading",
    "refresh_statistics",
    "spelled",
    "trouble",
    "within",
]
