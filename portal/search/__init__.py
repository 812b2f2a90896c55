"""Search 搜索: people, goals, lessons, own check-ins, by what one remembers of them.

The package is the index and the page; what can be found, what stands in it and who may see it is handed over by the features
(`describe` and `show`, each in its `found.py`). It knows none of them.
"""

from portal.search.asking import hits
from portal.search.grams import LONGEST, Asked, asked
from portal.search.groups import Group, Row, show
from portal.search.index import Source, Watched, Words, changed, describe, rebuild
from portal.search.models import Kind

__all__ = [
    "LONGEST",
    "Asked",
    "Group",
    "Kind",
    "Row",
    "Source",
    "Watched",
    "Words",
    "asked",
    "changed",
    "describe",
    "hits",
    "rebuild",
    "show",
]
