"""Which pages go on with a pull that is in the audit log already."""

from sync.central.http.noted import LASTS, UNDER_WAY, PullsUnderWay, question
from tests.unit.test_rates import Clock

PATH = "/v1/responses"
ASKED = question(PATH, [("unit", "xa-1"), ("limit", "1")])


def test_pages_of_one_pull_differ_in_where_they_begin_and_how_long_they_are_alone() -> None:
    assert question(PATH, [("after", "1-7"), ("unit", "xa-1")]) == ASKED
    assert question(PATH, [("$skiptoken", "1-7"), ("unit", "xa-1"), ("$top", "3")]) == ASKED
    for path, asked in (
        (PATH, [("unit", "xa-2")]),
        (PATH, []),
        (PATH, [("unit", "xa-1"), ("officer", "a01")]),
        ("/odata/Responses", [("unit", "xa-1")]),
    ):
        assert question(path, asked) != ASKED


def test_a_line_counts_for_an_hour_however_its_pull_goes_on() -> None:
    clock = Clock()
    pulls = PullsUnderWay(clock)
    begun = pulls.begins()
    pulls.goes_on(1, ASKED, "1-1", begun)
    clock.now = LASTS - 1
    found = pulls.begun(1, ASKED, "1-1")
    assert found == begun
    pulls.goes_on(1, ASKED, "1-2", found)
    clock.now = LASTS
    assert pulls.begun(1, ASKED, "1-2") is None


def test_what_is_kept_of_a_token_is_bounded_and_the_newest() -> None:
    pulls = PullsUnderWay(Clock())
    for number in range(UNDER_WAY + 1):
        pulls.goes_on(1, ASKED, f"1-{number}", pulls.begins())
    known = [pulls.begun(1, ASKED, f"1-{number}") is not None for number in range(UNDER_WAY + 1)]
    assert known == [False] + [True] * UNDER_WAY
