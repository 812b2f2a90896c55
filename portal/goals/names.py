"""What kinds, shapes, rules and states are called on a page. Pure; pages translate."""

from portal.goals.kinds import KIND_WORDS, Aggregation, Audience, Direction, Health, Kind, Perspective, Rule, Shape, Split
from portal.goals.states import RevisionState, State
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
RULE_LINES = {
    Rule.CURVE: N_("a line between three points"),
    Rule.RATIO_UP: N_("result ÷ target"),
    Rule.RATIO_DOWN: N_("a tenth less, a tenth more points"),
    Rule.BASELINE: N_("how much of the way is done"),
    Rule.BAND: N_("outside the points fall away"),
    Rule.PASS_FAIL: N_("100 if met, else 0"),
    Rule.DEDUCTION: N_("from 100 downwards"),
    Rule.MILESTONES: N_("each one done brings its part"),
    Rule.JUDGED: N_("1 to n as described"),
}
SKETCHES = {
    Rule.CURVE: "4,28 14,28 14,16 28,9 38,5 42,5",
    Rule.RATIO_UP: "4,28 36,5 42,5",
    Rule.RATIO_DOWN: "4,5 10,5 40,28",
    Rule.BASELINE: "4,28 12,28 34,8 42,8",
    Rule.BAND: "4,28 14,8 30,8 40,28",
    Rule.PASS_FAIL: "4,28 22,28 22,8 42,8",
    Rule.DEDUCTION: "4,8 13,8 13,14 22,14 22,20 31,20 31,26 42,26",
    Rule.MILESTONES: "4,28 12,28 12,22 22,22 22,14 32,14 32,7 42,7",
}
"""The shape of each rule's line in a picture of 44 by 32; judged ratings are dots."""
AGGREGATIONS = (
    (Aggregation.LAST, N_("The latest counts")),
    (Aggregation.SUM, N_("Added up")),
    (Aggregation.AVERAGE, N_("Averaged")),
    (Aggregation.RATIO, N_("By numerator and denominator")),
)
SPLITS = ((Split.WHOLE, N_("The whole period")), (Split.QUARTER, N_("By quarter")), (Split.MONTH, N_("By month")))
AGGREGATION, SPLIT = dict(AGGREGATIONS), dict(SPLITS)
AUDIENCES = (
    (Audience.COMPANY, N_("The whole company")),
    (Audience.UNIT, N_("The department")),
    (Audience.LINE, N_("The management line")),
)
AUDIENCE = dict(AUDIENCES)
DIRECTION = {
    Direction.UP: N_("More is better"),
    Direction.DOWN: N_("Less is better"),
    Direction.BAND: N_("Keep in a range"),
}
STEPS = {
    "propose": N_("Propose"),
    "agree": N_("Agree"),
    "return": N_("Return goal"),
    "close": N_("Close goal"),
    "withdraw": N_("Withdraw goal"),
}
OUTCOMES = {
    "nothing": N_("Nothing was changed."),
    "saved": N_("Saved."),
    "proposed": N_("Proposed to whoever agrees. Until then the old words hold."),
}
REVISED = {
    RevisionState.WAITING: N_("waits to be agreed"),
    RevisionState.AGREED: N_("Agreed"),
    RevisionState.RETURNED: N_("Returned"),
    RevisionState.WITHDRAWN: N_("Taken back"),
}
HOLDS = (
    ("days", N_("Old and new by days")),
    ("whole", N_("The new ones throughout")),
)
FIELDS = {
    "title": N_("Objective"),
    "name": N_("Measure"),
    "direction": N_("Which way"),
    "parents": N_("Supports"),
    "period_id": N_("Goal period"),
    "theme_id": N_("Theme"),
    "perspective": N_("Perspective"),
    "why": N_("Why it matters"),
    "kind": N_("Kind"),
    "weight": N_("Weight"),
    "audience": N_("Who sees it"),
    "accountable": N_("Accountable"),
    "duty": N_("Everyday duty"),
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
    "aggregation": N_("How the parts are put together"),
    "split": N_("How often it is reported"),
    "targets": N_("Targets of the parts"),
    "stepped": N_("In steps"),
    "anchors": N_("Points of the curve"),
    "each": N_("Points per event"),
    "tolerance": N_("Tolerance outside"),
    "late": N_("A late one counts"),
    "table": N_("Points of the ratings"),
    "words": N_("Ratings"),
    "cap": N_("The most points"),
    "floor": N_("The least points"),
}
