"""Forms on paper: printed with numbers, and what became of them."""

from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, OneUnit, Unit, by_operator, today
from sync.central.commands.printing import AsCsv, show
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.configuration.scope import scope_of
from sync.central.office.paper.asked import Asked, new_id, wrong
from sync.central.office.paper.listing import list_lots, list_runs
from sync.central.office.paper.runs import make_run, run_named
from sync.central.reports.printing.content import read_printed
from sync.central.reports.printing.sheet import write_forms
from sync.central.store.database import reading
from sync.central.store.facts import existing_database

paper_app = typer.Typer(
    help="Forms on paper: printed, counted when they come back, keyed in.", no_args_is_help=True
)

Out = Annotated[Path, typer.Option(help="The PDF to write.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(paper_app, name="paper")


@paper_app.command("print")
def paper_print(
    data: Data,
    unit: OneUnit,
    survey: Annotated[str, typer.Option(help="Id of the form; its newest release is printed.")],
    count: Annotated[int, typer.Option(help="How many copies.")],
    plan: Annotated[str, typer.Option(help="Id of the plan that asks for them.")] = "",
    group: Annotated[str, typer.Option(help="Id of the plan's group.")] = "",
    holder: Annotated[str, typer.Option(help="Who hands them out.")] = "",
    out: Out = Path("phieu.pdf"),
    database: Database = None,
) -> None:
    """Number and print copies of a form (PDF, A4), each with its QR code."""
    engine = existing_database(data, database)
    with acting(engine, by_operator()) as act:
        releases = newest_releases(act.connection, [survey])
        if not releases:
            raise wrong("survey", "không có bản phát hành này")
        asked = Asked(unit=unit, plan=plan, group=group, survey=survey, version=releases[0].version)
        run = make_run(act, asked, id=new_id(), count=count, holder=holder)
        file = write_forms(read_printed(act.connection, run), run)
        out.write_bytes(file)
    typer.echo(f"{out}: {run.count} phiếu, số {run.first}-{run.last}, đợt in {run.id}")


@paper_app.command("again")
def paper_again(
    data: Data,
    run: Annotated[str, typer.Argument(help="The print run, see `paper runs`.")],
    out: Out = Path("phieu.pdf"),
    database: Database = None,
) -> None:
    """Print the forms of a run again, with the same numbers."""
    with reading(existing_database(data, database)) as connection:
        printed = run_named(connection, run)
        out.write_bytes(write_forms(read_printed(connection, printed), printed))
    typer.echo(f"{out}: {printed.count} phiếu, số {printed.first}-{printed.last}")


@paper_app.command("runs")
def paper_runs(data: Data, unit: Unit = "", as_csv: AsCsv = False, database: Database = None) -> None:
    """Every print run of a unit and the units below it, with how many came back valid."""
    with reading(existing_database(data, database)) as connection:
        runs = list_runs(connection, scope_of(connection, unit, today()) if unit else None)
    rows = [
        (
            each.run.id,
            each.run.asked.unit,
            each.run.asked.plan,
            each.run.asked.survey,
            f"{each.run.first}-{each.run.last}",
            each.run.holder,
            _count(each.run.given_out),
            _count(each.run.returned),
            str(each.valid),
            str(sum(each.invalid.values())),
        )
        for each in runs
    ]
    header = (
        *("Đợt in", "Đơn vị", "Kế hoạch", "Mẫu phiếu", "Số", "Người phát"),
        *("Phát ra", "Thu về", "Hợp lệ", "Không hợp lệ"),
    )
    show(header, rows, as_csv, unbroken=("Đợt in",))


@paper_app.command("lots")
def paper_lots(data: Data, unit: Unit = "", as_csv: AsCsv = False, database: Database = None) -> None:
    """Every lot of forms that came back, with how many are left to key."""
    with reading(existing_database(data, database)) as connection:
        lots = list_lots(connection, scope_of(connection, unit, today()) if unit else None)
    rows = [
        (
            each.lot.id,
            each.lot.asked.unit,
            each.lot.asked.survey,
            each.lot.day.isoformat(),
            str(each.lot.counted),
            str(each.valid),
            str(sum(each.invalid.values())),
            str(each.left),
        )
        for each in lots
    ]
    header = ("Lô", "Đơn vị", "Mẫu phiếu", "Ngày", "Đếm được", "Hợp lệ", "Không hợp lệ", "Còn nhập")
    show(header, rows, as_csv, unbroken=("Lô",))


def _count(number: int | None) -> str:
    return "" if number is None else str(number)
