"""Sizes by name next to each other, and the margin that each group really has: the plan of 2021."""

import pytest

from sync.central.figures.sample_sizes import group_margins, named_sizes, yamane
from sync.contract.plan import Sample
from tests.support.plans import shipped_plans

SAMPLE = Sample(share=0.9, margin=0.05, z=1.96, stated=138)


def percent(margin: float) -> str:
    return f"{100 * margin:.2f}"


def test_the_stated_size_is_the_one_rounded_down_and_keeps_the_margin_only_rounded_up() -> None:
    (cochran,) = named_sizes(SAMPLE)
    assert (cochran.size.exact, cochran.size.down, cochran.size.up) == (138.2976, 138, 139)
    assert [percent(each) for each in cochran.margins] == ["5.01", "4.99"]


def test_rules_that_need_a_population_come_with_it() -> None:
    sizes = {each.rule: each for each in named_sizes(SAMPLE, 279)}
    assert list(sizes) == ["cochran", "cochran-finite", "yamane"]
    assert (sizes["cochran-finite"].size.down, sizes["cochran-finite"].size.up) == (92, 93)
    assert sizes["yamane"].size.up == 165
    assert percent(sizes["cochran-finite"].margins[1]) == "4.99"


def test_yamane_by_hand() -> None:
    """2,000/(1 + 2,000 · 0.0025) = 2,000/6."""
    assert yamane(0.05, 2000).exact == pytest.approx(333.3333, abs=0.0001)
    for margin, population in ((0, 10), (1, 10), (0.05, 0)):
        with pytest.raises(ValueError, match="margin"):
            yamane(margin, population)


def test_each_group_has_a_margin_of_its_own() -> None:
    inside, outside = group_margins(shipped_plans()["thach-ha-2021"])
    assert (inside.forms, percent(inside.margin), percent(inside.corrected or 0)) == (98, "5.94", "4.79")
    assert (outside.forms, percent(outside.margin), outside.corrected) == (40, "9.30", None)


def test_a_plan_without_a_random_sample_has_no_margin() -> None:
    assert group_margins(shipped_plans()["nha-trang-2023"]) == ()


def test_a_sample_of_everybody_has_no_margin() -> None:
    (_, finite, _) = named_sizes(SAMPLE, 1)
    assert finite.margins[1] == 0
