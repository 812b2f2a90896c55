"""Looking through a time line: words, months, a team's; each line through its guard, and as fast for many as for few."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import g
from sqlalchemy import event, insert, select, text

from portal import clock, jobs, journal
from portal.db import db
from portal.feedback.models import Feedback
from portal.goals.models import Objective
from portal.home import looking, year
from portal.home.looking import Wish
from portal.journal.kinds import KINDS
from portal.journal.models import Entry, Payload
from portal.periods.models import Kind, Period
from portal.printing import queries
from portal.printing.models import ArchivedCopy, Document
from tests.build import a_check_in, an_objective, feedback

DAY = timedelta(days=1)


def happened(kind, about, by, days, **words):
    """An entry of so many days ago; the oldest has to be written first."""
    with clock.at(clock.now() - days * DAY):
        journal.write(kind, about, by, words=words)


@pytest.fixture
def busy(company):
    """A year of 李, 孙 and 吴: goals reported, talks recorded, feedback given."""
    wang, sun = company.viewer("wang"), company.viewer("sun")
    goal = an_objective(company.period, person_id=company.li, title="上线工位")
    other = an_objective(company.period, person_id=company.sun, title="换型时间")
    alien = an_objective(company.period, person_id=company.wu, title="外人的目标")
    talk, told = a_check_in(company.li, company.wang), feedback(company.li, company.sun, "调试视频讲得清楚")
    reported = {"title": "上线工位", "measure": "工位", "before": "1"}
    past = [(days, "objective.valued", goal, wang, {**reported, "after": str(days), "comment": "100%_done" if days == 50 else ""}) for days in range(200, 0, -10)]
    past.append((41, "objective.valued", other, sun, {"title": "换型时间", "measure": "换型", "before": "21", "after": "12"}))
    past.append((31, "objective.valued", alien, company.viewer("wu"), {"title": "外人的目标", "measure": "x", "before": "1", "after": "2"}))
    past.append((21, "check_in.shared", talk, wang, {"progress": "夹具已上线, see Progress report"}))
    past.append((5, "feedback.given", told, sun, {}))
    for days, kind, about, by, words in sorted(past, key=lambda one: -one[0]):
        happened(kind, about, by, days, **words)
    db.session.commit()
    return company


def sentences(app, viewer, find, *asked, **wished):
    with app.test_request_context("/"):
        g.viewer = viewer
        page = find(viewer, *asked, Wish(**wished))
        return [f"{line.sentence.striptags()} {line.said}".strip() for _, lines in page.days for line in lines]


def of(app, company, name, **wished):
    return sentences(app, company.viewer(name), looking.of, company.li, **wished)


@pytest.mark.parametrize(
    ("words", "count"),
    [("夹具", 1), ("夹具 上线", 1), ("夹具 视频", 0), ("视频", 1), ("recorded a check-in", 1), ("progress", 1), ("wang 工位", 20), ("100%_", 1), ("100%x", 0), ("title", 0), ("shape", 0), ("SUN", 1)],
)
def test_words_are_found_as_they_are_shown(app, busy, words, count):
    """Also of who acted, and in the sentence; never by what an entry keeps and does not show."""
    assert len(of(app, busy, "li", words=words)) == count


def test_what_one_may_not_see_is_not_found(app, busy):
    assert [len(of(app, busy, name, words=word)) for name in ("hu", "zheng") for word in ("夹具", "视频", "工位")] == [0, 0, 20, 1, 0, 20]


def test_words_that_are_gone_are_not_found(app, busy):
    row = db.session.scalars(select(Feedback)).one()
    row.state, row.withdrawn_at, row.words = "withdrawn", clock.now(), ""
    db.session.commit()
    assert of(app, busy, "li", words="视频") == []


def test_a_search_goes_on_where_it_stopped(app, busy, monkeypatch):
    monkeypatch.setattr(looking, "CANDIDATES", 4)
    viewer = busy.viewer("li")
    with app.test_request_context("/"):
        g.viewer, found, before, rounds = viewer, [], None, 0
        while True:
            page = looking.of(viewer, busy.li, Wish(words="工位", before=before))
            found += [line.n for _, lines in page.days for line in lines]
            before, rounds = page.before, rounds + 1
            if before is None:
                break
    assert (len(found), found == sorted(set(found), reverse=True)) == (20, True) and rounds > 2


def test_a_jump_shows_what_happened_until_the_end_of_the_month(app, busy):
    month = (clock.today() - 95 * DAY).replace(day=1)
    lines = of(app, busy, "li", month=month)
    ends = Wish(month=month).until
    expected = [days for days in range(10, 201, 10) if clock.now() - days * DAY < ends]
    assert len(lines) == len(expected) and f"{expected[0]}" in lines[0]
    assert of(app, busy, "li", month=date(1990, 1, 1)) == []


@pytest.mark.parametrize(("month", "until"), [(date(2026, 12, 1), datetime(2026, 12, 31, 16, tzinfo=UTC)), (date(2027, 2, 1), datetime(2027, 2, 28, 16, tzinfo=UTC))])
def test_a_month_ends_with_the_companys_day(month, until):
    assert Wish(month=month).until == until


@pytest.mark.parametrize(("typed", "found"), [("2026-03", date(2026, 3, 1)), ("2026-13", None), ("9999-12", None), ("0001-01", None), ("x", None), ("", None), ("2026-03-04", None)])
def test_months_in_addresses(typed, found):
    assert looking.month_of(typed) == found


def test_months_begin_with_the_first_entry(app, busy):
    months = looking.months(busy.li)
    assert (months[0], months[-1]) == (clock.today().replace(day=1), (clock.today() - 200 * DAY).replace(day=1))
    assert len(looking.months(busy.zhou)) == 1 and len(looking.months()) == looking.MONTHS


def test_a_team_is_those_who_report_today(app, busy):
    def team(name, **wished):
        return sentences(app, busy.viewer(name), looking.of_team, **wished)

    assert (len(team("wang")), len(team("zhou")), team("li"), team("hu")[:1]) == (23, 1, [], [])
    assert "换型" in team("wang", words="换型")[0] and team("wang", words="外人") == []
    assert len(team("wang", which="talks")) == 1
    assert [len(team("zhao", words="工位")), len(team("wang", month=date(1990, 1, 1)))] == [0, 0], "direct reports alone"


def test_pages_of_a_team_do_not_overlap(app, busy, monkeypatch):
    monkeypatch.setattr(looking, "PAGE", 7)
    viewer = busy.viewer("wang")
    with app.test_request_context("/"):
        g.viewer, found, before = viewer, [], None
        while True:
            page = looking.of_team(viewer, Wish(before=before))
            found += [line.n for _, lines in page.days for line in lines]
            before = page.before
            if before is None:
                break
    assert len(found) == len(set(found)) == 23


@pytest.mark.parametrize("target", [None, "timeline", "earlier", "line-beside"])
def test_the_page_and_its_parts(busy, visit, target):
    wang = visit(busy.wang)
    page = wang.get(f"/people/{busy.li}?q=工位&kind=progress", target)
    assert page.status_code == 200 and page.text.count("<time>") == (10 if target == "line-beside" else 20)
    assert ("<!doctype" in page.text) is (target is None)
    team = wang.get("/team/timeline?q=换型", target if target != "line-beside" else None)
    assert team.status_code == 200 and team.text.count("<time>") == 1


def test_beside_a_form_no_link_leaves_its_page(busy, visit):
    page = visit(busy.wang).get(f"/people/{busy.li}?beside=1", "line-beside").text
    assert all('target="_blank"' in link for link in re.findall(r"<a [^>]*>", page))
    more = re.search(r'hx-get="([^"]+)" hx-target="#earlier"', page).group(1).replace("&amp;", "&")
    rest = visit(busy.wang).get(more, "earlier").text
    assert "<time>" in rest and all('target="_blank"' in link for link in re.findall(r"<a [^>]*>", rest))


def steps_of(app, viewer, person, wished):
    """Instructions that SQLite's machine takes for one page: the same work is the same number."""
    steps = [0]

    def count():
        steps[0] += 1

    raw = db.session.connection().connection.dbapi_connection
    raw.set_progress_handler(count, 1)
    try:
        with app.test_request_context("/"):
            g.viewer = viewer
            page = looking.of(viewer, person, wished)
    finally:
        raw.set_progress_handler(None, 1)
    assert sum(len(lines) for _, lines in page.days) == looking.PAGE
    return steps[0]


