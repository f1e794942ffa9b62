"""Questions of an upper unit in the form of a lower one: a lower unit may add its own, and nothing else.

A unit locks a form of its own. From then on, a form that was copied from it below that unit, directly or
over other copies, keeps its levels and every question as the newest release asks it. The locked
form itself is not written below that unit.

Promises (each has a test of this name):
- a lower unit adds its own questions, and can't change or drop an inherited one;
- what is kept before a lock, or before the upper form changed, is not released until it agrees;
- the upper unit itself, and units that are not below it, write as they like;
- a lock is taken away by who may lock.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.forms.releases import release_of, releases_of
from sync.central.office.units.stored import units_above
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import one_at_a_time
from sync.central.store.form_tables import form_lineage
from sync.contract.plan import VIET_NAM
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.planning import FORM_OF_UPPER_UNIT, INHERITED_CHANGED
from sync.contract.survey import Survey

_TEXTS: Final = frozenset({"text", "help", "label"})
"""What has wordings by language, of which a lower unit may add one."""


class Lineage(Struct, frozen=True, kw_only=True):
    """Where a form comes from, and whether it is locked for units below `unit`. base: "" for none."""

    base: str = ""
    locked: bool = False
    unit: str = CENTRE


def read_lineage(connection: Connection) -> dict[str, Lineage]:
    """Every form that was copied or is locked."""
    return {
        row.survey: Lineage(base=row.base, locked=bool(row.locked), unit=row.unit)
        for row in connection.execute(select(form_lineage))
    }


def lock_form(act: Act, form: str, unit: str) -> None:
    """Lock the questions of a form for the units below `unit`; raises ProblemError HL5094."""
    one_at_a_time(act.connection)
    release_of(act.connection, form)
    there = read_lineage(act.connection).get(form, Lineage())
    _put(act, form, Lineage(base=there.base, locked=True, unit=unit))
    act.note("form-lock", form, unit or "*")


def unlock_form(act: Act, form: str) -> None:
    """Let lower units change questions of this form again."""
    one_at_a_time(act.connection)
    there = read_lineage(act.connection).get(form, Lineage())
    if not there.locked:
        act.undo()
        return
    _put(act, form, Lineage(base=there.base))
    act.note("form-unlock", form, there.unit or "*")


def note_base(act: Act, form: str, base: str) -> None:
    """Keep what a form was copied from; the caller leaves the line in the audit log."""
    there = read_lineage(act.connection).get(form, Lineage())
    _put(act, form, Lineage(base=base, locked=there.locked, unit=there.unit))


def _put(act: Act, form: str, lineage: Lineage) -> None:
    act.connection.execute(delete(form_lineage).where(form_lineage.c.survey == form))
    act.connection.execute(
        insert(form_lineage).values(
            survey=form,
            base=lineage.base,
            locked=int(lineage.locked),
            unit=lineage.unit,
            changed_at=act.now.isoformat(),
        )
    )


def locked_bases(connection: Connection, form: str, unit: str, day: date) -> tuple[str, ...]:
    """The forms that `form` is based on and that are locked for `unit`, the nearest first; itself too."""
    lineage = read_lineage(connection)
    above = (units_above(connection, unit, day) | {CENTRE}) - {unit}
    bases, seen = list[str](), set[str]()
    at = form
    while at and at not in seen:
        seen.add(at)
        here = lineage.get(at, Lineage())
        if here.locked and here.unit in above:
            bases.append(at)
        at = here.base
    return tuple(bases)


def inherited_questions(connection: Connection, form: str, unit: str, day: date) -> Mapping[str, str]:
    """The questions of a form of `unit` that it may not change, each with the form that it is of."""
    return {
        question.id: base
        for base in reversed(locked_bases(connection, form, unit, day))
        for release in releases_of(connection, base)[:1]
        for question in release.questions
    }


def inheritance_problems(connection: Connection, draft: Survey, unit: str, day: date) -> tuple[Problem, ...]:
    """Everything that a draft of `unit` changes of what it inherits."""
    bases = locked_bases(connection, draft.id, unit, day)
    if draft.id in bases:
        return (FORM_OF_UPPER_UNIT(where=draft.id),)
    return tuple(
        problem
        for base in bases
        for release in releases_of(connection, base)[:1]
        for problem in changes_of_inherited(release, draft)
    )


def check_inherited(act: Act, draft: Survey, unit: str) -> None:
    """Raise ProblemError HL4306 or ProblemsError, each HL4305, for what a draft of `unit` may not change."""
    wrong = inheritance_problems(act.connection, draft, unit, act.now.astimezone(VIET_NAM).date())
    if len(wrong) == 1:
        raise ProblemError(wrong[0])
    if wrong:
        raise ProblemsError(wrong)


def changes_of_inherited(base: Survey, draft: Survey) -> Iterator[Problem]:
    """What of the levels and questions of `base` the draft has otherwise, or not at all. Pure."""
    if not _covers(_plain(draft.levels), _plain(base.levels)):
        yield INHERITED_CHANGED(where="levels", detail=f"các mức của mẫu {base.id}")
    own = {question.id: question for question in draft.questions}
    for question in base.questions:
        where = f"questions {question.id}"
        if question.id not in own:
            yield INHERITED_CHANGED(where=where, detail=f"câu của mẫu {base.id} bị bỏ")
        elif not _covers(_plain(own[question.id]), _plain(question)):
            yield INHERITED_CHANGED(where=where, detail=f"câu của mẫu {base.id} bị sửa")


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


def _covers(own: Any, base: Any, *, texts: bool = False) -> bool:
    """Whether `own` says all that `base` says, and nothing else; texts: in more languages at most."""
    if isinstance(base, dict) and isinstance(own, dict):
        more = own.keys() - base.keys()
        same = all(key in own and _covers(own[key], base[key], texts=key in _TEXTS) for key in base)
        return same and (texts or not more)
    if isinstance(base, list | tuple) and isinstance(own, list | tuple):
        return len(own) == len(base) and all(map(_covers, own, base))
    return bool(own == base)
