"""Which unit a form begins with, where somebody can choose one of several."""

from sync.central.web.unit_choices import usual_unit

DISTRICT = frozenset({"a-commune", "district", "z-commune"})


def test_a_form_begins_with_the_unit_of_the_visitors_role_and_not_with_the_first_by_name() -> None:
    assert usual_unit(("district",), DISTRICT) == "district"


def test_the_only_unit_needs_no_choice() -> None:
    assert usual_unit(("a-commune",), frozenset({"a-commune"})) == "a-commune"


def test_who_has_the_role_at_several_units_or_everywhere_has_to_choose() -> None:
    assert usual_unit(("a-commune", "z-commune"), DISTRICT) == ""
    assert usual_unit(("",), DISTRICT) == ""
