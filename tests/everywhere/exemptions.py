"""What the sweeps do not ask, each with its reason. One list: whoever adds to it is seen."""

OPEN_TO_ALL = {
    "accounts.local_login": "the door of the local administrator",
    "accounts.login": "the door",
    "accounts.speak": "a language can be chosen before the login",
    "healthz": "asked by machines",
    "printing.look_up": "whoever holds a paper may ask whether it is current",
    "printing.verify": "the same",
    "readyz": "asked by machines",
    "shell.logo": "it stands on the door",
}
"""Answered without a session."""

NO_OBJECT = {
    "accounts.login": "a way to go on, no object",
    "admin.change_setting": "the settings are a fixed list: an unknown name is asked for below",
    "admin.switch": "the switches are a fixed list",
    "imports.send": "the kinds of workbooks are a fixed list",
    "imports.template": "the same",
    "printing.verify": "whoever holds a paper: its own tests ask for unknown codes, by its own throttle",
}
"""Addresses whose variable part is no object of somebody's."""

PASSWORD_FIRST = dict.fromkeys(
    ("reviews.acknowledge", "reviews.archive", "reviews.release", "reviews.release_cycle", "reviews.submission", "reviews.take_back", "reviews.withdraw"),
    "signing: the password is checked with no transaction open (docs/adr/011), so a wrong one is told before the object is looked at",
)
"""Changes that answer 422 to a wrong password, whatever they are about."""

COUNTERS = {
    "login_session": "`seen`, at most once a minute",
    "look": "how often a paper's code was asked for",
}
"""Tables that a GET may touch, in a short transaction of its own (docs/adr/011)."""

READ_WHOLE = {
    "SELECT review.cycle_id, review.state, count(*)": "HR's list of cycles counts every state, by one covering index",
}
"""Statements that may read a big table whole, by how they begin."""

PARSED_ELSEWHERE = {
    "access/why.html": "tests/access",
    "delegations/_what.html": "tests/delegations",
    "drafts/_offer.html": "tests/drafts",
    "drafts/_saved.html": "tests/drafts",
    "errors/409.html": "tests/goals",
    "errors/conflict.html": "tests/goals",
    "imports/_state.html": "tests/imports",
    "imports/show.html": "tests/imports",
    "printing/failed.html": "tests/printing",
    "printing/too_many.html": "tests/printing",
    "reviews/submission.html": "tests/reviews",
    "setup/closed.html": "tests/setup",
    "sync/_brake.html": "tests/sync",
    "sync/connection.html": "tests/sync",
    "sync/run.html": "tests/sync",
    "ui/macros.html": "read at the start; the gallery shows each macro",
}
"""Templates that no link leads to, each with the tests whose visitors parse it strictly."""

NOT_BY_LINK = {
    "accounts.local_login": "the break-glass account is off until somebody makes it",
    "accounts.login": "for nobody in particular: looked at by itself",
    "audit.download": "a file",
    "checkins.file": "a download",
    "checkins.begin": "leads on to the record that is due",
    "drafts.saved": "a region of every form",
    "drafts.show": "offered only after a session has ended",
    "gallery.show": "for developers",
    "healthz": "no page",
    "imports.show": "once somebody has sent a workbook; looked at by itself",
    "imports.template": "a workbook",
    "printing.archived": "a PDF",
    "printing.download": "a PDF",
    "printing.look_up": "printed on paper: looked at by itself",
    "printing.verify": "printed on paper",
    "readyz": "no page",
    "shell.logo": "a picture",
    "setup.index": "leads on to the next step of the first run",
    **{f"setup.{name}": "while a portal is not open; its journey is walked by itself" for name in ("directory", "trial", "people", "hr", "company", "period", "capabilities")},
    "reviews.submission": "reached by handing in a form that is complete",
    "static": "no page",
}
"""Pages that the browser's sweep cannot reach by links."""

SAMPLES = {
    "templates/gallery/show.html": ({"MES", "顾青禾", "总装一车间"}, "the gallery's people"),
    "templates/sync/connection.html": ({"ms"}, "milliseconds in every language"),
}
"""Words in templates that do not go through the catalogue."""

CODES = {"templates/printing/look_up.html": (['placeholder="7K4M-Q2XD-91FA-B3NP"'], "a code, not a word")}
"""Attributes that do not go through the catalogue."""
