"""What the offices of an invented province did about its alerts, and what they are putting right."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from sync.central.duties.watching import watch
from sync.central.office.alerts.handling import handle_alert
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.people.accounts import find_account
from sync.central.office.remarks.listing import Reader
from sync.central.office.remedies.handling import NewRemedy, handle_remedy, make_remedy
from sync.central.office.units.tree import CENTRE
from sync.central.store.alert_tables import alerts
from sync.central.store.storage import Storage
from tests.support.province.places import Commune

OPEN_FOR = timedelta(days=7)
"""Older alerts were closed."""
_REMEDIES = (
    (
        "Chờ lâu vào sáng thứ Hai",
        "71,4% (n = 63)",
        "Mở thêm một quầy tiếp nhận từ 7:30 đến 9:30",
        "Bộ phận Một cửa",
        9,
    ),
    (
        "Hướng dẫn hồ sơ chưa rõ",
        "68,0% (n = 50)",
        "Dán mẫu tờ khai đã điền ở từng quầy",
        "Công chức Tư pháp - Hộ tịch",
        -4,
    ),
    ("Ghế ngồi chờ chưa đủ", "", "Bổ sung 6 ghế ở sảnh", "Văn phòng HĐND và UBND", -20),
)


def follow_up(engine: Engine, communes: Sequence[Commune], now: datetime, who: str) -> None:
    """Watch until nothing is left to raise, close old alerts, and make remedies at the first communes."""
    while watch(Storage(engine), now).more:
        pass
    with acting(engine, By(who, now)) as act:
        chief, deputy = (find_account(act.connection, login) for login in ("quan-tri", "tin-hoc"))
        _close_old(act, chief, now)
        for number, commune in enumerate(communes[:2]):
            _put_right(act, commune.code, number, chief, deputy, now)


def _close_old(act: Act, account: int, now: datetime) -> None:
    before = (now - OPEN_FOR).date().isoformat()
    old = select(alerts.c.id).where(alerts.c.day < before, alerts.c.shown_at.is_not(None))
    old = old.where(alerts.c.state == "new").order_by(alerts.c.id)
    reader = Reader(account, (CENTRE,))
    for id in act.connection.execute(old).scalars().all():
        handle_alert(act, reader, id, "take", read=0)
        handle_alert(act, reader, id, "close", read=1, result="explained")


def _put_right(act: Act, unit: str, number: int, chief: int, deputy: int, now: datetime) -> None:
    for place, (problem, figure, measure, person, days) in enumerate(_REMEDIES):
        last = now.date().replace(day=1) - timedelta(days=1)
        new = NewRemedy(
            unit=unit,
            problem=problem,
            figure=figure,
            first=last.replace(day=1) if figure else None,
            last=last if figure else None,
            measure=measure,
            person=person,
            due=now.date() + timedelta(days=days),
        )
        # The same province has the same ids.
        id = make_remedy(act, new, id=f"{number:06x}{place:06x}")
        if days < -10:
            handle_remedy(act, Reader(deputy, (unit,)), id, "finish", read=0, note="Đã kê đủ ghế")
