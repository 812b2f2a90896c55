"""The audit log: in words, filtered, by key, through the guards; looked at and exported never unseen; whole or not."""

import csv
import html
import re
from dataclasses import fields
from datetime import UTC, datetime, time, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from portal import access, clock, jobs, journal
from portal.access import Act
from portal.access.models import Role, RoleGrant
from portal.admin.jobs import JOB
from portal.audit import exporting, queries, words
from portal.audit.queries import Wish
from portal.db import db
from portal.directory.models import Person, Unit
from portal.goals.states import State
from portal.journal.kinds import KINDS
from portal.journal.models import Entry, Payload
from portal.organisation.operations import Facts, Newcomer, Place, Standing
from portal.reviews.models import Group, Invitation
from portal.reviews.operations import answer, close
from tests.build import a_check_in, a_review, an_objective
from tests.databases import unguarded


def plain(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def listed(page):
    """The entries' section alone: filters and the rest of the page name the same words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", re.search(r'aria-labelledby="entries-title".*?</section>', page.text, re.S)[0])).split())


@pytest.fixture
def busy(company):
    """冯 agrees for 王, 胡 changes a setting with words a spreadsheet would run, 郑's own form is sent back."""
    goal = an_objective(company.period, person_id=company.li, state=State.PROPOSED, title="=1+1")
    own = a_review(company.zheng, {company.zheng: "self", company.zhao: "manager"}, state="ready", ready_at=clock.now())
    other = a_review(company.li, {company.li: "self", company.wang: "manager"}, state="ready", ready_at=clock.now())
    db.session.commit()
    feng = company.viewer("feng")
    acts = access.acts_on(feng, goal)
    journal.step(goal.agree(acts, clock.now()), goal, feng, acts, told={"title": goal.title})
    hu = company.viewer("hu")
    journal.write_about("setting.changed", "setting", hu, words={"name": "rhythm_days", "before": 14, "after": 30, "why": "＝cmd"})
    db.session.commit()
    for review in (own, other):
        journal.step(review.send_back(dict.fromkeys((Act.RETURN_REVIEW,)), clock.now(), "SECRET-REASON"), review, hu, {})
    db.session.commit()
    return company


def test_every_kind_and_every_thing_has_its_words():
    assert set(words.DONE) == set(KINDS), "a new kind of entry needs its words for the auditor"


def test_who_did_what_on_whose_behalf(busy, visit):
    page = listed(visit(busy.zheng).get("/audit"))
    assert "feng for wang agreed to a goal · li" in page
    assert "hu changed a setting · " in page and "before 14 now 30" in page and "Reason ＝cmd" in page
    assert visit(busy.hu).get("/audit").status_code == visit(busy.zhao).get("/audit").status_code == 403


def test_of_what_is_not_open_only_that_something_happened(busy, visit):
    """郑 is the auditor, and the subject of one of the two forms that were sent back."""
    zheng = visit(busy.zheng)
    page = zheng.get("/audit")
    assert "hu did something that is not open to you" in listed(page) and "hu sent an assessment back · li" in listed(page)
    assert page.text.count("SECRET-REASON") == 1
    found = listed(zheng.get("/audit?kind=review.return"))
    assert found.count("sent an assessment back") == 1 and "not open to you" not in found, "a filter must not tell what it is"
    assert "not open to you" not in listed(zheng.get("/audit?thing=review"))
    assert "not open to you" in listed(zheng.get("/audit?actor=hu"))


def test_answers_have_no_names(busy, visit):
    review = a_review(busy.sun, {})
    asked = [Invitation(review_id=review.id, rater_id=rater, group=Group.PEER) for rater in (busy.li, busy.chen, busy.wu)]
    db.session.add_all(asked)
    db.session.flush()
    for invitation in asked:
        answer(invitation, "words")
    close(review, busy.viewer("hu"))
    db.session.commit()
    found = listed(visit(busy.zheng).get("/audit?kind=answers.closed"))
    assert "The portal 360 answers were closed" in found and "sun" not in found


def test_filters(busy, visit):
    zheng = visit(busy.zheng)
    shown = lambda query: listed(zheng.get(f"/audit?{query}"))  # noqa: E731
    assert "agreed to a goal" in shown("actor=feng") and "setting" not in shown("actor=feng")
    assert "agreed to a goal" in shown("behalf=wang") and "setting" not in shown("behalf=wang")
    assert "Nothing fits" in shown("actor=wang") and "Nothing fits" in shown("behalf=hu")
    assert "setting" in shown("kind=setting.changed") and "agreed" not in shown("kind=setting.changed")
    assert "agreed" in shown("thing=objective") and "setting" not in shown("thing=objective")
    assert "setting" in shown(f"actor=%23{busy.hu}") and "Done by hu" in plain(zheng.get(f"/audit?actor=%23{busy.hu}"))
    page = zheng.get("/audit?actor=n")
    assert f"actor=%23{busy.sun}" in page.text and "Whom do you mean?" in page.text and "Nothing fits" in listed(page)
    assert "Nobody is called “nobody”." in plain(zheng.get("/audit?actor=nobody"))
    assert "is no day" in plain(zheng.get("/audit?since=soon"))
    assert "agreed" in shown("kind=no.such&thing=none"), "what is no kind is no filter"


@pytest.mark.parametrize(("since", "last", "fits"), [(0, 0, True), (0, None, True), (None, 0, True), (1, None, False), (None, -1, False), (-3, 3, True)])
def test_days_are_the_companys(busy, visit, since, last, fits):
    day = {name: (clock.today() + timedelta(days=n)).isoformat() for name, n in (("since", since), ("until", last)) if n is not None}
    found = listed(visit(busy.zheng).get("/audit?" + "&".join(f"{name}={value}" for name, value in day.items())))
    assert ("agreed to a goal" in found) is fits


def test_the_edges_of_a_day_are_exact_whatever_the_numbers_are(company):
    """An entry is dated when it was written and numbered when its transaction ended: the two orders may differ."""
    day = clock.today() - timedelta(days=40)
    midnight = datetime.combine(day, time(), clock.zone()).astimezone(UTC)
    moments = [midnight - timedelta(seconds=1), midnight + timedelta(hours=3), midnight, midnight + timedelta(days=1), midnight + timedelta(hours=23)]
    hu = company.viewer("hu")
    for moment in (midnight - timedelta(days=9), *moments, clock.now()):
        with clock.at(moment):
            journal.write_about("period.made", "period", hu, words={"name": moment.isoformat()})
        db.session.commit()
    found = queries.entries(company.viewer("zheng"), Wish(since=day, last=day)).lines
    assert {line.at for line in found} == {moments[1], moments[2], moments[4]}


def test_pages_go_on_by_key_and_meet(busy, monkeypatch):
    zheng, found, below = busy.viewer("zheng"), [], None
    for _ in range(9):
        page = queries.entries(zheng, Wish(), below, limit=1)
        found += [line.n for line in page.lines]
        if (below := page.more) is None:
            break
    assert found == db.session.scalars(select(Entry.n).order_by(Entry.n.desc())).all()


def test_every_filter_walks_an_index(busy):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's plan")
    zheng, today = busy.viewer("zheng"), clock.today()
    for wish in (Wish(), Wish(actor=1), Wish(behalf=1), Wish(kind="objective.agree"), Wish(thing="objective"), Wish(since=today), Wish(last=today), Wish(actor=1, since=today)):
        sql = str(queries._found(zheng, wish, 99).limit(51).compile(db.engine, compile_kwargs={"literal_binds": True}))
        plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
        assert not [line for line in plan if re.match(r"SCAN (entry|payload|person)|USE TEMP B-TREE", line)], (wish, plan)


def test_a_look_is_an_entry_with_what_was_asked_for(busy, visit):
    zheng = visit(busy.zheng)
    zheng.get("/audit?kind=review.return")
    zheng.get("/audit?before=2")
    kind, actor, kept = db.session.execute(select(Entry.kind, Entry.actor_id, Payload.words).join(Payload, Payload.entry_n == Entry.n).order_by(Entry.n.desc()).limit(1)).one()
    assert (kind, actor, kept) == ("audit.viewed", busy.zheng, {"kind": "review.return"}), "going on is the same look"
    for _ in range(2):
        zheng.get("/audit?actor=nobody")
        zheng.get("/audit?kind=review.return")
    assert len(db.session.scalars(select(Entry.n).where(Entry.kind == "audit.viewed")).all()) == 1, "again is the same look, and of nobody it is none"
    zheng.get(f"/audit?actor=%23{busy.hu}")
    assert f"Who #{busy.hu}" in listed(zheng.get("/audit")) and "Kind sent an assessment back" in listed(zheng.get("/audit"))
    assert journal.check() == [] and "zheng looked at the audit log" in listed(zheng.get("/audit"))


def export(visitor, **fields):
    return visitor.post("/audit/exports", follow=False, password="right", **fields)


def fetched(visitor, **fields):
    page = visitor.get(export(visitor, **fields).location)
    assert page.mimetype == "text/csv" and page.headers["Content-Disposition"].startswith("attachment;")
    content = page.get_data(as_text=True)
    assert content.startswith("\ufeffNo.,When,Who,Account,On whose behalf")
    return list(csv.reader(StringIO(content[1:])))[1:]


def test_an_export_is_confirmed_kept_and_what_the_page_shows(busy, visit):
    zheng = visit(busy.zheng)
    assert zheng.post("/audit/exports", follow=False, password="wrong").status_code == 422
    assert zheng.post("/audit/exports", password="right", actor="n").status_code == 409, "several may be meant: not everybody's entries"
    rows = fetched(zheng, actor="feng")
    assert [(row[2], row[4], row[5], row[6], row[9]) for row in rows] == [("feng", "wang", "agreed to a goal", "li", "objective.agree")]
    entry, kept = db.session.execute(select(Entry, Payload.words).join(Payload, Payload.entry_n == Entry.n).where(Entry.kind == "audit.exported")).one()
    assert (entry.actor_id, kept["actor"], len(kept["ticket"])) == (busy.zheng, busy.feng, 22)
    assert not any("SECRET-REASON" in cell for row in fetched(zheng, thing="review") for cell in row if "zheng" in row)
    everything = fetched(zheng)
    assert sum("SECRET-REASON" in "".join(row) for row in everything) == 1
    assert [row[5] for row in everything if row[2] == "hu"].count("did something that is not open to you") == 1


def test_no_cell_is_a_formula(busy, visit):
    rows = fetched(visit(busy.zheng))
    assert all(cell[:1] not in words.RISKY for row in rows for cell in row)
    for risky in "=+-@\t\r\n＝＋－＠":
        assert words.cell(f"{risky}1+1") == f"'{risky}1+1"
    assert [words.cell(fine) for fine in ("", "1", "a=b", "王")] == ["", "1", "a=b", "王"]


def test_a_file_is_fetched_by_whoever_asked_and_soon(busy, visit, monkeypatch):
    address = export(visit(busy.zheng)).location
    db.session.add(RoleGrant(person_id=busy.wu, role=Role.AUDITOR, since=clock.today()))
    db.session.commit()
    assert visit(busy.wu).get(address).status_code == 404
    assert visit(busy.li).get(address).status_code == 403
    assert visit(busy.zheng).get("/audit/exports/another").status_code == 404
    assert visit(busy.zheng).get(address).status_code == 200
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr("portal.audit.views.clock.now", lambda: later)
    assert visit(busy.zheng).get(address).status_code == 404


def test_a_long_file_ends_with_a_line_that_says_so(busy, visit, monkeypatch):
    whole = len(fetched(visit(busy.zheng)))
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    again = fetched(visit(busy.zheng))
    numbers = [int(row[0]) for row in again]
    assert len(again) == whole + 1 and numbers == sorted(numbers, reverse=True), "in pieces it is the same; the first export is one more"
    monkeypatch.setattr(exporting, "MOST", 3)
    cut = fetched(visit(busy.zheng))
    assert len(cut) == 4 and cut[-1] == ["Only the first 3 entries are in this file. Choose fewer days for the rest."]


def night():
    jobs.ask(JOB)
    db.session.commit()
    while jobs.work_one():
        pass


def tamper(company):
    with unguarded(db.session.connection()):
        db.session.execute(update(Entry).where(Entry.n == 1).values(actor_id=company.wu))
    db.session.commit()


def test_the_page_says_what_the_night_found(busy, visit):
    zheng = visit(busy.zheng)
    assert "No night has checked" in plain(zheng.get("/audit"))
    night()
    assert "nothing was changed or taken away" in plain(zheng.get("/audit"))
    tamper(busy)
    night()
    assert "The journal is not what was written" in plain(zheng.get("/audit"))


def test_the_command_says_it_in_words(busy, app):
    run = app.test_cli_runner().invoke
    whole = run(args=["journal-check"])
    assert whole.exit_code == 0 and "The journal is whole: 4 entries" in whole.output
    tamper(busy)
    broken = run(args=["journal-check"])
    assert broken.exit_code == 1 and "NOT what was written" in broken.output and "entry 1: broken link" in broken.output


def test_every_shape_of_kept_words_is_told():
    kept = {"title": "t", "changes": [{"field": "target", "of": "orders", "before": "1", "after": "2"}], "confidence": {"before": 8, "after": 3}, "before": None, "after": "x", "empty": "", "steps": ["a", "b"]}
    assert words.lines(kept) == [("", None, "x"), ("title", None, "t"), ("target · orders", "1", "2"), ("confidence", 8, 3), ("steps", None, ["a", "b"])]
    assert [words.plain(value) for value in (None, "", ["a", 1], {"a": 1}, True)] == ["–", "–", "a, 1", "a: 1", "True"]


def test_a_change_of_several_facts_names_those_that_changed_in_the_readers_words(company, visit):
    sales = db.session.get_one(Unit, company.units.sales)
    words = {"before": {"name": "sales", "parent": None, "head": company.wang}, "after": {"name": "sales", "parent": company.units.research, "head": company.li}, "changes": True}
    journal.write("unit.changed", sales, company.viewer("hu"), words=words)
    db.session.commit()
    page = listed(visit(company.zheng).get("/audit"))
    assert "Hangs below before – now research" in page and f"Head before #{company.wang} now #{company.li}" in page
    assert "Called" not in page, "a fact that stayed is no change"
    assert "Changes" in page and "Yes" in page and "True" not in page


def test_a_switch_and_a_place_are_told_in_the_readers_words(company, visit):
    sales, research, hu = company.units.sales, company.units.research, company.viewer("hu")
    journal.write_about("switch.changed", "switch", hu, words={"name": "goals", "before": {"state": "on", "units": []}, "after": {"state": "pilot", "units": [sales, research, 999]}})
    place = {"unit_id": sales, "post": "fitter", "level": "P3", "manager_id": company.wang, "share": 10_000}
    journal.write("assignment.changed", db.session.get_one(Person, company.li), hu, words={"before": None, "after": place, "held": True})
    db.session.commit()
    page = listed(visit(company.zheng).get("/audit"))
    assert "State before Whole company now Pilot" in page and "Departments before – now sales, research, #999" in page
    assert f"Department: sales, Position: fitter, Level: P3, Manager: #{company.wang}, Share: 100%" in page and "Held by HR" in page


def test_a_value_is_told_with_its_unit_and_how_sure_somebody_was_before(company, visit):
    goal = an_objective(company.period, person_id=company.li)
    kept = {"title": goal.title, "measure": "orders", "unit": "%", "shape": "number", "before": "1", "after": "2", "target": "9", "confidence_before": 6, "confidence": 7, "comment": "", "source": ""}
    journal.write("objective.valued", goal, company.viewer("li"), words=kept)
    db.session.commit()
    page = listed(visit(company.zheng).get("/audit"))
    assert "before 1 now 2" in page and "Confidence before 6 now 7" in page
    assert "Unit of measure %" in page and "Departments" not in page


def test_what_was_changed_on_a_goal_is_told_as_its_own_page_tells_it(company, visit):
    goal = an_objective(company.period, person_id=company.li)
    changes = [{"field": "weight", "of": "", "before": "3000", "after": "3350"}, {"field": "audience", "of": "", "before": "line", "after": "company"}]
    changes += [{"field": "target", "of": "orders", "before": "18", "after": "15"}, {"field": "stretch", "of": "orders", "before": None, "after": "20"}]
    journal.write("objective.edited", goal, company.viewer("li"), words={"title": goal.title, "changes": changes, "why": ""})
    db.session.commit()
    page = listed(visit(company.zheng).get("/audit"))
    assert "Weight before 30% now 33.50%" in page and "Who sees it before The management line now The whole company" in page
    assert "Target · orders before 18 now 15" in page and "Stretch · orders 20" in page and "3350" not in page
    zheng = visit(company.zheng)
    zheng.post("/language", language="zh", follow=False)
    said = listed(zheng.get("/audit"))
    assert "权重" in said and "33.50%" in said and "管理线" in said


def test_everything_that_an_entry_keeps_has_a_name():
    """As far as it can be read off the code: the words that are given to the journal, and the facts of the organisation."""
    written = re.compile(r"(?:journal\.\w+\((?:[^()]|\([^()]*\))*words=|\b(?:told|words) = )(\{[^{}]*\})")
    kept = {name for file in Path("portal").rglob("operations.py") for each in written.findall(file.read_text()) for name in re.findall(r'"(\w+)":', each)}
    facts = {field.name for kind in (Place, Facts, Standing, Newcomer) for field in fields(kind)}
    assert kept > {"why", "day", "unit"} and (kept | facts) - words.KEPT.keys() - {"ticket", "giver"} == set()


def test_a_talk_is_told_as_far_as_it_is_shared(company, visit):
    talk = a_check_in(company.li, company.wang, state="draft")
    journal.write("check_in.shared", talk, company.viewer("wang"), words={"progress": "DRAFT-WORDS"})
    db.session.commit()
    assert "DRAFT-WORDS" not in visit(company.zheng).get("/audit").text
