"""Every template that there is has been rendered and parsed strictly: by links through the demo company, and by what refuses."""

import re
from collections import Counter, deque
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import render_template
from sqlalchemy import select
from tinyhtml5.parser import HTMLParser
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from portal import clock
from portal.accounts import break_glass as glass
from portal.db import db
from portal.directory.models import Person
from portal.drafts import keep
from portal.goals.models import Measure, MeasurePart, Revision
from portal.printing.pdf import press
from portal.reviews.models import Review
from tests import strictness
from tests.conftest import make_app
from tests.everywhere.exemptions import PARSED_ELSEWHERE
from tests.strictness import Kept, parse, review
from tests.visitor import Visitor

LOGINS = ("zhou.xiaolan", "lin.zhiyuan", "qin.lang", "shen.jiahe", "sun.hao", "wu.tao")
EACH = 2  # addresses of one page


@pytest.fixture
def rendered(demo_file):
    """The demo company in this process, and the names of the templates that were asked for."""
    app, seen = make_app(f"sqlite:///{demo_file()}"), set()
    load = app.jinja_env.get_template

    def noted(name, *more, **options):
        seen.add(getattr(name, "name", name))
        return load(name, *more, **options)

    app.jinja_env.get_template = noted
    with app.app_context():
        yield app, seen
        db.session.remove()
        db.engine.dispose()


def walk(app, visitor, start="/"):
    """Follow links and what htmx would fetch; the visitor complains about whatever a browser would forgive."""
    routes, taken, waiting, seen = app.url_map.bind("localhost"), Counter(), deque([(start, None)]), set()
    while waiting:
        address, target = waiting.popleft()
        answer = visitor.get(address, target)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for tag in re.findall(r"<(?:a|form|input|section|li|div|span|p)\b[^>]*>", answer.text):
            found = {name: unescape(value) for name, value in re.findall(r'\b(href|hx-get|hx-target)="([^"]*)"', tag)}
            for link, region in ((found.get("href"), None), (found.get("hx-get"), found.get("hx-target", "").lstrip("#"))):
                step = link and (urljoin(address, link).partition("#")[0], region)
                try:
                    endpoint = step and routes.match(step[0].partition("?")[0])[0]
                except HTTPException:
                    continue
                if step and step not in seen and endpoint != "static" and taken[endpoint, bool(region)] < EACH:
                    seen.add(step)
                    taken[endpoint, bool(region)] += 1
                    waiting.append(step)


def beside_the_links(app, people):
    """What no link leads to: the doors, the first run, drafts, refusals and papers."""
    nobody, staff, hr = Visitor(app, None), Visitor(app, people["zhou.xiaolan"]), Visitor(app, people["shen.jiahe"])
    glass.create("emergency")
    keep(people["zhou.xiaolan"], "/goals/new", {"title": "words"}, clock.now())
    db.session.commit()
    for address in ("/login", "/login/local", "/v", "/v/ZZZZ-ZZZZ-ZZZZ-ZZZZ"):
        nobody.get(address)
    nobody.post("/login", login="li", password="wrong")
    nobody.post("/goals/new", target="main", title="words")
    for address in ("/gallery", "/nowhere", "/admin/settings", "/goals/new", "/drafts/1"):
        staff.get(address)
    staff.get("/drafts?form=/goals/new", target="draft")
    for target in (None, "suggestions"):
        staff.get("/search?q=客户", target)
    staff.post("/goals/new", once="", title="words")
    staff.post("/logout", once="", target="main")
    for goal in _seldom_linked():
        assert hr.get(f"/goals/{goal}").status_code == 200
    for step in ("directory", "trial", "people", "hr", "company", "period", "capabilities"):
        hr.get(f"/setup/{step}")


def _seldom_linked():
    """A goal with a change that waits, and one whose measure is reported in parts: few of many goals, which links may miss."""
    waits = select(Revision.objective_id).where(Revision.answered_at.is_(None)).limit(1)
    in_parts = select(Measure.objective_id).join(MeasurePart).limit(1)
    return [db.session.scalars(found).one() for found in (waits, in_parts)]


