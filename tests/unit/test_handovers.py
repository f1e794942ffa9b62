"""An officer is asked to sign in only where something is handed over."""

import pytest
from msgspec.structs import replace

from kiosk.handovers import has_handovers, officer_missing
from kiosk.tagging import Counter
from sync.contract.catalogue import Catalogue
from tests.flows.flow import CATALOGUE, kien_hung, rules_for

RULES = rules_for(kien_hung())
TOUCH = replace(RULES, start_by_touch=True)
WITH_COUNTER = replace(TOUCH, counter="quay-1")
NO_PROCEDURES = Catalogue(units=CATALOGUE.units)


def test_a_visit_that_only_a_scan_starts_has_a_handover() -> None:
    assert has_handovers(RULES, NO_PROCEDURES)
    assert has_handovers(replace(RULES, respondents=("staff",)), NO_PROCEDURES)


def test_where_a_touch_starts_a_visit_a_counter_with_procedures_has_handovers() -> None:
    assert has_handovers(WITH_COUNTER, CATALOGUE)
    assert not has_handovers(TOUCH, CATALOGUE)
    assert not has_handovers(WITH_COUNTER, NO_PROCEDURES)
    assert not has_handovers(replace(WITH_COUNTER, respondents=("staff",)), CATALOGUE)


@pytest.mark.parametrize(("officer", "missing"), [(None, True), ("cb-01", False)])
def test_an_officer_is_missing_until_one_signs_in(officer: str | None, missing: bool) -> None:
    assert officer_missing(Counter(officer=officer), RULES, CATALOGUE) is missing


def test_nobody_is_missing_where_staff_answer() -> None:
    rules = replace(WITH_COUNTER, respondents=("staff",))
    assert not officer_missing(Counter(), rules, CATALOGUE)
