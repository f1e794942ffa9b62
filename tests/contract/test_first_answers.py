"""One handover, one answer that counts: decided by the database, whatever comes at once."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from sync.central.intake.claims import claims_by
from sync.central.intake.ingest import REPEATED, store
from sync.central.intake.judge import judge
from sync.central.office.audit.acts import By, acting
from sync.central.office.removal import forget
from sync.central.store.database import reading, writing
from sync.central.store.first_answers import Claim, claim, first_answers
from sync.central.store.schema import responses, set_aside
from sync.contract.batch import Receipt
from sync.contract.canonical import canonical_bytes
from sync.contract.case_box import seal_case
from sync.contract.phone_token import DAYS
from sync.contract.response import Outcome, Response
from tests.support.codes import CASE_PRIVATE, CASE_PUBLIC
from tests.support.wire import NOW, CentreUnderTest, visit

ARRIVED = int(NOW.timestamp() * 1000)
CASES = ("0123456789abcdef0123456789abcdef", "ffffffffffffffffffffffffffffffff")
CLAIMS = claims_by([bytes(CASE_PRIVATE)])


def shown(
    number: int, seq: int, *cases: str, device: str = "kiosk-1", outcome: Outcome = "complete"
) -> Response:
    """A visit with a code for the citizen's phone on the glass."""
    made = visit(number, device=device, seq=seq)
    assert made.tag is not None
    answered = outcome in ("complete", "partial")
    return replace(
        made,
        tag=replace(made.tag, cases=tuple(seal_case(each, CASE_PUBLIC) for each in cases)),
        outcome=outcome,
        answers=made.answers if answered else {},
        timing=made.timing if answered else {},
        phone_code=True,
    )


def send(central: CentreUnderTest, *sent: Response, device: str = "kiosk-1") -> list[Receipt]:
    batch = [
        judge(
            canonical_bytes(each),
            device=device,
            unit="phuong-mot",
            forms=central.centre.devices.forms,
            received_at=ARRIVED,
            claims=CLAIMS,
        )
        for each in sent
    ]
    with writing(central.engine) as connection:
        return store(connection, device, batch, ARRIVED, revoked=False)[0]


def statuses(receipts: Sequence[Receipt]) -> list[str]:
    assert [receipt.problem for receipt in receipts] == [None] * len(receipts)
    return [receipt.status for receipt in receipts]


def here(central: CentreUnderTest) -> set[str]:
    with reading(central.engine) as connection:
        return set(connection.execute(select(responses.c.id)).scalars())


def apart(central: CentreUnderTest) -> dict[str, str]:
    """What was kept apart as repeated, and the answer that counts."""
    query = select(set_aside.c.id, set_aside.c.detail).where(set_aside.c.status == REPEATED)
    with reading(central.engine) as connection:
        return {row.id: row.detail for row in connection.execute(query)}


def test_a_case_that_was_handed_over_twice_is_answered_once(central: CentreUnderTest) -> None:
    first, second = shown(1, 1, CASES[0]), shown(2, 1, CASES[1], CASES[0], device="kiosk-2")
    assert statuses(send(central, first)) == ["stored"]
    assert statuses(send(central, second, device="kiosk-2")) == ["duplicate"]
    assert (here(central), apart(central)) == ({first.id}, {second.id: first.id})
    # The other case of a repeated answer can still be answered.
    third = shown(3, 2, CASES[1], device="kiosk-2")
    assert statuses(send(central, third, device="kiosk-2")) == ["stored"]


@pytest.mark.parametrize("later", [True, False], ids=["later", "earlier, and it arrives after"])
@pytest.mark.parametrize(("days", "status"), [(DAYS, "duplicate"), (DAYS + 1, "stored")])
def test_a_case_may_be_answered_again_after_the_days_of_a_code(
    central: CentreUnderTest, days: int, status: str, later: bool
) -> None:
    first, second = shown(1, 1, CASES[0]), shown(2, 2, CASES[0])
    apart_by = timedelta(days=days if later else -days)
    second = replace(
        second, started_at=second.started_at + apart_by, finished_at=second.finished_at + apart_by, boot=""
    )
    assert statuses(send(central, first)) == ["stored"]
    assert statuses(send(central, second)) == [status]
    # A third one on the day of whichever came last is repeated in any case.
    third = replace(
        shown(3, 3, CASES[0]), started_at=second.started_at, finished_at=second.finished_at, boot=""
    )
    assert statuses(send(central, third)) == ["duplicate"]


