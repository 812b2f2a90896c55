"""The settings by name. Pure: what the machine decides (addresses, keys) is in `portal.config` instead."""

import re
from dataclasses import dataclass
from zoneinfo import available_timezones

from portal.words import N_

Value = int | str | bool
LONGEST = 80
"""Characters of a text: it stands in one line, on pages and on paper."""


@dataclass(frozen=True)
class Named:
    """One setting. `low`/`high` bound a number, `among` lists the allowed texts and `words` say what they mean, a `plain`
    one has letters, digits and dashes only; `group` is its heading on the page.
    """

    name: str
    group: str
    meaning: str
    default: Value
    low: int | None = None
    high: int | None = None
    among: tuple[str, ...] = ()
    plain: bool = False
    unit: str = ""
    words: tuple[str, ...] = ()

    def parse(self, text: str) -> Value:
        """The typed value; raises ValueError with a sentence for the field."""
        if isinstance(self.default, bool):
            if text not in ("on", "off"):
                raise ValueError(N_("Choose on or off."))
            return text == "on"
        if isinstance(self.default, int):
            return self._number(text)
        if not text.strip():
            raise ValueError(N_("This cannot be empty."))
        if self.among and text not in self.among:
            raise ValueError(N_("Choose one of the listed values."))
        line = " ".join(text.split())
        if len(line) > LONGEST:
            raise ValueError(N_("This is too long."))
        if self.plain and not re.fullmatch(r"[\w-]+", line):
            raise ValueError(N_("Use letters, digits and dashes only."))
        return line

    def _number(self, text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(N_("Enter a whole number.")) from None
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            raise ValueError(N_("This number is outside the allowed range."))
        return number


COMPANY, DIALOGUE, GOALS, REVIEWS, MAIL, FILES, SAFETY, JOBS = (
    N_("Company"),
    N_("Check-ins"),
    N_("Goals"),
    N_("Reviews"),
    N_("Mail"),
    N_("Files"),
    N_("Sign-in and sessions"),
    N_("Background jobs"),
)

CLOCK = N_("o'clock")
"""The unit of an hour of the company's day."""
LANGUAGES = ("中文", "English")
AUDIENCES = (N_("The whole company"), N_("The department"), N_("The management line"))

NAMES: dict[str, Named] = {
    named.name: named
    for named in (
        Named("open", COMPANY, N_("Everybody may come in. Off while the portal is being set up or moved."), True),
        Named("company_name", COMPANY, N_("The company's name, as pages and printed forms show it."), "Company"),
        Named("form_prefix", COMPANY, N_("What the numbers of printed forms begin with."), "JX", plain=True),
        Named("company_seal", COMPANY, N_("One character for the brand mark."), "绩"),
        Named(
            "time_zone",
            COMPANY,
            N_("Deadlines end with the day in this zone."),
            "Asia/Shanghai",
            among=tuple(sorted(available_timezones())),
        ),
        Named(
            "language", COMPANY, N_("The language of whoever has not chosen one."), "zh", among=("zh", "en"), words=LANGUAGES
        ),
        Named("year_begins_in", COMPANY, N_("The month in which the year begins."), 1, 1, 12),
        Named(
            "rhythm_days",
            DIALOGUE,
            N_("Days between two check-ins where nobody set another rhythm."),
            14,
            7,
            92,
            unit=N_("days"),
        ),
        Named("view_days", DIALOGUE, N_("Days in which the employee can still add their own view."), 7, 1, 31, unit=N_("days")),
        Named(
            "stale_grace_days",
            GOALS,
            N_("Days beyond the rhythm after which a goal counts as outdated."),
            3,
            0,
            31,
            unit=N_("days"),
        ),
        Named("okr_audience", GOALS, N_("Who sees a new OKR."), "company", among=("company", "unit", "line"), words=AUDIENCES),
        Named("kpi_audience", GOALS, N_("Who sees a new KPI."), "line", among=("company", "unit", "line"), words=AUDIENCES),
        Named("points_cap", REVIEWS, N_("The most points one KPI can bring."), 120, 100, 200, unit=N_("points")),
        Named("veto_cap", REVIEWS, N_("The most points of a section with a veto KPI at 0."), 60, 0, 120, unit=N_("points")),
        Named(
            "extreme_words",
            REVIEWS,
            N_("Characters that explain a lowest or highest rating."),
            30,
            0,
            500,
            unit=N_("characters"),
        ),
        Named(
            "insufficient_percent",
            REVIEWS,
            N_("Missing weight above which there is no grade but «insufficient basis»."),
            40,
            0,
            100,
            unit="%",
        ),
        Named("withdraw_days", REVIEWS, N_("Days in which a signature can be withdrawn."), 14, 0, 60, unit=N_("days")),
        Named(
            "few_dialogues",
            REVIEWS,
            N_("Fewer check-ins than this in the period are shown as a thin basis."),
            4,
            0,
            52,
            unit=N_("check-ins"),
        ),
        Named("mail_open", MAIL, N_("Mail is sent. A restored backup switches it off, until somebody has looked."), True),
        Named("digest_hour", MAIL, N_("The hour of a work day at which everybody is told what waits."), 8, 0, 23, unit=CLOCK),
        Named(
            "above_days",
            MAIL,
            N_("Days late from which on a reminder also tells the manager of whoever is late; 0 = never."),
            0,
            0,
            14,
            unit=N_("days"),
        ),
        Named(
            "hr_days",
            MAIL,
            N_("Days late from which on a reminder also tells HR; 0 = never."),
            0,
            0,
            14,
            unit=N_("days"),
        ),
        Named("quiet_from", MAIL, N_("From this hour on nobody is written to until the next work day."), 20, 1, 24, unit=CLOCK),
        Named("quiet_until", MAIL, N_("Before this hour nobody is written to."), 8, 0, 23, unit=CLOCK),
        Named(
            "news_minutes",
            MAIL,
            N_("Minutes between two looks at what was just asked of somebody."),
            2,
            1,
            60,
            unit=N_("minutes"),
        ),
        Named("mail_minutes", MAIL, N_("Minutes between two looks at mails that are due."), 1, 1, 60, unit=N_("minutes")),
        Named("mail_days", MAIL, N_("Days for which the log tells which mails were sent."), 180, 7, 3_650, unit=N_("days")),
        Named("files_mb", FILES, N_("The room for all uploaded files together."), 10_000, 0, 10_000_000, unit="MB"),
        Named("file_mb", FILES, N_("The largest file that can be uploaded."), 20, 1, 20, unit="MB"),
        Named("files_each", FILES, N_("The most files beside one record."), 20, 1, 100, unit=N_("files")),
        Named("idle_hours", SAFETY, N_("Hours without a click after which one signs in again."), 8, 1, 24, unit=N_("hours")),
        Named("session_hours", SAFETY, N_("Hours after which one signs in again in any case."), 12, 1, 72, unit=N_("hours")),
        Named(
            "sync_minutes",
            JOBS,
            N_("Minutes between two runs of the directory sync; 0 = only when somebody asks."),
            60,
            0,
            10_080,
            unit=N_("minutes"),
        ),
        Named(
            "dated_minutes",
            JOBS,
            N_("Minutes between two looks at what HR dated for today."),
            60,
            5,
            1_440,
            unit=N_("minutes"),
        ),
        Named("backup_hour", JOBS, N_("The hour in which everything is saved into a backup."), 1, 0, 23, unit=CLOCK),
        Named("journal_hour", JOBS, N_("The hour in which the journal is checked every night."), 2, 0, 23, unit=CLOCK),
        Named(
            "rollup_hour", JOBS, N_("The hour in which the progress of the goal tree is computed anew."), 3, 0, 23, unit=CLOCK
        ),
        Named("tidy_hour", JOBS, N_("The hour in which the database is tidied up."), 4, 0, 23, unit=CLOCK),
        Named(
            "retention_hour",
            JOBS,
            N_("The hour in which what has been kept long enough is removed."),
            5,
            0,
            23,
            unit=CLOCK,
        ),
        Named("search_hour", JOBS, N_("The hour in which the index of search is checked."), 4, 0, 23, unit=CLOCK),
        Named("job_days", JOBS, N_("Days for which jobs that are done stay in the list."), 90, 1, 3_650, unit=N_("days")),
    )
}


def given_name(value: Value) -> str:
    """The company's name, if `value` of the setting is one; empty while the default stands in its place."""
    return "" if value == NAMES["company_name"].default else str(value)
