"""The commands for who writes a plan: its file checked, and the plan as a text to read.

    hailong-central plan check plans/nha-trang-2023.toml     # every fault at once, by line and key
    hailong-central plan show --data DATA nha-trang-2023     # the whole plan, in the order of its document

Everything in the file is shown, and nothing else: what the document leaves out has no line.
"""

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from sync.central.commands.options import Data, Database
from sync.central.commands.plans import DESIGNS, STEPS, Name, plan_app
from sync.central.office.plan_file import check_plan, read_forms
from sync.central.office.plans import plan_named
from sync.central.presenting.answering import CHANNELS, RESPONDENTS
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.official import written_day
from sync.contract.opening import WEEKDAYS, Opening
from sync.contract.plan import Objective, Part, Plan, PlanGroup, Sample, Step, Task
from sync.contract.text import pick

WIDTH = 100
DAYS = dict(zip(WEEKDAYS, ("T2", "T3", "T4", "T5", "T6", "T7", "CN"), strict=True))


class Section(Struct, frozen=True):
    """A heading and its lines; a line that begins with two spaces is a part of the one above."""

    heading: str
    lines: tuple[str, ...]


def register(app: typer.Typer) -> None:
    """Add these commands to the commands of plans, which `app` has already."""
    plan_app.command("show")(plan_show)
    plan_app.command("check")(plan_check)


def plan_check(
    file: Annotated[Path, typer.Argument(help="The plan's TOML file.")],
    surveys: Annotated[
        Path | None,
        typer.Option(
            help="The folder of the forms it uses; else the folder `surveys` next to the file's own."
        ),
    ] = None,
) -> None:
    """Check a plan's file before it is issued: every fault at once, each with its line and key."""
    plan = check_plan(file, read_forms(surveys or file.absolute().parent.parent / "surveys"))
    forms = f", {_count(plan.wanted)} phiếu" if plan.wanted else ""
    typer.echo(f"{file}: không có lỗi ({plan.id}: {len(plan.groups)} nhóm{forms})")


def plan_show(data: Data, plan: Name, database: Database = None) -> None:
    """The whole plan: its grounds, groups, timetable, tasks, recipients, and what its text leaves open."""
    with reading(existing_database(data, database)) as connection:
        wanted = plan_named(connection, plan)
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)
    for section in sections(wanted):
        typer.echo(section.heading)
        for line in section.lines:
            typer.echo(_wrapped(line, width))
        typer.echo()


def sections(plan: Plan) -> list[Section]:
    """The plan section by section, in the order of its document; a section without lines is left out."""
    all_sections = (
        Section(f"KẾ HOẠCH {plan.number or plan.id}", tuple(_head(plan))),
        Section("CĂN CỨ", _listed(basis.line() for basis in plan.basis)),
        Section("MỤC ĐÍCH", plan.purposes),
        Section("YÊU CẦU", plan.requirements),
        *(Section(f"NHÓM {group.id}", tuple(_group(plan, group))) for group in plan.groups),
        Section("CỠ MẪU", tuple(_sample(plan.sample))),
        Section("MỤC TIÊU CHẤT LƯỢNG", tuple(map(_objective, plan.objectives))),
        Section("TIẾN ĐỘ", tuple(map(_step, plan.steps))),
        Section("PHÂN CÔNG", tuple(map(_task, plan.tasks))),
        Section("BÁO CÁO, LƯU GIỮ", tuple(_reporting(plan))),
        Section("ĐƠN VỊ TƯ VẤN", tuple(_consultant(plan))),
        Section("KINH PHÍ", tuple(_budget(plan))),
        Section("VĂN BẢN ĐỂ LẠI QUYẾT ĐỊNH SAU", plan.undecided),
        Section("NƠI NHẬN", _listed(recipient.line() for recipient in plan.recipients)),
        Section("NGƯỜI KÝ", plan.signer.lines() if plan.signer else ()),
    )
    return [section for section in all_sections if section.lines]


def _head(plan: Plan) -> Iterator[str]:
    yield pick(plan.title, "vi")
    issued = f", ban hành ngày {written_day(plan.issued)}" if plan.issued else ""
    yield f"Cơ quan ban hành: {plan.authority}{issued}"
    yield f"Mã kế hoạch: {plan.id}; đơn vị: {plan.unit}; cách lấy: {DESIGNS[plan.design]}"
    yield from _times(plan.starts, plan.ends, plan.hours)
    if plan.wanted:
        yield f"Số phiếu: {_count(plan.wanted)}"


