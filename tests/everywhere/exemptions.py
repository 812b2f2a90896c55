"""What the sweeps do not ask, each with its reason. One list: whoever adds to it is seen."""

OPEN_TO_ALL = {
    "accounts.local_login": "the door of the local administrator",
    "accounts.login": "the door",
    "accounts.speak": "a language can be chosen before the login",
    "healthz": "asked by machines",
    "notifications.calendar": "asked by calendars: the address is the key",
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
    "board_visit": "when somebody last looked at a board",
    "login_session": "`seen`, at most once a minute",
    "look": "how often a paper's code was asked for",
}
"""Tables that a GET may touch, in a short transaction of its own (docs/adr/011)."""

READ_WHOLE = {
    "SELECT robot.id, robot.kind": "the robots of a company: a handful, all of them listed",
    "SELECT waiting_count.at FROM": "any one row: all of them were counted together",
    "SELECT message.id, message.kind, message.state": "the newest fifty mails, along the primary key",
    "SELECT waiting_count.what, sum(": "HR's counts of what waits, by kind",
    "SELECT unit.id, unit.name, count(DISTINCT": "the same by department",
    "SELECT coalesce(sum(stored_file.size)": "the room that is used, by one covering index",
    "SELECT ? AS name, count(*) AS n": "HR's dry run of retention counts what is due, at most 10,000 rows of each kind",
    "SELECT retention_rule.kind": "one row for each kind that HR chose a rule for",
    "SELECT hold.id": "the holds of a company: a handful, all of them listed",
    "SELECT review.cycle_id, review.state, count(*)": "HR's list of cycles counts every state, by one covering index",
}
"""Statements that may read a big table whole, by how they begin."""

READ_THROUGH = {"ix_measure_unrated": "judged measures that nobody has rated: whoever keeps the library looks through them"}
"""Indexes of few rows that may be read through from one end to the other."""

PARSED_ELSEWHERE = {
    "access/why.html": "tests/access",
    "checkins/print.html": "tests/checkins prints it",
    "dialogues/_changes.html": "tests/dialogues",
    "dialogues/print.html": "tests/dialogues prints it",
    "drafts/_saved.html": "tests/drafts",
    "files/_list.html": "tests/files",
    "files/missing.html": "tests/files",
    "files/removal.html": "tests/files",
    "errors/409.html": "tests/goals",
    "goals/score.html": "tests/goals/test_workings.py",
    "goals/_path.html": "tests/goals",
    "goals/_returned.html": "tests/goals/test_revising.py",
    "goals/level.html": "tests/goals",
    "goals/scorecard_print.html": "tests/goals",
    "strategy/map_print.html": "tests/strategy/test_library.py",
    "goals/sharing.html": "tests/goals",
    "errors/conflict.html": "tests/goals",
    "feedback/decision.html": "tests/feedback",
    "feedback/report.html": "tests/feedback",
    "home/year_print.html": "tests/home prints it",
    "imports/_state.html": "tests/imports",
    "imports/show.html": "tests/imports",
    "notifications/letter.html": "tests/notifications reads the mails",
    "notifications/robot.html": "tests/notifications",
    "owncopy/first.html": "tests/owncopy",
    "owncopy/section.html": "tests/owncopy",
    "printing/_facts.html": "stands in what tests/checkins, tests/dialogues and tests/home print",
    "printing/failed.html": "tests/printing",
    "printing/too_many.html": "tests/printing",
    "reviews/submission.html": "tests/reviews",
    "setup/closed.html": "tests/setup",
    "organisation/unfinished.html": "tests/organisation",
    "sync/_brake.html": "tests/sync",
    "sync/connection.html": "tests/sync",
    "sync/run.html": "tests/sync",
    "ui/macros.html": "read at the start; the gallery shows each macro",
}
"""Templates that no link leads to, each with the tests whose visitors parse it strictly."""

