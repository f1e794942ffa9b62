"""Double keying: two people blind to each other, every difference found, a third decides."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.figures.drivers import standing
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.paper.asked import Asked
from sync.central.office.paper.entering import KeyedForm, key_again, key_form, make_invalid, note_invalid
from sync.central.office.paper.listing import counts_of_plan
from sync.central.office.paper.lots import lot_named
from sync.central.office.paper.runs import count_run, make_run
from sync.central.office.paper.twice import Side, compared, decide, drawn, due, key_second, tally
from sync.central.office.paper.unlisted import open_keyings, open_unlisted
from sync.central.office.removal import forget
from sync.central.reports.kinds.survey_parts import paper_forms
from sync.central.store.database import reading
from sync.central.store.paper_tables import paper_lots, paper_seconds
from sync.contract.canonical import decode_response
from sync.contract.problem import ProblemError
from sync.contract.response import Answer, Response, Sealed
from sync.contract.sealing import seal_words
from tests.support.paper import DAY, UNIT, form, opened, put_plan
from tests.support.plans import shipped_plans
from tests.support.wire import NOW, CentreUnderTest

FIRST, SECOND, THIRD = 1, 2, 3
CANARY = "Chim hoàng yến 7302"


def stored(central: CentreUnderTest) -> list[Response]:
    return [decode_response(body) for body in central.stored()]


def by(central: CentreUnderTest, account: int) -> By:
    return By(f"account {account}", central.now())


def keyed_once(central: CentreUnderTest, forms: list[KeyedForm], twice: int) -> str:
    """A lot whose forms somebody has keyed."""
    lot = opened(central.engine, NOW, counted=len(forms), first=1, last=500, twice=twice)
    for each in forms:
        with acting(central.engine, by(central, FIRST)) as act:
            key_form(act, lot, each, account=FIRST)
    return lot


def second(central: CentreUnderTest, lot: str, keyed: KeyedForm, account: int = SECOND) -> bool:
    with acting(central.engine, by(central, account)) as act:
        keys = central.keys.sealing_keys()
        return key_second(act, lot, replace(keyed, token="0" * 32), account=account, keys=keys)


def settle(
    central: CentreUnderTest, lot: str, number: int, sides: dict[str, Side], account: int = THIRD
) -> None:
    with acting(central.engine, by(central, account)) as act:
        decide(act, lot, number, sides, account=account)


def numbers_due(central: CentreUnderTest, lot: str, account: int) -> tuple[int, ...]:
    with reading(central.engine) as connection:
        return due(connection, lot_named(connection, lot), account)


def some_forms(random: Random, count: int) -> Iterator[KeyedForm]:
    for number in range(1, count + 1):
        answers: dict[str, Answer] = {"result": random.randint(1, 5), "service": random.randint(1, 5)}
        named = "1.001193" if random.random() < 0.5 else None
        yield form(number, answers=answers, procedure=named, officer="a01" if number % 3 else None)


def mistyped(random: Random, keyed: KeyedForm) -> KeyedForm:
    """The same form with one field wrong."""
    field = random.choice(("result", "service", "procedure", "officer", "answered", "respondent"))
    if field in ("result", "service"):
        level = random.choice([each for each in range(1, 6) if each != keyed.answers[field]])
        return replace(keyed, answers={**keyed.answers, field: level})
    if field == "procedure":
        return replace(keyed, procedure=None if keyed.procedure else "1.001193")
    if field == "officer":
        return replace(keyed, officer=None if keyed.officer else "a01")
    if field == "answered":
        return replace(keyed, answered=DAY - timedelta(days=1))
    return replace(keyed, respondent="organisation")


def test_of_a_hundred_forms_with_five_percent_errors_all_differences_are_found(
    central: CentreUnderTest,
) -> None:
    random = Random(304)
    right = list(some_forms(random, 100))
    wrong_at_first = set(random.sample(range(100), 5))
    wrong_at_second = set(random.sample(sorted(set(range(100)) - wrong_at_first), 5))
    lot = keyed_once(
        central,
        [mistyped(random, each) if at in wrong_at_first else each for at, each in enumerate(right)],
        twice=100,
    )
    assert numbers_due(central, lot, SECOND) == tuple(range(1, 101))
    for at, each in enumerate(right):
        same = second(central, lot, mistyped(random, each) if at in wrong_at_second else each)
        assert same is (at not in wrong_at_first | wrong_at_second)
    with reading(central.engine) as connection:
        of = lot_named(connection, lot)
        found = [each for each in compared(connection, of) if not each.decided]
        count = tally(connection, of)
    assert {each.number - 1 for each in found} == wrong_at_first | wrong_at_second
    assert all(len(each.differences) == 1 for each in found)
    assert (count.forms, count.fields, count.differing, count.open) == (100, 600, 10, 10)
    for differing in found:
        side: Side = "second" if differing.number - 1 in wrong_at_first else "first"
        settle(central, lot, differing.number, {differing.differences[0].field: side})
    with reading(central.engine) as connection:
        count = tally(connection, of)
    assert (count.wrong, count.open) == (5, 0)
    counts = {int(each.entered.form_no): each for each in standing(stored(central)) if each.entered}
    for each in right:
        kept = counts[each.number]
        assert (kept.answers, kept.respondent) == (dict(each.answers), each.respondent)
        assert (kept.tag.procedure if kept.tag else None) == each.procedure
        assert kept.finished_at.date() == each.answered


def test_who_keys_a_form_the_second_time_has_not_keyed_it_the_first_time(central: CentreUnderTest) -> None:
    forms = [form(number) for number in (1, 2)]
    lot = keyed_once(central, forms, twice=100)
    assert numbers_due(central, lot, FIRST) == ()
    with pytest.raises(ProblemError, match="HL5231"):
        second(central, lot, forms[0], account=FIRST)
    second(central, lot, replace(forms[0], answers={"result": 1, "service": 4}))
    with pytest.raises(ProblemError, match="HL5232"):
        second(central, lot, forms[0], account=THIRD)
    for one_of_the_two in (FIRST, SECOND):
        with pytest.raises(ProblemError, match="HL5231"):
            settle(central, lot, 1, {"result": "first"}, account=one_of_the_two)
    with pytest.raises(ProblemError, match=r"HL5224.*result"):
        settle(central, lot, 1, {})
    settle(central, lot, 1, {"result": "first"})
    with pytest.raises(ProblemError, match="HL5233"):
        settle(central, lot, 1, {"result": "first"})
    with pytest.raises(ProblemError, match="HL5233"):
        settle(central, lot, 2, {})


def test_which_forms_are_keyed_twice_is_known_when_the_lot_is_keyed_and_is_the_set_share(
    central: CentreUnderTest,
) -> None:
    forms = [form(number) for number in range(1, 12)]
    lot = opened(central.engine, NOW, counted=11, first=1, last=20, twice=25)
    for each in forms:
        assert numbers_due(central, lot, SECOND) == ()
        with acting(central.engine, by(central, FIRST)) as act:
            key_form(act, lot, each, account=FIRST)
    chosen = numbers_due(central, lot, SECOND)
    assert len(chosen) == 3  # 25 % of 11, rounded up
    other = next(number for number in range(1, 12) if number not in chosen)
    with pytest.raises(ProblemError, match="HL5232"):
        second(central, lot, forms[other - 1])
    second(central, lot, forms[chosen[0] - 1])
    assert numbers_due(central, lot, SECOND) == chosen[1:]


def test_a_decision_for_the_second_keying_keeps_the_words(central: CentreUnderTest) -> None:
    key = central.keys.public().sealing[-1]
    sealed = seal_words({"suggestion": "lời"}, key.id, key.public)
    keyed = form(1, sealed=sealed)
    lot = keyed_once(central, [keyed], twice=100)
    second(central, lot, replace(keyed, answers={"result": 2}, sealed=None))
    settle(central, lot, 1, {"result": "second", "service": "second", "words": "first"})
    (counts,) = standing(stored(central))
    assert (counts.answers, counts.sealed, counts.outcome) == ({"result": 2}, sealed, "partial")


def words(central: CentreUnderTest, **said: str) -> Sealed | None:
    key = central.keys.public().sealing[-1]
    return seal_words(dict(said), key.id, key.public)


def test_words_and_names_that_the_catalogue_lacks_are_compared_and_stay_sealed(
    central: CentreUnderTest,
) -> None:
    first = [
        form(1, sealed=words(central, suggestion="Thêm ghế, ạ!"), unlisted=words(central, officer="Bà Một")),
        form(2, sealed=words(central, suggestion=CANARY), unlisted=words(central, officer=CANARY)),
        form(3),
    ]
    lot = keyed_once(central, first, twice=100)
    same = {"sealed": words(central, suggestion="thêm ghế ạ"), "unlisted": words(central, officer="bà  một")}
    assert second(central, lot, replace(first[0], **same)), "case, spaces and signs are no difference"
    other = words(central, suggestion=CANARY + " hai")
    assert not second(central, lot, replace(first[1], sealed=other, unlisted=None))
    assert not second(central, lot, replace(first[2], sealed=words(central, suggestion="lời")))
    with reading(central.engine) as connection:
        of = lot_named(connection, lot)
        found = {each.number: each.differences for each in compared(connection, of)}
        body = "".join(map(str, connection.execute(select(paper_seconds)).all()))
    assert {number: [each.field for each in fields] for number, fields in found.items()} == {
        1: [],
        2: ["words", "unlisted"],
        3: ["words"],
    }
    assert CANARY not in body
    with acting(central.engine, by(central, THIRD)) as act:
        opened = open_keyings(act, of, 2, central.keys.sealing_keys())
    assert opened.first == {"words": {"suggestion": CANARY}, "unlisted": {"officer": CANARY}}
    assert opened.second == {"words": {"suggestion": CANARY + " hai"}, "unlisted": {}}
    settle(central, lot, 2, {"words": "second", "unlisted": "first"})
    settle(central, lot, 3, {"words": "first"})
    counts = {int(each.entered.form_no): each for each in standing(stored(central)) if each.entered}
    assert (counts[2].sealed, counts[3].sealed) == (other, None)
    with acting(central.engine, by(central, THIRD)) as act:
        named = {each.number: each.officer for each in open_unlisted(act, lot, central.keys.sealing_keys())}
    assert named == {1: "Bà Một", 2: CANARY}
    with reading(central.engine) as connection:
        kept = connection.execute(select(paper_seconds.c.words, paper_seconds.c.unlisted)).all()
        log = connection.exec_driver_sql("SELECT act, detail FROM audit ORDER BY number").all()
    assert {tuple(row) for row in kept} == {("", "")}, "nothing is kept once it is decided"
    assert [row.detail for row in log if row.act in ("paper-words", "paper-names")] == ["2", "1 2"]


def test_words_are_not_compared_where_their_key_is_not(central: CentreUnderTest) -> None:
    lot = keyed_once(central, [form(1, sealed=words(central, suggestion="một"))], twice=100)
    with acting(central.engine, by(central, SECOND)) as act:
        again = form(1, sealed=words(central, suggestion="hai"))
        assert key_second(act, lot, again, account=SECOND, keys={})


def test_who_keys_cannot_know_which_forms_are_keyed_twice() -> None:
    numbers = range(1, 101)
    shares = {drawn(seed, 10, numbers) for seed in ("a" * 64, "b" * 64, "c" * 64)}
    assert len(shares) == 3
    assert {len(each) for each in shares} == {10}


def test_each_lot_has_a_seed_of_its_own_that_no_lot_shows(central: CentreUnderTest) -> None:
    lots = [opened(central.engine, NOW) for _ in range(2)]
    with reading(central.engine) as connection:
        seeds = connection.execute(select(paper_lots.c.seed)).scalars().all()
        shown = "".join(str(lot_named(connection, lot)) for lot in lots)
    assert len(set(seeds)) == 2
    assert {len(seed) for seed in seeds} == {64}
    assert not any(seed in shown for seed in seeds)


def test_a_second_keying_goes_with_its_form(central: CentreUnderTest) -> None:
    forms = [form(number) for number in (1, 2)]
    lot = keyed_once(central, forms, twice=100)
    for each in forms:
        second(central, lot, replace(each, answers={"result": 1, "service": 4}))
    with acting(central.engine, by(central, FIRST)) as act:
        key_again(act, lot, form(1, answers={"result": 1}), reason="", account=FIRST)
    assert numbers_due(central, lot, SECOND) == (1,)  # what it was compared with is gone
    with acting(central.engine, by(central, FIRST)) as act:
        forget(
            act, id=next(each.id for each in stored(central) if each.entered and each.entered.form_no == "2")
        )
    with reading(central.engine) as connection:
        assert connection.execute(select(paper_seconds)).all() == []


def test_a_second_keying_goes_also_where_its_form_was_noted_as_invalid(central: CentreUnderTest) -> None:
    lot = keyed_once(central, [form(1)], twice=100)
    second(central, lot, form(1))
    with acting(central.engine, by(central, FIRST)) as act:
        make_invalid(act, lot, 1, reason="two-levels", account=FIRST)
        forget(act, id=stored(central)[0].id)
    with reading(central.engine) as connection:
        assert connection.execute(select(paper_seconds)).all() == []


def test_a_second_keying_after_a_backup_is_carried_over(central: CentreUnderTest) -> None:
    forms = [form(number) for number in (1, 2)]
    lot = keyed_once(central, forms, twice=100)
    copy = central.folder / "copy"
    back_up(central.engine, copy)
    central.now = lambda: NOW + timedelta(hours=1)
    second(central, lot, replace(forms[0], answers={"result": 1, "service": 4}))
    with reading(central.engine) as connection:
        before = compared(connection, lot_named(connection, lot))
    central.close()
    restore(copy, central.address, by(central, FIRST))
    central.open()
    with reading(central.engine) as connection:
        assert compared(connection, lot_named(connection, lot)) == before


def test_the_report_of_a_plan_says_what_became_of_its_paper_and_how_well_it_was_keyed(
    central: CentreUnderTest,
) -> None:
    plan = shipped_plans()["kien-hung-2020"]
    put_plan(central.engine, replace(plan, unit=UNIT, starts=None, ends=None))
    asked = Asked(unit=UNIT, plan=plan.id, group="nhan-ket-qua", survey="kien-hung", version=1)
    with reading(central.engine) as connection:
        assert counts_of_plan(connection, plan.id) is None
    assert list(paper_forms(None)) == []
    with acting(central.engine, by(central, FIRST)) as act:
        run = make_run(act, asked, id="0" * 12, count=100, holder="")
    with acting(central.engine, by(central, FIRST)) as act:
        count_run(act, run.id, given_out=90, returned=3)
    lot = opened(central.engine, NOW, asked, counted=3, first=1, last=9, twice=100)
    for number in (1, 2):
        with acting(central.engine, by(central, FIRST)) as act:
            key_form(act, lot, form(number), account=FIRST)
    with acting(central.engine, by(central, FIRST)) as act:
        note_invalid(act, lot, token="f" * 32, number=3, reason="two-levels", account=FIRST)
    second(central, lot, form(1))
    second(central, lot, form(2, answers={"result": 1, "service": 4}))
    settle(central, lot, 2, {"result": "second"})
    with reading(central.engine) as connection:
        said = [each.text for each in paper_forms(counts_of_plan(connection, plan.id))]  # type: ignore[union-attr]
    assert said == [
        "Phiếu giấy của kế hoạch: in 100, phát ra 90, thu về 3, đã đếm 3, hợp lệ 2, "
        "không hợp lệ 1 (đánh dấu hai mức 1).",
        "Nhập hai lần, mỗi lần một người: 2 phiếu, 12 ô; khác nhau 1 ô (8,3%), lần nhập đầu sai 1 ô (8,3%).",
    ]
