"""Which responses are shown to nobody one by one: what staff said about their own office.

Who knows when somebody answered, or what they wrote next to what they chose, knows who it was. Figures have
these answers with their n, and nothing else has: no list, no page of one response, no pull, no export, no
feed, no package, no alert and no remark, for whatever role.
"""

from sqlalchemy import ColumnElement, exists

from sync.central.store.schema import responses

STAFF = "staff"


def shown_singly() -> ColumnElement[bool]:
    """The condition for rows of `responses` that may be shown one by one."""
    return responses.c.respondent != STAFF


def is_of_staff(id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the response with this id is one of staff."""
    said = responses.alias()
    return exists().where(said.c.id == id, said.c.respondent == STAFF)
