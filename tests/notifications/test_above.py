"""Who else is told that something of somebody is late: by default nobody, and never what it is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.actions.models import Action
from portal.actions.models import State as Promise
from portal.db import db
from portal.directory.models import Absence
from portal.notifications import above
from portal.notifications.models import Notice
from portal.settings import Setting
from portal.waiting.kinds import What
from portal.waiting.queries import Item
from tests.build import a_check_in
from tests.notifications.conftest import at, work

DAY = timedelta(1)


def promise(owner, late):
    row = Action(what="打样的秘密", person_id=owner, owner_id=owner, due=clock.today() - late * DAY, source_type="check_in", source_id=1)
    db.session.add(row)
    db.session.flush()
    return row.id


def settings(**days):
    db.session.add_all(Setting(name=name, value=n, at=clock.now()) for name, n in days.items())
    db.session.commit()


def told(sink, name, of):
    """How many mails to somebody tell that another one is late, in both forms."""
    counts = {kind: sum(f"{of}: 1 thing" in mail.get_body((kind,)).get_content() for mail in sink.to(name)) for kind in ("plain", "html")}
    assert counts["plain"] == counts["html"]
    return counts["plain"]


def test_by_default_nobody_above_is_told(staff, sink):
    promise(staff.li, 14)
    db.session.commit()
    work("digest", "mail")
    assert sink.got and not [mail for mail in sink.got if "Late with others" in mail.get_body(("plain",)).get_content()]
    assert db.session.scalar(select(func.count()).select_from(Notice).where(Notice.what.startswith(above.ABOVE))) == 0


def test_the_manager_is_told_a_name_and_a_number_once_a_step(staff, sink):
    promise(staff.li, 7)
    promise(staff.sun, 6)
    settings(above_days=7)
    work("digest", "mail")
    assert (told(sink, "wang", "li"), told(sink, "wang", "sun"), told(sink, "qian", "li")) == (1, 0, 0)
    (mail,) = sink.to("wang")
    text = mail.get_body(("plain",)).get_content()
    assert "打样" not in text and f"/people/{staff.li}" in text and "li" not in mail["Subject"]
    for day in (0, 1, 3, 6):
        work("digest", "mail", moment=at(day, 11))
    assert (told(sink, "wang", "li"), told(sink, "wang", "sun")) == (1, 1), "seven days late one day later: that is another thing"
    work("digest", "mail", moment=at(7))
    work("digest", "mail", moment=at(20))
    assert told(sink, "wang", "li") == 2, "and fourteen days late; then there is no step any more"


def test_hr_is_told_by_the_departments_partner_else_by_its_administrators(staff, sink):
    promise(staff.li, 7)
    promise(staff.wu, 7)
    promise(staff.hu, 7)
    settings(hr_days=3)
    work("digest", "mail")
    assert (told(sink, "qian", "li"), told(sink, "hu", "li"), told(sink, "hu", "wu"), told(sink, "wang", "li")) == (1, 0, 1, 0)
    assert told(sink, "hu", "hu") == 0, "nobody is told of themselves"


def test_what_was_done_meanwhile_is_told_to_nobody(staff, sink):
    made = promise(staff.li, 7)
    settings(above_days=7)
    work("digest")
    db.session.execute(update(Action).where(Action.id == made).values(state=Promise.DONE, settled_at=clock.now()))
    db.session.commit()
    work("mail")
    assert told(sink, "wang", "li") == 0


def test_nobody_is_told_of_whom_is_away(staff, sink):
    promise(staff.li, 7)
    db.session.add(Absence(person_id=staff.li, kind="annual", since=clock.today() - DAY, until=clock.today() + DAY))
    settings(above_days=7)
    work("digest", "mail")
    assert told(sink, "wang", "li") == 0


def test_after_a_restore_it_counts_as_told(staff, sink, visit):
    promise(staff.li, 7)
    settings(above_days=7, mail_open=False)
    visit(staff.hu).post("/admin/mail/open")
    work("mail", moment=clock.now())
    assert db.session.get(Setting, "mail_open") is None, "mail is open again"
    db.session.rollback()
    work("digest", "mail", moment=at(1))
    assert told(sink, "wang", "li") == 0


@pytest.mark.parametrize(("what", "counts"), [(What.PROMISE, True), (What.WRITE, True), (What.ASKED, False), (What.REPORTED, False), (What.HIDDEN, False)])
def test_what_is_said_between_two_is_not_counted(what, counts):
    today = clock.today()
    assert above._counts(Item(what, 1, today - 9 * DAY), today) is counts
    assert not above._counts(Item(what, 1, today + DAY), today) and not above._counts(Item(what, 1), today)


def test_who_leads_many_late_people_costs_as_many_statements_as_who_leads_one(staff, statements):
    a_check_in(staff.li, staff.wang, held_on=clock.today() - 60 * DAY, state="confirmed", confirmed_at=clock.now())
    owed = [(staff.li, What.TALK.value, staff.li)]  # told to whoever leads the one who records it
    made = [(one, What.PROMISE.value, promise(one, 7)) for one in (staff.wu, staff.zhou, staff.chen)]
    db.session.commit()
    statements.clear()
    assert [(late.id, late.things) for late in above.still({staff.qian: made[:1]}, clock.today())[staff.qian]] == [(staff.wu, 1)]
    one = len(statements)
    everything = {staff.zhao: [(staff.wang, What.TALK.value, staff.li), *made], staff.qian: [*made, *owed]}
    statements.clear()
    late = above.still(everything, clock.today())
    assert [len(late[one]) for one in (staff.zhao, staff.qian)] == [4, 3], "the check-in waits for who records it"
    assert len(statements) <= one + 1, "one more for the check-ins"
