"""The commands for whoever carries out a survey plan: how far it is, and what its answers say.

    hailong-central plan list     --data DATA
    hailong-central plan progress --data DATA nha-trang-2023          # what is missing, unit by unit
    hailong-central plan figures  --data DATA nha-trang-2023 --csv    # for a spreadsheet

Every share stands with its n and its rule; an interval stands only where the plan is a random sample.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sync.central.database import reading
from sync.central.fieldwork.plans import load_plans, newest_surveys, plan_named, responses_to
from sync.central.fieldwork.quotas import progress
from sync.central.options import Data, Database
from sync.central.setup import existing_database
from sync.central.statistics import GroupFigures, RatingFigures, plan_figures
from sync.central.units.unit_store import load_units
from sync.central.units.units import UnitTree
from sync.clock import local_now
from sync.contract.plan import VIET_NAM, Design
from sync.contract.text import pick

Name = Annotated[str, typer.Argument(help="The plan's id, as `plan list` has it.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet.")]

plan_app = typer.Typer(help="Survey plans: how far they are, what their answers say.", no_args_is_help=True)

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


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(plan_app, name="plan")


@plan_app.command("list")
def plan_list(data: Data, as_csv: AsCsv = False, database: Database = None) -> None:
    """Every plan of the newest bundle."""
    with reading(existing_database(data, database)) as connection:
        plans = load_plans(connection)
    rows = [
        (plan.id, pick(plan.title, "vi"), DESIGNS[plan.design], str(plan.wanted or ""))
        for plan in sorted(plans.values(), key=lambda plan: plan.id)
    ]
    _show(("Kế hoạch", "Tên", "Cách lấy", "Số phiếu"), rows, as_csv)


@plan_app.command("progress")
def plan_progress(
    data: Data,
    plan: Name,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The units of this day; else of today.")
    ] = None,
    as_csv: AsCsv = False,
    database: Database = None,
) -> None:
    """How many forms every unit has brought, and how many are missing. Forms too many make up for no unit."""
    day = (on or local_now().astimezone(VIET_NAM)).date()
    with reading(existing_database(data, database)) as connection:
        wanted = plan_named(connection, plan)
        tree = UnitTree(load_units(connection))
        found = progress(wanted, tree, responses_to(connection, wanted), day)
    rows = [(each.group, each.unit, str(each.forms), str(each.wanted), str(each.missing)) for each in found]
    _show(PROGRESS_COLUMNS, rows, as_csv)


@plan_app.command("figures")
def plan_figures_command(data: Data, plan: Name, as_csv: AsCsv = False, database: Database = None) -> None:
    """What the answers of every group say, rating by rating, and the rule that the shares are made by."""
    with reading(existing_database(data, database)) as connection:
        wanted = plan_named(connection, plan)
        found = plan_figures(wanted, newest_surveys(connection), responses_to(connection, wanted))
    ratings = [(group, rating) for group in found.groups for rating in group.figures.ratings]
    if as_csv:
        _show(FIGURE_COLUMNS, [_cells(group, rating) for group, rating in ratings], as_csv)
    else:
        _show(READ_COLUMNS, [_line(group, rating) for group, rating in ratings], as_csv)
    rules = {
        pick(rating.rule.text, "vi"): None
        for group in found.groups
        for rating in group.figures.ratings
        if rating.rule
    }
    notes = [*rules, *([f"Ngoài các nhóm của kế hoạch: {found.outside} phiếu."] if found.outside else [])]
    for note in notes:
        typer.echo(note, err=as_csv)  # beside the table, and never in it


def _line(group: GroupFigures, rating: RatingFigures) -> tuple[str, ...]:
    """What fits on a screen: a share with its n."""
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
        "" if mean is None else f"{mean:.2f}",
        str(rating.not_applicable),
    )


def _show(header: Sequence[str], rows: Iterable[Sequence[str]], as_csv: bool) -> None:
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
        return
    table = Table()
    for name in header:
        table.add_column(name, overflow="fold", no_wrap=name in ("Nhóm", "Câu hỏi"))
    for row in rows:
        table.add_row(*row)
    Console().print(table)
