"""Promises: whose are listed, settling, carrying on, taking up again, and the page a mail leads to."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.models import Switch
from portal.actions import queries
from portal.actions.models import Action, State
from portal.db import db
from portal.journal.models import Entry, Payload
from tests.build import a_check_in

DAY = timedelta(days=1)


def promise(company, what, owner, about, days=3, **fields):
    due = None if days is None else clock.today() + days * DAY
    row = Action(what=what, person_id=getattr(company, about), owner_id=getattr(company, owner), due=due, source_type="check_in", source_id=company.talk, **fields)
    db.session.add(row)
    db.session.flush()
    return row.id


@pytest.fixture
def promised(company):
    """李's own, what 王 promised 李, what 孙 promised, and what 吴 did who is nobody of 王's."""
    company.talk = a_check_in(company.li, company.wang, action="from the talk").id
    made = {"own": ("li", "li", 2), "to li": ("wang", "li", -1), "of sun": ("sun", "sun", 5), "alien": ("wu", "wu", 1), "someday": ("li", "li", None)}
    ids = {what: promise(company, what, *who) for what, who in made.items()}
    ids["over"] = promise(company, "over", "li", "li", state=State.DONE, settled_at=clock.now())
    db.session.commit()
    company.ids = ids
    return company


def listed(company, visit, name, address):
    page = visit(getattr(company, name)).get(address).text
    return [what for what in ("own", "to li", "of sun", "alien", "someday", "over", "from the talk") if f'">{what}</a>' in page]


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("li", "/actions", ["own", "someday", "from the talk"]), ("li", "/actions?of=to_me", ["to li"]), ("li", "/actions?of=people", []), ("li", "/actions?state=done", ["over"]),
        ("wang", "/actions", ["to li"]), ("wang", "/actions?of=people", ["own", "of sun", "someday", "from the talk"]), ("wang", "/actions?of=people&state=done", ["over"]),
        ("zhou", "/actions?of=people", ["alien"]), ("zhao", "/actions?of=people", []), ("hu", "/actions?of=people", []), ("li", "/actions?of=nonsense&state=x&page=-4", ["own", "someday", "from the talk"]),
    ],
)  # fmt: skip
def test_whose_promises(promised, visit, name, address, expected):
    assert listed(promised, visit, name, address) == expected


def test_the_nearest_day_comes_first_and_what_has_none_last(promised):
    rows = queries.listed(promised.viewer("li"), "mine", settled=False).rows
    assert [row.what for row in rows] == ["own", "from the talk", "someday"], "the one of the talk has no day either, and is older"


def test_a_list_says_where_it_was_promised_to_who_may_open_it(promised, visit):
    li = visit(promised.li)
    assert f'href="/check-ins/{promised.talk}"' in li.get("/actions").text
    assert f'href="/check-ins/{promised.talk}"' in li.get(f"/actions/{promised.ids['own']}").text
    db.session.add(Switch(capability="checkins"))
    db.session.commit()
    assert f"/check-ins/{promised.talk}" not in li.get("/actions").text + li.get(f"/actions/{promised.ids['own']}").text


def test_a_long_list_has_pages(company, visit):
    company.talk = a_check_in(company.li, company.wang, action="x").id
    for n in range(queries.PAGE + 5):
        promise(company, f"thing {n:03}", "li", "li", n)
    db.session.commit()
    li = visit(company.li)
    first, second = li.get("/actions").text, li.get("/actions?page=1").text
    assert (first.count('class="promise"'), second.count('class="promise"')) == (queries.PAGE, 6)
    assert "thing 000" in first and "thing 054" in second


def test_looking_settles_nothing_and_one_press_does(promised, visit):
    own, li = f"/actions/{promised.ids['own']}", visit(promised.li)
    assert li.get(own).status_code == 200
    assert db.session.get(Action, promised.ids["own"]).state is State.OPEN
    after = li.post(f"{own}/settlement", state="done", next="/actions")
    assert "Done." in after.text and "Undo" in after.text and '">own</a>' not in after.text
    undone = li.post(f"{own}/settlement", state="open")
    assert undone.status_code == 200 and '">own</a>' in undone.text
    kinds = db.session.scalars(select(Entry.kind).where(Entry.object_type == "action").order_by(Entry.n)).all()
    assert kinds == ["action.done", "action.reopened"]


def test_dropped_is_gone_from_the_list_and_can_be_taken_up_again(promised, visit):
    li, own = visit(promised.li), f"/actions/{promised.ids['own']}"
    li.post(f"{own}/settlement", state="dropped")
    assert "own" not in listed(promised, visit, "li", "/actions") and "own" in listed(promised, visit, "li", "/actions?state=done")
    assert "Take it up again" in li.get(own).text
    assert li.post(f"{own}/settlement", state="dropped").status_code == 409


def test_carried_on_to_another_day(promised, visit):
    li, own = visit(promised.li), promised.ids["own"]
    wrong = li.post(f"/actions/{own}/day", due="2020-01-01", version="1")
    assert (wrong.status_code, "Today or later" in wrong.text, "2020-01-01" in wrong.text) == (422, True, True)
    assert li.post(f"/actions/{own}/day", due="not a day", version="1").status_code == 422
    later = clock.today() + 20 * DAY
    assert li.post(f"/actions/{own}/day", due=later.isoformat(), version="1").status_code == 200
    assert db.session.get(Action, own).due == later
    words = db.session.scalars(select(Payload.words).join(Entry, Entry.n == Payload.entry_n).where(Entry.kind == "action.carried")).one()
    assert (words["before"], words["after"]) == ((clock.today() + 2 * DAY).isoformat(), later.isoformat())
    assert f"carried “own” on to {later}" in visit(promised.li).get(f"/people/{promised.li}").text.replace("<b>", "").replace("</b>", "").replace("&#34;", '"')
    assert li.post(f"/actions/{own}/day", due=(later + DAY).isoformat(), version="1").status_code == 409, "somebody else was there meanwhile"
    li.post(f"/actions/{own}/settlement", state="done")
    version = str(db.session.get(Action, own).version)
    assert li.post(f"/actions/{own}/day", due=later.isoformat(), version=version).status_code == 409


def test_who_may_see_and_who_may_settle(promised, visit):
    own = promised.ids["own"]
    seen = {name: visit(getattr(promised, name)).get(f"/actions/{own}") for name in ("li", "wang", "zhao", "sun", "hu", "zheng")}
    assert {name: page.status_code for name, page in seen.items()} == {"li": 200, "wang": 200, "zhao": 200, "sun": 404, "hu": 404, "zheng": 200}
    assert {name for name, page in seen.items() if "Mark as done" in page.text} == {"li", "wang"}
    assert visit(promised.zhao).post(f"/actions/{own}/day", due=clock.today().isoformat(), version="1").status_code == 403
    assert visit(promised.sun).post(f"/actions/{own}/settlement").status_code == 404


def test_a_link_of_a_mail_leads_through_the_login(promised, visit):
    door = visit(None).get(f"/actions/{promised.ids['own']}")
    assert door.status_code == 401 and f"/actions/{promised.ids['own']}" in door.text


def test_from_home_in_one_press(promised, visit):
    li, own = visit(promised.li), promised.ids["own"]
    home = li.get("/").text
    assert f'action="/actions/{own}/settlement"' in home and f'href="/actions/{own}"' in home
    after = li.post(f"/actions/{own}/settlement", state="done", next="/")
    assert "Good" in after.text and f'action="/actions/{own}/settlement"' not in after.text and "Undo" in after.text


@pytest.mark.parametrize("where", ["/", "/actions", "/actions?of=people", "/people/{li}"])
def test_undo_leads_back_to_where_it_was_pressed(promised, visit, where):
    """One press takes it back, and the reader is where the tap was made: never sent to the promise's own page."""
    where = where.format(li=promised.li)
    wang, own = visit(promised.wang), f"/actions/{promised.ids['own']}"
    after = wang.post(f"{own}/settlement", state="done", next=where).text
    undo = html.unescape(re.search(rf'<form class="push" method="post" action="({own}/settlement[^"]*)"', after)[1])
    back = wang.post(undo, follow=False)
    assert (back.status_code, back.location) == (303, where)
    page = wang.get(back.location).text
    assert "Open again." in page and ">Undo" not in page
    assert db.session.get(Action, promised.ids["own"]).state is State.OPEN
    assert wang.post(undo).status_code == 409, "it is open already"


def test_undo_leads_nowhere_else(promised, visit):
    answer = visit(promised.li).post(f"/actions/{promised.ids['own']}/settlement?next=//evil.example", state="done", follow=False)
    assert answer.location == "/"


def test_a_second_press_settles_once(promised, visit):
    li, own = visit(promised.li), promised.ids["own"]
    for _ in range(2):
        assert li.post(f"/actions/{own}/settlement", once="same", state="done").status_code == 200
    assert len(db.session.scalars(select(Entry).where(Entry.kind == "action.done")).all()) == 1
