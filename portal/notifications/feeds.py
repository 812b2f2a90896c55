"""The feed of a calendar: what is due, on which day, behind a secret address. No words of anybody, initials at most.

The address is the key: 256 random bits, of which only the digest is kept. It ends with the account, and with a new one.
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import current_app, g
from flask_babel import force_locale
from sqlalchemy import delete, select

from portal import clock, formats
from portal.access import viewer as viewers
from portal.access.switches import enabled
from portal.checkins import queries as checkins
from portal.db import db
from portal.directory.models import Person, Status
from portal.i18n import company_language, known
from portal.i18n import gettext as _
from portal.notifications.models import Feed
from portal.waiting import queries
from portal.waiting.kinds import KINDS, What

if TYPE_CHECKING:
    from icalendar import Calendar, Event

BYTES = 32
AHEAD = timedelta(days=92)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def renew(person_id: int) -> str:
    """A new address; the old one ends. The token, shown this once."""
    end(person_id)
    token = secrets.token_urlsafe(BYTES)
    db.session.add(Feed(person_id=person_id, token_hash=digest_of(token), made_at=clock.now()))
    return token


def end(person_id: int) -> None:
    """The address leads nowhere any more."""
    db.session.execute(delete(Feed).where(Feed.person_id == person_id))


def whose(token: str) -> Person | None:
    """Whose feed it is, while they work here."""
    found = select(Person).join(Feed, Feed.person_id == Person.id)
    return db.session.scalar(found.where(Feed.token_hash == digest_of(token), Person.status != Status.LEFT))


def exists(person_id: int) -> bool:
    """Whether somebody has an address."""
    return db.session.scalar(select(Feed.person_id).where(Feed.person_id == person_id)) is not None


def calendar(person: Person) -> bytes:
    """What is due for somebody, a day each, in their language."""
    with force_locale(known(person.language) or company_language()):
        return bytes(_made(person).to_ical())


def _made(person: Person) -> "Calendar":
    from icalendar import Calendar  # noqa: PLC0415 - with the first feed

    today = clock.today()
    asked = viewers.ask(person.id, today)
    g.off = asked.off
    people = checkins.people(asked.viewer, today) if enabled("checkins") else []
    own = checkins.own_standing(asked.viewer, today) if enabled("checkins") else None
    made = Calendar()
    for name, said in (("prodid", "-//portal//due//"), ("version", "2.0"), ("method", "PUBLISH")):
        made.add(name, said)
    made.add("x-wr-calname", _("Due in the portal"))
    initials = _initials([pair.id for pair in people])
    for pair in people:
        if not pair.standing.paused:
            title = _("Dialogue due: %(who)s", who=initials.get(pair.id, "")).rstrip(": ")
            made.add_component(_all_day(f"talk-{pair.id}", title, max(pair.standing.due, today)))
    if own and not own.standing.paused:
        made.add_component(_all_day("mine", _("Dialogue due"), max(own.standing.due, today)))
    for event in _others(asked.viewer, today):
        made.add_component(event)
    return made


def _others(viewer: viewers.Viewer, today: date) -> Iterator["Event"]:
    """Everything else that waits and has a day: by its kind alone."""
    for item in queries.of(viewer, today, ()):
        if item.due and item.what is not What.TALK and item.due <= today + AHEAD:
            yield _all_day(f"{item.what.value}-{item.id}", _(KINDS[item.what].word), item.due)


def _all_day(key: str, title: str, day: date) -> "Event":
    from icalendar import Event  # noqa: PLC0415 - with the first feed

    made = Event()
    made.add("uid", f"{key}@portal")
    made.add("dtstamp", clock.now())
    made.add("summary", title)
    made.add("dtstart", day)
    made.add("dtend", day + timedelta(days=1))
    made.add("transp", "TRANSPARENT")
    if public := current_app.config["PUBLIC_URL"]:
        made.add("url", f"{public}/")
    return made


def _initials(ids: list[int]) -> dict[int, str]:
    """何秀芬 as H. X. F.: by the reading of the name."""
    found = select(Person.id, Person.pinyin, Person.name).where(Person.id.in_(ids))
    read = {row.id: row.pinyin or formats.short_name(row.name) for row in db.session.execute(found)}
    return {one: " ".join(f"{word[0].upper()}." for word in words.split() if word[0].isascii()) for one, words in read.items()}
