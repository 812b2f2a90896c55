"""Where the pages of check-ins hang."""

from flask import Blueprint

from portal.checkins.forms import RHYTHMS
from portal.i18n import gettext as _
from portal.i18n import ngettext

bp = Blueprint("checkins", __name__, url_prefix="/check-ins")


@bp.app_template_global()
def often(days: int) -> str:
    """A rhythm in words: every two weeks, or every so many days."""
    return _(RHYTHMS[days]) if days in RHYTHMS else ngettext("every %(num)d day", "every %(num)d days", days)
