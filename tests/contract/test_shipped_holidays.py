"""Holidays that come with the product: taken in once, never over what an office decided, or offered."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sync.central.duties.calendar_duty import keep_holidays
from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.office_settings import office_of
from sync.central.office.configuration.shipped_holidays import (
    Looked,
    chosen,
    looked,
    offered_days,
    read_shipped,
    take_in,
)
from sync.central.office.configuration.special_days import remove_special_day, set_special_days
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import reading
from sync.contract.opening import SpecialDay
from tests.contract.test_alert_messages import together
from tests.contract.test_duties import turn_at
from tests.support.wire import NOW, CentreUnderTest

TODAY = date(2026, 3, 2)
NATIONAL = date(2026, 9, 2)
UNCERTAIN = date(2027, 2, 10)


@pytest.fixture
def tables(tmp_path: Path) -> Callable[..., Path]:
    """A folder of tables: for each year its lines."""

    def write(**years: str) -> Path:
        for year, lines in years.items():
            (tmp_path / f"{year[1:]}.csv").write_text(f"ngày,tên,giờ\n{lines}", "utf-8")
        return tmp_path

    return write


def taken(central: CentreUnderTest, folder: Path | None = None, today: date = TODAY) -> int:
    with acting(central.engine, By("centre", NOW)) as act:
        return take_in(act, today) if folder is None else take_in(act, today, folder)


def days_of(central: CentreUnderTest, unit: str = CENTRE) -> list[date]:
    with reading(central.engine) as connection:
        return [each.day for each in office_of(connection, unit).special_days]


def decided(central: CentreUnderTest, unit: str, day: date) -> None:
    with acting(central.engine, By("test", NOW)) as act:
        set_special_days(act, unit, [SpecialDay(day, "Nghỉ")], "quyết định")


def test_a_year_is_taken_in_once_and_what_the_office_removes_stays_removed(central: CentreUnderTest) -> None:
    turn = turn_at(central, NOW)
    assert keep_holidays(turn) > 20
    assert NATIONAL in days_of(central)
    with acting(central.engine, By("test", NOW)) as act:
        remove_special_day(act, CENTRE, NATIONAL, "quyết định")
    assert [keep_holidays(turn), taken(central)] == [0, 0]
    assert NATIONAL not in days_of(central)
    with reading(central.engine) as connection:
        assert NATIONAL not in {each.day for each in offered_days(connection, "phuong-mot", TODAY)}


def test_a_year_of_which_an_office_decided_a_day_is_left_to_it_and_offered(central: CentreUnderTest) -> None:
    decided(central, "phuong-mot", NATIONAL)
    keep_holidays(turn_at(central, NOW))
    assert {day.year for day in days_of(central)} == {2027}
    with reading(central.engine) as connection:
        offered = {each.day for each in offered_days(connection, "phuong-mot", TODAY)}
        assert looked(connection).left == (2026,)
    assert date(2026, 4, 30) in offered
    assert NATIONAL not in offered  # it has that one
    assert min(offered) >= TODAY
    with acting(central.engine, By("test", NOW)) as act:
        remove_special_day(act, "phuong-mot", NATIONAL, "quyết định")
    assert taken(central) == 0


def test_days_that_are_not_certain_are_only_offered_and_taken_in_once_a_table_is_certain(
    central: CentreUnderTest, tables: Callable[..., Path]
) -> None:
    folder = tables(
        y2027="06/02/2027,Tết,\n10/02/2027,Nghỉ bù Tết (dự kiến),\n11/02/2027,Nghỉ bù (dự kiến),\n"
    )
    assert taken(central, folder) == 1
    with reading(central.engine) as connection:
        assert UNCERTAIN in {each.day for each in offered_days(connection, CENTRE, TODAY, folder)}
    decided(central, CENTRE, date(2027, 2, 11))  # the office knows already
    tables(y2027="06/02/2027,Tết,\n10/02/2027,Nghỉ bù Tết,\n11/02/2027,Nghỉ bù,\n")
    assert taken(central, folder) == 1
    assert days_of(central) == [date(2027, 2, 6), UNCERTAIN, date(2027, 2, 11)]
    with reading(central.engine) as connection:
        assert offered_days(connection, CENTRE, TODAY, folder) == ()


def test_a_later_year_comes_with_a_later_table_and_years_that_are_over_do_not(
    central: CentreUnderTest, tables: Callable[..., Path]
) -> None:
    folder = tables(y2025="02/09/2025,Quốc khánh,\n", y2026="02/09/2026,Quốc khánh,\n")
    assert taken(central, folder) == 1
    tables(y2028="01/01/2028,Tết Dương lịch,\n")
    assert taken(central, folder) == 1
    assert days_of(central) == [NATIONAL, date(2028, 1, 1)]


def test_several_processes_take_a_table_in_once(central: CentreUnderTest) -> None:
    counts: list[int] = []
    together(lambda: counts.append(keep_holidays(turn_at(central, NOW))))
    assert sum(count > 0 for count in counts) == 1
    assert len(days_of(central)) == sum(counts)


def test_no_day_that_is_not_certain_is_chosen_of_the_shipped_tables() -> None:
    days, left = chosen(read_shipped(), Looked(), (), TODAY)
    assert left == ()
    assert not [day for day in days if "dự kiến" in day.name]
    assert {day.day.year for day in days} == {2026, 2027}
    assert chosen(read_shipped(), Looked(), (), date(2028, 1, 1)) == ([], ())
