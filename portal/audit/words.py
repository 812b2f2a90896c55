"""What happened, in words: every kind of the journal, every kind of object, and the names of what was kept of it. Pure."""

from collections.abc import Mapping
from typing import Any

from portal.words import N_

DONE: Mapping[str, str] = {
    "objective.created": N_("created a goal"),
    "objective.edited": N_("edited a goal"),
    "objective.revised": N_("revised an agreed goal"),
    "objective.aligned": N_("changed what a goal supports"),
    "objective.valued": N_("reported progress"),
    "objective.propose": N_("proposed a goal"),
    "objective.agree": N_("agreed to a goal"),
    "objective.return": N_("returned a goal"),
    "objective.close": N_("closed a goal"),
    "objective.withdraw": N_("withdrew a goal"),
    "theme.made": N_("added a strategic theme"),
    "theme.changed": N_("changed a strategic theme"),
    "theme.put": N_("changed the order of strategic themes"),
    "theme.retired": N_("retired a strategic theme"),
    "theme.restored": N_("took up a retired theme again"),
    "library.copied": N_("copied the goal library of an earlier period"),
    "objective.propose_change": N_("proposed a change of an agreed goal"),
    "objective.return_change": N_("returned a change of an agreed goal"),
    "objective.take_back_change": N_("took a change of an agreed goal back"),
    "objective.overridden": N_("gave a goal another score"),
    "objective.assigned": N_("gave a company objective to people"),
    "goal_dialogue.opened": N_("opened a goal dialogue"),
    "goal_dialogue.propose": N_("proposed the goals of a period"),
    "goal_dialogue.take back": N_("took proposed goals back"),
    "goal_dialogue.return": N_("returned the goals of a period"),
    "goal_dialogue.agree": N_("agreed to the goals of a period"),
    "goal_dialogue.cancel": N_("cancelled a goal dialogue"),
    "goal_dialogue.reopen": N_("opened a goal dialogue once more"),
    "goal_dialogue.archived": N_("archived agreed goals"),
    "goal_dialogue.printed": N_("printed agreed goals"),
    "claim.asked": N_("claimed a company objective"),
    "claim.accept": N_("accepted a claim"),
    "claim.return": N_("returned a claim"),
    "claim.again": N_("asked for a claim again"),
    "claim.withdraw": N_("withdrew a claim"),
    "check_in.shared": N_("recorded a check-in"),
    "check_in.edited": N_("corrected a check-in"),
    "check_in.viewed": N_("added their own view to a check-in"),
    "check_in.confirmed": N_("confirmed a check-in"),
    "check_in.printed": N_("printed the record of a check-in"),
    "check_in.filed": N_("put a file beside a check-in"),
    "check_in.unfiled": N_("took a file away from a check-in"),
    "objective.asked": N_("asked a department to share a goal"),
    "objective.confirmed": N_("confirmed a department's part of a goal"),
    "objective.declined": N_("declined a department's part of a goal"),
    "objective.unshared": N_("asked a department for nothing any more"),
    "scorecard.archived": N_("archived a department's scorecard"),
    "scorecard.printed": N_("printed a department's scorecard"),
    "objective.filed": N_("put a file beside a reported value"),
    "objective.unfiled": N_("took a file away from a reported value"),
    "assessment.filed": N_("put a file beside an assessment"),
    "assessment.unfiled": N_("took a file away from an assessment"),
    "file.refused": N_("sent a file in which the scanner found something"),
    "feedback.given": N_("gave feedback"),
    "feedback.praised": N_("praised somebody on the wall"),
    "feedback.withdraw": N_("withdrew feedback"),
    "feedback.hidden": N_("hid reported feedback"),
    "feedback_ask.asked": N_("asked for feedback"),
    "feedback_ask.answer": N_("answered a question for feedback"),
    "feedback_ask.decline": N_("declined a question for feedback"),
    "feedback_ask.take back": N_("took a question for feedback back"),
    "feedback_report.made": N_("reported feedback to HR"),
    "feedback_report.keep": N_("decided that reported feedback stays"),
    "feedback_report.hide": N_("decided that reported feedback is hidden"),
    "company_value.made": N_("added a company value"),
    "company_value.changed": N_("changed a company value"),
    "company_value.retired": N_("retired a company value"),
    "company_value.restored": N_("took up a retired company value again"),
    "action.made": N_("promised something"),
    "rhythm.set": N_("changed how often two people talk"),
    "pause.begun": N_("let somebody's check-ins rest"),
    "pause.ended": N_("let somebody's check-ins go on"),
    "action.done": N_("finished what was promised"),
    "action.dropped": N_("dropped what was promised"),
    "action.reopened": N_("took up a promise again"),
    "action.carried": N_("carried a promise on to another day"),
    "action.handed_over": N_("handed a promise over to a successor"),
    "cycle.started": N_("started a review cycle"),
    "cycle.closed": N_("closed a review cycle"),
    "review.opened": N_("opened a review"),
    "review.hand in": N_("handed in a self-assessment"),
    "review.waive": N_("waived a self-assessment"),
    "review.submit": N_("submitted an assessment"),
    "review.take back": N_("took an assessment back"),
    "review.weighted": N_("changed weights of a review"),
    "review.assigned": N_("named an assessor"),
    "review.release": N_("released a result"),
    "review.agree": N_("agreed with a result"),
    "review.disagree": N_("disagreed with a result"),
    "review.withdraw": N_("withdrew a signature"),
    "review.archive": N_("archived a review"),
    "review.printed": N_("printed a review"),
    "review.return": N_("sent an assessment back"),
    "answers.closed": N_("360 answers were closed"),
    "prompt.changed": N_("changed the questions for a talk"),
    "setting.changed": N_("changed a setting"),
    "switch.changed": N_("switched a capability"),
    "period.printed": N_("printed the strategy map"),
    "period.made": N_("made the periods of a year"),
    "period.closed": N_("closed or opened a period"),
    "period.opened": N_("set who sees new goals of a period"),
    "role.granted": N_("gave a role"),
    "role.ended": N_("ended a role"),
    "delegation.given": N_("handed something on"),
    "delegation.ended": N_("ended a delegation"),
    "job.cancelled": N_("stopped a background job"),
    "job.retried": N_("tried a background job again"),
    "job.resumed": N_("resumed a background job"),
    "job.started": N_("started a background job"),
    "message.resent": N_("sent a mail again"),
    "robot.changed": N_("changed a robot of a group"),
    "work_day.changed": N_("changed a work day"),
    "unit.made": N_("made a department"),
    "unit.changed": N_("changed a department"),
    "unit.put": N_("changed the order of departments"),
    "unit.closed": N_("gave a department up"),
    "post.changed": N_("changed a position"),
    "person.added": N_("added somebody without an account"),
    "person.changed": N_("changed facts of a person"),
    "person.decided": N_("decided about a difference from the directory"),
    "person.left": N_("entered that somebody left"),
    "assignment.changed": N_("changed where somebody works"),
    "assignment.added": N_("gave a second post"),
    "assignment.ended": N_("ended a second post"),
    "absence.added": N_("entered a leave"),
    "absence.ended": N_("ended a leave"),
    "import.written": N_("wrote a workbook"),
    "earlier_result.entered": N_("entered a grade of an earlier year"),
    "sync.applied": N_("applied a directory sync"),
    "sync.confirmed": N_("confirmed a stopped directory sync"),
    "sync.released": N_("released a stopped directory sync"),
    "sync.joined": N_("joined an account to a person"),
    "retention_rule.changed": N_("changed how long something is kept"),
    "retention_run.applied": N_("removed what was due"),
    "hold.placed": N_("put a person's data on hold"),
    "hold.lifted": N_("lifted a hold"),
    "erasure.asked": N_("asked for the erasure of a person's content"),
    "erasure.done": N_("erased a person's content"),
    "year_sheet.archived": N_("archived a year of a time line"),
    "year_sheet.printed": N_("printed a year of a time line"),
    "own_copy.asked": N_("asked for their own copy"),
    "own_copy.fetched": N_("fetched their own copy"),
    "account.refused": N_("was refused: listed as having left"),
    "account.sessions_ended": N_("signed out everywhere"),
    "break_glass.used": N_("came in as local administrator"),
    "break_glass.changed": N_("changed a local administrator"),
    "audit.viewed": N_("looked at the audit log"),
    "audit.exported": N_("exported the audit log"),
}
"""Each kind as what somebody did; the name stands before it."""