NOT_BY_LINK = {
    "goals.workbook": "a file",
    "goals.override": "on a closed goal while its period is open: the demo's closed goals are of closed periods",
    "organisation.unfinished": "of who left with something open: in the demo nobody did",
    "notifications.calendar": "asked by calendars",
    "notifications.robot": "the demo tells no group",
    "accounts.local_login": "the break-glass account is off until somebody makes it",
    "accounts.login": "for nobody in particular: looked at by itself",
    "audit.download": "a file",
    "files.download": "a download",
    "files.remove": "once somebody has put a file beside something; tests/files parses it strictly",
    "checkins.begin": "leads on to the record that is due",
    "dialogues.reopen": "once both have agreed; tests/dialogues opens it",
    "drafts.saved": "a region of every form",
    "drafts.show": "offered only after a session has ended",
    "feedback.decision": "once HR has decided about a report; tests/feedback opens it",
    "feedback.one_report": "once somebody has reported something; tests/feedback opens it",
    "gallery.show": "for developers",
    "healthz": "no page",
    "imports.show": "once somebody has sent a workbook; looked at by itself",
    "imports.template": "a workbook",
    "owncopy.download": "a file",
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

STANDS = "what the company is, or how it judges: no content about a person"
PROOF = "proof that something was kept, held or removed rightly"
TIDIED = "tidied up by itself, after a time of its own"
NOT_FORGOTTEN = {
    "alignment_count": "sums of a department's goals, counted anew every night: of no person",
    "assigned_goal": "that a goal was given by a rule: ids alone; its words are the goal's",
    "assignment": "who worked where and for whom: relations, shares by days and reports are made of it; the person in it loses the name",
    "board_visit": "when somebody last looked at a board: one row for each, written over",
    "break_glass": "the local administrators: made and switched off by a command",
    "claim": "a department's part of a company objective: of no person",
    "company_value": STANDS,
    "contribution": "a unit's part of a shared objective: of no person",
    "cycle": STANDS,
    "document": "a form's number: a paper can be checked as long as it exists; nothing of what it says",
    "erasure": PROOF,
    "hold": PROOF,
    "item_def": STANDS,
    "job": TIDIED + ": the setting `job_days`",
    "calendar_feed": "the digest of an address: it ends with the account",
    "journal_reader": "how far the journal was read: two rows",
    "message": TIDIED + ": the setting `mail_days`; what a mail said is not kept",
    "notice": TIDIED + ": after 400 days; that a step was told, no words of it",
    "waiting_count": "how much waits for somebody, counted anew every morning",
    "work_day": STANDS,
    "preference": "what somebody wants by mail: two ticks",
    "login_attempt": TIDIED + ": two days, and it tells no names",
    "library_copy": STANDS,
    "look": TIDIED + ": ninety days, and it tells no addresses",
    "period": STANDS,
    "picture": STANDS,
    "pilot": STANDS,
    "post": STANDS,
    "prompt": STANDS,
    "printed_copy": "a paper's code and digest: it can be checked as long as it exists",
    "reporting_line": "computed anew from assignments",
    "retention_rule": PROOF,
    "retention_run": PROOF,
    "scorecard": "a form's number of a department: of no person",
    "robot": "where groups are told a number: of no person",
    "robot_post": "what a robot was given on a day: a state and a reason",
    "role_grant": "who held which role when: an auditor asks for it as long as the journal is kept; no words in it",
    "scheduled": "one row for each schedule",
    "scheme": STANDS,
    "scheme_version": STANDS,
    "search_entry": "words of other tables: they go with them, in the same transaction (tests/retention looks for them here too)",
    "section_def": STANDS,
    "series": "the last number given to a form in a year",
    "setting": STANDS,
    "switch": STANDS,
    "theme": STANDS,
    "unit": STANDS,
    "year_sheet": "a form's number: what the paper says is the journal's",
    "unit_line": "computed anew from the terms of units",
    "unit_term": STANDS,
}
"""Tables under no kind of retention, each with the reason why nothing of them is removed by a rule."""

OTHERS = "it is about somebody else, who finds it in their own copy"
DID = "what somebody did for the company in their function: in the journal, where its guard says who reads it"
NOT_OPEN = "not open to the person on any page"
NOT_IN_COPY = {
    "archived_copy.archived_by_id": DID,
    "board_visit.person_id": "when somebody last looked at a board: no content",
    "goal_dialogue.opened_by_id": DID,
    "goal_dialogue.agreed_by_id": DID,
    "goal_dialogue.agreed_for_id": DID,
    "goal_draft.by_id": OTHERS + "; one's own drafts are one's goals",
    "goal_remark.by_id": OTHERS + "; what was said in one's own dialogue is read with it",
    "goal_remark.for_id": DID,
    "assessment.assessor_id": OTHERS + "; the own self-assessment is read with the review",
    "assigned_goal.by_id": DID,
    "assigned_goal.person_id": "the goal itself is in it",
    "assignment.manager_id": OTHERS,
    "break_glass.person_id": "a local administrator is nobody of the company",
    "calendar_feed.person_id": "the digest of an address: nothing in it to read",
    "check_in.manager_id": OTHERS,
    "check_in.recorded_by_id": OTHERS,
    "contribution.decided_by_id": DID,
    "pause.by_id": DID,
    "claim.by_id": DID,
    "claim.decided_by_id": DID,
    "erasure.asked_by_id": DID,
    "erasure.person_id": "only of whoever has left and cannot ask for a copy any more",
    "feedback_report.decided_by_id": DID,
    "feedback_report.person_id": "words of one's own that HR hid are read with what one gave; an open report is not told to who is reported",
    "former_dn.person_id": NOT_OPEN + ": an earlier name of the directory's entry",
    "hold.by_id": DID,
    "hold.lifted_by_id": DID,
    "hold.person_id": NOT_OPEN + ": a dispute is prepared by HR",
    "import.asked_by_id": DID,
    "invitation.rater_id": "whom somebody rates is about the other one, and who was asked must not be told twice",
    "job.asked_by_id": DID,
    "kept_difference.by_id": DID,
    "kept_difference.person_id": NOT_OPEN + ": what HR decided against the directory",
    "message.person_id": "when mails went to them: on their own page of notifications, without a word of what they said",
    "notice.person_id": "that a step was told: what waits for them is on home",
    "preference.person_id": "what comes by mail: two ticks on their own page",
    "waiting_count.person_id": "how much waits for them: on home, thing by thing",
    "measure_value.by_id": OTHERS + "; values of the own goals are read with the goal",
    "objective.overridden_by_id": OTHERS + "; why the own goal has another score is read with the goal",
    "once.person_id": "keys of sent forms: nothing but chance",
    "own_copy.person_id": "the copy itself",
    "private_note.author_id": OTHERS + " by no right: it is the author's alone, on the page of the talk",
    "reporting_line.manager_id": "computed from assignments, which are in it",
    "reporting_line.report_id": "computed from assignments, which are in it",
    "retention_rule.by_id": DID,
    "revision.agreed_by_id": DID,
    "revision.by_id": OTHERS + "; revisions of the own goals are read with the goal",
    "robot.made_by_id": DID,
    "setting.by_id": DID,
    "signature.behalf_id": OTHERS,
    "signature.signer_id": OTHERS + "; signatures under the own form are read with the review",
    "stored_file.by_id": OTHERS + "; files beside the own talks go with them, whoever put them there",
    "sync_line.person_id": NOT_OPEN + ": how the directory's entry changed; what it says now is in it",
    "sync_run.asked_by_id": DID,
    "sync_run.confirmed_by_id": DID,
    "sync_run.released_by_id": DID,
    "year_sheet.person_id": "a form's number; the time line itself is in it",
}
"""Columns that name a person and stand in no section of an own copy, each with the reason."""
