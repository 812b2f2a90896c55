"""What a browser calls itself, in two words: enough to recognise one's own device in a list."""

from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.words import N_

BROWSERS = {
    "wxwork": N_("WeCom"),
    "micromessenger": N_("WeChat"),
    "dingtalk": N_("DingTalk"),
    "lark": N_("Feishu"),
    "edg": "Edge",
    "firefox": "Firefox",
    "fxios": "Firefox",
    "chrome": "Chrome",
    "crios": "Chrome",
    "safari": "Safari",
}
SYSTEMS = {
    "harmony": "HarmonyOS",
    "iphone": "iPhone",
    "ipad": "iPad",
    "android": "Android",
    "windows": "Windows",
    "mac os": "macOS",
    "linux": "Linux",
}


def device_of(agent: str) -> str:
    """`Chrome, Windows`; the order matters, for most browsers also name the others."""
    small = agent.lower()
    browser, system = (next((name for mark, name in known.items() if mark in small), "") for known in (BROWSERS, SYSTEMS))
    parts = (_(browser) if browser else "", system)
    return ", ".join(filter(None, parts)) or _("An unknown device")


def wait_for(seconds: int) -> str:
    """How long to wait, in seconds below two minutes."""
    if seconds < 120:
        return ngettext("Try again in %(num)d second.", "Try again in %(num)d seconds.", seconds)
    return ngettext("Try again in %(num)d minute.", "Try again in %(num)d minutes.", -(-seconds // 60))
