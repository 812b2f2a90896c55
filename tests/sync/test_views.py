"""The pages of the sync, for whom they are."""

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.access.models import Role, RoleGrant
from portal.db import db
from portal.directory.ldap import Directory
from portal.directory.models import Assignment, Person, Status
from portal.jobs import work_one
from portal.jobs.models import Job
from portal.sync.lines import MEANINGS, Kind
from portal.sync.models import State, SyncLine, SyncRun
from portal.sync.queries import JOB
from tests.slapd import settings


@pytest.fixture
def system(company, visit):
    """Somebody of the service desk: no HR role, no rating."""
    db.session.add(RoleGrant(person_id=company.sun, role=Role.SYSTEM_ADMIN, since=clock.today()))
    db.session.commit()
    return visit(company.sun)


@pytest.fixture
def directory(app, slapd):
    before = app.extensions.get("directory")
    app.extensions["directory"] = Directory(settings(slapd))
    yield
    app.extensions["directory"] = before


def a_run(company, state=State.APPLIED, **more):
    made = SyncRun(began=clock.now(), ended=clock.now(), state=state, **({"found": 9, "active": 10} | more))
    db.session.add(made)
    db.session.flush()
    values = {Kind.LEFT: ("", "missing"), Kind.ROLE_GIVEN: ("", "hr_admin"), Kind.ROLE_ENDED: ("auditor", ""), Kind.FIELD: ("a@x", "b@x")}
    for n, kind in enumerate(MEANINGS, 1):
        was, now = values.get(kind, ("", "x"))
        db.session.add(SyncLine(run_id=made.id, n=n, kind=kind, person_id=company.li, name="李雷", number="E3", field="mail" if kind is Kind.FIELD else "", was=was, now=now, key="k-new"))
    db.session.commit()
    return made.id


def test_a_system_admin_asks_for_runs(company, system, directory):
    db.session.execute(update(Person).values(directory_key=None))  # else everybody would vanish, and the brake would hold
    db.session.commit()
    page = system.get("/directory/runs")
    assert "No run yet" in page.text and "every 60 minutes" in page.text
    assert "A dry run begins" in system.post("/directory/runs", dry="1").text
    assert "A run is under way" in system.post("/directory/runs").text
    assert {job.args["dry"] for job in db.session.scalars(select(Job).where(Job.kind == JOB))} == {True, False}
    while work_one():
        pass
    assert {run.state for run in db.session.scalars(select(SyncRun))} == {State.TRIED, State.APPLIED}
    page = system.get("/directory/runs")
    assert "Dry run" in page.text and "Finished" in page.text and "A run is under way" not in page.text


def test_without_a_directory_nothing_can_be_asked_for(company, system):
    page = system.get("/directory/runs").text
    assert "No directory is set up" in page and "Sync now" not in page


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_line_is_shown(company, system, kind):
    run_id = a_run(company)
    page = system.get(f"/directory/runs/{run_id}?kind={kind}").text
    assert f"{MEANINGS[kind].name.replace(chr(39), '&#39;')}</h2>" in page and "李雷" in page
    region = system.get(f"/directory/runs/{run_id}?kind={kind}", target="lines").text
    assert region.lstrip().startswith('<section class="card bleed" id="lines"')


ASK, RELEASE = "It is true: ask another administrator to release it", "Release: switch off these 5 people"


def test_one_confirms_and_another_one_releases(company, system, visit, directory):
    run_id = a_run(company, State.BRAKED, left=5, braked=True)
    page = system.get("/directory/runs").text
    assert "The sync stopped. Nobody was changed" in page and "5 of 10 people, 50.0%" in page and ASK in page and RELEASE not in page
    hu = visit(company.hu)
    assert "Nobody has confirmed this run" in hu.post(f"/directory/runs/{run_id}/release", follow=False).text
    assert "until another administrator releases it" in system.post(f"/directory/runs/{run_id}/confirmation").text
    own = system.get(f"/directory/runs/{run_id}").text
    assert "You confirmed" in own and "Another administrator releases it: hu." in own and ASK not in own and RELEASE not in own
    refused = system.post(f"/directory/runs/{run_id}/release", follow=False)
    assert refused.status_code == 403 and "you confirmed it, so somebody else releases it" in refused.text
    assert (hu.post(f"/directory/runs/{run_id}/confirmation", follow=False).status_code, db.session.scalar(select(Job).where(Job.kind == JOB))) == (409, None)
    assert "Release the stopped directory sync" in hu.get("/").text and "Release the stopped directory sync" not in system.get("/").text
    assert "sun confirmed" in hu.get("/directory/runs").text and RELEASE in hu.get("/directory/runs").text
    assert "Released." in hu.post(f"/directory/runs/{run_id}/release").text
    run = db.session.get(SyncRun, run_id)
    assert (run.confirmed_by_id, run.released_by_id) == (company.sun, company.hu)
    assert hu.post(f"/directory/runs/{run_id}/release", follow=False).status_code == 409
    assert "The sync stopped" not in system.get("/directory/runs").text and "Release the stopped" not in hu.get("/").text
    assert "sun confirmed it, hu released it" in system.get(f"/directory/runs/{run_id}").text


