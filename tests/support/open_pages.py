"""Pages that no role is needed for, by their addresses: signing in, public ones, and citizens' forms."""

import secrets

from msgspec.structs import replace
from sqlalchemy import select

from sync.central.office.audit.acts import By, acting
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.list_links import make_list_link
from sync.central.office.sample.sealed_list import Place
from sync.central.store.database import reading
from sync.central.store.issuing import reports
from sync.central.store.schema import responses
from sync.contract.canonical import decode_response
from sync.contract.ids import uuid7
from sync.contract.response import Response
from sync.host.clock import local_now
from tests.support.made_samples import PARENTS, sampled_id
from tests.support.phone import code_of
from tests.support.post import codes
from tests.support.province import Province
from tests.support.province.arriving import key_of


def open_pages(province: Province) -> tuple[str, ...]:
    """One address of each such page over a province with everything; each link is still to be used."""
    unit = province.communes[0].code
    return (
        "/dang-nhap",
        province.sign_in_path("chu-tich", local_now()),
        _published(province, unit),
        f"/gui-danh-sach/{_list_link(province, unit)}",
        f"/p/{_phone_code(province, unit)}",
        f"/t/{codes(1)[0]}",
    )


def _published(province: Province, unit: str) -> str:
    with province.database() as engine, reading(engine) as connection:
        days = select(reports.c.first_day, reports.c.last_day)
        row = connection.execute(days.where(reports.c.unit == unit, reports.c.state == "published")).one()
    return f"/cong-khai/{unit}/{row.first_day}_{row.last_day}"


def _list_link(province: Province, unit: str) -> str:
    place = Place(Stratum(sampled_id(unit), PARENTS), unit)
    with province.database() as engine, acting(engine, By("account 1", local_now())) as act:
        return make_list_link(act, place, lambda: secrets.token_urlsafe(32))


def _phone_code(province: Province, unit: str) -> str:
    """The code of a visit that nobody has answered yet, as the glass of one that was shows it."""
    now = local_now()
    with province.database() as engine, reading(engine) as connection:
        wanted = select(responses.c.body).where(responses.c.unit == unit, responses.c.tagged == 1)
        row = connection.execute(wanted.order_by(responses.c.position)).first()
    assert row is not None
    asked: Response = replace(decode_response(bytes(row.body)), id=uuid7(now, secrets.token_bytes))
    return code_of(asked, now, key_of(asked.device, province.size.seed))