THINGS: Mapping[str, str] = {
    "objective": N_("Goals"),
    "claim": N_("Claims"),
    "theme": N_("Strategic themes"),
    "library": N_("Goal library"),
    "check_in": N_("Check-ins"),
    "feedback": N_("Feedback"),
    "feedback_ask": N_("Questions for feedback"),
    "feedback_report": N_("Reports about feedback"),
    "company_value": N_("Company values"),
    "action": N_("Actions"),
    "cycle": N_("Review cycles"),
    "review": N_("Reviews"),
    "assessment": N_("Assessments"),
    "file": N_("Files"),
    "setting": N_("Settings"),
    "switch": N_("Capabilities"),
    "period": N_("Periods"),
    "role_grant": N_("Roles"),
    "delegation": N_("Delegations"),
    "job": N_("Background jobs"),
    "unit": N_("Departments"),
    "post": N_("Positions"),
    "person": N_("People"),
    "import": N_("Workbooks"),
    "earlier_result": N_("Grades of earlier years"),
    "sync_run": N_("Directory sync"),
    "retention_rule": N_("Retention"),
    "retention_run": N_("Removed by the clock"),
    "hold": N_("Holds"),
    "erasure": N_("Erasures"),
    "own_copy": N_("Own copies"),
    "year_sheet": N_("Printed years"),
    "account": N_("Accounts"),
    "break_glass": N_("Local administrators"),
    "audit": N_("Audit log"),
}
"""Kinds of objects, by what an entry says it is about."""

