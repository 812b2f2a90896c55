"""Addresses nobody would type: numbers no database holds, foreign places to go to, characters no text has."""

from urllib.parse import quote

import pytest

from portal.db import db
from portal.goals.states import State
from portal.web import local, whole
from tests.build import a_dialogue, an_objective
from tests.reviews.forms import a_case

HUGE = "9" * 30
NOWHERE = ["//[", "//[::1", "/\\[", "//evil.example", "http://[", "/\x00", "/ /evil", "/\r\nX: y"]


def numbered(app):
    return sorted({rule.rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule})


def put(rule: str, number: str) -> str:
    head, _, rest = rule.partition("<int:")
    if not rest:
        return head.replace("<name>", "rhythm_days").replace("<kind>", "review").replace("<voice>", "manager").replace("<capability>", "goals")
    return put(head + number + rest.partition(">")[2], number)


def test_an_address_with_a_number_nobody_has(company, app, visit):
    visitor, wrong = visit(company.hu, check=False), []
    for number in (HUGE, "9" * 9):
        for rule in numbered(app):
            address = put(rule, number)
            answers = visitor.get(address), visitor.post(address, password="right", follow=False)
            wrong += [(address, a.status_code) for a in answers if not (a.status_code < 304 or 400 <= a.status_code < 500)]
    for number in (str(2**31), "-1", "1.0", "１", "0x1", "9" * 4_000):
        assert visitor.get(f"/check-ins/{number}").status_code == 404
    assert wrong == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no database decides about it
def test_head_is_a_get_without_its_body(company, app, visit):
    """Else what asks for a GET takes a HEAD for a POST, which nothing guards."""
    case = a_case(company)
    goal = an_objective(company.period, person_id=company.li, state=State.AGREED)
    db.session.commit()
    ids = {"objective_id": goal.id, "person_id": company.li, "review_id": case.id, "cycle_id": 1, "check_in_id": 1, "period_id": company.period, "run_id": 1, "draft_id": 1, "file_id": "00000000-0000-4000-8000-000000000000", "object_id": 1, "job_id": 1, "message_id": 1, "robot_id": 1, "token": "x", "code": "x", "grant_id": 1, "ticket": "x", "unit_id": company.units.sales, "import_id": 1, "kind": "organisation", "what": "check_ins", "copy_id": 1, "dialogue_id": a_dialogue(company.li, company.period, company.wang).id, "theme_id": 1, "claim_id": 1, "n": 1, "measure_id": goal.measures[0].id, "voice": "manager", "action_id": 1, "feedback_id": 1, "report_id": 1, "ask_id": 1, "value_id": 1}
    db.session.rollback()
    wrong = []
    for name in ("wang", "hu", "zheng"):
        visitor = visit(getattr(company, name), check=False)
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods and rule.endpoint != "static":
                address = app.url_map.bind("localhost").build(rule.endpoint, {key: ids[key] for key in rule.arguments}, method="GET")
                got = visitor.get(address).status_code, visitor.head(address).status_code
                wrong += [(name, address, got)] if len(set(got)) > 1 else []
    stranger = visit(None, check=False)
    assert (wrong, stranger.head("/login").status_code) == ([], 200)


def test_numbers_in_queries(company, visit):
    case = a_case(company)
    visitor = visit(company.hu, check=False)
    for address in (
        f"/people/{company.li}?before=", "/directory/runs?before=", f"/reviews/{case.id}/evidence?about=", "/cycles/1?unit=",
        "/goals/tree?under=", "/goals/tree?after=", "/goals/tree?unit=", "/goals/board?period=", "/goals/board?of=person-", "/goals/new?of=unit-",
        "/goals/new?period=", "/goals/new?under=", "/goals/1?before=", "/check-ins?before=2026-01-01.", "/directory/runs/1?after=",
        "/feedback?before=", "/feedback/wall?before=", "/feedback/wall?value=", f"/feedback/to/{company.li}?goal=", "/feedback/ask?goal=", "/feedback/reports?before=",
        "/admin/roles?after=", "/admin/roles/new?person=", "/admin/delegations?before=", "/account/delegations/new?person=", "/access/why?person=",
        f"/access/why?person={company.li}&at=/goals/", "/access/mine?at=/people/",
    ):  # fmt: skip
        for number in (HUGE, f"-{HUGE}", "１２", "x"):
            assert visitor.get(address + number).status_code < 500
    for address in ("/audit?before=", "/audit?actor=%23", "/audit?since=", "/audit?until=9999-12-31&since="):
        for number in (HUGE, f"-{HUGE}", "１２", "0001-01-01", "9999-12-31"):
            assert visit(company.zheng).get(address + number).status_code < 500


def test_there_is_nowhere_else_to_be_sent_to(app, visit):
    for url in NOWHERE:
        assert local(url) == "/"
        answer = visit(None, check=False).raw("/language", {"language": "en", "back": url}, {"Origin": "http://localhost"})
        assert answer.status_code in (303, 400) and answer.headers.get("Location", "/") == "/"
        assert visit(None, check=False).get(f"/login?next={quote(url)}").status_code in (200, 400)


def test_a_referrer_that_is_no_address(company, visit):
    goal = an_objective(company.period, person_id=company.li)
    db.session.commit()
    fields = {"once": "k", "version": "99", "title": "mine", "text": "mine"}
    for address in ("/check-ins/preparation", f"/goals/{goal.id}/proposal", f"/goals/{goal.id}/edit"):
        answer = visit(company.li, check=False).raw(address, fields, {"Origin": "http://localhost", "Referer": "http://["})
        assert answer.status_code < 500


def test_the_character_no_text_has(company, visit):
    visitor, stranger = visit(company.li, check=False), visit(None, check=False)
    answers = [visitor.get("/v/a%00b"), visitor.get("/v?code=a%00b"), stranger.post("/login", login="a\0b", password="x", follow=False)]
    for fields in ({"text": "a\0b"}, {"text": "a", "x\0y": "b"}):
        answers.append(visitor.post("/check-ins/preparation", version="0", **fields, follow=False))
    assert [answer.status_code for answer in answers] == [400, 400, 401, 400, 400]  # the door answers as to any wrong name


@pytest.mark.parametrize("text", ["", " 1", "+1", "1_0", "１", "1" * 10, "0x1", "1.0", "-"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match=r".*"):
        whole(text)
    assert (whole("-7"), whole("9" * 9)) == (-7, 10**9 - 1)
