"""Each shipped plan from the first touch, or the keyed form, to the figures it owes."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.events import Answered, Forward, MoreWanted, Tagged
from kiosk.session import current_page
from kiosk.view import ChoiceView, GateView
from sync.central.figures.drivers import drivers
from sync.central.figures.sampling import margin_of_error
from sync.central.figures.statistics import FormFigures, PlanFigures, Share
from sync.central.office.units.tree import UnitTree
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.catalogue import Unit
from sync.contract.plan import Plan
from sync.contract.response import Answer, Channel, Response, Tag
from sync.contract.survey import Rating, Survey
from sync.contract.validation import violations
from tests.flows.flow import Flow, rules_for
from tests.support.counting import counts_of, group_of, plan_figures_of, row_of, summarise
from tests.support.plan_visits import all_at, keyed, terminal, visit
from tests.support.plans import shipped_plans, shipped_surveys

NOWHERE = UnitTree(())


def figures(plan: Plan, responses: Iterable[Response], tree: UnitTree = NOWHERE) -> PlanFigures:
    """What the centre makes of responses that fit their form and come back from their bytes."""
    stored = []
    for response in responses:
        assert violations(response, shipped_surveys()[response.survey.id]) == []
        stored.append(decode_response(canonical_bytes(response)))
    assert len({response.id for response in stored}) == len(stored)
    surveys = {(survey.id, survey.version): survey for survey in shipped_surveys().values()}
    return plan_figures_of(plan, surveys, map(row_of, stored), tree)


def outside(plan: Plan, responses: Iterable[Response]) -> int:
    """How many of these responses fit no group of their plan."""
    return sum(group_of(plan, row_of(response), UnitTree(())) is None for response in responses)


def satisfied(found: FormFigures, question: str) -> Share | None:
    return found.rating(question).satisfied


def by_officer(
    plan: Plan, survey: str, question: str, responses: Iterable[Response]
) -> dict[str, str | None]:
    """What a summary shows of each officer in one question; None where that is marked as small."""
    form = shipped_surveys()[survey]
    found = summarise(form, counts_of(form, responses), ["officer"], plan.officer_minimum)
    return {
        row.by["officer"]: None if row.small else f"{row.percent} of {row.n}"
        for row in found.rows
        if row.question == question
    }


def test_kien_hung_counts_the_terminal_and_the_ballot_box_together() -> None:
    plan = shipped_plans()["kien-hung-2020"]
    flow = terminal(plan, "nhan-ket-qua", datetime(2020, 8, 3, 2, 0, tzinfo=UTC))
    tag = Tag(unit=plan.unit, procedure="1.001193", officer="cb-01")
    responses = [visit(flow, tag, {"result": level, "service": 5}) for level in (5, 5, 4, 3, 2)]
    last = visit(flow, tag, {"result": 1, "service": 4}, {"unsatisfied": "Phải chờ lâu"})
    assert flow.last.words == {"unsatisfied": "Phải chờ lâu"}
    at = datetime(2020, 8, 4, 3, 0, tzinfo=UTC)
    paper = [
        keyed(plan, "nhan-ket-qua", number, at, {"result": 4, "service": 2}, channel="paper", officer="cb-02")
        for number in (1, 2)
    ]
    late = keyed(
        plan,
        "nhan-ket-qua",
        3,
        datetime(2021, 1, 1, tzinfo=UTC),
        {"result": 1, "service": 1},
        channel="paper",
    )
    found = figures(plan, [*responses, last, *paper, late])
    assert outside(plan, [*responses, last, *paper, late]) == 1
    (group,) = found.groups
    assert group.figures.forms == 8
    assert satisfied(group.figures, "result") == Share(5, 8)
    assert satisfied(group.figures, "service") == Share(6, 8)
    assert (group.figures.rating("result").interval, group.margin) == (None, None)  # people chose themselves
    shown = by_officer(plan, "kien-hung", "result", [*responses, last, *paper])
    assert shown == {"cb-01": "50.0 of 6", "cb-02": None}


def test_quang_binh_asks_citizens_at_the_counter_and_organisations_by_post() -> None:
    plan = shipped_plans()["quang-binh-so-tu-phap-2018"]
    flow = terminal(plan, "van-phong-so", datetime(2018, 4, 2, 2, 0, tzinfo=UTC))
    nine: dict[str, Answer] = dict.fromkeys(
        ("attitude", "facilities", "openness", "process", "procedures", "overall"), 4
    )
    no_result: dict[str, Answer] = {"time": "na", "fees": "na", "quality": "na"}
    tag = Tag(unit=plan.unit, procedure="2.000488", officer="cb-01")
    citizens = [visit(flow, tag, nine | no_result) for _ in range(5)]
    citizens.append(visit(flow, tag, nine | {"time": 2, "fees": 5, "quality": 3, "fairness": 5}))
    july, may = datetime(2018, 7, 10, 2, 0, tzinfo=UTC), datetime(2018, 5, 10, 2, 0, tzinfo=UTC)
    answers = all_at(5, "quang-binh-to-chuc") | {"fees": "na"}
    organisations = [
        keyed(plan, "phong-van-ban", n, july, answers, channel="post", respondent="organisation")
        for n in range(1, 4)
    ]
    early = keyed(plan, "phong-van-ban", 9, may, answers, channel="post", respondent="organisation")
    found = figures(plan, [*citizens, *organisations, early])
    by_group = {group.group: group.figures for group in found.groups}
    assert (by_group["van-phong-so"].forms, by_group["phong-van-ban"].forms) == (6, 3)
    assert outside(plan, [*citizens, *organisations, early]) == 1
    time = by_group["van-phong-so"].rating("time")
    assert (time.n, time.not_applicable, time.satisfied) == (1, 5, Share(0, 1))
    assert by_group["van-phong-so"].rating("fairness").n == 1
    fees = by_group["phong-van-ban"].rating("fees")
    assert (fees.n, fees.not_applicable) == (0, 3)


def test_thach_ha_states_the_margin_that_each_of_its_groups_really_has() -> None:
    plan = shipped_plans()["thach-ha-2021"]
    at = datetime(2021, 11, 17, 2, 0, tzinfo=UTC)
    parts = [part.id for part in plan.group("noi-bo").parts for _ in range(part.forms)]
    internal = [
        keyed(
            plan,
            "noi-bo",
            number,
            at,
            all_at(5 if number % 10 else 3, "thach-ha-noi-bo"),
            channel="paper",
            respondent="staff",
            unit=part,
        )
        for number, part in enumerate(parts, 1)
    ]
    customers = terminal(plan, "ben-ngoai", at + timedelta(days=1))
    external = [
        visit(
            customers,
            Tag(unit="trung-tam-hanh-chinh-cong", officer="cb-01"),
            all_at(4, "thach-ha-ben-ngoai") | {"time": 2 + number % 3, "overall": 2 + number % 3},
        )
        for number in range(40)
    ]
    units = {part.id for group in plan.groups for part in group.parts}
    tree = UnitTree(
        (Unit(plan.unit, {"vi": "UBND huyện"}), *(Unit(id, {"vi": id}, "", plan.unit) for id in units))
    )
    found = figures(plan, [*internal, *external], tree)
    inside, open_to_all = found.groups
    assert (inside.figures.forms, inside.wanted) == (98, 98)
    assert (open_to_all.figures.forms, open_to_all.wanted) == (40, 40)
    assert inside.margin == margin_of_error(98, 0.9, population=279)
    rating = inside.figures.rating("overall")
    assert rating.interval is not None
    assert rating.satisfied is not None
    assert rating.interval.low < rating.satisfied.count / rating.satisfied.n < rating.interval.high
    # Customers touched the terminal by themselves: nobody drew them.
    assert (open_to_all.margin, open_to_all.figures.rating("overall").interval) == (None, None)
    assert drivers(shipped_surveys()["thach-ha-ben-ngoai"], "overall", external)[0].question == "time"


def test_thach_ha_counts_customers_who_answered_by_telephone_or_post_and_no_other_way() -> None:
    plan = shipped_plans()["thach-ha-2021"]
    at = datetime(2021, 11, 18, 2, 0, tzinfo=UTC)
    unit, answers = "trung-tam-hanh-chinh-cong", all_at(4, "thach-ha-ben-ngoai")
    ways: tuple[Channel, ...] = ("phone", "post", "interview")
    asked = [
        keyed(plan, "ben-ngoai", number, at, answers, channel=way, unit=unit)
        for number, way in enumerate(ways, 1)
    ]
    tree = UnitTree((Unit(plan.unit, {"vi": "UBND huyện"}), Unit(unit, {"vi": "Trung tâm"}, "", plan.unit)))
    by_group = {group.group: group.figures.forms for group in figures(plan, asked, tree).groups}
    assert by_group == {"noi-bo": 0, "ben-ngoai": 2}


def test_nha_trang_fills_its_quotas_by_interview_and_claims_no_margin() -> None:
    plan = shipped_plans()["nha-trang-2023"]
    at = datetime(2023, 7, 12, 2, 0, tzinfo=UTC)
    responses = [
        keyed(
            plan,
            group.id,
            1 + place * 10_000 + unit * group.per_unit + form,
            at,
            all_at(5 if form % 4 else 3, group.survey),
            channel="interview",
            mode="interviewer",
            unit=f"{group.unit_kind}-{unit:02}",
        )
        for place, group in enumerate(plan.groups)
        for unit in range(group.units)
        for form in range(group.per_unit)
    ]
    units = {response.tag.unit for response in responses if response.tag}
    tree = UnitTree((Unit(plan.unit, {"vi": "TP"}), *(Unit(id, {"vi": id}, "", plan.unit) for id in units)))
    found = figures(plan, responses, tree)
    assert [(group.figures.forms, group.wanted) for group in found.groups] == [
        (1620, 1620),
        (1350, 1350),
        (300, 300),
    ]
    assert len(responses) == plan.wanted
    assert plan.rechecks == 327
    assert len({response.tag.unit for response in responses if response.tag}) == 60
    for group in found.groups:
        assert (group.figures.rating("overall").interval, group.margin) == (None, None)
    assert satisfied(found.groups[0].figures, "overall") == Share(27 * 45, 1620)


def test_van_thang_asks_everyone_since_its_first_day_and_rates_officers_from_five_forms() -> None:
    plan = shipped_plans()["van-thang-2023"]
    first_day = datetime(2023, 9, 1, 1, 0, tzinfo=UTC)  # two weeks before the plan was issued
    flow = terminal(plan, "khach-hang", first_day)
    good = all_at(5, "van-thang") | {"reasons": ("attitude", "guidance")}
    poor = all_at(2, "van-thang") | {"reasons": ("time",)}
    responses = [
        visit(flow, Tag(unit=plan.unit, procedure="1.001193", officer=officer), answers)
        for officer, count, answers in (("cb-01", 7, good), ("cb-02", 5, poor), ("cb-03", 4, good))
        for _ in range(count)
    ]
    before = keyed(
        plan, "khach-hang", 1, first_day - timedelta(days=1), all_at(1, "van-thang"), channel="paper"
    )
    found = figures(plan, [*responses, before])
    (group,) = found.groups
    assert (group.figures.forms, outside(plan, [*responses, before])) == (16, 1)
    assert group.figures.rating("overall").interval is None
    shown = by_officer(plan, "van-thang", "officer", responses)
    assert shown == {"cb-01": "100.0 of 7", "cb-02": "0.0 of 5", "cb-03": None}


@pytest.mark.parametrize("id", shipped_surveys())
def test_every_shipped_form_looks_the_same_for_every_rating(id: str) -> None:
    form = shipped_surveys()[id]
    assert len({screens_of(form, level) for level in (1, 2, 3, 4, 5)}) == 1


def screens_of(form: Survey, level: int) -> tuple[tuple[object, ...], ...]:
    """Screen, page, pages and tiles of a visit that rates everything at this level."""
    flow = Flow(rules_for(form, respondents=form.respondents[:1], ratings_per_page=3))
    flow.send(Tagged(Tag(unit="phuong-mau")))
    seen = []
    while flow.state.phase in ("ready", "asking", "gate"):
        assert flow.state.visit is not None
        frame, view = flow.shown.frame, flow.shown.view
        tiles = view.tiles if isinstance(view, ChoiceView) else ()
        seen.append((flow.screen, frame.page, frame.pages, tiles))
        if isinstance(view, GateView):
            flow.send(MoreWanted() if view.more else Forward())
            continue
        for question in current_page(flow.state.visit, flow.rules):
            if isinstance(question, Rating):
                flow.send(Answered(question.id, level))
        if flow.state.phase in ("ready", "asking") and flow.shown.frame.page == frame.page:
            flow.send(Forward())
    return tuple(seen)
