"""What an office decides reaches its own terminals within a minute, and nobody else's; no file is touched."""

from pathlib import Path

import pytest

from tests.support.office import Office
from tests.support.units_story import UNIT_A, UNIT_B, Story

pytestmark = pytest.mark.screen


def test_two_units_three_terminals_and_a_replaced_one(tmp_path: Path) -> None:
    said: list[str] = []
    with Office(tmp_path / "office") as office, Story(office, tmp_path, said.append) as story:
        office.start_centre()
        reached = story.play()
    assert reached.page.endswith(" waiting"), "the new question comes first"
    (before, after) = reached.newest[UNIT_A]
    assert before < after, "the control: unit A's configuration is another one"
    (before, after) = reached.newest[UNIT_B]
    assert before == after, "the centre has no other one for unit B"
    assert reached.before == reached.after, "unit B's configuration is the same byte for byte"
    assert reached.names_in_b == (), "nothing of unit A in it"
    assert reached.states[reached.replaced] == ("revoked", "quay-2")
    assert reached.states[reached.replacing] == ("active", "quay-2")
    assert "sang-thu-bay" in reached.saturday
