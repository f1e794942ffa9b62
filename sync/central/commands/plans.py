"""The commands for the people who carry out a survey plan: its progress, and the figures of its answers.

    hailong-central plan list     --data DATA                         # rechecks and the next report, too
    hailong-central plan progress --data DATA nha-trang-2023          # what is missing, unit by unit
    hailong-central plan figures  --data DATA nha-trang-2023 --csv    # for a spreadsheet

Every share has its n and its rule; an interval is printed only for a random sample of people. What a figure
leaves out is named under the table.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, Day, typed_day
from sync.central.commands.printing import AsCsv, show
from sync.central.figures.plans import Outside, read_figures, read_forms, read_outside
from sync.central.figures.progress import Lacking, UnitProgress, day_within, lacking, progress
from sync.central.figures.statistics import GroupFigures, RatingFigures
from sync.central.office.plans import every_plan, plan_named
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.central.presenting.numbers import two_decimals
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.plan import VIET_NAM, Design, Plan, StepKind, report_days
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DAY_OUTSIDE_PLAN, PLAN_UNIT_UNKNOWN
from sync.contract.text import pick
from sync.host.clock import local_now

Name = Annotated[str, typer.Argument(help="The plan's id, as `plan list` has it.")]

plan_app = typer.Typer(help="Survey plans: how far they are, what their answers say.", no_args_is_help=True)

LIST_COLUMNS = ("Kế hoạch", "Tên", "Cách lấy", "Số phiếu", "Phúc tra", "Kỳ báo cáo tới", "Bản")
PROGRESS_COLUMNS = ("Nhóm", "Đơn vị", "Đã có", "Cần", "Còn thiếu")
FIGURE_COLUMNS = (
    *("Nhóm", "Phiếu", "Cần", "Sai số", "Câu hỏi", "n", "Hài lòng", "Hài lòng (%)"),
    *("Khoảng tin cậy (%)", "Điểm trung bình", "Không áp dụng"),
)
READ_COLUMNS = (
    *("Nhóm", "Phiếu", "Câu hỏi", "Hài lòng", "Khoảng tin cậy (%)", "Điểm trung bình", "Không áp dụng"),
)
DESIGNS: dict[Design, str] = {
    "open": "ai muốn",
    "quota": "chỉ tiêu",
    "random": "ngẫu nhiên",
    "census": "toàn bộ",
}
STEPS: dict[StepKind, str] = {
    "prepare": "chuẩn bị",
    "collect": "lấy phiếu",
    "recheck": "phúc tra",
    "enter": "nhập phiếu",
    "check": "kiểm tra",
    "analyse": "phân tích",
    "report": "báo cáo",
    "publish": "công bố",
}
# The name in a row of the progress that is of all units without a required number of their own.
OTHERS = "(đơn vị khác)"
# A regular report comes once a month: the next one is within these days.
_NEXT_REPORT = timedelta(days=62)


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(plan_app, name="plan")


@plan_app.command("list")
def plan_list(data: Data, as_csv: AsCsv = False, database: Database = None) -> None:
    """Every plan that was ever issued, with the number of its last wording."""
    today = _today()
    with reading(existing_database(data, database)) as connection:
        plans = every_plan(connection)
    rows = [
        (
            plan.id,
            pick(plan.title, "vi"),
            DESIGNS[plan.design],
            str(plan.wanted or ""),
            str(plan.rechecks or ""),
            _written(next(iter(report_days(plan, today, today + _NEXT_REPORT)), None)),
            f"{issued.version}, đã thôi" if issued.withdrawn else str(issued.version),
        )
        for plan, issued in ((issued.plan, issued) for _, issued in sorted(plans.items()))
    ]
    _show(LIST_COLUMNS, rows, as_csv)


@plan_app.command("progress")
def plan_progress(
    data: Data,
    plan: Name,
    on: Annotated[
        Day,
        typer.Option(parser=typed_day, help="The units of this day; else of the plan's last day so far."),
    ] = None,
    as_csv: AsCsv = False,
    database: Database = None,
) -> None:
    """How many forms every unit has, and how many are missing. A surplus of one unit counts for no other.

    Under it the plan's rechecks, its next report and its timetable. Exit code 1 if a unit of the plan is
    not in the tree of units, or the day is outside the plan.
    """
    with reading(existing_database(data, database)) as connection:
        wanted = plan_named(connection, plan)
        day = _day_within(wanted, on)
        tree = UnitTree(load_units(connection))
        rows = progress(wanted, tree, read_forms(connection, wanted), day)
        outside = read_outside(connection, wanted)
    _show(PROGRESS_COLUMNS, map(_progress_cells, rows), as_csv)
    _note((*_reached(wanted, rows), *_outside(outside), *_timetable(wanted, _today())), as_csv)
    missing = lacking(wanted, tree, day)
    if missing:
        detail = "; ".join(map(_lacking_words, missing))
        raise ProblemError(PLAN_UNIT_UNKNOWN(where=f"{plan}, {_written(day)}", detail=detail))


@plan_app.command("figures")
def plan_figures_command(data: Data, plan: Name, as_csv: AsCsv = False, database: Database = None) -> None:
    """The figures of every group's answers, rating by rating, and the rule that the shares follow."""
    with reading(existing_database(data, database)) as connection:
        wanted = plan_named(connection, plan)
        found = read_figures(connection, wanted)
        outside = read_outside(connection, wanted)
        missing = lacking(wanted, UnitTree(load_units(connection)), _day_within(wanted, None))
    ratings = [(group, rating) for group in found.groups for rating in group.figures.ratings]
    if as_csv:
        _show(FIGURE_COLUMNS, [_cells(group, rating) for group, rating in ratings], as_csv)
    else:
        _show(READ_COLUMNS, [_line(group, rating) for group, rating in ratings], as_csv)
    rules = {pick(rating.rule.text, "vi"): None for _, rating in ratings if rating.rule}
    notes = [note for group in found.groups for note in _left_out(wanted, group)]
    lacks = [f"Cây đơn vị: {_lacking_words(each)}." for each in missing]
    _note((*rules, *notes, *lacks, *_outside(outside)), as_csv)