def test_a_sole_administrator_names_a_second_one_first(company, visit, directory):
    run_id = a_run(company, State.BRAKED, left=5, braked=True)
    hu = visit(company.hu)
    page = hu.get("/directory/runs").text
    assert "Name a second administrator first" in page and 'href="/admin/roles"' in page
    hu.post(f"/directory/runs/{run_id}/confirmation")
    assert hu.post(f"/directory/runs/{run_id}/release", follow=False).status_code == 403, "nobody releases alone"
    assert "Name a second administrator first" in hu.get("/directory/runs").text
    db.session.add(RoleGrant(person_id=company.sun, role=Role.SYSTEM_ADMIN, since=clock.today()))
    db.session.commit()
    assert "Name a second administrator first" not in hu.get("/directory/runs").text
    assert "Released." in visit(company.sun).post(f"/directory/runs/{run_id}/release").text


def test_what_a_newer_run_replaced_is_not_released(company, system, visit):
    run_id = a_run(company, State.BRAKED, left=5, braked=True)
    system.post(f"/directory/runs/{run_id}/confirmation")
    a_run(company)
    refused = visit(company.hu).post(f"/directory/runs/{run_id}/release", follow=False)
    assert refused.status_code == 409 and "A newer run has ended since" in refused.text
    assert "Nobody released it before another run ended" in system.get(f"/directory/runs/{run_id}").text


def test_the_database_knows_that_it_takes_two(company):
    run = db.session.get(SyncRun, a_run(company, State.BRAKED, left=5, braked=True))
    run.confirmed_by_id = run.released_by_id = company.hu
    run.confirmed_at = run.released_at = clock.now()
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()


def test_the_brake_names_the_department_that_most_of_them_are_in(company, system):
    run = SyncRun(began=clock.now(), ended=clock.now(), state=State.BRAKED, braked=True, found=3, active=7, left=4)
    db.session.add(run)
    db.session.flush()
    placed = select(Assignment.unit_id, Assignment.person_id).where(Assignment.primary)
    sales = [row.person_id for row in db.session.execute(placed) if row.unit_id == company.units.sales][:3]
    db.session.add_all(SyncLine(run_id=run.id, n=n, kind=Kind.LEFT, name="x", now="missing", person_id=one) for n, one in enumerate(sales, 1))
    db.session.commit()
    assert len(sales) == 3
    run_id, page = run.id, system.get("/directory/runs").text
    assert "3 of them are in sales: perhaps this department has moved in the directory." in page
    assert "3 of them are in sales" in system.get(f"/directory/runs/{run_id}").text
    db.session.execute(update(SyncRun).values(left=6))
    db.session.commit()
    assert "of them are in" not in system.get("/directory/runs").text, "half of them is not most"


def test_a_run_that_was_applied_has_nothing_to_confirm(company, system):
    assert system.post(f"/directory/runs/{a_run(company)}/confirmation", follow=False).status_code == 409


def test_somebody_employed_again_is_joined_from_the_page(company, system):
    db.session.get(Person, company.li).status = Status.LEFT
    run_id = a_run(company)
    n = list(MEANINGS).index(Kind.REHIRED) + 1
    assert "The same person: join" in system.get(f"/directory/runs/{run_id}?kind=rehired").text
    assert "Joined." in system.post(f"/directory/runs/{run_id}/lines/{n}/joining").text
    assert db.session.get(Person, company.li).directory_key == "k-new"
    assert "The same person: join" not in system.get(f"/directory/runs/{run_id}?kind=rehired").text
    assert system.post(f"/directory/runs/{run_id}/lines/{n}/joining", follow=False).status_code == 409
    assert system.post(f"/directory/runs/{run_id}/lines/{n + 1}/joining", follow=False).status_code == 409
    assert system.post(f"/directory/runs/{run_id}/lines/999/joining", follow=False).status_code == 404