KEPT: Mapping[str, str] = {
    "title": N_("Title"),
    "name": N_("Called"),
    "measure": N_("Key result"),
    "what": N_("What"),
    "before": N_("before"),
    "after": N_("now"),
    "why": N_("Reason"),
    "reason": N_("Reason"),
    "comment": N_("Comment"),
    "words": N_("Words"),
    "outcome": N_("Outcome"),
    "lessons": N_("Lessons"),
    "progress": N_("Progress"),
    "obstacle": N_("Obstacle"),
    "support": N_("Support needed"),
    "steps": N_("Promises"),
    "confidence": N_("Confidence"),
    "score": N_("Score"),
    "measured_in": N_("Unit of measure"),
    "unit": N_("Unit"),
    "target": N_("Target"),
    "source": N_("Source"),
    "cycle": N_("Cycle"),
    "assessor": N_("Assessor"),
    "department": N_("Department"),
    "since": N_("Begins on"),
    "until": N_("Ends before"),
    "role": N_("Role"),
    "act": N_("What was handed on"),
    "reviews": N_("Reviews"),
    "joined": N_("New"),
    "changed": N_("Changed"),
    "left": N_("Switched off"),
    "refused": N_("Not taken"),
    "active": N_("Active people"),
    "number": N_("Number"),
    "version": N_("Version"),
    "kind": N_("Kind"),
    "actor": N_("Who"),
    "behalf": N_("On whose behalf"),
    "thing": N_("About"),
    "rows": N_("Rows"),
    "boundary": N_("Before"),
    "weight": N_("Weight"),
    "perspective": N_("Perspective"),
    "people": N_("People"),
    "themes": N_("Themes"),
    "objectives": N_("Objectives"),
    "audience": N_("Who sees it"),
    "meaning": N_("What it looks like at work"),
    "size": N_("Size in bytes"),
    "sha256": "SHA-256",
    "zh": "中文",
    "en": "English",
    "parent": N_("Hangs below"),
    "head": N_("Head"),
    "state": N_("State"),
    "units": N_("Departments"),
    "changes": N_("Changes"),
    "told": N_("Is told"),
    "new_address": N_("New address"),
    "new_secret": N_("New secret"),
    "secret": N_("Secret"),
    "was": N_("before"),
    "now": N_("now"),
    "day": N_("Day"),
    "year": N_("Year"),
    "grade": N_("Grade"),
    "place": N_("Place in the order"),
    "period": N_("Period"),
    "owner": N_("Owner"),
    "parents": N_("Supports"),
    "stated": N_("Share"),
    "propose_by": N_("To be proposed by"),
    "agree_by": N_("To be agreed by"),
    "unit_id": N_("Department"),
    "manager_id": N_("Manager"),
    "post": N_("Position"),
    "family": N_("Job family"),
    "key": N_("Key position"),
    "level": N_("Level"),
    "share": N_("Share"),
    "hired_on": N_("First day"),
    "pinyin": N_("Reading of the name"),
    "held": N_("Held by HR"),
    "draft": N_("Draft"),
    "field": N_("What"),
    "ours": N_("With HR"),
    "theirs": N_("In the directory"),
    "takes": N_("Decided"),
    "milestone": N_("Milestone"),
    "done": N_("done"),
    "person": N_("Person"),
}
"""Names of what an entry keeps; another name is shown as it stands."""

Line = tuple[str, Any, Any]
"""(name, before or None, value or after): what was kept of an entry, one thing a line."""
SIDES = {"before", "after"}


def lines(words: Mapping[str, Any]) -> list[Line]:
    """What was kept of an entry, as lines: a change with both sides, anything else with its value. Nothing that is empty."""
    found: list[Line] = []
    if words.keys() & SIDES:
        found.append(("", words.get("before"), words.get("after")))
    for name, value in words.items():
        if name in SIDES:
            continue
        if isinstance(value, dict) and value.keys() == SIDES:
            found.append((name, value["before"], value["after"]))
        elif isinstance(value, list) and value and all(isinstance(one, dict) and one.keys() >= SIDES for one in value):
            found += [(_of(one) or name, one["before"], one["after"]) for one in value]
        elif value not in (None, "", [], {}):
            found.append((name, None, value))
    return found


def is_change(line: Line, words: Mapping[str, Any]) -> bool:
    """Whether both sides are shown: the value before may be nothing, and that is said."""
    return line[1] is not None or (line[0] == "" and "before" in words)


def plain(value: Any) -> str:
    """A kept value as text."""
    if value is None or value == "":
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(plain(one) for one in value)
    return str(value)


def _of(change: Mapping[str, Any]) -> str:
    field, of = str(change.get("field") or ""), str(change.get("of") or "")
    return f"{field} · {of}" if of else field


RISKY = frozenset("=+-@\t\r\n＝＋－＠")


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text[:1] in RISKY else text
