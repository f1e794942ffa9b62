"""A centre with the five shipped plans and invented answers to each, all of days that are over."""

import random
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.configuration.procedures import put_procedure
from sync.central.office.returned import take_in
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.central.store.days_over import close_days
from sync.central.store.known_ids import learn
from sync.contract.catalogue import Officer, Procedure, Unit
from sync.contract.plan import Plan, PlanGroup
from sync.contract.response import Answer, Response
from sync.contract.survey import Rating
from tests.support.plan_visits import keyed
from tests.support.plans import ASSETS, shipped_plans, shipped_surveys
from tests.support.wire import NOW, CentreUnderTest, store_unasked, write_bundle

DESK = "ban-nhap-phieu"
TOMORROW = NOW + timedelta(days=1)  # when the day on which the answers arrived is over

UNITS = (
    Unit(code="ha-noi", name={"vi": "Thành phố Hà Nội"}),
    Unit(code="phuong-kien-hung", name={"vi": "Phường Kiến Hưng"}, parent="ha-noi"),
    Unit(code="xa-van-thang", name={"vi": "Xã Vạn Thắng"}),
    Unit(code="huyen-thach-ha", name={"vi": "Huyện Thạch Hà"}),
    *(
        Unit(code=part.id, name=part.name, parent="huyen-thach-ha")
        for group in shipped_plans()["thach-ha-2021"].groups
        for part in group.parts
    ),
    Unit(code="quang-binh", name={"vi": "Tỉnh Quảng Bình"}),
    Unit(code="so-tu-phap-quang-binh", name={"vi": "Sở Tư pháp Quảng Bình"}, parent="quang-binh"),
    Unit(code="thanh-pho-nha-trang", name={"vi": "Thành phố Nha Trang"}),
    *(
        Unit(
            code=f"{kind}-{number}",
            name={"vi": f"{name} Số {number}"},
            kind=kind,
            parent="thanh-pho-nha-trang",
        )
        for kind, name in (("commune", "Xã"), ("health-station", "Trạm Y tế"), ("school", "Trường"))
        for number in (1, 2, 3)
    ),
)
PROCEDURES = (
    Procedure("1.001193", {"vi": "Đăng ký khai sinh"}, "Hộ tịch"),
    Procedure("2.000815", {"vi": "Chứng thực bản sao"}, "Chứng thực"),
)
OFFICERS = (
    Officer("a01", "Cán bộ Một", "phuong-kien-hung"),
    Officer("a02", "Cán bộ Hai", "phuong-kien-hung"),
)
# Answers of each group; where units have a number each, the last unit gets a few.
_ANSWERS = {"nhan-ket-qua": 90, "khach-hang": 45, "van-phong-so": 36}


def surveyed(folder: Path, answers: Sequence[Response] | None = None) -> CentreUnderTest:
    """The centre, over SQLite, on the day after everything arrived: these answers, else every one."""
    centre = CentreUnderTest(folder / "centre", devices=(DESK,))
    bundle = write_bundle(folder / "bundle", version=2, devices=(DESK,))
    for name in ("surveys", "plans"):
        shutil.copytree(ASSETS / name, bundle / name, dirs_exist_ok=True)
    with acting(centre.engine, By("test", NOW)) as act:
        import_bundle(act, bundle)
        put_bundled_units(act.connection, UNITS, NOW)
        for procedure in PROCEDURES:
            put_procedure(act.connection, "phuong-kien-hung", procedure)
        learn(act.connection, procedures=PROCEDURES, officers=OFFICERS)
        results = {("2020-07-22", "1.001193", ""): 51, ("2020-08-11", "2.000815", ""): 60}
        take_in(act.connection, "phuong-kien-hung", date(2020, 7, 1), date(2020, 8, 31), results)
    stored = [
        replace(each, seq=seq) for seq, each in enumerate(every_answer() if answers is None else answers, 1)
    ]
    assert set(store_unasked(centre, stored, DESK)) <= {"stored"}
    with writing(centre.engine) as connection:
        close_days(connection, TOMORROW.date())
    centre.now = lambda: TOMORROW
    centre.open()
    return centre


def every_answer() -> Iterator[Response]:
    """The answers of all plans."""
    start = 1
    for plan in shipped_plans().values():
        for group in plan.groups:
            for unit, number in _places(plan, group):
                yield from _of_group(plan, group, unit, start, number)
                start += number


def _places(plan: Plan, group: PlanGroup) -> list[tuple[str, int]]:
    if group.parts:
        return [(part.id, part.forms // 2) for part in group.parts]
    if not group.per_unit:
        return [(plan.unit, _ANSWERS.get(group.id, 14))]
    return [(f"{group.unit_kind}-{number}", forms) for number, forms in ((1, 40), (2, 35), (3, 6))]


def _of_group(plan: Plan, group: PlanGroup, unit: str, start: int, count: int) -> Iterator[Response]:
    first, last = plan.window(group)
    assert first is not None
    assert last is not None
    days = min((last - first).days + 1, 60)
    survey = shipped_surveys()[group.survey]
    ratings = [question.id for question in survey.questions if isinstance(question, Rating)]
    chance = random.Random(f"{group.id} {unit}")
    for number in range(count):
        mood = chance.gauss(4.1, 0.7)  # what one person says of several things goes together
        levels: dict[str, Answer] = {
            id: max(1, min(5, round(chance.gauss(mood - place % 4 * 0.25, 0.6))))
            for place, id in enumerate(ratings)
        }
        at = datetime.combine(first + timedelta(days=number * days // count), time(2), UTC)
        one = keyed(
            plan,
            group.id,
            start + number,
            at,
            levels,
            channel=group.channels[number % len(group.channels)],
            respondent=group.respondents[number % len(group.respondents)],
            unit=unit,
        )
        assert one.tag
        procedure = ("1.001193", "2.000815")[number % 3 == 0]
        yield replace(one, tag=replace(one.tag, procedure=procedure, officer="a01" if number % 4 else "a02"))
