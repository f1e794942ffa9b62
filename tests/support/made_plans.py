"""Plans of an invented province's first two communes: in force, with a draft of the next wording."""

from datetime import date, timedelta

from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.planning.drafts import begin_plan, change_plan, find_plan_draft
from sync.central.office.planning.issuing import issue_plan
from sync.central.office.planning.tasks import assign_task, step_task, task_ids
from sync.contract.official import Basis, Recipient, Signer
from sync.contract.plan import Part, Plan, PlanGroup, Step, Task
from tests.support.province import Province
from tests.support.province.places import DAILY

WHO = "account 1"


def plan_id(unit: str) -> str:
    """The id of the plan of a commune."""
    return f"dot-{unit}"


def make_plans(province: Province) -> None:
    """Issue them, do one task, and begin their next wording."""
    by, today = By(WHO, province.until), province.until.date()
    with province.database() as engine:
        for commune in province.communes[:2]:
            plan = _plan(commune.code, commune.name, today)
            with acting(engine, by) as act:
                begin_plan(act, plan)
                draft = find_plan_draft(act.connection, plan.id)
                assert draft is not None
                issue_plan(act, plan.id, number="15/KH-UBND", day=today, before=draft.changed_at)
                first, second, _ = task_ids(plan)
                step_task(act, plan, first, "finish", read=0, result="Đã in 600 phiếu, đủ cho cả đợt")
                assign_task(act, plan, second, 1, read=0)
                change_plan(act, replace(plan, number="15/KH-UBND", issued=today), "")


def _plan(unit: str, name: str, today: date) -> Plan:
    return Plan(
        id=plan_id(unit),
        title={"vi": "Tự khảo sát mức độ hài lòng của người dân, tổ chức", "en": "A survey of our own"},
        authority=f"UBND {name}",
        basis=(
            Basis(
                document="Kế hoạch",
                number="180/KH-UBND",
                issued=today - timedelta(days=60),
                authority="UBND tỉnh Mẫu",
                about="về cải cách hành chính",
            ),
        ),
        purposes=("Biết điều người dân chưa hài lòng để khắc phục.",),
        requirements=("Khách quan, trung thực, đúng đối tượng.",),
        unit=unit,
        design="quota",
        starts=today - timedelta(days=30),
        ends=today + timedelta(days=60),
        groups=(
            PlanGroup(
                id="tai-quay",
                name={"vi": "Người dân, tổ chức nhận kết quả", "en": "People who get a result"},
                survey=DAILY,
                respondents=("citizen", "organisation"),
                channels=("kiosk", "paper"),
                who="Bộ phận Một cửa",
                parts=(Part(id=unit, name={"vi": name}, forms=600),),
            ),
        ),
        steps=(
            Step(
                kind="collect",
                name={"vi": "Lấy phiếu", "en": "Collect"},
                starts=today - timedelta(days=30),
                ends=today + timedelta(days=60),
                who="Bộ phận Một cửa",
            ),
            Step(
                kind="report",
                name={"vi": "Báo cáo kết quả", "en": "Report"},
                before=today + timedelta(days=80),
                who="Văn phòng HĐND và UBND",
                to="UBND tỉnh Mẫu",
            ),
        ),
        # Nothing falls due within the days that the page of the morning looks ahead to.
        tasks=(
            Task(name="In phiếu", owner="Văn phòng HĐND và UBND", due=today - timedelta(days=40)),
            Task(name="Hướng dẫn người dân trả lời", owner="Bộ phận Một cửa", due=today - timedelta(days=5)),
            Task(
                name="Tổng hợp, báo cáo kết quả", owner="Công chức Văn phòng", due=today + timedelta(days=75)
            ),
        ),
        recheck_percent=10,
        recipients=(
            Recipient(name="UBND tỉnh", purpose="report", electronic=True),
            Recipient(name="VT", purpose="file", copies=2),
        ),
        signer=Signer("CHỦ TỊCH", ("TM. ỦY BAN NHÂN DÂN",)),
    )
