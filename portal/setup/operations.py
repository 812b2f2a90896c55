"""What the first run writes; each change goes through the journal like everywhere else."""

from collections.abc import Collection, Mapping

from portal import clock, journal
from portal.access import Viewer
from portal.access.switches import CAPABILITIES
from portal.admin import operations as admin
from portal.db import db
from portal.settings import Picture, Setting
from portal.settings.pictures import drawn
from portal.setup.queries import progress
from portal.words import N_
from portal.workflow import Refused

LOGO = "company_logo"


def name_company(values: Mapping[str, str], by: Viewer) -> dict[str, str]:
    """Keep the company's settings; {name: sentence} for what was wrong, and then nothing is kept."""
    wrong = {}
    for name, text in values.items():
        try:
            admin.change_setting(name, text, "", by)
        except ValueError as problem:
            wrong[name] = str(problem)
    return wrong


def keep_logo(data: bytes, by: Viewer) -> None:
    """Another logo, or (nothing given) none. Raises ValueError with a sentence for the field."""
    old, known = db.session.get(Picture, LOGO), db.session.get(Setting, LOGO)
    made = drawn(LOGO, data) if data else None
    before, after = old.digest if old else None, made.digest if made else None
    for row in (old, known):
        if row is not None:
            db.session.delete(row)
    db.session.flush()
    if made is not None:
        db.session.add_all([made, Setting(name=LOGO, value=made.digest, by_id=by.id, at=clock.now())])
    journal.write_about("setting.changed", "setting", by, words={"name": LOGO, "before": before, "after": after, "why": ""})


def choose_capabilities(states: Mapping[str, str], units: Collection[int], by: Viewer) -> None:
    """On, off or pilot for each; the same units for every pilot. Raises ValueError without a unit."""
    for capability in CAPABILITIES:
        admin.switch(capability, states[capability], units, "", by)


def open_doors(by: Viewer) -> None:
    """Let everybody in. Raises Refused while something is missing."""
    if progress().missing:
        raise Refused(N_("Something is still missing before the portal can open."))
    admin.change_setting("open", "on", "", by)
