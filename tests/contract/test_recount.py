"""Whoever counts the rows that were given out comes to the summary's figures, in every format and role."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.central.office import corrections
from sync.central.office.audit.acts import By, acting
from sync.contract.response import Entered, Response, Void
from tests.support.recounting import flat, recount, rows_of, summed
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
FORMATS = ("json", "ndjson", "csv", "xlsx", "parquet", "odata")


class Office:
    """Stores visits, corrects some of them two months later, and asks as one role or another."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.tokens = {role: central.token(role=role) for role in ("admin", "analyst")}

    def store(self, responses: list[Response]) -> None:
        self.central.now = lambda: NOW
        assert set(store_unasked(self.central, responses)) == {"stored"}

    def correct(self, how: str, *arguments: Any) -> str:
        with acting(self.central.engine, By("an administrator", NOW + timedelta(days=60))) as act:
            return str(getattr(corrections, how)(act, *arguments))

    def get(self, role: str, address: str, **parameters: str) -> Any:
        """What this role is answered once the days of everything that was stored are over."""
        self.central.now = lambda: NOW + timedelta(days=61)
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        answer = self.client.get(address, params=parameters, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    def summary(self, role: str) -> Counter[int]:
        """How often each level of the question `result` was chosen in March."""
        return summed(self.get(role, "/v1/summary", **MARCH).json())

    def rows(self, role: str, form: str) -> list[dict[str, Any]]:
        """Every row of March under flat names, in a format."""
        if form == "odata":
            days = "day ge 2026-03-01 and day le 2026-03-31"
            rows = self.get(role, "/odata/Responses", **{"$filter": days}).json()["value"]
            return [
                {name.replace("answers_", "answers."): value for name, value in row.items()} for row in rows
            ]
        answer = self.get(role, "/v1/responses", format=form, headings="ids", **MARCH)
        if form == "json":
            return [flat(item) for item in answer.json()["items"]]
        return rows_of(answer.content, form)


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client)


@pytest.fixture
def corrected(office: Office) -> Office:
    """Nine visits, of which one was voided, one put right twice, one voided by its own terminal."""
    visits = numbered(9)
    visits = [replace(one, answers={**one.answers, "result": 1 + one.seq % 5}) for one in visits]
    visits[6] = replace(visits[6], outcome="partial", answers={"result": 2})
    visits[7] = replace(visits[7], outcome="declined", answers={}, timing={})
    visits[8] = replace(
        visits[8],
        outcome="voided",
        answers={},
        timing={},
        void=Void(by="a01", reason='tay "nhầm"', response=visits[3].id),
    )
    office.store(visits[:4])
    office.correct("void", visits[0].id, "đưa nhầm người")
    again = office.correct("retag", visits[1].id, {"counter": "2"}, "quét nhầm quầy")
    office.store(visits[4:])
    office.correct("retag", again, {"counter": "3"}, "lại nhầm")
    return office


@pytest.mark.parametrize("role", ["admin", "analyst"])
@pytest.mark.parametrize("form", FORMATS)
def test_a_recount_of_any_format_is_the_summary(corrected: Office, form: str, role: str) -> None:
    assert recount(corrected.rows(role, form)) == corrected.summary(role) == Counter({1: 1, 2: 2, 3: 1, 4: 1})


@pytest.mark.parametrize("role", ["admin", "analyst"])
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_voided_later_is_given_out_under_the_days_of_the_visit(
    corrected: Office, form: str, role: str
) -> None:
    rows = corrected.rows(role, form)
    if form == "odata":  # nobody goes on from a cursor there: what counts is on the row itself
        assert {row["outcome"] for row in rows} > {"complete"}
        return
    links = {
        name: sorted((int(row["position"]), int(row[name])) for row in rows if row[name] not in ("", None))
        for name in ("voids", "corrects")
    }
    if role == "admin":
        assert links == {"voids": [(5, 1), (6, 2), (12, 4), (13, 7)], "corrects": [(7, 2), (14, 7)]}
        return
    by_position = {int(row["position"]): row for row in rows}
    assert (len(links["voids"]), len(links["corrects"])) == (4, 2)
    for voiding, target in links["voids"]:
        assert by_position[voiding]["outcome"] == "voided"
        assert by_position[target]["counts"] in (False, "false")
    for correction, target in links["corrects"]:
        assert by_position[correction]["answers.result"] == by_position[target]["answers.result"]


def test_a_void_that_came_before_its_visit_names_no_row_and_the_visit_does_not_count(office: Office) -> None:
    first, second = numbered(2)
    void = Void(by="a01", reason="r", response=second.id)
    office.store([replace(first, outcome="voided", answers={}, timing={}, void=void)])
    assert [row["voids"] for row in office.rows("admin", "json")] == [None]
    office.store([second])
    assert [row["counts"] for row in office.rows("analyst", "json")] == [False, False]


@pytest.mark.parametrize(
    ("form", "role"),
    # For an administrator JSON holds the response itself.
    [*((form, "analyst") for form in FORMATS), *((form, "admin") for form in FORMATS[2:])],
)
def test_rows_say_who_was_asked_and_the_number_on_the_form(office: Office, form: str, role: str) -> None:
    at_kiosk, keyed = numbered(2)
    entered = Entered(by="a01", at=NOW, form_no='0012 "b"')
    keyed = replace(keyed, channel="paper", respondent="organisation", entered=entered)
    office.store([at_kiosk, keyed])
    office.correct("retag", keyed.id, {"counter": "2"}, "nhầm quầy")
    rows = office.rows(role, form)
    asked = Counter((row["respondent"], row["form_no"] or None) for row in rows)
    # What the centre made holds no number of its own: `corrects` leads to the form.
    keyed_in = {("citizen", None): 1, ("organisation", '0012 "b"'): 1}
    assert keyed_in.items() < asked.items()
    assert asked.keys() - keyed_in == {("organisation", None)}
    offsets = [int(row["clock_offset"]) for row in rows if "clock_offset" in row]
    assert offsets == ([0] * len(rows) if role == "admin" else [])


def test_a_mean_in_a_table_has_two_decimals(office: Office) -> None:
    levels = (5, 5, 4)
    office.store(
        [
            replace(one, answers={"result": level, "service": 4})
            for one, level in zip(numbered(3), levels, strict=True)
        ]
    )
    for form in ("csv", "xlsx"):
        rows = rows_of(office.get("admin", "/v1/summary", format=form, headings="ids", **MARCH).content, form)
        assert [float(row["mean"]) for row in rows if row["question"] == "result"] == [4.67]
