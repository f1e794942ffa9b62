"""Who has the database and no key can't write the audit log anew."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from nacl.signing import SigningKey
from sqlalchemy import Connection

from sync.central.office.audit import chain, seal
from sync.central.office.audit.seal import Seal
from sync.central.store.database import reading, writing
from sync.contract.problem import ProblemError
from tests.contract.conftest import Run
from tests.support.wire import NOW, CentreUnderTest


def act(central: CentreUnderTest, *subjects: str) -> None:
    with writing(central.engine) as connection:
        for subject in subjects:
            chain.record(connection, now=NOW, who="somebody", act="pull", subject=subject)


def written_anew(connection: Connection, *subjects: str) -> None:
    """The whole log as a holder of the database would like it, each digest computed again."""
    connection.exec_driver_sql("DELETE FROM audit")
    for subject in subjects:
        chain.record(connection, now=NOW, who="somebody", act="pull", subject=subject)
    assert chain.verify(connection) == (len(subjects), None), "the chain alone shows nothing"


def number(call: Callable[[], Any]) -> str:
    with pytest.raises(ProblemError) as caught:
        call()
    return caught.value.problem.number


def test_a_log_that_was_computed_anew_is_found_by_its_seal(central: CentreUnderTest, run: Run) -> None:
    act(central, "one", "two", "three")
    central.centre.house.seal_audit()
    act(central, "four")
    central.centre.house.seal_audit()
    assert run("audit").endswith("4: ok\n")
    with writing(central.engine) as connection:
        written_anew(connection, "one", "three", "four", "five")
    assert run("audit") == "HL5008"
    assert number(central.centre.house.seal_audit) == "HL5008"
    with writing(central.engine) as connection:
        connection.exec_driver_sql("DELETE FROM facts WHERE name = 'audit_seal'")
    assert number(central.centre.house.seal_audit) == "HL5008", "the server remembers what it signed"
    with reading(central.engine) as connection:
        assert seal.read_seal(connection) is None


def test_a_seal_of_another_key_counts_for_nothing(central: CentreUnderTest, run: Run) -> None:
    act(central, "one")
    with writing(central.engine) as connection:
        key_id, _ = central.keys.signing_key()
        written_anew(connection, "something", "else")
        key = SigningKey.generate()
        seal.seal(connection, before=None, trusted={}, key_id=key_id, key=key)
    assert run("audit") == "HL5041"
    act(central, "more")
    assert number(central.centre.house.seal_audit) == "HL5041"
    assert run("audit", "--sign").endswith("3: ok\n")
    assert run("audit").endswith("3: ok\n")


def test_a_line_that_a_person_kept_is_looked_for(central: CentreUnderTest, run: Run) -> None:
    act(central, "one", "two")
    kept = next(word for word in run("audit").split() if word.startswith("2:"))
    act(central, "three")
    assert run("audit", "--seen", kept).endswith("3: ok\n")
    assert run("audit", "--seen", kept[:20]).endswith("3: ok\n")
    wrong = [kept[:10], f"1:{kept[2:]}", f"9:{kept[2:]}", f"2:{'0' * 64}"]
    assert [run("audit", "--seen", line) for line in wrong] == ["HL5008"] * 4
    assert run("audit", "--seen", "two") == "HL1003"
    with writing(central.engine) as connection:
        connection.exec_driver_sql("DELETE FROM facts WHERE name = 'audit_seal'")
        written_anew(connection, "one", "other", "three")
    assert run("audit", "--seen", kept) == "HL5008", "also where the seal was taken away"


def test_nothing_is_written_where_nothing_was_added(central: CentreUnderTest) -> None:
    central.centre.house.seal_audit()
    act(central, "one")
    seals: list[Seal | None] = []
    for _ in range(2):
        central.centre.house.seal_audit()
        with reading(central.engine) as connection:
            seals.append(seal.read_seal(connection))
    assert seals[0] is not None
    assert seals[0] == seals[1]
    assert msgspec.json.decode(msgspec.json.encode(seals[0]), type=Seal) == seals[0]
