"""The commands that put a plan in force and close it: the same acts as its pages.

hailong-central plan issue --data DATA nha-trang-2023 --number 1521/KH-UBND --day 13/6/2023
hailong-central plan close --data DATA nha-trang-2023 --to goi.zip     # the package that is handed over
"""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, by_operator, typed_day
from sync.central.commands.plans import Name, plan_app
from sync.central.office.audit.acts import acting
from sync.central.office.planning.drafts import find_plan_draft
from sync.central.office.planning.issuing import issue_plan
from sync.central.office.plans import Issued, issued_plan
from sync.central.pulling.desk import without_words
from sync.central.pulling.handing_over import pack
from sync.central.reports.issuing.closing import close_plan
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import PLAN_UNKNOWN
from sync.contract.problem.planning import PLAN_DRAFT_UNKNOWN
from sync.host.clock import local_now

NOBODY = 0
"""The account of what is done by a command."""


def register(app: typer.Typer) -> None:
    """Add these commands to the commands of plans, which `app` has already."""
    plan_app.command("issue")(plan_issue)
    plan_app.command("close")(plan_close)


def plan_issue(
    data: Data,
    plan: Name,
    number: Annotated[str, typer.Option(help="Of the signed paper, such as 125/KH-UBND.")],
    day: Annotated[date, typer.Option(parser=typed_day, help="Of the signed paper.")],
    database: Database = None,
) -> None:
    """Put the draft of a plan in force, as the page does that issues it."""
    with acting(existing_database(data, database), by_operator()) as act:
        draft = find_plan_draft(act.connection, plan)
        if draft is None:
            raise ProblemError(PLAN_DRAFT_UNKNOWN(where=plan))
        issued = issue_plan(act, plan, number=number, day=day, before=draft.changed_at)
    typer.echo(f"Đã ban hành {plan}: số {issued.number}, ngày {day:%d/%m/%Y}.")


def plan_close(
    data: Data,
    plan: Name,
    to: Annotated[Path, typer.Option(help="Where the package is written, a ZIP file.")],
    database: Database = None,
) -> None:
    """Close a plan and write the package that is handed over; or name what keeps it open."""
    engine = existing_database(data, database)
    administrators = without_words(engine, local_now)
    administrators.close_days()
    with reading(engine) as connection:
        package = pack(administrators, connection, _in_force(issued_plan(connection, plan), plan))
    with acting(engine, by_operator()) as act:
        close_plan(act, plan, package.manifest, account=NOBODY)
        to.write_bytes(package.content)  # before the plan is closed: a disk that is full closes nothing
    typer.echo(f"Đã đóng {plan}. Gói bàn giao: {to}, mã SHA-256 của ban-ke.json: {package.manifest.digest}")


def _in_force(issued: Issued | None, plan: str) -> Issued:
    if issued is None or issued.withdrawn:
        raise ProblemError(PLAN_UNKNOWN(where=plan))
    return issued
