"""What the clock does here: the digest of the morning, news every few minutes, and the mails that are due."""

from datetime import timedelta

from sqlalchemy import delete

from portal import clock
from portal.db import db
from portal.jobs import Context, engine
from portal.jobs import register as register_job
from portal.jobs.schedules import daily, every
from portal.notifications import digest, mailing, news, operations, posting
from portal.notifications.models import Message, Notice
from portal.settings.queries import number
from portal.settings.ways import leads
from portal.words import N_

DIGEST, NEWS, REOPEN, ROBOTS = "digest", "news", "reopen_mail", "robots"
NOT_ALL = N_("A robot did not take its message: the page of robots says why.")
TWICE = N_("Another worker was at the same people: it is looked at anew.")


def register() -> None:
    """Called once by create_app."""
    register_job(DIGEST, morning, N_("Digest of what waits"), {digest.Overtaken: TWICE})
    register_job(NEWS, news.make, N_("News by mail"))
    register_job(mailing.JOB, mailing.send, N_("Sending mail"))
    register_job(ROBOTS, posting.make, N_("Telling groups by robots"), {posting.NotAll: NOT_ALL})
    register_job(operations.TRY, posting.attempt, N_("Trying a robot"))
    register_job(REOPEN, digest.catch_up, N_("Opening mail again"))
    leads("mail_open", True, operations.reopen)
    daily(DIGEST, "digest_hour")
    every(NEWS, lambda: timedelta(minutes=number("news_minutes")), "news_minutes", wanted=news.wanted)
    every(mailing.JOB, lambda: timedelta(minutes=number("mail_minutes")), "mail_minutes", wanted=mailing.wanted)


def morning(context: Context) -> None:
    """The digest; then old lines of the log go, and what was told so long ago that it cannot come up again."""
    digest.make(context)
    if posting.every():
        engine.ask(ROBOTS, key=ROBOTS)
    now, days = clock.now(), timedelta(days=number("mail_days"))
    db.session.execute(delete(Notice).where(Notice.at < now - max(days, timedelta(days=400))))
    db.session.execute(delete(Message).where(Message.made_at < now - days))
