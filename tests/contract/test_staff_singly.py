"""What staff said about their own office is shown to nobody one by one: figures alone have it."""

import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.duties.watching import watch
from sync.central.figures.plans import read_forms
from sync.central.office.access import Caller
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.plans import issued_plan
from sync.central.pulling.asked import ResponsesAsked
from sync.central.pulling.flagged import flagged
from sync.central.pulling.handing_over import pack
from sync.central.pulling.latest import latest
from sync.central.store.alert_tables import alerts
from sync.central.store.database import reading, writing
from sync.central.store.days_over import close_days
from sync.central.store.storage import Storage
from sync.contract.plan import Part, Plan, PlanGroup
from sync.contract.response import Response, SurveyRef
from tests.support.browsing import Browser, words_of
from tests.support.paper import put_plan
from tests.support.remarks import send, written
from tests.support.wire import NOW, ROOT, CentreUnderTest, numbered, write_bundle

UNIT = "phuong-mot"
CITIZEN, STAFF = 1, 2
BY = By("test", NOW)


def plan() -> Plan:
    return Plan(
        id="noi-bo",
        title={"vi": "Khảo sát nội bộ"},
        authority="UBND",
        unit=UNIT,
        design="quota",
        starts=NOW.date() - timedelta(days=1),
        ends=NOW.date() + timedelta(days=9),
        groups=(
            PlanGroup(
                id="can-bo",
                name={"vi": "Cán bộ"},
                survey="thach-ha-noi-bo",
                respondents=("staff",),
                channels=("kiosk",),
                parts=(Part(id=UNIT, name={"vi": "Phường"}, forms=5),),
            ),
        ),
    )


@pytest.fixture
def staffed(central: CentreUnderTest) -> tuple[CentreUnderTest, Response]:
    """A centre with one form of a citizen and one of staff, who wrote something; the latter."""
    folder = write_bundle(central.folder / "staff", version=2)
    form = (ROOT / "assets" / "surveys" / "thach-ha-noi-bo.toml").read_text("utf-8")
    (folder / "surveys" / "thach-ha-noi-bo.toml").write_text(form, "utf-8")
    with acting(central.engine, BY) as act:
        import_bundle(act, folder)
    central.open()
    put_plan(central.engine, plan())
    citizen, other = numbered(2)
    staff = replace(
        written(central, other, {}),
        survey=SurveyRef("thach-ha-noi-bo", 2),
        tag=None,
        respondent="staff",
        answers={"overall": 1},
        timing={},
        outcome="partial",
    )
    staff = written(central, staff, {"suggestion": "Điều cán bộ viết"})
    assert [each.status for each in send(central, citizen, staff)] == ["stored", "stored"]
    return central, staff


def test_figures_have_what_staff_said(staffed: tuple[CentreUnderTest, Response]) -> None:
    central, _ = staffed
    with reading(central.engine) as connection:
        assert read_forms(connection, plan())["can-bo", UNIT] == 1


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_no_pull_export_feed_or_package_has_a_form_of_staff(
    staffed: tuple[CentreUnderTest, Response], role: str
) -> None:
    central, staff = staffed
    with writing(central.engine) as connection:
        close_days(connection, NOW.date() + timedelta(days=1))
    token = {"Authorization": f"Bearer {central.token(role=role)}"}
    with TestClient(central.app) as client:
        for kind in ("json", "ndjson", "csv"):
            answer = client.get(f"/v1/responses?format={kind}", headers=token)
            assert answer.status_code == 200
            assert "thach-ha-noi-bo" not in answer.text
            assert staff.id not in answer.text
        feed = client.get("/odata/Responses", headers=token)
        assert feed.status_code == 200
        assert "thach-ha-noi-bo" not in feed.text
    with reading(central.engine) as connection:
        issued = issued_plan(connection, "noi-bo")
        assert issued is not None
        package = pack(central.centre.administrators, connection, issued)
    with ZipFile(io.BytesIO(package.content)) as archive:
        assert len(archive.read("du-lieu.csv").splitlines()) == 1  # its headings alone
    assert [group.forms for group in package.manifest.groups] == [1]


def test_no_list_of_an_administrator_has_a_form_of_staff(
    staffed: tuple[CentreUnderTest, Response],
) -> None:
    central, staff = staffed
    desk, caller = central.centre.administrators, Caller(0, "admin", unit=UNIT)
    with reading(central.engine) as connection:
        rows = latest(desk, connection, caller, ResponsesAsked(unit=UNIT), 10).rows
        flags = flagged(desk, connection, caller, ResponsesAsked(unit=UNIT))
    assert [row.seq for row in rows] == [CITIZEN]
    assert staff.id not in {each.visit.response.id for each in flags}
    with Browser(central, "chief", ("admin", UNIT)) as chief:
        missing = chief.get("/phieu/00000000-0000-7000-8000-000000000000")
        for path in (f"/phieu/{staff.id}", f"/y-kien/{staff.id}"):
            assert chief.get(path).status_code == 404
        assert chief.get(f"/phieu/{staff.id}").text == missing.text
        listed = words_of(chief.get("/phieu"))
        assert staff.id[:8] not in listed


def test_what_staff_wrote_raises_no_alert(staffed: tuple[CentreUnderTest, Response]) -> None:
    central, _ = staffed
    while watch(Storage(central.engine), NOW + timedelta(days=1)).more:
        pass
    with reading(central.engine) as connection:
        assert "low" not in connection.execute(select(alerts.c.kind)).scalars().all()
