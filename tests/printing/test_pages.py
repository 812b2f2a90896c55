"""Ordering and fetching a print as different people, and the page that says whether a paper is current."""

import hashlib
import re
from urllib.parse import unquote

import pytest
from sqlalchemy import select, text

from portal import clock
from portal.access import Act
from portal.access.models import Switch
from portal.db import db
from portal.journal.models import Entry
from portal.printing import Kind, Paper, checks, document, registry
from portal.printing.models import Document, Look, PrintedCopy
from portal.printing.numbering import fresh_code, read_code, spoken
from portal.reviews import paper as p
from portal.reviews import queries as reviews
from portal.reviews.models import Review
from tests.build import a_review


def load(viewer, object_id):
    """A review as it will be printed: found through `visible`, with only the person's own words on it."""
    review = db.one_or_404(reviews.visible(viewer).where(Review.id == object_id))
    words = p.Section("评语", p.Kind.WORDS, statements=(p.Statement("本人", review.own_words),))
    sheet = p.Sheet("绩效评估表", "李雷", (p.Fact("姓名", "李雷"),), sections=(words,))
    return Paper("reviews/print.html", sheet, sheet.title, sheet.subject, "本人联", 2026, about=review)


def fingerprint(object_id):
    words = db.session.scalar(select(Review.own_words).where(Review.id == object_id))
    return hashlib.sha256((words or "").encode()).hexdigest()


@pytest.fixture
def form(company):
    before = dict(registry._kinds)
    document(Kind("sample", "PR", load, fingerprint, Act.ARCHIVE_REVIEW, "reviews"))
    review = a_review(company.li, {company.wang: "manager"}, own_words="写下的话")
    db.session.commit()
    yield review.id
    registry._kinds.clear()
    registry._kinds.update(before)


def say(review_id, words):
    db.session.execute(text("UPDATE review SET own_words = :words WHERE id = :id"), {"words": words, "id": review_id})
    db.session.commit()


def newest():
    c = PrintedCopy
    return db.session.execute(select(c.code, c.sha256, c.pages, c.printed_by_id).order_by(c.at.desc())).first()


def test_a_print_is_ordered_and_fetched(company, visit, form):
    li = visit(company.li)
    ordered = li.post(f"/print/sample/{form}", follow=False)
    assert (ordered.status_code, bool(re.fullmatch(r"/print/[0-9A-Z]{16}", ordered.location))) == (303, True)
    answer = li.get(ordered.location)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "application/pdf", "private, no-store")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="JX-2026-PR-000001.pdf"; ')
    assert unquote(disposition.split("''")[1]) == "绩效评估表 李雷 JX-2026-PR-000001.pdf"
    copy = newest()
    assert (copy.sha256, copy.pages, copy.printed_by_id) == (hashlib.sha256(answer.data).hexdigest(), 1, company.li)
    assert checks.problems(answer.data) == []


def test_fetched_again_it_is_the_same_file(company, visit, form):
    li = visit(company.li)
    where = li.post(f"/print/sample/{form}", follow=False).location
    assert li.get(where).data == li.get(where).data


def test_ordered_twice_by_one_click_it_is_one_print(company, visit, form):
    li = visit(company.li)
    first, second = (li.post(f"/print/sample/{form}", follow=False, once="same").location for _ in range(2))
    assert (first, len(db.session.scalars(select(PrintedCopy)).all())) == (second, 1)


def test_who_may_not_see_may_not_print(company, visit, form):
    assert visit(company.wu).post(f"/print/sample/{form}").status_code == 404
    assert visit(company.li).post("/print/sample/999999").status_code == 404
    assert visit(company.li).post(f"/print/nothing/{form}").status_code == 404


def test_nothing_is_printed_of_what_is_switched_off(company, visit, form):
    li = visit(company.li)
    where = li.post(f"/print/sample/{form}", follow=False).location
    db.session.add(Switch(capability="reviews"))
    db.session.commit()
    assert (li.post(f"/print/sample/{form}").status_code, li.get(where).status_code) == (404, 404)


