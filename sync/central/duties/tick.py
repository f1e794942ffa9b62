"""One turn: every duty does what is due now.

Promise: a duty that fails, in whatever way, keeps no other one from its work.
"""

from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from sync.central.duties.all_duties import DUTIES
from sync.central.duties.turns import Done, Duty, Turn
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_FAILED, UNEXPECTED_ERROR
from sync.host.tracebacks import type_and_place


def tick(turn: Turn, duties: Sequence[Duty] = DUTIES) -> tuple[Done, ...]:
    """Do all that is due; what each duty did, in their order."""
    return tuple(_do(duty, turn) for duty in duties)


def _do(duty: Duty, turn: Turn) -> Done:
    try:
        return Done(duty.name, duty.title, duty.work(turn))
    except ProblemError as error:
        return Done(duty.name, duty.title, 0, error.problem)
    except SQLAlchemyError as error:
        # Only the kind of error: its message can quote a row.
        return Done(duty.name, duty.title, 0, DATABASE_FAILED(detail=type(error).__name__))
    except Exception as error:  # noqa: BLE001 - a fault of one duty keeps no other one from its work
        return Done(duty.name, duty.title, 0, UNEXPECTED_ERROR(detail=type_and_place(error)))
