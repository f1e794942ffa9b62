"""A lot of paper forms for tests, and forms as somebody keys them."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, insert

from sync.central.office.audit.acts import By, acting
from sync.central.office.paper.asked import Asked, new_id
from sync.central.office.paper.entering import KeyedForm
from sync.central.office.paper.lots import Lot, open_lot
from sync.central.store.database import writing
from sync.central.store.plan_tables import plan_closings
from sync.central.store.schema import plans
from sync.contract.plan import Plan
from sync.contract.response import Answer

UNIT = "phuong-mot"
DAY = date(2026, 2, 27)
SURVEY = Asked(unit=UNIT, survey="kien-hung", version=1)
GOOD: Mapping[str, Answer] = {"result": 5, "service": 4}


def lot_of(asked: Asked = SURVEY, **values: Any) -> Lot:
    """A box of 5 forms, numbers 1 to 20, opened on DAY."""
    usual: dict[str, Any] = {
        "id": new_id(),
        "asked": asked,
        "way": "box",
        "channel": "paper",
        "day": DAY,
        "first_person": "Người Thứ Nhất",
        "second_person": "Người Thứ Hai",
        "counted": 5,
        "first": 1,
        "last": 20,
    }
    return Lot(**(usual | values))


def opened(engine: Engine, now: datetime, asked: Asked = SURVEY, **values: Any) -> str:
    """The id of such a lot in the database."""
    with acting(engine, By("account 1", now)) as act:
        return open_lot(act, lot_of(asked, **values), account=1).id


def form(number: int, **values: Any) -> KeyedForm:
    """A form of two ratings, answered on DAY, as the page sends it the first time."""
    usual: dict[str, Any] = {
        "token": secrets.token_hex(16),
        "number": number,
        "answered": DAY,
        "respondent": "citizen",
        "answers": GOOD,
    }
    return KeyedForm(**(usual | values))


def put_plan(engine: Engine, plan: Plan, version: int = 1) -> None:
    """A plan that the centre has."""
    body = msgspec.json.encode(plan).decode()
    with writing(engine) as connection:
        row = {"id": plan.id, "version": version, "unit": plan.unit, "body": body}
        connection.execute(insert(plans).values(**row, issued_at="2026-01-01T00:00:00+07:00"))


def put_closed(engine: Engine, plan: str) -> None:
    """That this plan was closed."""
    texts = dict.fromkeys(("unit", "closed_at", "package", "digest", "received_by", "received_at"), "")
    row = {"plan": plan, "closed_by": 1, "received_account": 0, "changed_at": ""}
    with writing(engine) as connection:
        connection.execute(insert(plan_closings).values(**texts, **row))
