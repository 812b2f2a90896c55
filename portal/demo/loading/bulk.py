"""Writing many rows at once, with ids known beforehand, and a journal sealed the way `journal.chain` seals it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Connection, func, insert, select, text, update

from portal.db import Model
from portal.journal import chain
from portal.journal.kinds import KINDS
from portal.journal.models import Entry, Payload, Tip

AT_ONCE = 5_000


class Bulk:
    """One connection's bulk writer. Rows wait by table and are written in the order the tables were first named."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.waiting: dict[type[Model], list[dict[str, Any]]] = {}
        self.ids: dict[type[Model], Any] = {}
        self.journal = Journal()

    def add(self, model: type[Model], **row: Any) -> int:
        """Keep a row, every column but the id given alike for all rows of a table; its id, or 0 where it has none."""
        if "id" in model.__table__.columns and "id" not in row:
            row["id"] = self.next_id(model)
        self.waiting.setdefault(model, []).append(row)
        return int(row.get("id", 0)) if isinstance(row.get("id"), int) else 0

    def next_id(self, model: type[Model]) -> int:
        if model not in self.ids:
            table = model.__table__
            self.ids[model] = count((self.connection.scalar(select(func.max(table.c.id))) or 0) + 1)
        return int(next(self.ids[model]))

    def write(self) -> None:
        """Write what waits, and forget it."""
        for model, rows in self.waiting.items():
            put(self.connection, model, rows)
        self.waiting.clear()

    def finish(self) -> None:
        """Write the rest, seal the journal, and tell PostgreSQL where its sequences stand."""
        self.write()
        self.journal.seal(self.connection)
        if self.connection.dialect.name == "postgresql":
            for model in self.ids:
                table = model.__tablename__
                last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM \"{table}\""  # noqa: S608  # nosec
                self.connection.execute(text(last))


def put(connection: Connection, model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """executemany in portions."""
    statement = insert(model.__table__)  # type: ignore[arg-type]
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(statement, list(rows[start : start + AT_ONCE]))


class Journal:
    """Entries of the past, put in order of time before they are chained."""

    def __init__(self) -> None:
        self.drafts: list[tuple[datetime, int, SimpleNamespace, dict[str, Any]]] = []

    def note(
        self,
        kind: str,
        at: datetime,
        by: int | None,
        about: tuple[str, int | None],
        thing: tuple[str, int],
        *,
        steps: tuple[str | None, str | None] = (None, None),
        words: Mapping[str, Any] | None = None,
    ) -> None:
        """One thing that happened: `about` is the subject's kind and id, `thing` the object's, `steps` was and now."""
        said = KINDS[kind]
        names = said.names
        entry = SimpleNamespace(
            n=0,
            at=at,
            kind=kind,
            guard=said.guard,
            actor_id=by if names else None,
            behalf_id=None,
            subject_kind=about[0] if names else None,
            subject_id=about[1] if names else None,
            object_type=thing[0] if names else None,
            object_id=thing[1] if names else None,
            was=steps[0],
            now=steps[1],
            payload_digest=None,
        )
        self.drafts.append((at, len(self.drafts), entry, dict(words or {}) if said.words else {}))

    def absorb(self, info: dict[str, Any]) -> None:
        """Take over what the portal's own operations have noted in this session, with the moments they gave."""
        for draft in info.pop("journal", []):
            made, words = draft()
            entry = SimpleNamespace(**{column.key: getattr(made, column.key) for column in Entry.__table__.columns})
            del entry.digest
            self.drafts.append((entry.at, len(self.drafts), entry, words))

    def seal(self, connection: Connection) -> None:
        """Chain everything onto the tip, oldest first; the tip is locked as any other writer locks it."""
        tip = connection.execute(select(Tip.n, Tip.digest).where(Tip.id == 1).with_for_update()).one()
        n, before = tip.n, tip.digest
        entries: list[dict[str, Any]] = []
        payloads: list[dict[str, Any]] = []
        for _, _, entry, words in sorted(self.drafts, key=lambda draft: draft[:2]):
            n += 1
            entry.n = n
            entry.payload_digest = chain.digest(words) if words else None
            before = chain.link(before, cast(Entry, entry))
            entries.append({**vars(entry), "digest": before})
            if words:
                payloads.append({"entry_n": n, "words": words})
        put(connection, Entry, entries)
        put(connection, Payload, payloads)
        connection.execute(update(Tip).where(Tip.id == 1).values(n=n, digest=before))
        self.drafts.clear()


def by(rows: Iterable[Any], key: str) -> dict[Any, Any]:
    """Rows by one of their columns, without those that have none."""
    return {getattr(row, key): row for row in rows if getattr(row, key) is not None}
