"""Which units ask a form, or offer it to be asked: a new release reaches all of them."""

from sqlalchemy import Connection, select

from sync.central.office.configuration.row_queries import read_assignments, read_plans
from sync.central.store.schema import offered_forms


def asking_units(connection: Connection, form: str) -> frozenset[str]:
    """The codes of the units with an assignment, an offer or a plan of this form; CENTRE: offered to all."""
    offered = connection.execute(select(offered_forms.c.unit).where(offered_forms.c.survey == form)).scalars()
    assigned = (each.unit for each in read_assignments(connection) if each.survey == form)
    planned = (plan.unit for plan in read_plans(connection) for group in plan.groups if group.survey == form)
    return frozenset((*offered, *assigned, *planned))
