"""The table of grants in words: every act under its heading, every relation by its name."""

from collections.abc import Mapping

from portal.access.grants import Act, Relation
from portal.access.models import Role
from portal.words import N_

RELATIONS: Mapping[Relation, str] = {
    Relation.SELF: N_("the person"),
    Relation.MANAGER: N_("direct manager"),
    Relation.LINE: N_("managers at any level"),
    Relation.HEAD: N_("heads of the unit and above"),
    Relation.MEMBER: N_("members of the unit"),
    Relation.HRBP: N_("HR partner of the unit"),
    Relation.HR_ADMIN: N_("HR administrator"),
    Relation.EXECUTIVE: N_("executives"),
    Relation.AUDITOR: N_("auditor"),
    Relation.SYSTEM_ADMIN: N_("system administrator"),
    Relation.AUTHOR: N_("its author"),
    Relation.ASSESSOR: N_("assessors"),
    Relation.PARTICIPANT: N_("those who take part in it now"),
    Relation.AUDIENCE: N_("those it was opened to"),
    Relation.DELEGATE: N_("a delegate of one of these"),
}

ROLES: Mapping[Role, str] = {
    Role.HRBP: N_("HR partner of a department"),
    Role.HR_ADMIN: N_("HR administrator"),
    Role.EXECUTIVE: N_("Executive"),
    Role.AUDITOR: N_("Auditor"),
    Role.SYSTEM_ADMIN: N_("System administrator"),
}

EXPLAINED: Mapping[Relation, str] = {
    Relation.LINE: N_("the direct manager and every manager above"),
    Relation.HRBP: N_("of the departments entrusted to them, with all below"),
    Relation.PARTICIPANT: N_("by the state of the thing itself: a result is open to the person only after its release"),
    Relation.AUDIENCE: N_("whom its audience names: the company, the department or the management line"),
    Relation.DELEGATE: N_("whom one of them handed this to, from one day to another"),
}
"""What a relation's name alone does not tell."""

