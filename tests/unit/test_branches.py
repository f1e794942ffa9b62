"""The order in which a province calls its communes."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.branches import Answered, Branch, call_first, silent_a_day
from sync.contract.plan import VIET_NAM

FRIDAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 7, 30, tzinfo=VIET_NAM)
BRANCHES = st.lists(
    st.builds(
        Branch,
        unit=st.sampled_from(["xa-a", "xa-b", "xa-c"]),
        name=st.sampled_from(["Xã A", "Xã B"]),
        silent_since=st.sampled_from(
            [None, MORNING, MORNING - timedelta(days=1), MORNING - timedelta(days=9)]
        ),
        never=st.booleans(),
        now=st.builds(Answered, st.integers(50, 60), st.integers(0, 50)),
        before=st.builds(Answered, st.integers(50, 60), st.integers(0, 50)),
        overdue=st.sampled_from([None, 0, 1, 5]),
    ),
    max_size=12,
)


def order(*branches: Branch) -> list[str]:
    return [branch.unit for branch in call_first(branches, FRIDAY)]


def test_the_silent_are_called_first_then_the_overdue_then_those_where_far_fewer_answer() -> None:
    calm = Branch(unit="yen", name="A")
    silent = Branch(unit="im", name="B", silent_since=MORNING - timedelta(days=1))
    longer = Branch(unit="im-lau", name="C", silent_since=MORNING - timedelta(days=5))
    this_morning = Branch(unit="im-sang-nay", name="Z", silent_since=MORNING)
    overdue = Branch(unit="qua-han", name="D", overdue=2)
    more = Branch(unit="qua-han-nhieu", name="E", overdue=7)
    fell = Branch(unit="it", name="F", before=Answered(100, 80), now=Answered(100, 40))
    little = Branch(unit="it-hon", name="G", before=Answered(100, 80), now=Answered(100, 70))
    assert order(calm, little, fell, more, overdue, this_morning, longer, silent) == [
        "im-lau",
        "im",
        "qua-han-nhieu",
        "qua-han",
        "it",
        "yen",
        "it-hon",
        "im-sang-nay",
    ]
    assert silent_a_day(Branch(unit="moi", never=True), FRIDAY)


@pytest.mark.parametrize(("visits", "fell"), [(29, None), (30, 50.0)])
def test_a_share_of_few_visits_is_compared_with_nothing(visits: int, fell: float | None) -> None:
    branch = Branch(unit="xa", before=Answered(100, 50), now=Answered(visits, 0))
    assert branch.fell == fell
    assert replace(branch, before=Answered(29, 29), now=Answered(100, 1)).fell is None
    assert Answered(0, 0).percent is None


@given(BRANCHES, st.data())
def test_nobody_is_ordered_by_satisfaction(branches: list[Branch], data: st.DataObject) -> None:
    named = [replace(branch, unit=f"{branch.unit}-{number}") for number, branch in enumerate(branches)]
    shares = st.sampled_from(["0.0", "50.0", "100.0", None])
    rated = [
        replace(branch, satisfied=data.draw(shares), n=data.draw(st.integers(0, 99))) for branch in named
    ]
    assert order(*rated) == order(*named)
    assert order(*data.draw(st.permutations(rated))) == order(*named)