def many_entries(person, goal, count):
    """So many reports of one goal's progress, written past the chain: nobody checks it here."""
    first = (db.session.scalar(select(Entry.n).order_by(Entry.n.desc()).limit(1)) or 0) + 1
    known = {"kind": "objective.valued", "guard": KINDS["objective.valued"].guard, "subject_kind": "person", "subject_id": person, "object_type": "objective", "object_id": goal, "digest": "x", "actor_id": person}
    rows = [{"n": first + n, "at": clock.now() - (count - n) * timedelta(hours=2), **known} for n in range(count)]
    db.session.execute(insert(Entry), rows)
    db.session.execute(insert(Payload), [{"entry_n": row["n"], "words": {"measure": "m", "title": "t", "before": "1", "after": "2"}} for row in rows])


def test_three_thousand_entries_cost_what_thirty_cost(app, company):
    """Within 1.3 times, counted in steps of the database's machine; also in the middle, and back from a month."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("counted on SQLite; the plan of PostgreSQL is asked below")
    goals = {person: an_objective(company.period, person_id=person).id for person in (company.li, company.sun, company.wu)}
    many_entries(company.sun, goals[company.sun], 31)
    many_entries(company.li, goals[company.li], 3_000)
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    viewer = company.viewer("wang")
    few = steps_of(app, viewer, company.sun, Wish())
    middle = db.session.scalar(select(Entry.n).where(Entry.subject_id == company.li).order_by(Entry.n).offset(1_500).limit(1))
    month = (clock.today() - 100 * DAY).replace(day=1)
    for wished in (Wish(), Wish(before=middle), Wish(month=month)):
        assert steps_of(app, viewer, company.li, wished) <= few * 1.3, wished


def test_postgresql_walks_the_index_of_the_person(app, company):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("counted above")
    goal = an_objective(company.period, person_id=company.li).id
    many_entries(company.li, goal, 3_000)
    many_entries(company.sun, an_objective(company.period, person_id=company.sun).id, 3_000)
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    sent = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, sql, values, *_: sent.append((sql, values)))
    viewer = company.viewer("wang")
    with app.test_request_context("/"):
        g.viewer = viewer
        looking.of(viewer, company.li, Wish())
    sql, values = next((sql, values) for sql, values in sent if "FROM entry" in sql and "LIMIT" in sql)
    plan = "\n".join(row[0] for row in db.session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}", values))
    assert "Seq Scan on entry" not in plan, plan
    read = [int(rows) for rows in re.findall(r"ix_entry_subject\w* .*?rows=(\d+)", plan)]
    assert read and max(read) <= 60, plan


@pytest.fixture
def printed(busy):
    begins = date(clock.today().year, 1, 1)
    db.session.add(Period(name=f"{begins.year} 年", kind=Kind.YEAR, begins=begins, ends=date(begins.year + 1, 1, 1)))
    db.session.commit()
    return db.session.scalars(select(Period.id).where(Period.kind == Kind.YEAR)).one()


def sheet(app, viewer, form):
    with app.test_request_context("/"):
        g.viewer = viewer
        return year.load(viewer, form).sheet


def test_the_year_on_paper_says_what_its_reader_sees(app, busy, visit, printed):
    wang = visit(busy.wang)
    assert "Print a year" in wang.get(f"/people/{busy.li}").text
    ordered = wang.post(f"/people/{busy.li}/years/{printed}", follow=False)
    assert ordered.status_code == 303
    with wang.get(ordered.location) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    form = db.session.scalars(select(Document.object_id).where(Document.kind == year.KIND)).one()
    mine, theirs = sheet(app, busy.viewer("wang"), form), sheet(app, busy.viewer("hu"), form)
    said = [event.said for month in mine.months for event in month.events]
    assert any("夹具" in words for words in said) and "调试视频讲得清楚" in said
    assert not any("夹具" in event.said or "视频" in event.said for month in theirs.months for event in month.events)
    sentences_ = [event.sentence for month in mine.months for event in month.events]
    assert not any("You" in one for one in sentences_) and any(one.startswith("wang ") for one in sentences_), "a paper has many readers"
    moments = [event.at for month in mine.months for event in month.events]
    assert moments == sorted(moments) and all(at.year == clock.today().year or at.month == 12 for at in moments)
    assert visit(busy.wu).post(f"/people/{busy.li}/years/{printed}").status_code == 403
    assert wang.post(f"/people/{busy.li}/years/{busy.period}").status_code == 404, "a quarter is no year"


def test_another_event_is_another_version(app, busy, visit, printed):
    wang = visit(busy.wang)
    ordered = wang.post(f"/people/{busy.li}/years/{printed}", follow=False)
    journal.write("objective.edited", db.session.scalars(select(Objective).where(Objective.person_id == busy.li)).first(), busy.viewer("wang"))
    db.session.commit()
    assert wang.get(ordered.location).status_code == 409, "what was ordered says something else now"
    wang.post(f"/people/{busy.li}/years/{printed}", follow=False)
    assert db.session.scalars(select(Document.version)).all() == [2]


def test_hr_archives_a_year_as_hr_reads_it(app, busy, visit, printed, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", str(tmp_path))
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://portal.example")
    keep, hu = f"/people/{busy.li}/years/{printed}/archive", visit(busy.hu)
    for name, status in (("li", 403), ("wang", 403), ("zheng", 403), ("wu", 403)):
        visitor = visit(getattr(busy, name))
        assert visitor.post(keep).status_code == status
        assert name == "wu" or keep not in visitor.get(f"/people/{busy.li}").text
    assert hu.post(f"/people/{busy.hu}/years/{printed}/archive").status_code == 403, "nobody archives their own"
    assert hu.post(f"/people/{busy.li}/years/{busy.period}/archive").status_code == 404
    assert keep in hu.get(f"/people/{busy.li}").text and "It is being archived" in hu.post(keep).text
    while jobs.work_one():
        pass
    copy = db.session.scalars(select(ArchivedCopy)).one()
    code, said = copy.code, json.dumps(copy.data, ensure_ascii=False)
    assert "recorded a check-in" not in said and "夹具" not in said, "of talks HR reads nothing"
    assert f"/archive/{code}" in hu.get(f"/people/{busy.li}").text and hu.get(f"/archive/{code}").data[:5] == b"%PDF-"
    assert visit(busy.li).get(f"/archive/{code}").status_code == 403
    assert queries.check(code).standing is queries.Standing.CURRENT, "to be archived is no event of the year"
    hu.post(keep)
    while jobs.work_one():
        pass
    assert len(db.session.scalars(select(ArchivedCopy)).all()) == 1, "the same version lies there already"


def test_a_paper_has_its_limit_and_says_so(app, busy, printed, monkeypatch):
    monkeypatch.setattr(year, "MOST", 3)
    form = year.form_of(busy.li, db.session.get_one(Period, printed))
    db.session.commit()
    found = sheet(app, busy.viewer("li"), form.id)
    assert (found.count, found.more) == (3, True)