ACTS: Mapping[str, Mapping[Act, str]] = {
    N_("People and goals"): {
        Act.SEE_TIME_LINE: N_("see a person's time line"),
        Act.SEE_OBJECTIVE: N_("see a goal"),
        Act.CREATE_OBJECTIVE: N_("create a goal"),
        Act.EDIT_OBJECTIVE: N_("edit a goal"),
        Act.AGREE_OBJECTIVE: N_("agree to a goal"),
        Act.RECORD_VALUE: N_("record progress"),
        Act.JUDGE_MEASURE: N_("rate a judged measure"),
        Act.CLOSE_OBJECTIVE: N_("close a goal"),
        Act.SEE_CLAIM: N_("see that a department claims a company objective"),
        Act.MAKE_CLAIM: N_("claim a company objective for a department"),
        Act.DECIDE_CLAIM: N_("accept or return a claim"),
        Act.SEE_ALIGNMENT: N_("see how a department is aligned"),
        Act.SEE_SCORECARD: N_("see a department's scorecard"),
        Act.CONFIRM_PART: N_("confirm or decline a department's part of a shared goal"),
        Act.ARCHIVE_FORM: N_("archive a scorecard, agreed goals or a year"),
        Act.SEE_GOAL_DIALOGUE: N_("see a goal dialogue"),
        Act.PROPOSE_GOALS: N_("propose one's goals"),
    },
    N_("Check-ins and actions"): {
        Act.SEE_CHECK_IN: N_("see a check-in"),
        Act.RECORD_CHECK_IN: N_("record a check-in"),
        Act.ADD_OWN_VIEW: N_("add one's own view"),
        Act.KEEP_PRIVATE_NOTE: N_("keep a private note"),
        Act.SEE_RHYTHM: N_("see how often two people talk, and when it rests"),
        Act.SET_RHYTHM: N_("set how often, and let it rest"),
        Act.SEE_ACTION: N_("see an action"),
        Act.SETTLE_ACTION: N_("settle an action"),
    },
    N_("Feedback"): {
        Act.SEE_FEEDBACK: N_("read feedback"),
        Act.KNOW_OF_FEEDBACK: N_("know that feedback was given"),
        Act.WITHDRAW_FEEDBACK: N_("withdraw feedback within a day"),
        Act.REPORT_FEEDBACK: N_("report feedback to HR"),
        Act.SEE_ASK: N_("know that somebody asks for feedback"),
        Act.ANSWER_ASK: N_("answer or decline a question for feedback"),
        Act.TAKE_ASK_BACK: N_("take a question for feedback back"),
        Act.SEE_REPORT: N_("see a report about feedback"),
        Act.DECIDE_REPORT: N_("decide about a report"),
    },
    N_("Reviews and talent"): {
        Act.SEE_REVIEW: N_("see that a review exists"),
        Act.SEE_RESULT: N_("see its result"),
        Act.HAND_IN_REVIEW: N_("hand in a self-assessment"),
        Act.SUBMIT_REVIEW: N_("submit an assessment"),
        Act.RETURN_REVIEW: N_("return a review"),
        Act.RELEASE_REVIEW: N_("release a review"),
        Act.ACKNOWLEDGE_REVIEW: N_("acknowledge a review"),
        Act.ARCHIVE_REVIEW: N_("archive a review"),
        Act.SEE_POTENTIAL: N_("see somebody's potential"),
        Act.SEE_EARLIER_RESULT: N_("see grades of years before the portal"),
        Act.SEE_ASSESSMENT: N_("see an assessment"),
        Act.WRITE_ASSESSMENT: N_("write an assessment"),
    },
    N_("Running the portal"): {
        Act.KEEP_VALUES: N_("keep the list of the company's values"),
        Act.KEEP_STRATEGY: N_("keep the goal library: themes and company objectives"),
        Act.SEE_COVERAGE: N_("see which company objectives no department carries"),
        Act.SEE_GRANTS: N_("see this table"),
        Act.SEE_AUDIT: N_("see the audit log"),
        Act.SEE_CYCLES: N_("see review cycles"),
        Act.RUN_CYCLES: N_("run review cycles"),
        Act.SEE_SETTINGS: N_("see settings"),
        Act.CHANGE_SETTINGS: N_("change settings"),
        Act.SEE_WAITING: N_("see how much waits for people and is late"),
        Act.SEE_SYNC: N_("see the directory sync"),
        Act.RUN_SYNC: N_("start the directory sync"),
        Act.RELEASE_SYNC: N_("release a stopped sync that another administrator confirmed"),
        Act.SEE_ORGANISATION: N_("see organisation facts"),
        Act.KEEP_ORGANISATION: N_("keep organisation facts"),
        Act.HAND_OVER: N_("hand over what somebody who left leaves open"),
        Act.SEE_JOBS: N_("see background jobs"),
        Act.RUN_JOBS: N_("start, stop and schedule background jobs"),
        Act.SEE_RETENTION: N_("see how long things are kept"),
        Act.KEEP_RETENTION: N_("set how long things are kept, and erase what is about somebody"),
        Act.GRANT_ROLES: N_("grant roles"),
        Act.SET_UP: N_("set the portal up"),
    },
}

HANDED_ON: Mapping[Act, tuple[str, str]] = {
    Act.AGREE_OBJECTIVE: (N_("agree to goals"), N_("Agree to what the team proposes, or return it.")),
    Act.EDIT_OBJECTIVE: (N_("edit goals"), N_("Change the team's goals, and one's own.")),
    Act.MAKE_CLAIM: (N_("claim company objectives"), N_("Claim company objectives for the department and set its part.")),
    Act.RECORD_CHECK_IN: (N_("record check-ins"), N_("Hold the regular check-ins with the direct reports and record them.")),
    Act.SUBMIT_REVIEW: (N_("submit assessments"), N_("Complete and sign the assessments one is asked for.")),
}
"""What can be delegated: its name, and what it covers. Seeing what it is about comes along."""


def word_of(act: Act) -> str:
    """An act as it is called where somebody does it for somebody else."""
    every = {one: word for group in ACTS.values() for one, word in group.items()}
    return HANDED_ON[act][0] if act in HANDED_ON else every[act]
