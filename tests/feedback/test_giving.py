"""Giving, asking, answering, withdrawing: who reads what, what is refused, what stays."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.models import Pilot, Switch
from portal.db import db
from portal.directory.models import Person, Status
from portal.feedback import operations
from portal.feedback.models import Ask, CompanyValue, Feedback
from portal.feedback.states import Asking, State
from portal.goals.models import Audience
from portal.goals.states import State as Goal
from portal.journal.models import Entry, Payload
from tests.build import an_ask, an_objective, feedback
from tests.company import NAMES

WORDS = "kept calm on the phone"


def told(company, visit, by, to, **fields):
    answer = visit(getattr(company, by)).post(f"/feedback/to/{getattr(company, to)}", follow=False, **{"words": WORDS, "public": "private", **fields})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def readers(company, visit, address):
    """Who finds the words at an address; search marks what was looked for."""
    return {name for name in NAMES if WORDS in re.sub("</?mark>", "", visit(getattr(company, name)).get(address).text)}


def test_between_the_two_and_the_line_of_who_receives_it(company, visit):
    one = told(company, visit, "sun", "li")
    assert readers(company, visit, f"/feedback/{one}") == {"sun", "li", "wang", "zhao"}
    assert readers(company, visit, "/feedback/wall") == set()
    assert visit(company.hu).get(f"/feedback/{one}").status_code == 404
    assert readers(company, visit, f"/people/{company.li}") == {"li", "wang", "zhao"}, "the time line quotes it to those alone"
    assert readers(company, visit, "/search?q=calm") == {"sun", "li", "wang", "zhao"}
    auditor = visit(company.zheng).get(f"/people/{company.li}").text
    assert "gave feedback" in auditor and WORDS not in auditor, "the auditor knows that it was given"
    assert "gave feedback" not in visit(company.hu).get(f"/people/{company.li}").text


def test_praise_stands_before_everybody(company, visit):
    told(company, visit, "sun", "li", public="public")
    assert readers(company, visit, "/feedback/wall") == set(NAMES) == readers(company, visit, "/search?q=calm")


def test_the_words_stand_nowhere_but_in_their_row(company, visit):
    one = told(company, visit, "sun", "li", public="public")
    assert visit(company.sun).post(f"/feedback/{one}/withdrawal").status_code == 200
    row = db.session.get(Feedback, one)
    assert (row.state, row.words) == (State.WITHDRAWN, "")
    assert db.session.scalars(select(Payload)).all() == []
    assert db.session.scalars(select(Entry.kind).where(Entry.object_type == "feedback").order_by(Entry.n)).all() == ["feedback.praised", "feedback.withdraw"]
    for name in ("sun", "li", "wang"):
        page = visit(getattr(company, name)).get(f"/feedback/{one}").text
        assert WORDS not in page and "Withdrawn" in page
    assert readers(company, visit, "/feedback/wall") == set() == readers(company, visit, "/search?q=calm") == readers(company, visit, f"/people/{company.li}")
    assert visit(company.wu).get(f"/feedback/{one}").status_code == 404, "nobody else is told that there was something"


def test_only_its_author_withdraws_and_only_within_a_day(company, visit):
    one = told(company, visit, "sun", "li")
    assert visit(company.li).post(f"/feedback/{one}/withdrawal").status_code == 403
    db.session.get(Feedback, one).at = clock.now() - timedelta(hours=23, minutes=59)
    late = feedback(company.li, company.sun, at=clock.now() - timedelta(days=1, minutes=1)).id
    db.session.commit()
    sun = visit(company.sun)
    assert "Withdraw it" in sun.get(f"/feedback/{one}").text and "Withdraw it" not in sun.get(f"/feedback/{late}").text
    refused = sun.post(f"/feedback/{late}/withdrawal")
    assert (refused.status_code, "More than a day" in refused.text) == (409, True)
    assert sun.post(f"/feedback/{one}/withdrawal").status_code == 200
    assert sun.post(f"/feedback/{one}/withdrawal").status_code == 409


def test_not_to_oneself_not_to_who_has_left_and_to_who_has_no_account(company, visit):
    li = visit(company.li)
    assert (li.get(f"/feedback/to/{company.li}").status_code, li.post(f"/feedback/to/{company.li}", words="x", public="private").status_code) == (409, 409)
    gone, alone = Person(name="Gone Person", number="E97", status=Status.LEFT), Person(name="No Account", number="E98")
    db.session.add_all([gone, alone])
    db.session.commit()
    gone, alone = gone.id, alone.id
    assert li.get(f"/feedback/to/{gone}").status_code == 404 == li.post(f"/feedback/to/{gone}", words="x", public="private").status_code
    found = li.get("/feedback/new?q=E98").text
    assert f"/feedback/to/{alone}" in found and f"/feedback/to/{gone}" not in li.get("/feedback/new?q=E97").text
    assert "has no account" in li.post(f"/feedback/to/{alone}", words=WORDS, public="private").text
    assert f"people-{alone}" not in li.post("/feedback/ask", look="1", q="No Account", topic="x").text, "nobody without an account can answer"


def test_nothing_typed_is_lost_and_what_is_missing_is_said(company, visit):
    page = visit(company.sun).post(f"/feedback/to/{company.li}", words="", public="public")
    assert (page.status_code, "Fill this in" in page.text) == (422, True)
    assert re.search(r'value="public" checked', page.text)
    assert visit(company.sun).post(f"/feedback/to/{company.li}", words="x" * 4001, public="private").status_code == 422
    assert visit(company.sun).post(f"/feedback/to/{company.li}", words="typed here", public="everybody?").text.count("typed here") == 1


def test_a_second_click_gives_it_once(company, visit):
    sun = visit(company.sun)
    for _ in range(2):
        sun.post(f"/feedback/to/{company.li}", once="the-same-key", words=WORDS, public="private")
    assert len(db.session.scalars(select(Feedback)).all()) == 1


def test_goals_that_one_may_see_and_only_to_who_may_see_them(company, visit):
    open_, hidden = (an_objective(company.period, person_id=company.li, state=Goal.AGREED, title=f"goal {audience}", audience=audience) for audience in (Audience.COMPANY, Audience.LINE))
    db.session.commit()
    open_, hidden = open_.id, hidden.id
    form = visit(company.sun).get(f"/feedback/to/{company.li}").text
    assert "goal company" in form and "goal line" not in form
    refused = visit(company.sun).post(f"/feedback/to/{company.li}", words=WORDS, public="private", goal=str(hidden))
    assert (refused.status_code, "goal line" in refused.text) == (422, False)
    assert visit(company.wang).post(f"/feedback/to/{company.li}", words=WORDS, public="public", goal=str(hidden)).status_code == 200
    assert "goal line" in visit(company.li).get("/feedback/wall").text and "goal line" not in visit(company.wu).get("/feedback/wall").text
    told(company, visit, "sun", "li", goal=str(open_))
    assert "goal company" in visit(company.li).get("/feedback").text


def test_the_wall_is_narrowed_and_paged(company, visit):
    value = CompanyValue(name="keeps promises", meaning="")
    db.session.add(value)
    db.session.flush()
    for n in range(25):
        feedback(company.li, company.sun, f"to sales {n:02}.", public=True, value_id=value.id if n == 3 else None)
    feedback(company.wu, company.sun, "to research", public=True)
    feedback(company.wu, company.sun, "in private")
    db.session.commit()
    value = value.id
    wu = visit(company.wu)
    first = wu.get("/feedback/wall").text
    assert (first.count('class="piece"'), "to research" in first, "in private" in first, "to sales 24" in first, "to sales 05" in first) == (20, True, False, True, False)
    more = re.search(r'hx-get="(/feedback/wall\?before=\d+)" hx-target="#earlier"', first).group(1)
    rest = wu.get(more, "earlier").text
    assert (rest.count('class="piece"'), "to sales 05" in rest, "<!doctype" in rest) == (6, True, False)
    assert wu.get(more).text.count('class="piece"') == 6, "a page of its own without scripts"
    assert "to sales" not in wu.get("/feedback/wall?department=research").text and "to research" in wu.get("/feedback/wall?department=research").text
    assert wu.get("/feedback/wall?department=all").text.count('class="piece"') == 20, "a department with all below it"
    assert wu.get(f"/feedback/wall?value={value}").text.count('class="piece"') == 1
    assert "No department is called that" in wu.get("/feedback/wall?department=nowhere").text


def test_it_follows_the_switch_of_the_department(company, visit):
    feedback(company.li, company.sun, "to sales", public=True)
    feedback(company.wu, company.sun, "to research", public=True)
    db.session.add(Switch(capability="feedback"))
    db.session.flush()
    db.session.add(Pilot(capability="feedback", unit_id=company.units.sales))
    db.session.commit()
    li, wu = visit(company.li), visit(company.wu)
    assert wu.get("/feedback/wall").status_code == 404 == wu.get("/feedback").status_code
    page = li.get("/feedback/wall").text
    assert "to sales" in page and "to research" not in page
    assert li.get(f"/feedback/to/{company.wu}").status_code == 409 == li.post(f"/feedback/to/{company.wu}", words="x", public="private").status_code
    assert f"people-{company.wu}" not in li.post("/feedback/ask", look="1", q="wu", topic="x").text
    assert "Feedback" not in wu.get("/search?q=to").text


def test_several_are_asked_each_once_about_a_topic(company, visit):
    li = visit(company.li)
    asked = {"topic": "The  hand-over", "people": [company.wang, company.sun]}
    assert "2 colleagues are asked" in li.post("/feedback/ask", **asked).text
    again = li.post("/feedback/ask", topic="the handover!", people=[company.sun])
    assert (again.status_code, "already" in again.text, "the handover!" in again.text) == (422, True, True)
    more = li.post("/feedback/ask", topic="The hand-over", people=[company.sun, company.wu, company.li])
    assert more.status_code == 422, "wu is nobody who was offered"
    looked = li.post("/feedback/ask", "people", look="1", q="wu", topic="The hand-over", people=[company.sun]).text
    assert f'id="people-{company.wu}"' in looked and re.search(rf'value="{company.sun}" checked', looked) and "<!doctype" not in looked
    rows = db.session.execute(select(Ask.asked_id, Ask.topic).where(Ask.person_id == company.li).order_by(Ask.id)).all()
    assert {tuple(row) for row in rows} == {(company.sun, "The hand-over"), (company.wang, "The hand-over")}


def test_finding_somebody_to_ask_asks_nobody_and_loses_nothing(company, visit):
    page = visit(company.li).post("/feedback/ask", look="1", q="wu", topic="typed topic", people=[company.wang])
    assert (page.status_code, "typed topic" in page.text, f"people-{company.wu}" in page.text) == (200, True, True)
    assert db.session.scalars(select(Ask)).all() == []


def test_what_is_asked_waits_at_home_until_it_is_answered(company, visit):
    one, other = an_ask(company.li, company.wang, "the release"), an_ask(company.li, company.sun, "the release")
    db.session.commit()
    one, other = one.id, other.id
    wang, sun = visit(company.wang), visit(company.sun)
    assert f"/feedback/asks/{one}" in wang.get("/").text and "li asks you for feedback" in wang.get("/").text
    answer = wang.post(f"/feedback/asks/{one}", follow=False, words=WORDS, public="private")
    assert answer.status_code == 303
    made = db.session.scalars(select(Feedback)).one()
    assert (made.person_id, made.author_id, made.ask_id, db.session.get(Ask, one).state) == (company.li, company.wang, one, Asking.ANSWERED)
    assert "the release" not in wang.get("/").text
    assert wang.post(f"/feedback/asks/{one}", words="twice", public="private").status_code == 409
    assert sun.post(f"/feedback/asks/{other}/decline").status_code == 200
    assert "the release" not in sun.get("/").text and "Declined" in visit(company.li).get("/feedback?which=asked").text
    assert sun.post(f"/feedback/asks/{other}", words="late", public="private").status_code == 409
    assert len(db.session.scalars(select(Feedback)).all()) == 1


def test_nobody_answers_for_another_and_leavers_are_left_alone(company, visit):
    one = an_ask(company.li, company.wang).id
    db.session.commit()
    assert [visit(getattr(company, name)).post(f"/feedback/asks/{one}/decline").status_code for name in ("sun", "li", "zheng")] == [404, 403, 403]
    assert visit(company.wang).post(f"/feedback/asks/{one}/back").status_code == 403
    assert visit(company.li).post(f"/feedback/asks/{one}/back").status_code == 200
    assert db.session.get(Ask, one).state is Asking.TAKEN_BACK
    two = an_ask(company.sun, company.wang, "of a leaver").id
    db.session.get(Person, company.sun).status = Status.LEFT
    db.session.commit()
    assert "of a leaver" not in visit(company.wang).get("/").text
    assert visit(company.wang).get(f"/feedback/asks/{two}").status_code == 404


def test_a_day_has_its_limit(company, visit):
    for n in range(operations.A_DAY):
        feedback(company.li, company.sun, f"{n}")
    db.session.commit()
    answer = visit(company.sun).post(f"/feedback/to/{company.wu}", words=WORDS, public="private")
    assert (answer.status_code, "Go on tomorrow" in answer.text) == (409, True)
    assert visit(company.wang).post(f"/feedback/to/{company.wu}", words=WORDS, public="private").status_code == 200


@pytest.mark.parametrize(("one", "other", "same"), [("交接 如何？", "交接如何", True), ("ＱＡ review", "qa Review!", True), ("the release", "the releases", False), ("???", "???", True), ("???", "!!!", False)])
def test_a_topic_is_the_same_in_another_spelling(one, other, same):
    assert (operations.topic_key(one) == operations.topic_key(other)) is same


def test_values_are_kept_by_hr(company, visit):
    hu = visit(company.hu)
    assert hu.post("/feedback/values/new", name="keeps promises", meaning="a day is a day").status_code == 200
    assert "Another value has this name" in hu.post("/feedback/values/new", name="keeps promises", meaning="").text
    value = db.session.scalars(select(CompanyValue.id)).one()
    form = f"/feedback/values/{value}"
    assert hu.post(form, name="keeps its word", meaning="", version="1").status_code == 200
    clash = hu.post(form, name="other", meaning="", version="1")
    assert (clash.status_code, "keeps its word" in clash.text, "other" in clash.text) == (409, True, True)
    told(company, visit, "sun", "li", public="public", value=str(value))
    assert hu.post(f"{form}/retirement").status_code == 200
    assert "keeps its word" not in visit(company.sun).get(f"/feedback/to/{company.li}").text
    assert "keeps its word" in visit(company.sun).get("/feedback/wall").text
    assert visit(company.sun).post(f"/feedback/to/{company.li}", words="x", public="private", value=str(value)).status_code == 422
    kinds = db.session.scalars(select(Entry.kind).where(Entry.kind.startswith("company_value")).order_by(Entry.n)).all()
    assert kinds == ["company_value.made", "company_value.changed", "company_value.retired"]
