import csv
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import event
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.figures.flag_table import flagged_officers, officer_rows
from sync.central.office.access import Caller
from sync.central.office.audit.acts import By, acting
from sync.central.office.corrections import retag
from sync.central.office.units.stored import put_bundled_units
from sync.central.pulling.asked import ResponsesAsked
from sync.central.pulling.flagged import flagged
from sync.central.store.database import reading, writing
from sync.contract.batch import Batch
from sync.contract.canonical import canonical_bytes
from sync.contract.catalogue import Unit
from sync.contract.problem import ProblemError
from sync.contract.response import Entered, Outcome, Response, Tag, Void
from tests.support.wire import NOW, CentreUnderTest, store_unasked, visit


def store(central: CentreUnderTest, *responses: Response) -> None:
    headers = {"Authorization": f"Bearer {central.token(device='kiosk-1')}"}
    body = msgspec.json.encode(
        Batch("kiosk-1", tuple(msgspec.Raw(canonical_bytes(one)) for one in responses))
    )
    with TestClient(central.app) as client:
        client_: TestClient[Any] = client
        assert client_.post("/v1/batches", content=body, headers=headers).status_code == 200


def flags(central: CentreUnderTest, *options: str) -> Any:
    days = ["--first", "2026-03-01", "--last", "2026-03-31"]
    return CliRunner().invoke(app, ["flags", *place(central), *days, *options])


def place(central: CentreUnderTest) -> list[str]:
    return ["--data", str(central.folder), *(["--database", central.url] if central.url else [])]


def test_visits_that_look_wrong_are_listed_and_stay_where_they_are(central: CentreUnderTest) -> None:
    ordinary = visit(1, seq=1)
    fast = replace(visit(2, seq=2), timing={"result": 300, "service": 200})
    late = visit(3, seq=3)
    night = timedelta(hours=5)
    late = replace(late, started_at=late.started_at + night, finished_at=late.finished_at + night)
    store(central, ordinary, fast, late)
    result = flags(central, "--opening", "13:30-17:00")
    assert result.output.splitlines() == [
        "\ufeffid,day,device,seq,officer,flags,same_form",
        f"{fast.id},2026-03-02,kiosk-1,2,a01,fast,",
        f"{late.id},2026-03-02,kiosk-1,3,a01,out_of_hours,",
    ]
    assert flags(central, "--officers").output.splitlines() == ["\ufeffofficer,flags"]
    with TestClient(central.app) as client:
        headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
        assert len(client.get("/v1/responses", headers=headers).json()["items"]) == 3


def test_a_form_keyed_twice_is_listed_with_both_ids_until_one_is_voided(central: CentreUnderTest) -> None:
    def keyed(number: int, form: str, plan: str | None = None) -> Response:
        entered = Entered(by="a01", at=NOW, form_no=form)
        return replace(visit(number, seq=number), channel="paper", entered=entered, plan=plan)

    first, second, other = keyed(1, "0012"), keyed(2, " 0012"), keyed(3, "0013")
    elsewhere = keyed(4, "0012", plan="plan-a")
    store(central, first, second, other, elsewhere)

    def listed() -> dict[str, str]:
        rows = csv.DictReader(flags(central).output.removeprefix("\ufeff").splitlines())
        return {row["id"]: row["same_form"] for row in rows if row["flags"] == "form_twice"}

    assert listed() == {first.id: second.id, second.id: first.id}
    with acting(central.engine, By("an administrator", NOW)) as act:
        corrected = retag(act, first.id, {"counter": "2"}, "nhầm quầy")
    assert listed() == {corrected: second.id, second.id: corrected}
    store(
        central,
        replace(
            second,
            id=visit(5).id,
            seq=5,
            outcome="voided",
            answers={},
            timing={},
            entered=None,
            void=Void(by="a01", reason="nhập hai lần", response=second.id),
        ),
    )
    assert listed() == {}


