"""Reads which ratings go along with the overall one, from the stored answers of a group of a plan."""

from sqlalchemy import Connection, func, or_, select

from sync.central.figures.drivers import Answers, Driver, drivers_among
from sync.central.store.cells import columns
from sync.central.store.membership import in_group
from sync.central.store.schema import published, responses, voided
from sync.contract.plan import Plan, PlanGroup
from sync.contract.response import ANSWERED
from sync.contract.survey import Rating, Survey


def read_drivers(connection: Connection, plan: Plan, group: PlanGroup, survey: Survey) -> tuple[Driver, ...]:
    """The drivers of a group's overall rating, in this version of its form; none if it has no overall one.

    Only of days that are over. Equal answers are read once, with their number.
    """
    if not group.overall:
        return ()
    c = responses.c
    query = (
        select(c.cells, func.count())
        .select_from(responses.join(published, published.c.id == c.id).outerjoin(voided, voided.c.id == c.id))
        .where(in_group(plan, group, responses), c.survey_version == survey.version)
        .where(c.outcome.in_(ANSWERED), or_(voided.c.id.is_(None), voided.c.closes != ""))
        .group_by(c.cells)
    )
    asked = columns(survey)
    ratings = {id for id in asked if isinstance(survey.question(id), Rating)}
    answers: list[Answers] = []
    for cells, times in connection.execute(query):
        given = dict(zip(asked, cells.split(","), strict=True))
        levels = {id: int(given[id]) if given[id].isdecimal() else None for id in ratings}
        answers.append((levels, times))
    return drivers_among(survey, group.overall, answers)
