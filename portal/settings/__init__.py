"""Settings 设置: every named value that HR decides: typed, with a meaning and a default. Who changed it is journalled."""

from portal.settings.models import Picture, Setting
from portal.settings.names import NAMES, Named, given_name
from portal.settings.queries import refresh, remember, value

__all__ = ["NAMES", "Named", "Picture", "Setting", "given_name", "refresh", "remember", "value"]