def outside_the_shell(app):
    kept, facts = MultiDict({"title": "words"}), {"limit": 4, "ours": "a", "theirs": "b", "sentence": "words", "refused": True}
    for name in ("away", "broken", "busy", "confirm", "host", "https", "large", "origin", "unusable"):
        with app.test_request_context("/goals/new", method="POST"):
            review(render_template(f"errors/{name}.html", kept=kept, again=True, **facts))
            review(render_template("errors/_message.html", why=name, kept=kept, again=True, **facts))


def papers(app, person, monkeypatch):
    draw, drawn = press.make, []
    monkeypatch.setattr(press, "make", lambda html, *more: (drawn.append(html), draw(html, *more))[1])
    staff = Visitor(app, person)
    for one in db.session.scalars(select(Review.id).where(Review.person_id == person)).all():
        assert staff.get(staff.post(f"/print/review/{one}", follow=False).location).mimetype == "application/pdf"
    for html in drawn:
        parser = HTMLParser()
        parser.parse(html)
        assert parser.errors == []
    assert drawn


PAGE = '<!doctype html><html lang="en"><head><title>t</title></head><body><main><h1>a</h1><ul>{}</ul><p>b &amp; c</p></main></body></html>'


@pytest.mark.parametrize(
    "wrong",
    [
        PAGE.format('<li><a href="/">x</a></li><li><a href="/">y</li>'),
        PAGE.format('<li><a href="/" href="/">x</a></li>'),
        PAGE.format('<li><p><a href="/">x</a><div></div></p></li>'),
        PAGE.format('<li><a href="/"><a href="/">x</a></a></li>'),
        PAGE.format("<li>a &nosuch; b</li>"),
        PAGE.format("<li>x</li>").replace("</main>", ""),
        PAGE.format("<li>x</li>").replace("</p>", "</p></p>"),
        PAGE.format("<li>x</li>").replace("&amp;", "&amp"),
        PAGE.format("<li>a < b</li>"),
        PAGE.format("""<li><a href='/"'>x</a><a href='/' href='/'>x</a></li>"""),
    ],
)
def test_what_was_parsed_once_hides_no_mistake(wrong):
    for n in (1, 2, 3):
        parse(PAGE.format('<li><a href="/">x</a></li>' * n))
    assert not parse(PAGE.format('<li><a href="/n">y</a></li>' * 5)), "the same once more is known"
    assert not parse(PAGE.format("""<li><a href='{"n": 1}'>y</a></li>""")), "however it is quoted"
    with pytest.raises(AssertionError):
        parse(wrong)


def test_what_one_process_has_parsed_another_knows_but_no_mistake(tmp_path, monkeypatch):
    def another():
        monkeypatch.setattr(strictness, "_stood", set())
        monkeypatch.setattr(strictness, "kept", Kept(tmp_path / "strict" / "kept"))

    fine = PAGE.format('<li><a href="/">x</a></li>')
    another()
    first = strictness.kept
    assert parse(fine)
    another()
    assert not parse(fine) and parse(fine.replace("<ul>", '<ul class="rows">'))
    for _ in range(2):
        with pytest.raises(AssertionError):
            parse(fine.replace("<p>", '<p><a href="/"><a href="/">x</a></a>'))
        another()
    assert not parse(fine.replace("<ul>", '<ul class="rows">'))
    assert first.has([(("html",), "head", "body ")]) and not first.has([(("html",), "body", "body ")])


def test_every_template_is_parsed_strictly(rendered, monkeypatch):
    app, seen = rendered
    people = {login: db.session.scalars(select(Person.id).where(Person.login == login)).one() for login in LOGINS}
    for person in people.values():
        walk(app, Visitor(app, person))
    beside_the_links(app, people)
    outside_the_shell(app)
    papers(app, people["zhou.xiaolan"], monkeypatch)
    every = {str(path.relative_to("templates")) for path in Path("templates").rglob("*.html")}
    assert every - seen - set(PARSED_ELSEWHERE) == set(), "a template that nothing has looked at"
    assert set(PARSED_ELSEWHERE) & seen == set(), "looked at by now: take it from the list"
