"""A sync of many people, against the bare search of the same people. Outside the default run: `pytest --sweep=all`."""

import pytest

from tests.slapd import skip_without_slapd
from tests.sync.measuring import measure


def test_two_thousand_people_take_at_most_three_times_the_bare_search(request, tmp_path):
    if request.config.getoption("sweep") != "all":
        pytest.skip("measured with --sweep=all")
    skip_without_slapd()
    ratios = measure(tmp_path, 2000).ratios()
    assert max(cpu for _, cpu in ratios.values()) <= 3, ratios  # of CPU: wall time is the neighbours' as well
