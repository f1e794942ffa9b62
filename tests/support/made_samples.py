"""A plan of each of the first two communes whose people are listed, drawn and asked by interviewers."""

from collections.abc import Sequence
from datetime import date, timedelta

from sync.central.office.audit.acts import By, acting
from sync.central.office.keys.stored import load_keys
from sync.central.office.planning.drafts import begin_plan, find_plan_draft
from sync.central.office.planning.issuing import issue_plan
from sync.central.office.sample.commitment import (
    Stratum,
    commitment_of,
    publish_seed,
    read_secrets,
)
from sync.central.office.sample.people_list import Columns, read_people
from sync.central.office.sample.sealed_list import Place, seal_people, take_list
from sync.central.office.sample.selecting import draw_sample
from sync.central.office.sheets.reader import sheet_of
from sync.contract.plan import Part, Plan, PlanGroup, Step, Task
from tests.support.province import Province
from tests.support.province.places import DAILY

WHO = "account 1"
GROUP, PARENTS = "nguoi-dan", "phu-huynh"
COLUMNS = Columns(name="họ và tên", phone="số điện thoại", address="địa chỉ", field="lĩnh vực")
FORMS = 12


def sampled_id(unit: str) -> str:
    """The id of the plan of a commune."""
    return f"mau-{unit}"


def list_text(count: int, fields: Sequence[str] = ("Đất đai", "Hộ tịch", "Chứng thực")) -> str:
    """A list as the one-stop software gives it: `count` people, the last of them twice."""
    people = [
        f"Người Ví Dụ {n};0900{n:06};Tổ {n % 9 + 1};{fields[min(n % 5, len(fields) - 1)]}"
        for n in range(1, count + 1)
    ]
    return "\n".join(("Họ và tên;Số điện thoại;Địa chỉ;Lĩnh vực", *people, people[-1])) + "\n"


def make_samples(province: Province) -> None:
    """Issue the plans; draw the sample of the people who came, and wait for the list of parents."""
    by, today = By(WHO, province.until), province.until.date()
    keys = load_keys(province.data / "keys")
    with province.database() as engine:
        for commune in province.communes[:2]:
            plan = sampled_plan_of(commune.code, commune.name, today)
            stratum = Stratum(plan.id, GROUP)
            with acting(engine, by) as act:
                begin_plan(act, plan)
                draft = find_plan_draft(act.connection, plan.id)
                assert draft is not None
                issue_plan(act, plan.id, number="21/KH-UBND", day=today, before=draft.changed_at)
                publish_seed(act, keys.folder, stratum)
                publish_seed(act, keys.folder, Stratum(plan.id, PARENTS))
            with acting(engine, by) as act:
                known = commitment_of(act.connection, stratum)
                key = bytes.fromhex(read_secrets(keys.folder, stratum, known).key)
                sheet = sheet_of("mot-cua.csv", list_text(90).encode(), COLUMNS.named().values())
                found = read_people(sheet, COLUMNS, key)
                people = seal_people(found, keys)
                take_list(act, Place(stratum, commune.code), people, lines=found.lines, source=WHO)
                draw_sample(act, keys.folder, stratum, {commune.code: FORMS}, spare_percent=25)


def sampled_plan_of(unit: str, name: str, today: date) -> Plan:
    first, last = today - timedelta(days=10), today + timedelta(days=30)
    return Plan(
        id=sampled_id(unit),
        title={"vi": "Hỏi người dân tại nhà về dịch vụ một cửa", "en": "Asking citizens at home"},
        authority=f"UBND {name}",
        unit=unit,
        design="quota",
        starts=first,
        ends=last,
        recheck_percent=10,
        groups=(
            PlanGroup(
                id=GROUP,
                name={"vi": "Người dân đã nhận kết quả", "en": "People who got a result"},
                survey=DAILY,
                respondents=("citizen", "organisation"),
                channels=("interview", "post"),
                who="Điều tra viên",
                frame="Người có hồ sơ trong năm, từ phần mềm một cửa",
                parts=(Part(id=unit, name={"vi": name}, forms=FORMS),),
            ),
            PlanGroup(
                id=PARENTS,
                name={"vi": "Phụ huynh học sinh", "en": "Parents"},
                survey=DAILY,
                respondents=("citizen",),
                channels=("interview",),
                who="Điều tra viên",
                frame="Phụ huynh học sinh, theo danh sách của trường",
                parts=(Part(id=unit, name={"vi": f"Trường học ở {name}"}, forms=FORMS),),
            ),
        ),
        steps=(Step(kind="collect", name={"vi": "Hỏi", "en": "Ask"}, starts=first, ends=last),),
        tasks=(Task(name="Cung cấp danh sách phụ huynh", owner="Các trường học", before=today),),
    )
