"""Summaries over HTTP, and the counts behind them, kept while responses arrive."""

import csv
import io
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import event

from sync.central.figures.summary import Axis
from sync.central.figures.summary_query import SummaryWanted, read_summaries, read_summary
from sync.central.office.audit.acts import Act, By
from sync.central.office.configuration.procedures import put_procedure
from sync.central.office.removal import forget, remove
from sync.central.office.returned import take_in
from sync.central.office.units.stored import put_bundled_units
from sync.central.store import rollups
from sync.central.store.database import reading, writing
from sync.central.store.schema import facts, surveys
from sync.central.store.surveys import load_surveys
from sync.central.store.upgrade import migrate
from sync.contract.catalogue import Procedure, Unit
from sync.contract.response import Channel, Respondent, Response, SurveyRef, Void
from sync.contract.survey import Survey
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

BOX = "A" * 86 + "=="  # where a sealed case would be
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


class Office:
    """Stores responses, and asks for summaries."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.tokens = {role: central.token(role=role) for role in ("admin", "analyst")}

    def store(self, responses: list[Response], status: str = "stored") -> None:
        assert set(store_unasked(self.central, responses)) == {status}

    def summary(self, role: str = "admin", **parameters: str) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        return self.client.get("/v1/summary", params=MARCH | parameters, headers=headers)

    def shown(self, question: str = "result", **parameters: str) -> dict[tuple[str, ...], int | None]:
        (survey,) = self.summary(**parameters).json()["surveys"]
        return {tuple(row["by"].values()): row["n"] for row in survey["rows"] if row["question"] == question}

    def counts_are_true(self) -> bool:
        """Whether the kept counts are those of a full count."""
        with reading(self.central.engine) as connection:
            rows = connection.exec_driver_sql("SELECT * FROM rollups")
            kept = {tuple(row[:-1]): row[-1] for row in rows}
            return kept == dict(rollups.counted(connection))


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client)


def handled(officer: str, forms: int, start: int = 0, procedure: str = "1.001193") -> list[Response]:
    found = []
    for one in numbered(start + forms)[start:]:
        assert one.tag
        found.append(replace(one, tag=replace(one.tag, officer=officer or None, procedure=procedure)))
    return found


def various(count: int) -> list[Response]:
    """Visits of every kind, on several days of two months."""
    chance = random.Random(7)
    found = []
    for one in numbered(count):
        assert one.tag
        tag = replace(
            one.tag,
            officer=chance.choice(["a01", "a02", None]),
            procedure=chance.choice(["1.001193", "2.000815", None]),
            cases=(BOX,) * chance.randrange(4),
        )
        later = timedelta(days=chance.randrange(50))
        kind = chance.choice(["complete", "complete", "partial", "timed_out", "declined"])
        levels = {"result": chance.randint(1, 5), "service": chance.randint(1, 5)}
        answers = {"complete": levels, "partial": {"result": 2}}.get(kind, {})
        found.append(
            replace(
                one,
                tag=chance.choice([tag, tag, None]),
                answers=answers,
                timing=dict.fromkeys(answers, 900),
                outcome=kind,
                started_at=one.started_at + later,
                finished_at=one.finished_at + later,
            )
        )
    return found


def voiding(earlier: Response, seq: int) -> Response:
    one = numbered(seq)[-1]
    return replace(one, answers={}, timing={}, outcome="voided", void=Void("a01", "wrong tag", earlier.id))


def test_the_kept_counts_are_those_of_a_full_count(office: Office) -> None:
    visits = various(60)
    office.store(visits[:40])
    office.store(visits[:40], "duplicate")
    office.store(visits[40:])
    assert office.counts_are_true()


def test_a_voided_response_counts_nowhere_whichever_came_first(office: Office) -> None:
    visits = numbered(6)
    office.store(visits[:3])
    office.store([voiding(visits[0], 7), voiding(visits[4], 8)])
    office.store(visits[3:])
    assert office.shown() == {(): 4}
    assert office.counts_are_true()


@pytest.mark.parametrize("how", ["forgotten", "retention"])
def test_what_a_removed_void_took_back_counts_again_as_the_rows_say(office: Office, how: str) -> None:
    visits = numbered(4)
    void, twice, early = voiding(visits[0], 7), voiding(visits[1], 8), voiding(visits[3], 10)
    office.store(visits[:3])
    office.store([void, twice, voiding(visits[1], 9), early])
    assert office.shown() == {(): 1}
    with writing(office.central.engine) as connection:
        remove(connection, [void.id, twice.id, early.id], reason=how, now=NOW)
    office.store(visits[3:])  # its void is gone before it came
    assert office.shown() == {(): 3}
    assert office.counts_are_true()
    with writing(office.central.engine) as connection:
        voided = connection.exec_driver_sql("SELECT id FROM voided").scalars().all()
        assert voided == [visits[1].id]
        connection.exec_driver_sql("UPDATE facts SET value = 'older' WHERE name = 'rollups'")
        before = sorted(map(tuple, connection.exec_driver_sql("SELECT * FROM rollups")))
        rollups.ensure(connection)
        assert sorted(map(tuple, connection.exec_driver_sql("SELECT * FROM rollups"))) == before


def test_counting_everything_again_a_part_at_a_time_gives_the_same(office: Office) -> None:
    visits = various(30)
    office.store(visits)
    office.store([voiding(visits[2], 40), voiding(visits[28], 41)])
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    with writing(office.central.engine) as connection:
        before = sorted(map(tuple, connection.exec_driver_sql("SELECT * FROM rollups")))
        connection.exec_driver_sql("UPDATE facts SET value = 'older' WHERE name = 'rollups'")
        event.listen(office.central.engine, "before_cursor_execute", note)
        rollups.ensure(connection, part=10)
        event.remove(office.central.engine, "before_cursor_execute", note)
        assert sorted(map(tuple, connection.exec_driver_sql("SELECT * FROM rollups"))) == before
    assert len([each for each in sent if each.startswith("INSERT INTO rollups")]) >= 3


def test_counting_everything_again_stores_each_count_once_where_a_part_holds_a_unit(office: Office) -> None:
    with writing(office.central.engine) as connection:
        put_bundled_units(connection, [Unit(code=code, name={"vi": code}) for code in ("a", "b", "c")], NOW)
    visits = various(30)
    for at, each in enumerate(visits):
        tagged = replace(each.tag, unit="abc"[at % 3]) if each.tag else None
        visits[at] = replace(each, tag=tagged)
    office.store(visits)
    stored: Counter[tuple[Any, ...]] = Counter()

    def note(_: object, __: object, statement: str, rows: Any, *rest: object) -> None:
        if statement.startswith("INSERT INTO rollups"):
            by_row = zip(*rows, strict=True) if "unnest" in statement else rows
            stored.update(tuple(row[:-1]) for row in by_row)

    with writing(office.central.engine) as connection:
        connection.exec_driver_sql("UPDATE facts SET value = 'older' WHERE name = 'rollups'")
        event.listen(office.central.engine, "before_cursor_execute", note)
        rollups.ensure(connection, part=12)
        event.remove(office.central.engine, "before_cursor_execute", note)
        units = {key[2] for key in stored}
        assert {"a", "b", "c"} <= units
        kept = connection.exec_driver_sql("SELECT count(*) FROM rollups").scalar_one()
    assert set(stored.values()) == {1}
    assert len(stored) == kept


def test_what_is_forgotten_or_purged_is_counted_no_longer(office: Office) -> None:
    visits = various(30)
    office.store(visits)
    with writing(office.central.engine) as connection:
        forget(Act(connection, By("test", NOW)), id=visits[0].id)
        remove(connection, [visit.id for visit in visits[5:9]], reason="retention", now=NOW)
    assert office.counts_are_true()


def test_forgetting_the_only_visit_leaves_no_count_behind(office: Office) -> None:
    first, second = numbered(2)
    office.store([first, replace(second, tag=None)])
    with writing(office.central.engine) as connection:
        forget(Act(connection, By("test", NOW)), id=first.id)
        remove(connection, [second.id], reason="retention", now=NOW)
        assert connection.exec_driver_sql("SELECT count(*) FROM rollups").scalar_one() == 0


def test_a_question_called_cases_changes_no_handover(office: Office) -> None:
    survey = {
        "id": "ly-do",
        "version": 1,
        "title": {"vi": "x"},
        "languages": ["vi"],
        "respondents": ["citizen"],
        "levels": [{"value": value, "label": {"vi": "x"}} for value in (1, 2, 3)],
        "questions": [
            {
                "kind": "choices",
                "id": "cases",
                "text": {"vi": "x"},
                "options": [{"id": id, "label": {"vi": id}} for id in ("a", "b", "c")],
            }
        ],
        "privacy": {key: {"vi": "x"} for key in ("summary", "purpose", "data", "controller", "rights")},
    }
    with writing(office.central.engine) as connection:
        body = json.dumps(msgspec.to_builtins(msgspec.convert(survey, Survey)))
        connection.execute(surveys.insert().values(id="ly-do", version=1, body=body))
    office.central.open()
    visits = []
    for one, count in zip(numbered(2), (0, 4), strict=True):
        assert one.tag
        tag = replace(one.tag, cases=(BOX,) * count)
        answers = {"cases": ("a", "b", "c")}
        visits.append(
            replace(one, survey=SurveyRef("ly-do", 1), tag=tag, answers=answers, timing={"cases": 900})
        )
    with TestClient(office.central.app) as client:
        office.client = client
        office.store(visits)
        found = office.summary().json()["handovers"]
    assert (found["tagged"], found["visits"]) == (5, 2)


def test_a_database_from_before_there_were_counts_is_counted(office: Office) -> None:
    office.store(various(25))
    with writing(office.central.engine) as connection:
        connection.exec_driver_sql("DELETE FROM rollups")
        connection.execute(facts.delete().where(facts.c.name == "rollups"))
    assert not office.counts_are_true()
    migrate(office.central.engine)
    assert office.counts_are_true()


def test_levels_stand_with_their_n_and_the_rule(office: Office) -> None:
    office.store(numbered(3))
    (survey,) = office.summary().json()["surveys"]
    row = survey["rows"][0]
    assert (row["question"], row["n"], row["percent"]) == ("result", 3, "100.0")
    assert row["counts"]["5"] == 3
    assert "mức 4 và mức 5" in survey["rule"]["vi"]


def one_month_later(office: Office) -> None:
    """The month of the visits is over now."""
    office.central.now = lambda: NOW + timedelta(days=40)


def test_officers_with_few_forms_are_hidden_with_what_would_tell_them(office: Office) -> None:
    office.store(handled("a01", 3) + handled("a02", 9, 3) + handled("a03", 20, 12))
    one_month_later(office)
    assert office.shown(role="analyst", by="officer") == {("a01",): None, ("a02",): None, ("a03",): 20}


def test_an_administrator_is_shown_officers_with_few_forms_and_a_mark(office: Office) -> None:
    office.store(handled("a01", 3) + handled("a02", 9, 3))
    one_month_later(office)
    assert office.shown(by="officer") == {("a01",): 3, ("a02",): 9}
    found = office.summary(by="officer").json()
    for row in (*found["surveys"][0]["rows"], *found["handovers"]["rows"]):
        assert row["small"] == (row["by"]["officer"] == "a01")
    table = csv.DictReader(io.StringIO(office.summary(by="officer", format="csv").text))
    assert {(line["officer"], line["small"]) for line in table} == {("a01", "true"), ("a02", "false")}


def test_two_axes_and_a_day_range(office: Office) -> None:
    office.store(handled("a01", 6) + handled("a02", 7, 6, "2.000815"))
    assert office.shown(by="procedure,day") == {
        ("1.001193", "2026-03-02"): 6,
        ("2.000815", "2026-03-02"): 7,
    }
    assert office.shown(by="officer,procedure") == {("a01", "1.001193"): 6, ("a02", "2.000815"): 7}
    assert office.shown(**{"from": "2026-03-02", "to": "2026-03-02"}) == {(): 13}
    assert office.summary(**{"from": "2026-03-03"}).json()["surveys"] == []
    assert office.shown(unit="phuong-mot", procedure="2.000815") == {(): 7}


def test_a_month_from_the_21st_to_the_20th_is_cut_by_officer_and_procedure(office: Office) -> None:
    visits = various(60)
    office.store(visits)
    office.store([voiding(visits[0], 61)])
    days = {"from": "2026-03-21", "to": "2026-04-20"}
    (survey,) = office.summary(by="officer,procedure", **days).json()["surveys"]
    assert {tuple(row["by"]) for row in survey["rows"]} == {("officer", "procedure")}
    with reading(office.central.engine) as connection:
        # Every count by unit alone is the sum over procedures and officers.
        key = "period, unit, survey, survey_version, respondent, channel, cell, closes, value"
        alone, summed = (
            connection.exec_driver_sql(
                f"SELECT {key}, sum(n) FROM rollups WHERE grain = '{grain}' GROUP BY {key} ORDER BY {key}"
            ).all()
            for grain in ("D", "DPO")
        )
    assert alone == summed != []
    # A month of the calendar gives the same as its days: nothing was answered on its last day.
    month = {"from": "2026-04-01", "to": "2026-04-30"}
    kept_month = office.summary(by="officer,procedure", **month).json()
    counted = office.summary(by="officer,procedure", **month | {"to": "2026-04-29"}).json()
    assert (counted["surveys"], counted["handovers"]) == (kept_month["surveys"], kept_month["handovers"])
    assert counted["surveys"]


def test_handovers_stand_beside_answers(office: Office) -> None:
    first, second, third, fourth, fifth = numbered(5)
    assert first.tag
    several = replace(first, tag=replace(first.tag, cases=(BOX,) * 3))
    nobody = replace(second, answers={}, timing={}, outcome="timed_out")
    office.store([several, nobody, replace(third, tag=None), fourth, voiding(fourth, 5)])
    del fifth
    found = office.summary().json()["handovers"]
    assert {name: found[name] for name in ("tagged", "visits", "answered", "untagged", "percent")} == {
        "tagged": 4,
        "visits": 2,
        "answered": 1,
        "untagged": 1,
        "percent": "50.0",
    }


@pytest.mark.parametrize(
    ("role", "parameters", "number"),
    [
        ("analyst", {"officer": "a01"}, "HL4002"),
        ("analyst", {"by": "officer", "to": "2026-03-30"}, "HL4035"),
        ("analyst", {"by": "officer", "from": "2026-02-01"}, "HL4035"),
        ("analyst", {"by": "officer", "procedure": "1.001193"}, "HL4035"),
        ("analyst", {"by": "officer,procedure"}, "HL4035"),
        ("analyst", {"by": "officer,day"}, "HL4035"),
        ("admin", {"by": "officer,procedure", "to": "2026-06-29"}, "HL4035"),
        ("admin", {"by": "day,day"}, "HL4035"),
        ("admin", {"by": "counter", "unit": ""}, "HL4035"),
        ("admin", {"by": "counter,day", "unit": "phuong-mot", "to": "2026-04-01"}, "HL4035"),
        ("analyst", {"by": "field,officer"}, "HL4035"),
        ("analyst", {"by": "counter,officer", "unit": "phuong-mot"}, "HL4035"),
        ("admin", {"to": "2026-02-01"}, "HL4035"),
        ("admin", {"by": "gender"}, "HL4013"),
        ("admin", {"units": "x"}, "HL4013"),
    ],
)
def test_a_cut_that_cannot_or_must_not_be_made_is_refused(
    office: Office, role: str, parameters: dict[str, str], number: str
) -> None:
    one_month_later(office)
    assert office.summary(role, **parameters).json()["number"] == number


def at_counters(visits: list[Response]) -> list[Response]:
    """The same visits at two counters; a few of them on one day at the second."""
    return [
        replace(one, tag=replace(one.tag, counter="2" if number % 3 else "1")) if one.tag else one
        for number, one in enumerate(visits)
    ]


def sums(rows: list[dict[str, Any]], axis: str) -> dict[tuple[str, ...], Counter[str]]:
    """The counts of these rows added over an axis."""
    found: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for row in rows:
        key = tuple(value for name, value in row["by"].items() if name != axis)
        found[*key, row["question"]].update(row["counts"])
    return found


@pytest.mark.parametrize("role", ["admin", "analyst"])
@pytest.mark.parametrize("other", ["day", "procedure", "field", "unit"])
def test_counters_add_up_to_what_there_is_without_them(office: Office, role: str, other: str) -> None:
    visits = at_counters(various(60))
    office.store(visits)
    office.store([voiding(visits[1], 61), voiding(visits[40], 62)])
    one_month_later(office)
    asked = {"unit": "phuong-mot", "from": "2026-03-05", "to": "2026-03-31"}
    by_counter = office.summary(role, **asked, by=f"counter,{other}").json()
    without = office.summary(role, **asked, by=other).json()
    assert by_counter["surveys"]
    for one, two in zip(by_counter["surveys"], without["surveys"], strict=True):
        assert sums(one["rows"], "counter") == sums(two["rows"], "counter")
    for name in ("tagged", "visits", "answered", "untagged", "voided", "percent", "outcomes"):
        assert by_counter["handovers"][name] == without["handovers"][name]
    assert by_counter["handovers"]["returned"] is None
    named = {row["by"]["counter"] for row in by_counter["surveys"][0]["rows"]}
    assert {"1", "2"} <= named if role == "admin" else named <= {"", "1", "2"}


def test_a_counter_to_which_few_came_on_a_day_has_no_name_below_the_role_admin(office: Office) -> None:
    visits = [
        replace(one, tag=replace(one.tag, counter="2" if number < 4 else "1"))
        for number, one in enumerate(numbered(10))
        if one.tag
    ]
    office.store(visits)
    one_month_later(office)
    asked = {"unit": "phuong-mot", "by": "counter", "to": "2026-03-31"}
    assert office.shown(**asked) == {("1",): 6, ("2",): 4}
    assert office.shown(role="analyst", **asked) == {("1",): 6, ("",): 4}
    # A void that is not over yet is not counted below the role admin.
    late = replace(voiding(visits[5], 11), void=Void("a01", "wrong tag", visits[5].id))
    office.store([late])
    assert office.shown(**asked) == {("1",): 5, ("2",): 4}
    assert office.shown(role="analyst", **asked) == {("1",): 6, ("",): 4}


@pytest.mark.parametrize("narrower", [{}, {"procedure": "1.001193"}, {"unit": "phuong-mot"}])
@pytest.mark.parametrize("last", [date(2026, 3, 30), date(2026, 3, 31)])
def test_summaries_that_are_read_together_are_those_that_are_read_alone(
    office: Office, narrower: dict[str, str], last: date
) -> None:
    office.store(various(60))
    office.store([voiding(each, 70 + at) for at, each in enumerate(various(5))])
    cuts: list[tuple[Axis, ...]] = [(), ("unit",), ("channel",), ("day",), ("procedure",), ("officer",)]
    cuts += [("day", "unit"), ("officer", "procedure"), ("respondent", "field"), ("field",), ()]
    with writing(office.central.engine) as connection:
        day = date(2026, 3, 10)
        take_in(connection, "phuong-mot", day, day, {(day.isoformat(), "1.001193", "a01"): 4})
        known = load_surveys(connection)
        wanted = SummaryWanted(first=date(2026, 3, 1), last=last, **narrower)  # type: ignore[arg-type]
        together = read_summaries(connection, wanted, cuts, known)
        alone = [read_summary(connection, replace(wanted, by=axes), known, admin=True) for axes in cuts]
    assert list(together) == alone
    assert all(each.handovers.answered for each in together)


def test_counters_of_two_units_that_have_one_id_are_not_added(office: Office) -> None:
    units = (Unit("phuong-mot", {"vi": "Phường"}), Unit("to-hai", {"vi": "Tổ Hai"}, parent="phuong-mot"))
    with writing(office.central.engine) as connection:
        put_bundled_units(connection, units, NOW)
    visits = [
        replace(one, tag=replace(one.tag, counter="1", unit="to-hai" if number < 4 else "phuong-mot"))
        for number, one in enumerate(numbered(10))
        if one.tag
    ]
    office.store(visits)
    asked = {"by": "counter", "to": "2026-03-31"}
    assert office.shown(unit="phuong-mot", **asked) == {("1",): 6, ("to-hai/1",): 4}
    assert office.shown(unit="to-hai", **asked) == {("1",): 4}


@pytest.mark.parametrize("axis", ["channel", "respondent"])
def test_channels_and_respondents_add_up_to_what_there_is_without_them(office: Office, axis: str) -> None:
    kinds: list[tuple[Channel, Respondent]] = [("kiosk", "citizen"), ("paper", "organisation")]
    visits = [
        replace(one, channel=channel, respondent=respondent)
        for number, one in enumerate(various(40))
        for channel, respondent in [kinds[number % 3 == 0]]
    ]
    office.store(visits)
    office.store([voiding(visits[1], 61)])
    with writing(office.central.engine) as connection:
        results = {("2026-03-02", "1.001193", ""): 9}
        take_in(connection, "phuong-mot", date(2026, 3, 1), date(2026, 3, 31), results)
    by_axis, without = office.summary(by=axis).json(), office.summary().json()
    (rated,), (total,) = by_axis["surveys"], without["surveys"]
    assert sums(rated["rows"], axis) == sums(total["rows"], "")
    rows = by_axis["handovers"]["rows"]
    assert {row["by"][axis] for row in rows} == {kind[axis == "respondent"] for kind in kinds}
    for name in ("visits", "answered", "untagged", "voided"):
        assert sum(row[name] for row in rows) == without["handovers"][name]
    # A list of results returned knows neither.
    assert {row["returned"] for row in rows} == {None}
    assert (by_axis["handovers"]["returned"], without["handovers"]["returned"]) == (None, 9)


def test_a_field_is_the_sum_of_its_procedures(office: Office) -> None:
    with writing(office.central.engine) as connection:
        for code, area in (("1.001193", "Chứng thực"), ("2.000815", "Chứng thực"), ("1.000656", "Hộ tịch")):
            put_procedure(connection, "", Procedure(code, {"vi": code}, area))
    third = handled("a01", 4, 13, "1.000656")
    unnamed = [replace(one, tag=replace(one.tag, procedure=None)) for one in numbered(20)[17:] if one.tag]
    office.store(handled("a01", 6) + handled("a02", 7, 6, "2.000815") + third + unnamed)
    assert office.shown(by="field") == {("Chứng thực",): 13, ("Hộ tịch",): 4, ("",): 3}
    both = office.shown(by="procedure,field")
    assert both["2.000815", "Chứng thực"] == 7
    assert office.shown(by="field,officer")["Chứng thực", "a02"] == 7
    (total,) = office.summary(by="field").json()["surveys"]
    assert [row["n"] for row in total["totals"] if row["question"] == "result"] == [20]
    rows = office.summary(by="field").json()["handovers"]["rows"]
    assert {row["by"]["field"]: row["answered"] for row in rows}["Hộ tịch"] == 4
    table = csv.DictReader(io.StringIO(office.summary(by="field", format="csv").text))
    assert {line["field"] for line in table} == {"Chứng thực", "Hộ tịch", ""}


def test_the_last_month_there_is_has_an_end(office: Office) -> None:
    for last in ({}, {"to": "9999-12-31"}):
        headers = {"Authorization": f"Bearer {office.tokens['analyst']}"}
        answer = office.client.get("/v1/summary", params={"from": "9999-12-01"} | last, headers=headers)
        assert (answer.status_code, answer.json()["surveys"]) == (200, [])
        by = {"from": "9999-12-01", "by": "officer"}
        assert office.client.get("/v1/summary", params=by, headers=headers).json()["number"] == "HL4035"
