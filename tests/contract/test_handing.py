"""A lot of paper forms changes hands: two people confirm it, and a restore keeps who holds it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.paper import handing
from sync.central.office.paper.asked import new_id
from sync.central.office.paper.lots import open_lot
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.contract.catalogue import Unit
from sync.contract.problem import ProblemError
from tests.support.paper import lot_of
from tests.support.people import make_person
from tests.support.wire import NOW, CentreUnderTest

WARDS = (Unit("phuong-mot", {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))


class Office:
    """A ward with two people who key, one of another ward, and a lot that the first one noted."""

    def __init__(self, central: CentreUnderTest) -> None:
        self.central = central
        with writing(central.engine) as connection:
            put_bundled_units(connection, WARDS, NOW)
        self.giver, self.receiver, self.third = (
            make_person(central, name, ("keyer", "phuong-mot")) for name in ("giver", "receiver", "third")
        )
        self.elsewhere = make_person(central, "elsewhere", ("keyer", "phuong-hai"))
        self.viewer = make_person(central, "viewer", ("viewer", "phuong-mot"))
        with acting(central.engine, By(f"account {self.giver}", NOW)) as act:
            self.lot = open_lot(act, lot_of(), account=self.giver).id

    def offer(self, giver: int, receiver: int, id: str = "") -> None:
        with acting(self.central.engine, By(f"account {giver}", self.central.now())) as act:
            handing.offer_lot(
                act, self.lot, id=id or new_id(), receiver=receiver, note="Phiếu tháng 2", account=giver
            )

    def receive(self, account: int, counted: int = 5) -> None:
        with acting(self.central.engine, By(f"account {account}", self.central.now())) as act:
            handing.receive_lot(act, self.lot, counted=counted, account=account)

    def refuse(self, account: int) -> None:
        with acting(self.central.engine, By(f"account {account}", self.central.now())) as act:
            handing.refuse_lot(act, self.lot, why="thiếu một phiếu", account=account)

    def withdraw(self, account: int) -> None:
        with acting(self.central.engine, By(f"account {account}", self.central.now())) as act:
            handing.withdraw_offer(act, self.lot, account=account)

    @property
    def holder(self) -> int:
        with reading(self.central.engine) as connection:
            return handing.holder_of(connection, self.lot)

    def states(self) -> list[str]:
        with reading(self.central.engine) as connection:
            return sorted(each.state for each in handing.handovers_of(connection, self.lot))

    def lines(self) -> list[tuple[str, str, str]]:
        with reading(self.central.engine) as connection:
            assert chain.verify(connection)[1] is None
            rows = connection.exec_driver_sql(
                "SELECT who, act, detail FROM audit WHERE subject = 'paper lot ' || ? ORDER BY number",
                (self.lot,),
            )
            return [tuple(row) for row in rows]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    central = CentreUnderTest(tmp_path / "centre")
    yield Office(central)
    central.close()


def test_a_lot_is_offered_by_who_holds_it_to_one_person_who_may_key_it(office: Office) -> None:
    with pytest.raises(ProblemError, match="HL4301"):
        office.offer(office.receiver, office.third)
    for nobody in (office.giver, office.elsewhere, office.viewer, 987654):
        with pytest.raises(ProblemError, match="HL5224"):
            office.offer(office.giver, nobody)
    id = new_id()
    for _ in range(2):  # a page that is sent twice
        office.offer(office.giver, office.receiver, id)
    with pytest.raises(ProblemError, match="HL4302"):
        office.offer(office.giver, office.third)
    assert office.states() == ["offered"]


def test_it_is_received_by_that_person_alone_who_has_counted_as_many_forms_as_the_lot_has(
    office: Office,
) -> None:
    office.offer(office.giver, office.receiver)
    for account in (office.giver, office.third):
        with pytest.raises(ProblemError, match="HL4303"):
            office.receive(account)
    with pytest.raises(ProblemError, match="HL4304"):
        office.receive(office.receiver, counted=4)
    office.receive(office.receiver)
    with pytest.raises(ProblemError, match="HL4303"):
        office.receive(office.receiver)
    assert office.holder == office.receiver
    assert office.lines()[1:] == [
        (f"account {office.giver}", "paper-offer", f"account {office.receiver}"),
        (f"account {office.receiver}", "paper-receive", f"account {office.giver} 5"),
    ]


def test_until_then_and_when_it_was_refused_the_giver_holds_it(office: Office) -> None:
    office.offer(office.giver, office.receiver)
    assert office.holder == office.giver
    office.refuse(office.receiver)
    assert office.holder == office.giver
    office.offer(office.giver, office.third)
    with pytest.raises(ProblemError, match="HL4303"):
        office.withdraw(office.third)
    office.withdraw(office.giver)
    assert office.holder == office.giver
    assert office.states() == ["refused", "withdrawn"]
    with reading(office.central.engine) as connection:
        assert handing.offered_to(connection, office.third) == ()


def test_who_received_it_hands_it_on(office: Office) -> None:
    office.offer(office.giver, office.receiver)
    office.receive(office.receiver)
    office.central.now = lambda: NOW + timedelta(minutes=1)
    office.offer(office.receiver, office.third)
    office.receive(office.third)
    assert office.holder == office.third
    with pytest.raises(ProblemError, match="HL4301"):
        office.offer(office.receiver, office.giver)


def test_a_restore_keeps_who_holds_a_lot(office: Office, tmp_path: Path) -> None:
    central = office.central
    office.offer(office.giver, office.receiver)
    back_up(central.engine, tmp_path / "backup")
    central.now = lambda: NOW + timedelta(hours=1)
    office.receive(office.receiver)
    central.close()
    restore(tmp_path / "backup", central.address, By("test", central.now()))
    central.open()
    assert office.holder == office.receiver
    assert office.states() == ["received"]
