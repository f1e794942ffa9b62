"""Counts of a large database are changed a part at a time, for a statement has a largest size."""

from collections import Counter
from typing import Any

from sqlalchemy import event

from sync.central.store.database import writing
from sync.central.store.kept import Kept
from sync.central.store.schema import forms_by_plan
from tests.support.wire import CentreUnderTest

AT_ONCE = 3


def counts(times: int) -> Counter[Any]:
    return Counter(
        {("ke-hoach", "xa-1", "s", "citizen", "tablet", f"2026-03-{day:02}"): times for day in range(1, 9)}
    )


def test_no_statement_carries_more_counts_than_are_sent_at_once(central: CentreUnderTest) -> None:
    carried: list[int] = []

    def note(_: object, __: object, statement: str, parameters: Any, *rest: object) -> None:
        if "forms_by_plan" in statement and parameters:
            carried.append(len(parameters[0]) if "unnest" in statement else 1)

    kept = Kept(forms_by_plan, at_once=AT_ONCE)
    event.listen(central.engine, "before_cursor_execute", note)
    with writing(central.engine) as connection:
        carried.clear()
        kept.change(connection, counts(2))
        assert max(carried) <= AT_ONCE
        kept.change(connection, counts(1))
        stored = connection.exec_driver_sql("SELECT day, n FROM forms_by_plan ORDER BY day").all()
        assert [tuple(row) for row in stored] == [(f"2026-03-{day:02}", 3) for day in range(1, 9)]
        carried.clear()
        kept.change(connection, counts(-3))
        assert max(carried) <= AT_ONCE
        assert connection.exec_driver_sql("SELECT count(*) FROM forms_by_plan").scalar_one() == 0
    event.remove(central.engine, "before_cursor_execute", note)
