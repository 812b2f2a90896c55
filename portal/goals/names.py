"""What kinds, shapes, rules and states are called on a page. Pure; pages translate."""

from portal.goals.kinds import KIND_WORDS, Audience, Health, Kind, Perspective, Rule, Shape
from portal.goals.states import State
from portal.words import N_

KIND = KIND_WORDS
KINDS = tuple(KIND.items())
SHORT = {
    Kind.KPI: N_("KPI"),
    Kind.OKR_COMMITTED: N_("Committed"),
    Kind.OKR_ASPIRATIONAL: N_("Aspirational"),
    Kind.PROJECT: N_("Project"),
}
PERSPECTIVE = {
    Perspective.FINANCIAL: N_("Financial"),
    Perspective.CUSTOMER: N_("Customer"),
    Perspective.PROCESS: N_("Internal process"),
    Perspective.LEARNING: N_("Learning and innovation"),
}
PLACE = {"company": N_("Company"), "unit": N_("Department"), "person": N_("Personal")}
STATE = {
    State.DRAFT: N_("Draft"),
    State.PROPOSED: N_("Proposed"),
    State.AGREED: N_("Agreed"),
    State.CLOSED: N_("Closed"),
    State.WITHDRAWN: N_("Withdrawn"),
}
HEALTH = {
    Health.BAD: N_("Off track"),
    Health.WARN: N_("At risk"),
    Health.GOOD: N_("On track"),
    Health.STALE: N_("Update due"),
    Health.NEW: N_("Not started"),
    Health.CLOSED: N_("Closed"),
}
SHAPES = (
    (Shape.NUMBER, N_("Number")),
    (Shape.PERCENT, N_("Per cent")),
    (Shape.CURRENCY, N_("Money")),
    (Shape.YES_NO, N_("Yes or no")),
    (Shape.MILESTONES, N_("Milestones")),
)
WAYS = (("way", N_("Reach a target")), ("band", N_("Keep in a range")))
RULES = (
    (Rule.CURVE, N_("Threshold, target, stretch")),
    (Rule.RATIO_UP, N_("Ratio, higher is better")),
    (Rule.RATIO_DOWN, N_("Ratio, lower is better")),
    (Rule.BASELINE, N_("From the start")),
    (Rule.BAND, N_("Stay within limits")),
    (Rule.PASS_FAIL, N_("Met or not")),
    (Rule.DEDUCTION, N_("Deduction")),
    (Rule.MILESTONES, N_("Milestones")),
    (Rule.JUDGED, N_("Judged by people")),
)
RULE = dict(RULES)
AUDIENCES = (
    (Audience.COMPANY, N_("The whole company")),
    (Audience.UNIT, N_("The department")),
    (Audience.LINE, N_("The management line")),
)
AUDIENCE = dict(AUDIENCES)
STEPS = {
    "propose": N_("Propose"),
    "agree": N_("Agree"),
    "return": N_("Return goal"),
    "close": N_("Close goal"),
    "withdraw": N_("Withdraw goal"),
}
FIELDS = {
    "title": N_("Objective"),
    "why": N_("Why it matters"),
    "kind": N_("Kind"),
    "weight": N_("Weight"),
    "audience": N_("Who sees it"),
    "shape": N_("What it counts"),
    "rule": N_("Scoring rule"),
    "unit": N_("Unit of measure"),
    "baseline": N_("Start"),
    "target": N_("Target"),
    "low": N_("Lower limit"),
    "high": N_("Upper limit"),
    "threshold": N_("Threshold"),
    "stretch": N_("Stretch"),
    "veto": N_("Veto"),
    "milestones": N_("Milestones"),
}