# --- days ---------------------------------------------------------------------------------------------------


def _today() -> date:
    return local_now().astimezone(VIET_NAM).date()


def _day_within(plan: Plan, on: date | None) -> date:
    """The requested day, else today, or the plan's day that is nearest to today; raises HL5022."""
    if on is None:
        return day_within(plan, _today())
    first, last = day_within(plan, date.min), day_within(plan, date.max)
    if not first <= on <= last:
        detail = f"kế hoạch từ {_written(first)} đến {_written(last)}"
        raise ProblemError(DAY_OUTSIDE_PLAN(where=f"--on {_written(on)}", detail=detail))
    return on


def _written(day: date | None) -> str:
    """A day in Vietnamese notation; "…" where there is no limit, "" for None."""
    if day is None:
        return ""
    return "…" if day in (date.min, date.max) else f"{day:%d/%m/%Y}"


# --- notes under a table ------------------------------------------------------------------------------------


def _note(notes: Iterable[str], as_csv: bool) -> None:
    for note in notes:
        typer.echo(note, err=as_csv)  # with CSV on the error stream, so that the table stays clean


def _outside(outside: Sequence[Outside]) -> Iterator[str]:
    """The forms that name the plan but don't count for it, by kind."""
    if outside:
        yield (
            f"Ngoài kế hoạch: {sum(each.forms for each in outside)} phiếu ghi kế hoạch này nhưng khác "
            "đơn vị, mẫu phiếu, người trả lời, kênh hoặc ngày:"
        )
    for each in outside:
        days = " – ".join(dict.fromkeys(_written(date.fromisoformat(day)) for day in (each.first, each.last)))
        yield f"  {each.forms}: {each.unit}, {each.survey}, {each.respondent}, {each.channel}, {days}"


