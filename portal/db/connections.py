"""How SQLite and PostgreSQL are spoken to: a read cannot write, a write is a writer from its first statement."""

from contextvars import ContextVar
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a safe request is served. Jobs and commands write unless they say otherwise."""


class ReadersApart(QueuePool):
    """SQLite's connections: those that may only read are kept apart from those that write.

    SQLite forgets every statement that it has prepared when `query_only` is set, so no connection changes sides.
    """

    def __init__(self, creator: Any, **options: Any) -> None:
        super().__init__(creator, **options)
        self._readers = QueuePool(creator, **options)
        self._readers._create_connection = self._create_connection  # type: ignore[method-assign]  # theirs come back here

    def _do_get(self) -> ConnectionPoolEntry:
        if not reading.get():
            return super()._do_get()
        entry = self._readers._do_get()
        entry.record_info["reading"] = True  # type: ignore[index]
        return entry

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if record.record_info.get("reading"):  # type: ignore[union-attr]
            self._readers._do_return_conn(record)
        else:
            super()._do_return_conn(record)

    def dispose(self) -> None:
        self._readers.dispose()
        super().dispose()


STATEMENTS_KEPT = 400
"""Prepared statements that a connection to SQLite keeps: about as many as the pages have."""


def options(url: str) -> dict[str, Any]:
    """How an engine is made: what people wrote is in no log; a connection that the server has ended is not handed out."""
    if url.startswith("postgresql"):
        return {"hide_parameters": True, "pool_pre_ping": True, "connect_args": {"connect_timeout": 5, "prepare_threshold": 1}}
    return {"hide_parameters": True, "poolclass": ReadersApart, "connect_args": {"cached_statements": STATEMENTS_KEPT}}


def prepare(engine: Engine) -> None:
    """Give an engine our transactions: a read cannot write, a write is a writer from its first statement."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _plan_once)
        event.listen(engine, "begin", _begin_postgresql)
        _end_gently(engine.dialect)


PLANNING = """
    SET plan_cache_mode = force_generic_plan;
    SET random_page_cost = 1.1;
    SET max_parallel_workers_per_gather = 0;
    SET jit = off
"""
"""Our statements ask for few rows in many ways. To plan one anew for its values, to compile it or to give it to several
processes takes longer than to answer it; what they look up lies in memory or on a disk that does not turn. ADR 023."""


def _plan_once(connection: Any, _record: Any) -> None:
    connection.prepared_max = STATEMENTS_KEPT
    with connection.cursor() as cursor:
        cursor.execute(PLANNING)
    connection.commit()


def _end_gently(dialect: Dialect) -> None:
    """A transaction that may only read ends with COMMIT: at a ROLLBACK the driver forgets what it has prepared (ADR 023).

    A connection that the server has ended has nothing to roll back: whoever has their answer keeps it, and the pool's next
    look throws the connection away.
    """
    ask = dialect.do_rollback

    def do_rollback(connection: Any) -> None:
        driver = getattr(connection, "driver_connection", connection)  # the pool's, or the driver's own
        try:
            # Where no statement of it has failed.
            if driver.read_only and driver.info.transaction_status == TransactionStatus.INTRANS:
                driver.commit()
            else:
                ask(connection)
        except Exception as problem:
            if not dialect.is_disconnect(problem, connection, None):  # type: ignore[arg-type]  # any error of the driver's
                raise

    dialect.do_rollback = do_rollback  # type: ignore[method-assign,assignment]


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver sends no BEGIN of its own: ours is the only one
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred BEGIN that writes later dies "locked" at once: its snapshot is stale (security.md 7).
    if connection.info.get("reading") is not reading.get():
        connection.exec_driver_sql(f"PRAGMA query_only={int(reading.get())}")
        connection.info["reading"] = reading.get()
    connection.exec_driver_sql("BEGIN" if reading.get() else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    connection.connection.driver_connection.read_only = reading.get()  # type: ignore[union-attr]  # its BEGIN will say so
