"""What is in the places of an address, for a person of the first commune: theirs, another's, nobody's."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select

from sync.central.office.planning.tasks import task_ids
from sync.central.office.plans import issued_plan
from sync.central.store.alert_tables import alerts
from sync.central.store.database import reading
from sync.central.store.issuing import reports
from sync.central.store.schema import (
    accounts,
    assignments,
    counters,
    devices,
    officers,
    procedures,
    remarks,
    responses,
    set_aside,
    surveys,
)
from tests.support import made_paper
from tests.support.made_plans import plan_id
from tests.support.made_samples import GROUP, sampled_id
from tests.support.served_pages import PageCentre

Values = Mapping[str, str]
_NOBODYS = "00000000-0000-7000-8000-000000000000"


class Example(Struct, frozen=True):
    """Values of the places. foreign: None where what is asked for belongs to no unit."""

    own: Values
    foreign: Values | None
    missing: Values


def example_of(centre: PageCentre, path: str) -> Example | None:
    """The values for this address; None if this table doesn't know it."""
    mine, other = (commune.code for commune in centre.province.communes[:2])
    with reading(centre.engine) as connection:
        return next((make(connection, mine, other) for start, make in _MADE if path.startswith(start)), None)


def _ids(own: object, foreign: object, missing: str, name: str = "id") -> Example:
    other = None if foreign is None else {name: str(foreign)}
    return Example({name: str(own)}, other, {name: missing})


def _of_unit(table: Any, column: str, name: str, missing: str) -> Any:
    """The first row of each of the two communes, the first of all where they have none of their own."""

    def make(connection: Connection, mine: str, other: str) -> Example:
        first = select(func.min(table.c[column]))
        own, foreign, any_of_all = (
            connection.execute(query).scalar()
            for query in (first.where(table.c.unit == mine), first.where(table.c.unit == other), first)
        )
        # The same id in two units names two things: which one is meant depends on who asks.
        return _ids(own or any_of_all, foreign if foreign != own else None, missing, name)

    return make


def _people(connection: Connection, _: str, __: str) -> Example:
    known = {row.login: row.id for row in connection.execute(select(accounts.c.login, accounts.c.id))}
    # A centre that was just set up has one person.
    return _ids(known.get("phan-tich", min(known.values())), known.get("xa-khac"), "987654")


def _forms(connection: Connection, _: str, __: str) -> Example:
    row = connection.execute(select(surveys.c.id, surveys.c.version)).first()
    assert row is not None
    return Example({"id": row.id, "version": str(row.version)}, None, {"id": "khong-co", "version": "1"})


def _units(_: Connection, mine: str, other: str) -> Example:
    return Example({"code": mine}, {"code": other}, {"code": "khong-co"})


def _lists(_: Connection, __: str, ___: str) -> Example:
    return Example({"noun": "thu-tuc"}, None, {"noun": "khong-co"})


def _days(_: Connection, __: str, ___: str) -> Example:
    return Example({"key": "2026-04-30"}, None, {"key": "1999-01-02"})


def _aside(connection: Connection, _: str, __: str) -> Example:
    return _ids(connection.execute(select(func.min(set_aside.c.position))).scalar() or 1, None, "987654")


def _remedies(_: Connection, __: str, ___: str) -> Example:
    return _ids("000000000000", "000001000000", "f" * 12)


def _reports(connection: Connection, mine: str, other: str) -> Example:
    newest = select(func.max(reports.c.id))
    own, foreign = (
        connection.execute(newest.where(reports.c.unit == unit)).scalar() for unit in (mine, other)
    )
    return _ids(own or 1, foreign, "987654", "report")


def _plans(connection: Connection, mine: str, other: str) -> Example:
    def values(id: str) -> Values:
        issued = issued_plan(connection, id)
        return {"id": id, "task": task_ids(issued.plan)[0] if issued else "0" * 12}

    return Example(values(plan_id(mine)), values(plan_id(other)), values("khong-co"))


def _paper(_: Connection, __: str, ___: str) -> Example:
    return _ids(*made_paper.IDS, "f" * 12)


def _samples(_: Connection, mine: str, other: str) -> Example:
    def values(unit: str) -> Values:
        return {"id": sampled_id(unit), "stratum": GROUP, "unit": unit, "training": "0" * 12}

    return Example(values(mine), values(other), values("khong-co"))


_MADE: tuple[tuple[str, Any], ...] = (
    ("/bao-cao/{", _reports),
    ("/cong-bo/{", _reports),
    ("/di-hoi/tai-cho/{", _samples),
    ("/ke-hoach/{id}/chon-don-vi", _samples),
    ("/ke-hoach/{id}/cong-van", _samples),
    ("/ke-hoach/{id}/danh-sach", _samples),
    ("/ke-hoach/{id}/huong-dan", _samples),
    ("/ke-hoach/{id}/mau", _samples),
    ("/ke-hoach/{id}/phan-cong", _samples),
    ("/ke-hoach/{id}/phuc-tra", _samples),
    ("/ke-hoach/{", _plans),
    ("/may/{", _of_unit(devices, "id", "id", "khong-co")),
    ("/nhap-phieu/", _paper),
    ("/y-kien/{", _of_unit(remarks, "id", "id", _NOBODYS)),
    ("/phieu/giu-lai/{", _aside),
    ("/canh-bao/{", _of_unit(alerts, "id", "id", "0" * 32)),
    ("/khac-phuc/{", _remedies),
    ("/phieu/{", _of_unit(responses, "id", "id", _NOBODYS)),
    ("/tai-khoan/", _people),
    ("/don-vi/", _units),
    ("/mau-phieu/phan-cong/{", _of_unit(assignments, "id", "id", "khong-co")),
    ("/phan-cong/{", _of_unit(assignments, "id", "id", "khong-co")),
    ("/mau-phieu/{", _forms),
    ("/danh-muc/nhap/{", _lists),
    ("/danh-muc/thu-tuc/{", _of_unit(procedures, "code", "key", "9.999999")),
    ("/danh-muc/can-bo/{", _of_unit(officers, "id", "key", "khong-co")),
    ("/danh-muc/quay/{", _of_unit(counters, "id", "key", "khong-co")),
    ("/danh-muc/ngay-nghi/{", _days),
)
