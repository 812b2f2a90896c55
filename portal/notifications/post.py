"""The mail server: one connection for a batch, certificate checked, and a sentence for whatever goes wrong."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

from flask import current_app

from portal.words import N_

SECONDS = 20
"""How long the server may take for one answer."""
GOOD, LATER, NEVER = 250, 400, 500


class Down(Exception):
    """The server takes nothing now; `why` is a sentence of the catalogue."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotTaken(Exception):
    """It did not take this one; `final`: it never will."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.why, self.final = why, final


class Uncertain(Exception):
    """The line broke after the mail was handed over and before the answer: whether it was taken is not known."""


@contextmanager
def connected() -> Iterator["Post"]:
    """An open connection, signed in. Raises Down."""
    try:
        server = _connect()
    except smtplib.SMTPAuthenticationError:
        raise Down(N_("The mail server does not accept our account or password.")) from None
    except ssl.SSLError:
        raise Down(N_("The certificate of the mail server is not valid, or it speaks no TLS.")) from None
    except smtplib.SMTPNotSupportedError:
        raise Down(N_("The mail server offers no encryption (STARTTLS) or no login.")) from None
    except (OSError, smtplib.SMTPException):
        raise Down(N_("The mail server did not answer.")) from None
    try:
        yield Post(server)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def _connect() -> smtplib.SMTP:
    config = current_app.config
    host, port, tls = config["MAIL_HOST"], config["MAIL_PORT"], config["MAIL_TLS"]
    checked = ssl.create_default_context(cafile=config["MAIL_CA"] or None)
    port = port or {"tls": 465, "starttls": 587}.get(tls, 25)
    if tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=checked)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        server.ehlo()
        if tls == "starttls":
            server.starttls(context=checked)
            server.ehlo()
        if config["MAIL_USER"]:
            server.login(config["MAIL_USER"], Path(config["MAIL_PASSWORD_FILE"]).read_text().strip())
    except BaseException:
        server.close()
        raise
    return server


class Post:
    """An open connection."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def hand_over(self, letter: EmailMessage, to: str) -> None:
        """Give it to the server. Raises NotTaken, Down (nothing was given) or Uncertain."""
        try:
            self._said(self.server.mail(current_app.config["MAIL_FROM"]), to)
            self._said(self.server.rcpt(to), to)
        except (OSError, smtplib.SMTPServerDisconnected):
            raise Down(N_("The mail server did not answer.")) from None
        try:
            code, answer = self.server.data(letter.as_bytes())
        except smtplib.SMTPDataError as problem:
            code, answer = problem.smtp_code, b""
        except (OSError, smtplib.SMTPServerDisconnected):
            raise Uncertain from None
        self._said((code, answer), to)

    def _said(self, answer: tuple[int, bytes], _to: str) -> None:
        code = answer[0]
        if code < LATER:
            return
        with suppress(OSError, smtplib.SMTPException):
            self.server.rset()
        if code == 421:
            raise Down(N_("The mail server takes no more mail at the moment."))
        if code >= NEVER:
            raise NotTaken(N_("The mail server refuses this address or this mail."), final=True)
        raise NotTaken(N_("The mail server asks to try again later."), final=False)