def test_who_may_look_and_who_may_act(company, visit):
    run_id = a_run(company, State.BRAKED, left=5, braked=True)
    for name, see, act in (("hu", 200, 303), ("zheng", 200, 403), ("zhao", 403, 403), ("qian", 403, 403), ("li", 403, 403)):
        visitor = visit(getattr(company, name))
        seen = visitor.get("/directory/runs")
        assert (seen.status_code, visitor.get(f"/directory/runs/{run_id}").status_code, visitor.post("/directory/runs", follow=False).status_code) == (see, see, act), name
        assert (ASK in seen.text) == (act == 303)


def test_a_failed_run_says_what_the_directory_said(company, system):
    run = SyncRun(began=clock.now(), ended=clock.now(), state=State.FAILED, why="ldaps://x: certificate verify failed")
    db.session.add(run)
    db.session.commit()
    assert "certificate verify failed" in system.get(f"/directory/runs/{run.id}").text


def test_pages_of_fifty(company, system, statements):
    run_id = a_run(company)
    db.session.add_all(SyncLine(run_id=run_id, n=100 + n, kind=Kind.JOINED, name=f"P{n:03}") for n in range(120))
    db.session.add_all(SyncRun(began=clock.now(), ended=clock.now(), state=State.APPLIED) for _ in range(60))
    db.session.commit()
    first = system.get(f"/directory/runs/{run_id}?kind=joined").text
    assert ("P048" in first, "P049" in first) == (True, False)
    after = 100 + 48
    assert f"after={after}" in first
    second = system.get(f"/directory/runs/{run_id}?kind=joined&after={after}").text
    assert ("P049" in second, "P098" in second, "P099" in second) == (True, True, False)
    runs = system.get("/directory/runs").text
    assert runs.count("<tr>") == 51 and "Earlier runs" in runs
    for address in ("/directory/runs", f"/directory/runs/{run_id}?kind=joined"):
        statements.clear()
        system.get(address)
        assert len(statements) <= 10, statements


def test_what_was_not_taken_stands_on_the_first_page(company, system):
    older = a_run(company)
    quiet = SyncRun(began=clock.now(), ended=clock.now(), state=State.APPLIED, refused=2)
    db.session.add(quiet)
    db.session.flush()
    names = ("何一鸣", "陶以默", "韩牧", "骆南")
    db.session.add_all(SyncLine(run_id=quiet.id, n=n, kind=Kind.NUMBER_TAKEN, name=name, number=f"E{n}") for n, name in enumerate(names, 1))
    db.session.add(SyncLine(run_id=quiet.id, n=9, kind=Kind.GROUP_MISSING, name="auditor"))
    db.session.commit()
    tried = SyncRun(began=clock.now(), ended=clock.now(), state=State.TRIED)
    db.session.add(tried)
    db.session.commit()
    quiet_id = quiet.id
    page = system.get("/directory/runs").text
    assert f"/directory/runs/{quiet_id}?kind=number_taken" in page and f"/directory/runs/{older}?kind=" not in page
    assert "何一鸣 E1, 陶以默 E2, 韩牧 E3 and 1 more" in " ".join(page.split()) and "骆南" not in page and "Auditor" in page
    assert "Finished, 2 not taken" in page and page.count("Same employee number · 4") == 1
    db.session.execute(delete(SyncLine))
    db.session.commit()
    assert "Not taken, or to be looked at" not in system.get("/directory/runs").text


def test_the_connection_is_tested_step_by_step(company, system, directory, app, slapd):
    page = system.get("/directory/runs/connection").text
    assert "Everything works." in page and "TLSv1.3" in page and "cn=portal,ou=services" in page and "portal-secret" not in page
    app.extensions["directory"] = Directory(settings(slapd, LDAP_BIND_PASSWORD="wrong"))
    page = system.get("/directory/runs/connection").text
    assert "It ends where the mark is." in page and "the service account is refused" in page
    assert "LDAP_BIND_DN or its password is wrong" in page


def test_what_stops_the_directory_is_told_in_the_readers_language(company, system, directory, app, slapd):
    system.post("/language", language="zh", follow=False)
    app.extensions["directory"] = Directory(settings(slapd, LDAP_CA_FILE=""))
    page = system.get("/directory/runs/connection").text
    assert "请把签发机构的证书存成文件" in page and "self-signed certificate" in page
    run = SyncRun(began=clock.now(), ended=clock.now(), state=State.FAILED, why="noSuchObject")
    db.session.add(run)
    db.session.commit()
    page = system.get(f"/directory/runs/{run.id}").text
    assert "目录里没有 LDAP_BASE 指定的位置" in page and "noSuchObject" in page
