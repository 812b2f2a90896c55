"""What a mail says: made when it is sent, of what waits then, in the reader's language; plain text and HTML.

Nothing of anybody stands in the subject. Every link leads into the portal, which asks who reads it.
"""

from collections.abc import Sequence
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import current_app, render_template, url_for
from flask_babel import force_locale
from markupsafe import Markup

from portal import clock
from portal.i18n import company_language, known, language, ngettext
from portal.i18n import gettext as _
from portal.notifications.above import Late
from portal.notifications.models import Kind, Message
from portal.notifications.people import Reader
from portal.settings import value
from portal.waiting import telling
from portal.waiting.kinds import KINDS
from portal.waiting.queries import Item

MOST = 12
"""Things that one mail tells; the rest is on home."""
CODED = "base64"
"""Every server takes it, and it is a third longer than Chinese text; quoted-printable would be three times as long."""

_LOOKS = {
    "body": "margin:0;padding:16px;background:#f5f6f8;color:#1d2733;"
    "font:16px/1.5 -apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif",
    "page": "max-width:560px;margin:0 auto",
    "line": "margin:0 0 12px",
    "gap": "margin:16px 0",
    "card": "display:block;margin:0 0 8px;padding:12px 14px;background:#fff;border:1px solid #d9dee5;border-radius:8px;"
    "color:#1d2733;text-decoration:none",
    "title": "display:block;font-weight:600;overflow-wrap:anywhere",
    "note": "display:block;color:#5b6776;font-size:14px",
    "late": "display:block;color:#a8321f;font-size:14px",
    "button": "display:inline-block;padding:12px 20px;background:#1f5fa8;color:#fff;border-radius:8px;text-decoration:none",
    "link": "color:#1f5fa8",
    "foot": "margin:24px 0 0;color:#5b6776;font-size:13px",
    "quiet": "color:#5b6776",
}
LOOKS = {name: Markup(' style="{}"').format(looks) for name, looks in _LOOKS.items()}
"""A mail has no style sheet: each element brings its looks along."""


class NoAddress(Exception):
    """The directory's address cannot be written to."""


def letter(message: Message, reader: Reader, items: Sequence[Item], others: Sequence[Late] = ()) -> EmailMessage:
    """The mail, ready to be handed over. Raises NoAddress."""
    public = current_app.config["PUBLIC_URL"]
    speaks = known(reader.language) or company_language()
    with current_app.test_request_context(base_url=public or None), force_locale(speaks):
        things = telling.count(items)
        made = _head(message, reader, things)
        root = f"{urlsplit(public).scheme}://{urlsplit(public).netloc}"
        lines = telling.lines([_discreet(item) for item in items])
        told = {
            "reader": reader,
            "lines": lines[:MOST],
            "more": max(0, len(lines) - MOST),
            "things": things,
            "others": others,
            "news": message.news if reader.informs else 0,
            "digest": message.kind is Kind.DIGEST,
            "today": clock.today(),
            "root": root,
            "company": value("company_name"),
            "looks": LOOKS,
        }
        made.set_content(render_template("notifications/letter.txt", **told), cte=CODED)
        made.add_alternative(render_template("notifications/letter.html", **told), subtype="html", cte=CODED)
        made["Content-Language"] = language()
        return made


def _discreet(item: Item) -> Item:
    """Without the words of what is its reader's alone: a mail may lie open on a screen."""
    return replace(item, title="", name="") if KINDS[item.what].private else item


def _head(message: Message, reader: Reader, things: int) -> EmailMessage:
    public = urlsplit(current_app.config["PUBLIC_URL"])
    made = EmailMessage(policy=SMTP)
    made["Subject"] = subject(message, things)
    made["From"] = _address(current_app.config["MAIL_FROM"], str(value("company_name")))
    made["To"] = _address(reader.mail, reader.name)
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{message.key}@{public.hostname or 'portal.invalid'}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made["List-Unsubscribe"] = f"<{public.scheme}://{public.netloc}{url_for('notifications.mine')}>"
    return made


def subject(message: Message, things: int) -> str:
    """How many, never what."""
    if message.kind is Kind.NEWS:
        return ngettext("%(num)d thing is asked of you", "%(num)d things are asked of you", things)
    return ngettext("%(num)d thing waits for you", "%(num)d things wait for you", things) if things else _("News for you")


def _address(spec: str, name: str) -> Address:
    """Raises NoAddress for what is no plain address: a line break in it would be a header of its own."""
    try:
        spec.encode("ascii")
        return Address(display_name=" ".join(name.split()), addr_spec=spec.strip())
    except (ValueError, IndexError, UnicodeEncodeError) as problem:
        raise NoAddress from problem
