"""One person as the directory tells it: plain values, whatever server they came from."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b


def account_name(typed: str) -> str:
    """One spelling for each account: NFKC and case folded, once."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


@dataclass(frozen=True)
class Entry:
    """目录条目 `key` never changes (entryUUID, objectGUID); everything else may, the DN included."""

    key: str
    dn: str
    login: str | None
    name: str
    mail: str | None = None
    number: str | None = None
    department: str | None = None
    title: str | None = None
    mobile: str | None = None
    manager_dn: str | None = None
    hired_on: date | None = None
    disabled: bool = False

    @property
    def fingerprint(self) -> str:
        """32 hex digits over all fields: equal when nothing of what the portal reads has changed."""
        return blake2b(repr(tuple(vars(self).values())).encode(), digest_size=16).hexdigest()
