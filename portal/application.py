"""The application: create_app() and nothing else."""

from collections.abc import Mapping
from typing import Any

from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import catalogue, config, formats, guard, health, i18n, often, once, refusals, shell, web
from portal.access import switches
from portal.access.views import bp as access_pages
from portal.accounts.cookies import Cookies
from portal.accounts.views import bp as account_pages
from portal.accounts.views import logins, touch, who
from portal.actions import policy as actions
from portal.actions.views import bp as action_pages
from portal.admin import jobs as admin_jobs
from portal.admin.role_views import bp as admin_pages
from portal.audit.views import bp as audit_pages
from portal.backup import jobs as backup_jobs
from portal.checkins import filing as checkin_files
from portal.checkins import found as found_checkins
from portal.checkins import policy as checkins
from portal.checkins import promised
from portal.checkins import sheets as checkin_sheets
from portal.checkins.views import bp as checkin_pages
from portal.db import db, options, prepare
from portal.delegations.views import bp as delegation_pages
from portal.dialogues import policy as dialogues
from portal.dialogues import queries as dialogue_queries
from portal.dialogues import sheets as dialogue_sheets
from portal.dialogues.views import bp as dialogue_pages
from portal.directory import connected
from portal.directory import found as found_people
from portal.drafts.views import bp as draft_pages
from portal.feedback import found as found_feedback
from portal.feedback import policy as feedback
from portal.feedback.views import bp as feedback_pages
from portal.files.views import bp as file_pages
from portal.framework import Portal
from portal.goals import filing as goal_files
from portal.goals import found as found_goals
from portal.goals import jobs as goal_jobs
from portal.goals import policy as goals
from portal.goals import scorecard_sheet, together
from portal.goals.views import bp as goal_pages
from portal.home import found as shown_people
from portal.home import policy as years
from portal.home import year as printed_years
from portal.home.views import bp as home_pages
from portal.imports import jobs as import_jobs
from portal.imports.views import bp as import_pages
from portal.jobs.views import bp as job_pages
from portal.journal.first import who_was_first
from portal.notifications import jobs as notification_jobs
from portal.notifications.views import bp as notification_pages
from portal.organisation import jobs as organisation_jobs
from portal.organisation import workbook as organisation_workbook
from portal.organisation.views import bp as organisation_pages
from portal.owncopy import jobs as owncopy_jobs
from portal.owncopy.views import bp as owncopy_pages
from portal.printing import jobs as printing_jobs
from portal.printing.views import bp as printing_pages
from portal.retention import jobs as retention_jobs
from portal.retention.views import bp as retention_pages
from portal.reviews import earlier
from portal.reviews import filing as review_files
from portal.reviews import policy as reviews
from portal.reviews import sheets as review_sheets
from portal.reviews.cycle_views import bp as review_pages
from portal.search.views import bp as search_pages
from portal.setup.views import bp as setup_pages
from portal.setup.views import closed as closed_until_set_up
from portal.strategy import assigning, map_sheet
from portal.strategy import policy as strategy
from portal.strategy import workbook as strategy_workbook
from portal.strategy.views import bp as strategy_pages
from portal.sync import jobs as sync_jobs
from portal.sync import policy as syncs
from portal.sync.views import bp as sync_pages


def create_app(given: Mapping[str, Any]) -> Portal:
    """An application for one company. `SECRET_KEY` and the database have no default; see `portal.config` for the rest."""
    app = Portal(__name__, template_folder="../templates", static_folder="../static")
    app.config.from_mapping({name: known.default for name, known in config.SETTINGS.items()})
    app.config.from_mapping(MAX_CONTENT_LENGTH=4_000_000, MAX_FORM_MEMORY_SIZE=2_000_000, MAX_FORM_PARTS=5_000)
    app.config.from_mapping(
        SESSION_COOKIE_SAMESITE="Lax", TRUSTED_HOSTS=None, LOGIN_SECONDS=0.3, SEARCHES="10/second", CALENDARS="60/hour"
    )
    app.config.from_mapping(SQLALCHEMY_ENGINE_OPTIONS=options(str(given.get("SQLALCHEMY_DATABASE_URI", ""))))
    app.config.from_mapping(given)
    if not app.secret_key:
        raise config.Wrong(["SECRET_KEY is missing: `python -m portal.config` makes one."])
    if app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=app.config["PROXIES"], x_host=1, x_prefix=1)  # type: ignore[method-assign]
    app.session_interface = Cookies()
    app.url_map.converters["int"] = web.Number
    catalogue.compile_stale()
    for extension in (Htmx(), i18n, formats, db, connected, refusals, health, often, shell):
        extension.init_app(app)
    logins.init_app(app, add_context_processor=False)  # it would ask the database for every page, the login's too
    with app.app_context():
        prepare(db.engine)
    for blueprint in (
        account_pages,
        access_pages,
        action_pages,
        admin_pages,
        audit_pages,
        checkin_pages,
        delegation_pages,
        dialogue_pages,
        draft_pages,
        feedback_pages,
        file_pages,
        goal_pages,
        home_pages,
        import_pages,
        notification_pages,
        organisation_pages,
        owncopy_pages,
        retention_pages,
        job_pages,
        printing_pages,
        review_pages,
        search_pages,
        setup_pages,
        strategy_pages,
        sync_pages,
    ):
        app.register_blueprint(blueprint)
    app.cli.add_command(catalogue.command)
    app.jinja_env.globals.update(enabled=switches.enabled, once=once.fresh, who_was_first=who_was_first)
    for policy in (actions, goals, dialogues, checkins, feedback, reviews, strategy, years, syncs):
        policy.register()
    for beside in (checkin_files, goal_files, review_files):
        beside.register()
    for found in (found_people, shown_people, found_goals, found_checkins, found_feedback):
        found.register()
    printing_jobs.register()
    goal_jobs.register()
    admin_jobs.register()
    backup_jobs.register()
    import_jobs.register()
    notification_jobs.register()
    organisation_jobs.register()
    owncopy_jobs.register()
    retention_jobs.register()
    organisation_workbook.register()
    strategy_workbook.register()
    assigning.register()
    earlier.register()
    for printed in (review_sheets, scorecard_sheet, dialogue_sheets, checkin_sheets, map_sheet, printed_years):
        printed.register()
    promised.register()
    together.keep_together(dialogue_queries.together)
    known = (guard.known_host, guard.room, web.mark_reading, guard.same_origin, guard.writable, who)
    for before in (*known, closed_until_set_up, switches.closed_when_off):
        app.before_request(before)
    app.after_request(guard.headers)
    app.after_request(touch)
    app.teardown_request(web.unmark_reading)
    sync_jobs.register(app)
    return app
