"""`hailong-central`: set up a centre, run it, look after it."""

import os
import sys

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
    flags,
    forms,
    holidays,
    keys,
    moving,
    office_settings,
    officers,
    plan_document,
    plans,
    procedures,
    responses,
    running,
    serials,
    set_aside,
    tokens,
    units,
)
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_FAILED
from sync.contract.problem.files import FILE_UNREADABLE

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
for noun in (
    *(
        running,
        config,
        units,
        office_settings,
        holidays,
        procedures,
        officers,
        counters,
        assignments,
        serials,
    ),
    *(serials, tokens, devices, moving, cases, cards, keys, forms, plans, plan_document, flags),
    *(responses, set_aside, database, audit),
):
    noun.register(app)


def main() -> None:
    """Run the command line; a problem is printed with its remedy and ends it with exit code 1."""
    os.umask(0o077)  # the database holds what people said
    try:
        app()
    except ProblemError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
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