def _group(plan: Plan, group: PlanGroup) -> Iterator[str]:
    yield pick(group.name, "vi")
    form = (group.form_code, f"nguồn: {group.form_source}" if group.form_source else "")
    yield f"Mẫu phiếu: {group.survey}{_brackets(form)}"
    if group.mandatory:
        yield f"Tiêu chí bắt buộc: {', '.join(group.mandatory)}"
    if group.overall:
        yield f"Câu đánh giá chung: {group.overall}"
    for each in group.top_ups:
        days = f"{written_day(each.starts)}–{written_day(each.ends)}"
        ordered = written_day(each.ordered)
        yield f"Điều tra bổ sung, quyết định {ordered}: {each.unit}, {each.people} người, {days}; {each.why}"
    yield f"Người trả lời: {', '.join(RESPONDENTS[each] for each in group.respondents)}"
    yield f"Kênh: {', '.join(CHANNELS[each] for each in group.channels)}"
    if group.who:
        yield f"Phát, thu phiếu: {group.who}"
    if group.frame:
        people = f"{_count(group.population)} người" if group.population else ""
        yield f"Danh sách, cách chọn: {group.frame}{_brackets((people,))}"
    if group.every:
        yield f"Hỏi tại chỗ: {group.every} người đến hỏi một, một ngày {group.per_day or '1/5'} số phiếu"
    if group.starts or group.ends or group.hours:
        yield from _times(*plan.window(group), plan.collecting(group))
    yield from _number(group)
    for part in group.parts:
        yield f"  {_part(part)}"


def _number(group: PlanGroup) -> Iterator[str]:
    """How many forms, and what that rests on."""
    share = f"{_decimal(100 * group.stated_share)} % danh sách" if group.stated_share else ""
    if group.per_unit:
        kind = f" loại {group.unit_kind}" if group.unit_kind else ""
        each = f"{group.units} đơn vị{kind} × {group.per_unit} phiếu"
        yield f"Số phiếu: {_count(group.wanted)}{_brackets((each, share))}"
    elif group.wanted:
        yield f"Số phiếu: {_count(group.wanted)}{_brackets((share,))}"


def _part(part: Part) -> str:
    units = f"{part.units} đơn vị" if part.units > 1 else ""
    who = f": {part.who}" if part.who else ""
    return f"{pick(part.name, 'vi')}{_brackets((f'{_count(part.forms)} phiếu', units))}{who}"


def _sample(sample: Sample | None) -> Iterator[str]:
    if sample:
        source = f" ({sample.source})" if sample.source else ""
        yield f"p = {_decimal(sample.share)}{source}; d = {_decimal(sample.margin)}; Z = {_decimal(sample.z)}"
        yield f"n = {_count(sample.stated)}, như văn bản ghi"


def _objective(objective: Objective) -> str:
    percent = f"{objective.percent} % hài lòng" if objective.percent else "văn bản không ghi tỷ lệ"
    group = f"nhóm {objective.group}" if objective.group else ""
    return f"{objective.question}: {percent}{_brackets((group, objective.source))}"


def _step(step: Step) -> str:
    days = _days(step.starts, step.last_day, step.before)
    return f"{STEPS[step.kind]}: {pick(step.name, 'vi')}{_brackets((days, step.who))}{_to(step.to)}"


def _task(task: Task) -> str:
    return f"{task.owner}: {task.name}{_brackets((_days(None, task.last_day, task.before),))}{_to(task.to)}"


def _reporting(plan: Plan) -> Iterator[str]:
    if plan.rechecks:
        yield f"Phúc tra: tối thiểu {plan.recheck_percent} % ({_count(plan.rechecks)} phiếu)"
    if plan.report_day:
        yield f"Báo cáo: ngày {plan.report_day} hằng tháng"
    if plan.report_to:
        yield f"Nơi nhận báo cáo: {plan.report_to}"
    yield f"Số liệu về một cán bộ: từ {plan.officer_minimum} phiếu"
    yield f"Lưu phiếu: {_count(plan.retention_days)} ngày"


def _consultant(plan: Plan) -> Iterator[str]:
    if plan.consultant:
        yield from filter(None, (plan.consultant.role, plan.consultant.contract))


def _budget(plan: Plan) -> Iterator[str]:
    if plan.budget:
        yield plan.budget.source
        yield from (basis.line() for basis in plan.budget.basis)


# --- words --------------------------------------------------------------------------------------------------


def _times(starts: date | None, ends: date | None, hours: Sequence[Opening]) -> Iterator[str]:
    spans = [
        f"{', '.join(DAYS[day] for day in span.days)} {span.start:%H:%M}–{span.end:%H:%M}" for span in hours
    ]
    words = "; ".join(filter(None, (_days(starts, ends), *spans)))
    if words:
        yield f"Thời gian: {words}"


def _days(first: date | None, last: date | None, before: date | None = None) -> str:
    """A first and a last day as the text has them: “trước ngày” with the day that it means."""
    if first and first == last and not before:
        return f"ngày {written_day(first)}"
    begins = f"từ {written_day(first)}" if first else ""
    ends = f"đến {written_day(last)}" if last else ""
    if last and before:
        ends = f"trước {written_day(before)}, chậm nhất {written_day(last)}"
    return " ".join(filter(None, (begins, ends)))


def _listed(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines of one list: a semicolon after each, a full stop after the last."""
    words = tuple(lines)
    return (*(f"{line};" for line in words[:-1]), *(f"{line}." for line in words[-1:]))


def _to(recipient: str) -> str:
    return f" → {recipient}" if recipient else ""


def _brackets(words: Iterable[str]) -> str:
    said = "; ".join(filter(None, words))
    return f" ({said})" if said else ""


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _decimal(number: float) -> str:
    return f"{number:.4g}".replace(".", ",")


def _wrapped(line: str, width: int) -> str:
    """A line under its heading; what belongs to a line above is further in."""
    indent = "    - " if line.startswith("  ") else "  - "
    return textwrap.fill(
        line.strip(),
        width,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
