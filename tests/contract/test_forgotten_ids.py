"""What stays of a forgotten response says no more than the day: its id, which holds more, is not kept."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.central.office import erasure_list, removal
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.corrections import void
from sync.central.office.devices import revoke
from sync.central.office.erasure_list import Erasure, list_erasures
from sync.central.store.database import reading, writing
from sync.central.store.response_digest import digest_of, find_ids, is_digest
from sync.central.store.schema import devices, gone, metadata, tombstones
from sync.contract.problem import ProblemError
from tests.support.tablet import Tablet, fill
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked, visit

LATER = NOW + timedelta(days=1, minutes=7)


@pytest.fixture
def tablet(tmp_path: Path, central: CentreUnderTest) -> Iterator[Tablet]:
    found = Tablet(tmp_path / "tablet", central)
    yield found
    found.receipts.close()


def forget(central: CentreUnderTest, named: str, *, not_here_yet: bool = False) -> int:
    with acting(central.engine, By("test", LATER)) as act:
        return removal.forget(act, id=named, reason="asked for", not_here_yet=not_here_yet)


def withdraw(central: CentreUnderTest, named: str) -> None:
    with acting(central.engine, By("test", LATER)) as act:
        erasure_list.withdraw(act, id=named, reason="nhầm")


def erasures(central: CentreUnderTest) -> list[Erasure]:
    with reading(central.engine) as connection:
        return list_erasures(connection)


def named_in(central: CentreUnderTest, *ids: str) -> set[str]:
    """The tables that hold one of these ids, whole or its time alone, in any column."""
    parts = {part for id in ids for part in (id, id[:13], id[:13].replace("-", ""))}
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        return {
            table.name
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            if any(part in repr(tuple(row)) for part in parts)
        }


def test_the_database_names_a_forgotten_response_nowhere_once_its_tablet_has_erased_it(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    (only,) = fill(tablet.folder / "outbox", 1)
    tablet.sends()
    with acting(central.engine, By("test", NOW)) as act:
        made = void(act, only.id, "a test")
    assert named_in(central, only.id, made) >= {"responses", "voided"}
    assert forget(central, only.id) == 2
    assert named_in(central, only.id, made) == {"tombstones"}
    tablet.forgets()
    assert named_in(central, only.id, made) == set()
    with reading(central.engine) as connection:
        assert set(connection.execute(select(gone.c.day)).scalars()) == {LATER.date().isoformat()}
        (row,) = connection.execute(select(tombstones)).all()
    assert (row.id, row.device, row.at) == (None, None, LATER.date().isoformat())
    assert removal.scrub(central.engine)
    if central.url is None:
        files = [path.read_bytes() for path in central.folder.rglob("*") if path.is_file()]
        assert not any(only.id.encode() in each or made.encode() in each for each in files)


def test_the_tablet_is_asked_no_more_for_what_it_has_erased(central: CentreUnderTest, tablet: Tablet) -> None:
    stored = fill(tablet.folder / "outbox", 1, 2)
    tablet.sends()
    for each in stored:
        forget(central, each.id)
    tablet.forgets()
    tablet.receipts.note(forgotten_through=0)  # it has lost count
    assert tablet.beats() is None
    assert tablet.receipts.view.notes.forgotten_through == 2
    assert tablet.beats() is None
    with reading(central.engine) as connection:
        assert erasure_list.newest(connection, "kiosk-1") == 2


def test_what_comes_again_is_recognised_and_may_be_taken_after_the_request_is_withdrawn(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    (only,) = fill(tablet.folder / "outbox", 1)
    tablet.sends()
    forget(central, only.id)
    tablet.forgets()
    assert store_unasked(central, [only]) == ["duplicate"]
    assert central.stored() == []
    withdraw(central, digest_of(only.id))
    assert [bool(each.withdrawn) for each in erasures(central)] == [True]
    assert store_unasked(central, [only]) == ["stored"]
    assert forget(central, only.id) == 1
    assert [(each.number, each.open) for each in erasures(central)] == [(2, True)]


def test_a_request_that_is_withdrawn_keeps_no_id(central: CentreUnderTest, tablet: Tablet) -> None:
    id = visit(7).id
    forget(central, id, not_here_yet=True)
    assert [each.open for each in erasures(central)] == [True]
    withdraw(central, id)
    assert named_in(central, id) == set()


def test_an_id_is_kept_while_a_device_has_not_erased_it_but_not_for_ever(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    id = visit(7).id
    forget(central, id, not_here_yet=True)
    with writing(central.engine) as connection:  # another tablet, which stays silent
        there = devices.update().where(devices.c.id == "kiosk-2")
        connection.execute(there.values(public_key=b"k" * 32))
    tablet.forgets()
    assert [(each.done, each.wanted, each.open) for each in erasures(central)] == [(1, 2, True)]
    removal.purge(central.engine, By("a timer", LATER + timedelta(days=30)))
    assert named_in(central, id) == {"tombstones"}
    removal.purge(central.engine, By("a timer", LATER + timedelta(days=removal.USUAL_DAYS + 1)))
    assert named_in(central, id) == set()
    assert [(each.done, each.wanted, each.open) for each in erasures(central)] == [(1, 2, False)]


def test_once_a_silent_tablet_is_revoked_nobody_waits_for_it(
    central: CentreUnderTest, tablet: Tablet
) -> None:
    id = visit(7).id
    forget(central, id, not_here_yet=True)
    with writing(central.engine) as connection:
        there = devices.update().where(devices.c.id == "kiosk-2")
        connection.execute(there.values(public_key=b"k" * 32))
    tablet.forgets()
    with acting(central.engine, By("test", LATER)) as act:
        revoke(act, device="kiosk-2", reason="lost")
    removal.purge(central.engine, By("a timer", LATER))
    assert named_in(central, id) == set()


def test_a_device_without_a_key_can_ask_for_nothing_and_keeps_no_id_here(central: CentreUnderTest) -> None:
    (only,) = numbered(1)
    assert store_unasked(central, [only]) == ["stored"]
    assert forget(central, only.id) == 1
    removal.purge(central.engine, By("a timer", LATER))
    assert named_in(central, only.id) == set()
    assert [(each.done, each.wanted) for each in erasures(central)] == [(0, 0)]


def test_what_is_past_its_retention_is_named_nowhere_either(central: CentreUnderTest) -> None:
    (only,) = numbered(1)
    assert store_unasked(central, [only]) == ["stored"]
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=removal.USUAL_DAYS + 1)))
    assert central.stored() == []
    assert named_in(central, only.id) == set()
    assert store_unasked(central, [only]) == ["duplicate"]
    assert central.stored() == []


def test_a_restore_carries_over_what_was_forgotten_without_knowing_its_id(
    central: CentreUnderTest, tablet: Tablet, tmp_path: Path
) -> None:
    first, second = fill(tablet.folder / "outbox", 1, 2)
    tablet.sends()
    back_up(central.engine, tmp_path / "copy")
    forget(central, first.id)
    tablet.forgets()
    assert named_in(central, first.id) == set()
    url = central.url or f"sqlite:///{central.folder / 'central.db'}"
    central.close()
    restore(tmp_path / "copy", url, By("test", LATER))
    central.open()
    assert len(central.stored()) == 1
    assert named_in(central, first.id) == set()
    tablet.forgets()  # it hands its tombstone back: nothing new
    assert named_in(central, first.id) == set()
    assert len(erasures(central)) == 1
    assert named_in(central, second.id) >= {"responses"}


def test_forget_takes_the_digest_that_an_audit_log_names(central: CentreUnderTest) -> None:
    (only,) = numbered(1)
    assert store_unasked(central, [only]) == ["stored"]
    digest = digest_of(only.id)
    assert is_digest(digest)
    assert not is_digest(only.id)
    with pytest.raises(ProblemError) as refused:
        forget(central, digest_of(visit(2).id), not_here_yet=True)
    assert refused.value.problem.number == "HL5012"
    with reading(central.engine) as connection:
        assert find_ids(connection, {digest}) == {only.id}
    assert forget(central, digest) == 1
    assert central.stored() == []