def _left_out(plan: Plan, group: GroupFigures) -> Iterator[str]:
    """Answers of other versions that can't be joined, and why there is no interval."""
    figures = group.figures
    for each in figures.unjoined:
        yield (
            f"Không gộp được ({group.group}): {each.n} câu trả lời cho câu “{each.question}” của bản "
            f"{each.version}, vì bản {figures.version} không còn câu này hoặc câu này đã đổi nghĩa."
        )
    if plan.design == "random" and figures.chosen:
        yield (
            f"Không có khoảng tin cậy ({group.group}): {figures.chosen} phiếu do người tự chạm vào máy, "
            "không phải người được chọn ngẫu nhiên."
        )


def _reached(plan: Plan, rows: Sequence[UnitProgress]) -> Iterator[str]:
    """The sum of each group, or a note that the plan requires no numbers."""
    forms: Counter[str] = Counter()
    for row in rows:
        forms[row.group] += row.forms
    for group in plan.groups:
        yield f"{group.id}: {forms[group.id]}{f'/{group.wanted}' if group.wanted else ''} phiếu."
    if not plan.wanted:
        yield f"Kế hoạch không đặt chỉ tiêu ({DESIGNS[plan.design]}): chỉ nêu số phiếu đã có."


def _timetable(plan: Plan, today: date) -> Iterator[str]:
    """Rechecks, the next report, and every step with its days."""
    if plan.rechecks:
        yield f"Phúc tra: ít nhất {plan.rechecks} phiếu ({plan.recheck_percent} %)."
    for due in report_days(plan, today, today + _NEXT_REPORT)[:1]:
        yield f"Kỳ báo cáo tới: {_written(due)}{f', gửi {plan.report_to}' if plan.report_to else ''}."
    for step in plan.steps:
        days = " – ".join(dict.fromkeys(filter(None, map(_written, (step.starts, step.last_day)))))
        over = step.last_day is not None and step.last_day < today
        begun = step.starts is None or step.starts <= today
        state = "" if not days else "đã qua" if over else "đang làm" if begun else "sắp tới"
        about = ", ".join(filter(None, (days, state, step.who)))
        name = f"{STEPS[step.kind]}: {pick(step.name, 'vi')}"
        yield f"Bước {name}{f' ({about})' if about else ''}."


def _lacking_words(each: Lacking) -> str:
    if each.unit:
        return f"không có đơn vị “{each.unit}”" + (f" (nhóm {each.group})" if each.group else "")
    kinds = ", ".join(f"“{kind}” ({count})" for kind, count in each.kinds) or "không có loại nào"
    return (
        f"nhóm {each.group} cần {each.units} đơn vị loại “{each.kind}”, có {each.there}; "
        f"các loại đang có: {kinds}"
    )


# --- cells --------------------------------------------------------------------------------------------------


def _progress_cells(row: UnitProgress) -> tuple[str, ...]:
    wanted, missing = (str(row.wanted), str(row.missing)) if row.wanted else ("", "")
    return (row.group, row.unit or OTHERS, str(row.forms), wanted, missing)


def _line(group: GroupFigures, rating: RatingFigures) -> tuple[str, ...]:
    """The cells that fit on a screen: a share with its n."""
    cells = dict(zip(FIGURE_COLUMNS, _cells(group, rating), strict=True))
    forms = "/".join(filter(None, (cells["Phiếu"], cells["Cần"])))
    share = "" if rating.satisfied is None else rating.satisfied.words()
    return (cells["Nhóm"], forms, cells["Câu hỏi"], share, *(cells[name] for name in READ_COLUMNS[4:]))


def _cells(group: GroupFigures, rating: RatingFigures) -> tuple[str, ...]:
    share, interval, mean = rating.satisfied, rating.interval, rating.mean
    return (
        group.group,
        str(group.figures.forms),
        str(group.wanted or ""),
        "" if group.margin is None else f"±{100 * group.margin:.1f}",
        rating.question,
        str(rating.n),
        "" if share is None else str(share.count),
        "" if share is None or share.percent is None else str(share.percent),
        "" if interval is None else f"{100 * interval.low:.1f}–{100 * interval.high:.1f}",
        "" if mean is None else str(two_decimals(mean)),
        str(rating.not_applicable),
    )


def _show(header: Sequence[str], rows: Iterable[Sequence[str]], as_csv: bool) -> None:
    show(header, rows, as_csv, unbroken=("Nhóm", "Câu hỏi"))
