"""The page of search, its pages of one kind, and the suggestions."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from sqlalchemy import func, literal, select

from portal import clock
from portal.access.models import Switch
from portal.checkins.models import Note
from portal.db import db
from portal.directory.models import Person
from portal.formats import short_name
from portal.goals.models import Audience
from portal.goals.states import State
from portal.search import groups, views
from portal.search.models import Kind
from tests.build import a_check_in, an_objective

OPEN = {"audience": Audience.COMPANY, "state": State.AGREED}


def titles(html):
    return [re.sub("</?mark>", "", title) for title in re.findall(r'class="title">(.*?)</span>', html)]


def test_every_kind_with_its_number_and_the_hit_marked(company, visit):
    an_objective(company.period, person_id=company.li, title="让客户满意", why="满" * 200 + "客户" + "意" * 200, **OPEN)
    an_objective(company.period, title="closed", audience=Audience.COMPANY, state=State.CLOSED, agreed_at=clock.now(), closed_at=clock.now(), lessons="先问客户")
    talk = a_check_in(company.li, company.wang).id
    db.session.add(Note(check_in_id=talk, voice="manager", field="progress", text="客户来访"))
    db.session.add(Person(name="客户经理", pinyin="ke hu jing li", number="W1"))
    db.session.commit()
    html = visit(company.li).get("/search?q=客户").text
    assert re.findall(r'id="kind-(\w+)"', html) == ["person", "goal", "lesson", "check_in"]
    assert html.count("1 hit<") == 4
    assert "让<mark>客户</mark>满意" in html
    assert "先问<mark>客户</mark>" in html
    assert "<mark>客户</mark>来访" in html
    assert short_name(db.session.get(Person, company.wang).name) in re.findall(r'class="avatar[^>]*>(.*?)</span>', html), "the disc of a talk is the other person's"
    assert f'href="/check-ins/{talk}"' in html
    other = visit(company.wu).get("/search?q=客户").text
    assert re.findall(r'id="kind-(\w+)"', other) == ["person", "goal", "lesson"], "somebody else's talk is not among one's own"


TYPED = ("", " ", "a", "%", "_", "*", '"', "'", '" OR *', "NEAR(", "goal: x", "AND", "-x", "^x", "客" * 200, "x" * 300, "a b " * 80, "客 户 " * 60, "\U0001f600", "1' OR '1'='1", "{x} : y", "ſ", "ﷺ")
EVERYTHING = {'" OR *', "客 户 " * 60}  # its measure is of orders


def test_whatever_is_typed_is_answered(company, visit):
    an_objective(company.period, person_id=company.li, title="客户 1", **OPEN)
    db.session.commit()
    li = visit(company.li)
    for words in TYPED:
        for target in (None, "suggestions", "hits"):
            answer = li.get(f"/search?q={quote(words)}", target)
            assert (answer.status_code, "户</mark>" in answer.text or "客户" in answer.text) == (200, words in EVERYTHING), words
    assert li.get("/search?q=%00").status_code == 400


def test_one_character_of_chinese_is_enough(company, visit):
    an_objective(company.period, person_id=company.li, title="让客户满意", **OPEN)
    db.session.commit()
    for word in "让户意":
        assert titles(visit(company.li).get(f"/search?q={word}").text) == ["让客户满意"]
    assert "One letter finds too much" in visit(company.li).get("/search?q=x").text


def test_pages_of_one_kind(company, visit, monkeypatch):
    monkeypatch.setattr(groups, "PAGE", 3)
    monkeypatch.setattr(groups, "MOST", 6)
    for n in range(8):
        an_objective(company.period, person_id=company.li, title=f"客户 {n}", **OPEN)
        db.session.add(Person(name=f"客户{'ab'[n % 2]}", pinyin=f"ke hu {'ab'[n % 2]}", number=f"W{n}"))
    db.session.commit()
    li, address, seen = visit(company.li), "/search?q=客户&kind=goal", []
    first = li.get("/search?q=客户").text
    assert first.count("more than 6") == 2, "goals and people"
    while address:
        html = li.get(address, "hits").text
        seen.append(titles(html))
        more = re.search(r'href="([^"]+)" hx-get', html)
        address = more and more[1].replace("&amp;", "&")
    assert [title for page in seen for title in page] == [f"客户 {n}" for n in range(7, -1, -1)]
    assert [len(page) for page in seen] == [3, 3, 2]
    address, seen = "/search?q=客户&kind=person", []
    while address:
        html = li.get(address).text
        seen += titles(html)
        more = re.search(r'href="([^"]+)" hx-get="[^"]+" hx-target="#hits" hx-swap="outerHTML" hx-push', html)
        address = more and more[1].replace("&amp;", "&")
    assert seen == ["客户a"] * 4 + ["客户b"] * 4
    assert li.get("/search?q=x&kind=nothing").status_code == 404
    assert li.get("/search?q=xy&kind=goal&after=x").status_code == 200


def test_suggestions_are_links_and_lead_on_to_the_page(company, visit):
    goal = an_objective(company.period, person_id=company.li, title="客户", **OPEN).id
    db.session.commit()
    html = visit(company.wu).get("/search?q=客户", "suggestions").text
    assert re.findall(r'href="([^"]+)"', html) == [f"/goals/{goal}", "/search?q=%E5%AE%A2%E6%88%B7"]
    assert "1 suggestion<" in html
    assert "Nothing found" in visit(company.wu).get("/search?q=寰宇", "suggestions").text


def test_a_colleague_leads_to_what_is_open(company, visit):
    for name, address in (("wang", f"/people/{company.li}"), ("wu", f"/goals/board?of=person-{company.li}")):
        visitor = visit(getattr(company, name))
        assert re.findall(r'class="found" href="([^"]+)"', visitor.get("/search?q=li").text)[:1] == [address]
        assert visitor.get(address).status_code == 200


def test_what_is_switched_off_is_not_found(company, visit):
    an_objective(company.period, person_id=company.li, title="客户", **OPEN)
    db.session.add(Switch(capability="goals"))
    db.session.commit()
    li = visit(company.li)
    assert "Nothing found" in li.get("/search?q=客户").text
    assert li.get("/search?q=客户&kind=goal").status_code == 404
    assert 'class="found" href' not in visit(company.wu).get("/search?q=sun").text, "a colleague without goals leads nowhere"


def test_who_has_left_is_found_by_nobody(company, visit):
    gone = db.session.get_one(Person, company.sun)
    gone.status, gone.left_on = "left", clock.today() - timedelta(days=1)
    db.session.commit()
    assert "Nothing found" in visit(company.wang).get("/search?q=sun").text


def test_a_search_that_takes_too_long_is_stopped_and_the_page_says_so(company, visit, monkeypatch):
    an_objective(company.period, person_id=company.li, title="客户", **OPEN)
    db.session.commit()
    number = select(literal(1).label("x")).cte("numbers", recursive=True)
    for_ever = select(func.count()).select_from(number.union_all(select(number.c.x + 1))).scalar_subquery()
    goals = next(group for group in groups.groups() if group.kind is Kind.GOAL)
    monkeypatch.setitem(groups._groups, Kind.GOAL, replace(goals, seen=lambda _: for_ever < 0))
    monkeypatch.setattr(views, "LONGEST", 0.2)
    li = visit(company.li)
    for address in ("/search?q=客户", "/search?q=客户&kind=goal"):
        page = li.get(address)
        assert (page.status_code, "takes too long" in page.text, "Nothing found" in page.text) == (200, True, False)
    assert "Search once more" in li.get("/search?q=客户", target="suggestions").text
    assert "1 hit<" in li.get("/search?q=wang&kind=person").text, "the next one is searched"


def test_who_searches_too_often_waits_a_moment(app, company, visit, monkeypatch):
    monkeypatch.setitem(app.config, "SEARCHES", "2/hour")
    li = visit(company.li)
    statuses = [li.get("/search?q=wang").status_code for _ in range(3)]
    last = li.get("/search?q=wang", target="suggestions")
    assert (statuses, last.status_code, last.headers["Retry-After"]) == ([200, 200, 429], 429, "1")
    assert "Search once more" in last.text
    assert li.get("/search").status_code == 200, "the empty page asks for nothing"
    assert visit(company.wang).get("/search?q=li").status_code == 200, "each for themselves"