def test_a_print_is_for_whom_ordered_it(company, visit, form):
    where = visit(company.li).post(f"/print/sample/{form}", follow=False).location
    assert (visit(company.wang).get(where).status_code, visit(None).get(where).status_code) == (404, 401)


def test_whose_right_ended_gets_nothing_any_more(company, visit, form):
    wang = visit(company.wang)
    where = wang.post(f"/print/sample/{form}", follow=False).location
    db.session.execute(text("DELETE FROM assessment"))
    db.session.execute(text("DELETE FROM reporting_line WHERE manager_id = :m AND depth > 0"), {"m": company.wang})
    db.session.commit()
    assert wang.get(where).status_code == 404


def test_what_changed_since_is_not_passed_off_as_what_was_ordered(company, visit, form):
    li = visit(company.li)
    where = li.post(f"/print/sample/{form}", follow=False).location
    say(form, "别的话")
    answer = li.get(where)
    assert (answer.status_code, "Print it again" in answer.text) == (409, True)


def test_printing_is_in_the_journal(company, visit, form):
    visit(company.li).post(f"/print/sample/{form}", follow=False)
    entry = db.session.scalars(select(Entry).where(Entry.kind == "review.printed")).one()
    assert (entry.actor_id, entry.object_id, entry.subject_id) == (company.li, form, company.li)


def test_one_form_keeps_its_number_and_a_changed_one_gets_a_version(company, visit, form):
    li = visit(company.li)
    for words in ("写下的话", "写下的话", "改过的话"):
        say(form, words)
        li.post(f"/print/sample/{form}", follow=False)
    assert [(d.number, d.version) for d in db.session.scalars(select(Document))] == [("JX-2026-PR-000001", 2)]


def test_the_check_page_says_current_then_changed_then_superseded(company, visit, form):
    li, anybody = visit(company.li), visit(None)
    assert li.post(f"/print/sample/{form}").status_code == 200
    copy = newest()

    def says():
        return anybody.get(f"/v/{spoken(copy.code)}").text

    page = says()
    assert all(fact in page for fact in ("this paper is current", "JX-2026-PR-000001", copy.sha256[:8], copy.sha256[-8:]))
    assert not any(private in page for private in ("李雷", "写下的话", "绩效评估表"))
    say(form, "改过的话")
    assert "changed since" in says()
    li.post(f"/print/sample/{form}")
    assert "superseded by version 2" in says()


def test_unknown_codes_and_prints_nobody_fetched_are_unknown(company, visit, form):
    visit(company.li).post(f"/print/sample/{form}", follow=False)
    anybody = visit(None)
    for code in (newest().code, fresh_code(), "short", "%3Cb%3E"):
        assert anybody.get(f"/v/{code}").status_code == 404


def test_a_code_can_be_typed_from_paper(company, visit, form):
    visit(company.li).post(f"/print/sample/{form}")
    typed = spoken(newest().code).lower().replace("0", "o").replace("1", "l")
    found = visit(None).get(f"/v?code={typed}")
    assert (found.status_code, found.location) == (303, f"/v/{spoken(newest().code)}")
    assert "16 letters" in visit(None).get("/v?code=abc").text


def test_guessing_is_slowed_down(company, visit):
    anybody = visit(None)
    answers = [anybody.get(f"/v/{fresh_code()}").status_code for _ in range(22)]
    assert answers == [404] * 20 + [429] * 2
    assert all("127.0.0.1" not in look.origin for look in db.session.scalars(select(Look)))


def test_looks_are_forgotten_after_their_time(company, visit):
    db.session.add(Look(origin="x", at=clock.now().replace(year=2020), code=None))
    db.session.commit()
    visit(None).get(f"/v/{fresh_code()}")
    assert [look.origin for look in db.session.scalars(select(Look))] != ["x"]


@pytest.mark.parametrize(("typed", "read"), [("7k4m-q2xd-91fa-b3np", "7K4MQ2XD91FAB3NP"), ("7K4M Q2XD 9IFA B3NP", "7K4MQ2XD91FAB3NP"), ("7K4M", None), ("U" * 16, None), ("", None)])
def test_reading_a_code(typed, read):
    assert read_code(typed) == read