def test_officers_are_flagged_from_counts_without_a_look_at_any_response(central: CentreUnderTest) -> None:
    def handled(officer: str, first: int, outcome: Outcome) -> list[Response]:
        visits = [visit(number, seq=number) for number in range(first, first + 25)]
        if outcome == "declined":
            visits = [replace(each, outcome=outcome, answers={}, timing={}) for each in visits]
        return [replace(each, tag=replace(each.tag, officer=officer)) for each in visits if each.tag]

    visits = [*handled("a01", 1, "complete"), *handled("a02", 26, "declined")]
    assert set(store_unasked(central, visits)) == {"stored"}
    statements: list[str] = []
    with reading(central.engine) as connection:
        event.listen(connection, "before_cursor_execute", lambda *about: statements.append(about[2]))
        assert officer_rows(connection, "2026-03-02", "2026-03-02") == [("a02", "declines")]
        assert officer_rows(connection, "2026-03-03", "2026-03-31") == []
    assert not any("responses" in statement for statement in statements)
    assert flags(central, "--officers").output.splitlines() == ["\ufeffofficer,flags", "a02,declines"]


def test_a_unit_is_given_its_own_flagged_visits_and_officers(central: CentreUnderTest) -> None:
    """As a page asks for them."""
    fast = replace(visit(1, seq=1), timing={"result": 300, "service": 200})
    own = replace(visit(2, seq=2), timing=fast.timing, tag=Tag(unit="phuong-mot", officer="a02"))
    declined = [
        replace(visit(number, seq=number), outcome="declined", answers={}, timing={}, tag=own.tag)
        for number in range(3, 28)
    ]
    others = [replace(visit(number, result=1 + number % 5), seq=number) for number in range(30, 55)]
    assert set(store_unasked(central, [fast, own, *declined, *others])) == {"stored"}
    with writing(central.engine) as connection:
        tree = [Unit(code=code, name={"vi": code}) for code in ("phuong-mot", "xa-hai")]
        put_bundled_units(connection, tree, NOW)

    def found(unit: str, officer: str = "") -> tuple[list[str], list[str]]:
        caller = Caller(0, "admin", unit=unit or None, officer=officer)
        asked = ResponsesAsked(unit=unit, first="2026-03-02", last="2026-03-02")
        desk = central.centre.web.administrators
        with reading(central.engine) as connection:
            visits = flagged(desk, connection, caller, asked)
            roots = [unit] if unit else []
            officers = flagged_officers(connection, "2026-03-02", "2026-03-02", roots, officer)
        return [each.visit.response.id for each in visits], [each.officer for each in officers]

    assert found("") == found("phuong-mot") == ([own.id, fast.id], ["a02"])
    assert found("xa-hai") == ([], [])
    assert found("", officer="a02") == ([fast.id], [])


def test_opening_hours_that_are_none_are_refused(central: CentreUnderTest) -> None:
    for wrong in ("7", "07:30-", "07:30-25:00"):
        result = flags(central, "--opening", wrong)
        assert isinstance(result.exception, ProblemError)
        assert result.exception.problem.number == "HL1003"


def test_days_are_typed_as_people_write_them_and_others_are_refused(central: CentreUnderTest) -> None:
    store(central, replace(visit(2, seq=1), timing={"result": 300, "service": 200}))
    within = ["--first", "02/03/2026", "--last", "2/3/2026"]
    assert ",fast" in CliRunner().invoke(app, ["flags", *place(central), *within]).output
    result = CliRunner().invoke(
        app, ["flags", *place(central), "--first", "31/02/2026", "--last", "2026-03-01"]
    )
    assert result.exit_code == 2
    assert "không phải ngày" in result.output


def test_a_first_day_after_the_last_is_refused(central: CentreUnderTest) -> None:
    result = CliRunner().invoke(
        app, ["flags", *place(central), "--first", "2026-03-31", "--last", "2026-03-01"]
    )
    assert isinstance(result.exception, ProblemError)
    assert result.exception.problem.number == "HL5023"
    assert "31/03/2026 > 01/03/2026" in result.exception.problem.detail


@pytest.mark.parametrize("days", [["--first", "2026-04-01", "--last", "2026-04-30"]])
def test_days_without_visits_have_no_flags(central: CentreUnderTest, days: list[str]) -> None:
    store(central, replace(visit(2, seq=1), timing={"result": 300, "service": 200}))
    result = CliRunner().invoke(app, ["flags", *place(central), *days])
    assert result.exit_code == 0
    assert "fast" not in result.output
