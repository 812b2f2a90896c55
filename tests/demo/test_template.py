"""The loaded file that tests copy."""

import sqlite3
from collections.abc import Callable
from pathlib import Path


def test_a_copy_is_whole_and_its_own(demo_file: Callable[[], Path]) -> None:
    copy = demo_file()
    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM person WHERE name = '周晓岚'").fetchone() == (1,)
        connection.execute("DELETE FROM measure_value")
    with sqlite3.connect(demo_file()) as again:
        assert again.execute("SELECT count(*) FROM measure_value").fetchone()[0] > 1_000
