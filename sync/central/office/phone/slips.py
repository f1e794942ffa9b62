"""Slips of paper with a code for one visit: for who takes a result at a counter where no glass shows one.

A code on the glass is signed by its terminal. A slip is signed with the key of cards, as a device of the
centre for the slips of the unit: what it opens, how long, and that its first answer counts, is the
same. With a dossier code it claims the case, so that of the glass and the slip one answer counts; the code is
hashed and sealed here, and is neither in the database nor in the audit log.
"""

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, text

from sync.central.intake.own_devices import own_device
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.compose import settings_of
from sync.central.office.configuration.office_settings import public_address
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.keys.by_unit import listed_units, unit_key
from sync.central.office.keys.stored import Keys
from sync.central.office.paper.asked import Asked, asking
from sync.central.office.planning.closed_plans import check_open
from sync.contract.case_box import seal_case
from sync.contract.codes import case_hash, is_dossier_code, normalise
from sync.contract.ids import uuid7
from sync.contract.phone_token import DAYS, as_text, pack, phone_address, phone_token, sign_token
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import SLIPS_WRONG
from sync.contract.response import SurveyRef, Tag

KIND: Final = "slip"
MOST: Final = 200
_TRUST = text(
    "INSERT INTO devices (id, kind, unit, counter, public_key) VALUES (:id, :kind, :unit, '', :key) "
    "ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key"
)


class SlipsAsked(Struct, frozen=True, kw_only=True):
    """What slips are for. procedure: of the catalogue, "" for any. dossier: of a single slip, "" for none."""

    asked: Asked
    count: int
    procedure: str = ""
    dossier: str = ""


def make_slips(
    act: Act, wanted: SlipsAsked, keys: Keys, *, random_bytes: Callable[[int], bytes] = os.urandom
) -> tuple[str, ...]:
    """The addresses of new slips, each for one visit.

    Raises ProblemError HL4274, HL4298 (its plan is closed), HL5002, HL5020, HL5224.
    """
    connection, asked = act.connection, wanted.asked
    known = asking(connection, asked)
    if known.plan:
        check_open(connection, known.plan.id)
    if known.group and "phone" not in known.group.channels:
        raise _wrong("group", "nhóm này không thu phiếu trên điện thoại")
    if not 1 <= wanted.count <= MOST:
        raise _wrong("count", f"nhiều nhất {MOST} giấy")
    if wanted.dossier and wanted.count != 1:
        raise _wrong("count", "một hồ sơ có một giấy")
    today = act.now.astimezone(VIET_NAM).date()
    site = public_address(connection, asked.unit, today)
    if not site:
        raise _wrong("unit", "cơ quan chưa ghi địa chỉ để người dân mở từ ngoài")
    cases = (_case(connection, wanted, keys, today),) if wanted.dossier else ()
    tag = Tag(unit=asked.unit, procedure=wanted.procedure or None, cases=cases, source="hand")
    key, device = keys.badge_key(), own_device(KIND, asked.unit)
    values = {"id": device, "kind": KIND, "unit": asked.unit, "key": bytes(key.verify_key)}
    connection.execute(_TRUST, values)
    addresses = []
    for _ in range(wanted.count):
        token = phone_token(
            device=device,
            visit=uuid7(act.now, random_bytes),
            tag=tag,
            survey=SurveyRef(asked.survey, asked.version),
            plan=asked.plan or None,
            respondents=known.respondents,
            expires=int((act.now + timedelta(days=DAYS)).timestamp()),
        )
        assert token is not None  # of one case
        packed = pack(token)
        addresses.append(phone_address(site, as_text(packed, sign_token(packed, key))))
    act.note("slips-print", asked.unit, f"{asked.survey} {wanted.count}")
    return tuple(addresses)


def _case(connection: Connection, wanted: SlipsAsked, keys: Keys, today: date) -> str:
    """The case of a dossier, sealed as a terminal seals it."""
    unit, dossier = wanted.asked.unit, normalise(wanted.dossier)
    rules = settings_of(read_rows(connection, unit, today)).codes
    if is_dossier_code(dossier, rules) is not True:
        raise _wrong("dossier", "không phải mã hồ sơ")
    if unit not in listed_units(keys.folder):
        raise _wrong("dossier", "đơn vị này chưa có khóa của mã hồ sơ")
    return seal_case(case_hash(dossier, unit_key(keys.folder, unit)), keys.case_public())


def _wrong(where: str, detail: str) -> ProblemError:
    return ProblemError(SLIPS_WRONG(where=where, detail=detail))
