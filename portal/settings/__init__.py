"""Settings 设置: every named value that HR decides: typed, with a meaning and a default. Who changed it is journalled."""

from portal.settings.models import Picture, Setting
from portal.settings.names import NAMES, Named
from portal.settings.queries import refresh, remember, value

__all__ = ["NAMES", "Named", "Picture", "Setting", "refresh", "remember", "value"]
