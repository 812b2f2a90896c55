"""Reading SQLite's plans: which tables a statement reads from one end to the other."""

import re
from collections.abc import Iterable, Iterator

from tests.everywhere.exemptions import READ_THROUGH, READ_WHOLE


def whole(sql: str, details: Iterable[str], big: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """(line of the plan, the exemption it falls under or None) for each of these tables that is read whole, or filtered so.

    `details` are the lines of EXPLAIN QUERY PLAN for the statement, `big` the tables that count.
    """
    text, names = " ".join(sql.split()), {alias: table for table, alias in re.findall(r'(?:FROM|JOIN|,) "?(\w+)"? AS "?(\w+)"?', sql)}
    for detail in details:
        found = re.match(r"(?:SCAN|BLOOM FILTER ON) (\w+)(?! VIRTUAL TABLE INDEX \d+:\S)", detail)  # FTS5: by rows or by words
        if found and names.get(found[1], found[1]) in big:
            begins = next((each for each in READ_WHOLE if text.startswith(each)), None)
            yield detail, begins or next((index for index in READ_THROUGH if detail.endswith(f" INDEX {index}")), None)
