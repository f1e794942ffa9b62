"""The drafts of forms: the next release of each while it is written. A draft is always whole and correct."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin, check_units, checked
from sync.central.office.configuration.handed_over import (
    Source,
    check_unlocked,
    checked_source,
    drop_source,
    put_source,
)
from sync.central.office.forms.locked_forms import check_inherited, note_base
from sync.central.office.forms.releases import release_of, releases_of
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import survey_drafts
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DRAFT_CHANGED, DRAFT_UNKNOWN, FORM_VERSION_NOT_NEWER, ROW_THERE
from sync.contract.survey import Survey
from sync.contract.text import Id


class Draft(Struct, frozen=True, kw_only=True):
    """A draft, who writes it (a unit; CENTRE: the centre), and its last change."""

    survey: Survey
    unit: str
    changed_at: str
    changed_by: str


def list_drafts(connection: Connection) -> list[Draft]:
    """Every draft, by form."""
    return [
        Draft(
            survey=msgspec.json.decode(row.body, type=Survey),
            unit=row.unit,
            changed_at=row.changed_at,
            changed_by=row.changed_by,
        )
        for row in connection.execute(select(survey_drafts).order_by(survey_drafts.c.survey))
    ]


def find_draft(connection: Connection, id: str) -> Draft | None:
    """The draft of this form, with who writes it."""
    row = connection.execute(select(survey_drafts).where(survey_drafts.c.survey == id)).first()
    if row is None:
        return None
    survey = msgspec.json.decode(row.body, type=Survey)
    return Draft(survey=survey, unit=row.unit, changed_at=row.changed_at, changed_by=row.changed_by)


def draft_of(connection: Connection, id: str) -> Survey:
    """The draft of this form; raises ProblemError HL5093 if there is none."""
    query = select(survey_drafts.c.body).where(survey_drafts.c.survey == id)
    body = connection.execute(query).scalar()
    if body is None:
        raise ProblemError(DRAFT_UNKNOWN(where=id))
    return msgspec.json.decode(body, type=Survey)


def draft_or_release(connection: Connection, id: str, version: int | None = None) -> Survey:
    """The release of this version; without one the draft, or the newest release if there is no draft.

    Raises ProblemError HL5094 if there is neither.
    """
    query = select(survey_drafts.c.body).where(survey_drafts.c.survey == id)
    body = connection.execute(query).scalar() if version is None else None
    return release_of(connection, id, version) if body is None else msgspec.json.decode(body, type=Survey)


def keep_draft(act: Act, survey: Survey, unit: str = CENTRE, source: Source | None = None) -> None:
    """Keep this draft in place of the one before it.

    source: of a form that an upper body has handed over: from then on nobody edits it, see handed_over.py.
    Raises ProblemError HL4365 for a form that was handed over, and comes without a source, HL4366, HL5011 for
    an unknown unit, HL5092 for a version that is not newer than the released one, HL4305 or HL4306 for what
    `unit` inherits and may not change.
    """
    one_at_a_time(act.connection)
    check_inherited(act, survey, unit)
    if source is None:
        check_unlocked(act.connection, survey.id)
        _put_draft(act, survey, unit)
        act.note("form-draft", survey.id, f"version {survey.version}")
        return
    source = checked_source(source)
    earlier = releases_of(act.connection, survey.id)
    if earlier and survey.version <= earlier[0].version:
        raise ProblemError(FORM_VERSION_NOT_NEWER(where=survey.id, detail=f"bản {earlier[0].version}"))
    _drop_draft_source(act.connection, survey.id)
    _put_draft(act, survey, unit)
    put_source(act.connection, survey.id, survey.version, source, act.now)
    act.note("form-handed-over", survey.id, f"version: {survey.version}, sha256: {source.sha256}")


def _drop_draft_source(connection: Connection, id: str) -> None:
    """Forget where the draft came from, if it was handed over."""
    there = find_draft(connection, id)
    if there is not None and all(
        each.version != there.survey.version for each in releases_of(connection, id)
    ):
        drop_source(connection, id, there.survey.version)


def copy_form(act: Act, source: Survey, id: str, unit: str = CENTRE, *, title: str = "") -> Survey:
    """Begin a form under a new code with all of another one, as a draft based on it; returns the draft.

    title: in Vietnamese, "" for that of the source. Raises ProblemError HL1003 for a code that can't be one,
    HL5011 for an unknown unit, HL5073 for a code that is used.
    """
    one_at_a_time(act.connection)
    check_code(id)
    titled = {**source.title, "vi": title} if title else source.title
    copy = replace(source, id=id, version=1, title=titled)
    if find_draft(act.connection, id) is not None or releases_of(act.connection, id):
        raise ProblemError(ROW_THERE(where=f"surveys {id}"))
    _put_draft(act, copy, unit)
    note_base(act, id, source.id)
    act.note("form-copy", id, f"{source.id} {source.version}")
    return copy


class _Coded(Struct, frozen=True):
    id: Id


def check_code(id: str) -> None:
    """Raise ProblemError HL1003 for what can't be the code of a form."""
    checked(_Coded, "surveys", id=id)


def _put_draft(act: Act, survey: Survey, unit: str) -> None:
    """Store a draft of a unit in place of the one before it; raises ProblemError HL5011."""
    check_units(act.connection, [unit])
    remove_draft(act.connection, survey.id)
    values = {
        "survey": survey.id,
        "unit": unit,
        "body": msgspec.json.encode(survey).decode(),
        "changed_at": act.now.isoformat(),
        "changed_by": act.who,
    }
    act.connection.execute(insert(survey_drafts).values(values))


def change_draft(act: Act, survey: Survey, unit: str, before: str) -> None:
    """Keep this draft if the one that there is was last changed at `before`, "" if there was none.

    Raises ProblemError HL5136 if somebody else changed it meanwhile, and as `keep_draft`.
    """
    one_at_a_time(act.connection)
    check_unlocked(act.connection, survey.id)
    there = find_draft(act.connection, survey.id)
    if (there.changed_at if there else "") != before:
        raise ProblemError(DRAFT_CHANGED(where=survey.id))
    keep_draft(act, survey, unit)


def discard_draft(act: Act, id: str, why: str) -> None:
    """Remove a draft; raises ProblemError HL5071 without a reason, HL5093 if there is none."""
    begin(act, why)
    draft_of(act.connection, id)
    _drop_draft_source(act.connection, id)
    remove_draft(act.connection, id)
    act.note("form-discard", id, mask_digits(why))


def remove_draft(connection: Connection, id: str) -> None:
    """Remove the row of a draft."""
    connection.execute(delete(survey_drafts).where(survey_drafts.c.survey == id))