def on_day(number: int, days: int) -> Response:
    """An answer to the same case, so many days after the first one."""
    made = shown(number, number, CASES[0])
    later = timedelta(days=days)
    return replace(made, started_at=made.started_at + later, finished_at=made.finished_at + later, boot="")


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one batch"])
@pytest.mark.parametrize(
    ("days", "counts"),
    [
        ((0, 20, 5), (0, 20)),
        ((20, 0, 5, 13), (20, 0)),
        ((0, -20, 20, -15, 6, 27), (0, -20, 20)),
        ((0, 7, 8, 14, 15), (0, 8)),
        ((7, 0, 14, 15), (7, 15)),
        ((5, 0, 10, 13), (5, 13)),
    ],
)
def test_in_whatever_order_answers_to_one_case_arrive_no_two_near_ones_count(
    central: CentreUnderTest, days: tuple[int, ...], counts: tuple[int, ...], together: bool
) -> None:
    sent = [on_day(number, each) for number, each in enumerate(days, 1)]
    for batch in [sent] if together else [[each] for each in sent]:
        send(central, *batch)
    ids = dict(zip((each.id for each in sent), days, strict=True))
    assert {ids[id] for id in here(central)} == set(counts)
    # Each repeated one names an answer that counts, and sent again nothing changes.
    assert set(apart(central).values()) <= here(central)
    send(central, *reversed(sent))
    assert {ids[id] for id in here(central)} == set(counts)


def test_the_first_of_one_batch_counts(central: CentreUnderTest) -> None:
    sent = [shown(1, 1, CASES[0]), shown(2, 2, CASES[0]), shown(3, 3)]
    assert statuses(send(central, *sent)) == ["stored", "duplicate", "stored"]
    assert apart(central) == {sent[1].id: sent[0].id}


def test_what_was_repeated_stays_so_when_it_is_sent_again(central: CentreUnderTest) -> None:
    sent = [shown(1, 1, CASES[0]), shown(2, 2, CASES[0])]
    send(central, *sent)
    assert statuses(send(central, *sent)) == ["duplicate", "duplicate"]
    assert (here(central), apart(central)) == ({sent[0].id}, {sent[1].id: sent[0].id})
    with reading(central.engine) as connection:
        assert connection.execute(select(func.count()).select_from(set_aside)).scalar() == 1


def test_a_visit_that_nobody_answered_takes_no_case(central: CentreUnderTest) -> None:
    silent = shown(1, 1, CASES[0], outcome="timed_out")
    assert statuses(send(central, silent, shown(2, 2, CASES[0]))) == ["stored", "stored"]
    assert apart(central) == {}


def test_without_a_code_on_the_glass_nothing_is_claimed(central: CentreUnderTest) -> None:
    send(central, *(replace(shown(each, each, CASES[0]), phone_code=False) for each in (1, 2)))
    with reading(central.engine) as connection:
        assert connection.execute(select(first_answers)).all() == []


def test_a_claim_names_no_visit_and_no_case(central: CentreUnderTest) -> None:
    answer = shown(1, 1, *CASES)
    send(central, answer)
    with reading(central.engine) as connection:
        keys = set(connection.execute(select(first_answers.c.key)).scalars())
    assert len(keys) == 3, "a visit, and two cases"
    assert not any(known in key for key in keys for known in (answer.id, *CASES))
    claimed = claims_by([bytes(range(32)), bytes(CASE_PRIVATE)])(answer)
    assert claimed is not None
    assert {*claimed.keys, *claimed.cases} == keys, "the oldest key hashes, so that a new one changes nothing"


def test_a_second_answer_is_forgotten_with_the_first_and_is_not_the_first_then(
    central: CentreUnderTest,
) -> None:
    first, second = shown(1, 1, CASES[0]), shown(2, 1, CASES[0], device="kiosk-2")
    send(central, first)
    send(central, second, device="kiosk-2")
    with acting(central.engine, By("an administrator", NOW)) as act:
        forget(act, id=first.id)
    with reading(central.engine) as connection:
        assert connection.execute(select(first_answers)).all() == []
    assert (here(central), apart(central)) == (set(), {})
    assert statuses(send(central, second, device="kiosk-2")) == ["duplicate"]
    assert here(central) == set()


def test_of_two_at_once_one_is_first_and_both_know_which(central: CentreUnderTest) -> None:
    if central.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    begun, done = threading.Event(), list[dict[str, str]]()
    claimed = Claim(("b",), True, ("a", "c"), "2026-03-02")
    claims = dict.fromkeys(("one", "two"), claimed)

    def second() -> None:
        with writing(central.engine) as connection:
            begun.set()
            done.append(claim(connection, {"two": claims["two"]}))

    with writing(central.engine) as connection:
        assert claim(connection, {"one": claims["one"]}) == {}
        waiting = threading.Thread(target=second)
        waiting.start()
        assert begun.wait(10)
        assert done == []
    waiting.join(10)
    assert done == [{"two": "one"}]


def test_what_is_kept_out_by_a_number_that_was_taken_answers_nothing(central: CentreUnderTest) -> None:
    send(central, shown(1, 1))
    (taken,) = send(central, shown(2, 1, CASES[0]))
    assert taken.status == "conflict"
    assert statuses(send(central, shown(3, 1, CASES[0], device="kiosk-2"), device="kiosk-2")) == ["stored"]
    assert apart(central) == {}
