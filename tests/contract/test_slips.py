"""Slips of paper for the citizen's own phone: each opens one visit once, and a dossier is answered once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.cases import give_key
from sync.central.office.configuration.office_settings import change_office
from sync.central.office.phone.slips import MOST, SlipsAsked, make_slips
from sync.central.store.database import reading
from sync.contract.codes import case_hash
from sync.contract.phone_token import DAYS
from sync.contract.problem import ProblemError
from tests.contract.test_phone_answers import apart, figures, here, send, shown
from tests.support.paper import SURVEY, UNIT, put_closed, put_plan
from tests.support.phone import Phone, trust
from tests.support.plans import shipped_plans
from tests.support.wire import NOW, CentreUnderTest

SITE = "https://khao-sat.vi-du.vn"
DOSSIER = "000.00.12.H62-201105-0004"
UNIT_KEY = bytes(range(32))


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[Any]:
    trust(central, "kiosk-1")
    with acting(central.engine, By("test", NOW)) as act:
        change_office(act, UNIT, {"public_url": SITE}, "giấy mã QR")
    with TestClient(central.app) as client:
        yield client


def slips(central: CentreUnderTest, count: int = 1, **more: Any) -> list[str]:
    """The codes of new slips."""
    wanted = SlipsAsked(**{"asked": SURVEY, "count": count, **more})
    with acting(central.engine, By("account 1", NOW)) as act:
        addresses = make_slips(act, wanted, central.keys)
    assert all(each.startswith(f"{SITE.upper()}/P/") for each in addresses)
    return [each.rpartition("/")[2] for each in addresses]


def answered(client: Any, code: str) -> Phone:
    phone = Phone(client, code, capitals=True).open()
    if "cho_ai" in phone.page.offered:
        phone.send("tiep", cho_ai="citizen").rate(result="2", service="4").send("gui")
    return phone


def test_each_slip_is_answered_once_and_counts_as_a_handover(central: CentreUnderTest, client: Any) -> None:
    codes = slips(central, 3, procedure="1.001193")
    assert len(set(codes)) == 3
    assert "Đăng ký khai sinh" in Phone(client, codes[0]).open().text()
    for code in (codes[0], codes[0], codes[1]):
        assert "Xin chân thành cảm ơn" in answered(client, code).text()
    first, second = here(central)
    assert (first.channel, first.tag and first.tag.procedure) == ("phone", "1.001193")
    assert [first.seq, second.seq] == [1, 2]
    assert figures(central, client) == (2, 2), "a slip that nobody answers is no handover"
    central.now = lambda: NOW + timedelta(days=DAYS, seconds=1)
    assert "HL4271" in Phone(client, codes[2]).open().text()


def test_a_dossier_that_has_a_slip_is_answered_once_on_the_glass_or_by_it(
    central: CentreUnderTest, client: Any
) -> None:
    with acting(central.engine, By("test", NOW)) as act:
        give_key(act, central.keys.folder, UNIT, UNIT_KEY)
    (code,) = slips(central, dossier=f" {DOSSIER.lower()} ")
    case = case_hash(DOSSIER, UNIT_KEY)
    on_glass = shown(central, 1, case, outcome="complete")
    assert send(central, on_glass) == "stored"
    answered(client, code)
    assert [each.id for each in here(central)] == [on_glass.id]
    assert [detail for _, detail in apart(central)] == [on_glass.id]
    with reading(central.engine) as connection:
        log = str(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert DOSSIER not in log
    assert case not in log


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("count", {"count": 0}),
        ("count", {"count": MOST + 1}),
        ("count", {"count": 2, "dossier": DOSSIER}),
        ("dossier", {"dossier": "không phải"}),
        ("dossier", {"dossier": DOSSIER}),  # the unit has no key
        ("group", {"asked": replace(SURVEY, plan="kien-hung-2020", group="nhan-ket-qua")}),
    ],
)
def test_what_no_slip_can_be_for_is_refused_by_name(
    central: CentreUnderTest, client: Any, where: str, wanted: dict[str, Any]
) -> None:
    plan = shipped_plans()["kien-hung-2020"]
    put_plan(central.engine, replace(plan, groups=(replace(plan.groups[0], channels=("paper",)),)))
    with pytest.raises(ProblemError, match=rf"HL4274.*\[{where}\]"):
        slips(central, **wanted)


def test_an_office_without_an_address_and_a_closed_plan_have_no_slips(central: CentreUnderTest) -> None:
    with pytest.raises(ProblemError, match=r"HL4274.*\[unit\]"):
        slips(central)
    put_plan(central.engine, shipped_plans()["kien-hung-2020"])
    put_closed(central.engine, "kien-hung-2020")
    with pytest.raises(ProblemError, match="HL4298"):
        slips(central, asked=replace(SURVEY, plan="kien-hung-2020", group="nhan-ket-qua"))


def test_slips_of_a_unit_are_revoked_together(central: CentreUnderTest, client: Any) -> None:
    (code,) = slips(central)
    assert Phone(client, code).open().page.offered
    with central.centre.storage.changing() as connection:
        connection.exec_driver_sql("UPDATE devices SET state = 'revoked' WHERE id = 'centre-slip-phuong-mot'")
    assert "HL4270" in Phone(client, code).open().text()
