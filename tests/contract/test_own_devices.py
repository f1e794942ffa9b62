"""Devices of the centre that number responses of their own."""

import threading

import pytest

from sync.central.intake.own_devices import next_number, own_device
from sync.central.store.database import writing
from sync.central.store.locks import Lock, hold
from tests.support.wire import CentreUnderTest

PHONES = own_device("phone", "phuong-mot")


def test_who_waits_for_the_line_holds_no_row_that_another_needs(central: CentreUnderTest) -> None:
    """A letter's answer next to a phone's at one unit: the second, which holds LINE alone, gets the row."""
    if central.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    begun, numbers = threading.Event(), list[int]()

    def answers_letter() -> None:
        with writing(central.engine) as connection:
            begun.set()
            numbers.append(next_number(connection, PHONES, kind="phone", unit="phuong-mot"))

    letter = threading.Thread(target=answers_letter)
    with writing(central.engine) as phone:
        hold(phone, Lock.LINE)
        letter.start()
        assert begun.wait(10)
        letter.join(0.2)
        assert numbers == [], "it waits"
        phone.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        assert next_number(phone, PHONES, kind="phone", unit="phuong-mot") == 1
    letter.join(10)
    assert numbers == [1]
