"""What a report proposes to say of its ratings: from their shares alone, each with its n."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.figures.summary import percent
from sync.central.reports.kinds.levels import ENOUGH, Rated, changes, strengths, weaknesses

NBSP = "\N{NO-BREAK SPACE}"


def rated(name: str, satisfied: int, n: int, points: str | None = None) -> Rated:
    counts = ((1, n - satisfied), (5, satisfied))
    return Rated(question=name, text=name, n=n, percent=percent(satisfied, n), counts=counts, points=points)


def named(words: str) -> list[str]:
    return [line.split("”")[0].removeprefix("- “") for line in words.splitlines()[1:]]


def test_the_three_best_and_the_three_weakest_are_named_with_their_n() -> None:
    ratings = [rated(name, 90 - place, 100) for place, name in enumerate("abcdefg")]
    assert strengths(ratings) == (
        f"Tỷ lệ hài lòng cao nhất:\n- “a”: 90,0% (n{NBSP}={NBSP}100);\n- “b”: 89,0% (n{NBSP}={NBSP}100);\n"
        f"- “c”: 88,0% (n{NBSP}={NBSP}100)."
    )
    assert named(weaknesses(ratings)) == ["g", "f", "e"]


def test_equal_shares_are_named_together() -> None:
    ratings = [rated(name, 90 if name in "abcde" else 50, 100) for name in "abcdefgh"]
    assert named(strengths(ratings)) == list("abcde")
    assert named(weaknesses(ratings)) == list("hgf")


def test_what_cannot_be_told_apart_is_not_said() -> None:
    for ratings in ([], [rated("a", 9, 10)], [rated(name, 90, 100) for name in "abcd"], [rated("a", 0, 0)]):
        assert strengths(ratings) == weaknesses(ratings) == ""


def test_a_rating_of_few_is_named_only_where_all_are_of_few() -> None:
    ratings = [rated("few", 5, 5), rated("a", 60, 100), rated("b", 50, 100)]
    assert named(strengths(ratings)) == ["a"]
    alone = [rated("few", 5, 5), rated("fewer", 1, 6)]
    assert strengths(alone).startswith("Tỷ lệ hài lòng cao nhất, mỗi nội dung dưới 30 lượt trả lời:")


def test_no_share_and_no_change_of_fewer_than_five_answers_is_said() -> None:
    few = rated("few", 4, 4, "50.0")
    some = [rated("a", 5, 5), rated("b", 1, 5), few]
    assert named(strengths(some)) == ["a"]
    assert named(weaknesses(some)) == ["b"]
    assert changes([few]) == changes([replace(few, n=40, then_n=4)]) == ""


def test_the_largest_rise_and_fall_are_said_with_their_points() -> None:
    ratings = [rated("a", 60, 100, "1.2"), rated("b", 60, 100, "3.4"), rated("c", 60, 100, "-0.5")]
    assert changes(ratings) == (
        f"Tăng nhiều nhất so với kỳ trước: “b” (+3,4 điểm %, n{NBSP}={NBSP}100).\n"
        f"Giảm nhiều nhất so với kỳ trước: “c” (−0,5 điểm %, n{NBSP}={NBSP}100)."
    )
    assert changes([rated("a", 60, 100), rated("b", 60, 100, "0.0")]) == ""


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12))
def test_nothing_is_among_the_best_and_the_weakest(pairs: list[tuple[int, int]]) -> None:
    ratings = [rated(f"q{place}", min(pair), max(pair)) for place, pair in enumerate(pairs)]
    best, weakest = named(strengths(ratings)), named(weaknesses(ratings))
    assert not set(best) & set(weakest)
    assert bool(best) == bool(weakest)
    shown = [each for each in ratings if each.text in best]
    if any(each.n >= ENOUGH for each in shown):
        assert all(each.n >= ENOUGH for each in shown)
