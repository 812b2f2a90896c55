"""The words goals are told in. Pure: rules, tables and forms share them."""

from enum import StrEnum, auto

from portal.words import N_


class Kind(StrEnum):
    """KPI with a scoring rule, an OKR that must be met or one that reaches far, or a project (S11)."""

    KPI = auto()
    OKR_COMMITTED = auto()
    OKR_ASPIRATIONAL = auto()
    PROJECT = auto()


KIND_WORDS = {
    Kind.KPI: N_("KPI"),
    Kind.OKR_COMMITTED: N_("OKR, committed"),
    Kind.OKR_ASPIRATIONAL: N_("OKR, aspirational"),
    Kind.PROJECT: N_("Project"),
}


class Perspective(StrEnum):
    """The four of the balanced scorecard."""

    FINANCIAL = auto()
    CUSTOMER = auto()
    PROCESS = auto()
    LEARNING = auto()


class Audience(StrEnum):
    """Who sees it besides those with a right to its subject (S12: data on the row)."""

    LINE = auto()
    UNIT = auto()
    COMPANY = auto()


class Shape(StrEnum):
    """What a measure counts."""

    NUMBER = auto()
    PERCENT = auto()
    CURRENCY = auto()
    YES_NO = auto()
    MILESTONES = auto()


class Direction(StrEnum):
    """Which way is better."""

    UP = auto()
    DOWN = auto()
    BAND = auto()


class Rule(StrEnum):
    """How a KPI's result becomes points 0..120 (the nine of the KPI engine)."""

    RATIO_UP = auto()
    RATIO_DOWN = auto()
    BASELINE = auto()
    CURVE = auto()
    BAND = auto()
    PASS_FAIL = auto()
    DEDUCTION = auto()
    MILESTONES = auto()
    JUDGED = auto()


class Aggregation(StrEnum):
    """How the parts of a period make one figure (全年怎么合)."""

    LAST = auto()
    SUM = auto()
    AVERAGE = auto()
    RATIO = auto()  # all that stands above the line by all that stands below it


class Split(StrEnum):
    """The parts of its period in which a measure is reported."""

    WHOLE = auto()
    QUARTER = auto()
    MONTH = auto()


class Health(StrEnum):
    """健康 What is shown of a goal; the value is the style's name, worst first where pages sort by it."""

    BAD = auto()
    WARN = auto()
    STALE = auto()
    NEW = auto()
    GOOD = auto()
    CLOSED = auto()
