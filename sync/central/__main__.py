"""`hailong-central`: set up a centre, run it, look after it."""

import os
import sys
from pathlib import Path

import typer
from sqlalchemy.exc import DBAPIError

from sync.central.commands import (
    assignments,
    audit,
    cards,
    cases,
    config,
    counters,
    database,
    devices,
    doctor,
    duties,
    flags,
    form_check,
    forms,
    holidays,
    keys,
    letterheads,
    migrate_db,
    moving,
    office_settings,
    officers,
    paper,
    people,
    plan_acts,
    plan_document,
    plans,
    procedures,
    releases,
    responses,
    running,
    serials,
    set_aside,
    setup,
    status,
    tokens,
    units,
    usb,
)
from sync.central.office.central_env import DATA, add_defaults, become_owner
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import BACKUP_FAILED, DATABASE_FAILED, DATABASE_MOVED, DATABASE_NEWER
from sync.contract.problem.files import FILE_UNREADABLE

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
for noun in (
    *(
        running,
        setup,
        config,
        units,
        office_settings,
        letterheads,
        holidays,
        procedures,
        officers,
        counters,
        assignments,
    ),
    *(
        serials,
        people,
        tokens,
        devices,
        moving,
        usb,
        cases,
        cards,
        keys,
        forms,
        plans,
        plan_document,
        plan_acts,
        flags,
    ),
    *(paper, form_check, responses, set_aside, database, migrate_db, audit, status, doctor, duties, releases),
):
    noun.register(app)


LASTING = (BACKUP_FAILED, DATABASE_MOVED, DATABASE_NEWER)
"""An upgrade that failed on a copy, a database that was moved, and one of a newer version."""


def main() -> None:
    """Run the command line; a problem is printed with its remedy and ends it with exit code 1.

    One that another start can't solve ends it with 78 (EX_CONFIG of sysexits.h): systemd leaves it then.
    """
    os.umask(0o077)  # the database holds what people said
    add_defaults(os.environ)
    if DATA in os.environ and sys.argv[1:2] != ["setup"]:
        become_owner(Path(os.environ[DATA]))
    try:
        app()
    except ProblemError as error:
        print(error, file=sys.stderr)
        sys.exit(os.EX_CONFIG if error.problem.kind in LASTING else 1)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        print(ProblemError(FILE_UNREADABLE(where=str(error.filename or ""), detail=detail)), file=sys.stderr)
        sys.exit(1)
    except DBAPIError as error:
        # Only the kind of error: a database's message can quote a row.
        print(ProblemError(DATABASE_FAILED(detail=type(error.orig).__name__)), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
