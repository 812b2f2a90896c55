"""Finding somebody by what one types: a name, its reading, an account, an employee number."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from portal.db import db
from portal.directory.models import Person, Status

SOME = 20
"""People shown at once."""
LONGEST = 80


def people(words: str, *, but: int | None = None) -> Sequence[Person]:
    """Active people with an account in whose name, reading, account or number the words stand; `but` one of them."""
    words = words.strip()[:LONGEST]
    if not words:
        return ()
    spellings = (Person.name, Person.login, Person.number, func.replace(Person.pinyin, " ", ""))
    fits = or_(*(spelling.icontains(words, autoescape=True) for spelling in spellings))
    found = select(Person).where(fits, Person.status == Status.ACTIVE, Person.directory_key.is_not(None))
    if but is not None:
        found = found.where(Person.id != but)
    return db.session.scalars(found.order_by(Person.pinyin, Person.id).limit(SOME)).all()
