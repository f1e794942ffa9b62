"""A remedy as pages draw it: names instead of ids, and words for where it is."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from sync.central.office.remedies.register import Remedy
from sync.central.office.remedies.stages import WAITING, State, StepName
from sync.central.web.look import Look

REMEDIES = "/khac-phuc"
STATES: Mapping[State, str] = {
    "open": "Chưa làm",
    "doing": "Đang làm",
    "done": "Đã làm, chờ kiểm tra",
    "checked": "Đã kiểm tra",
    "closed": "Thôi không làm",
}
LOOKS: Mapping[State, str] = {"open": "wait", "doing": "", "done": "wait", "checked": "good", "closed": ""}
DONE: Mapping[StepName, str] = {
    "begin": "Bắt đầu làm",
    "finish": "Báo đã làm xong",
    "check": "Kiểm tra",
    "drop": "Thôi không làm",
    "reopen": "Mở lại",
}


class RemedyRow(Struct, frozen=True, kw_only=True):
    """One remedy. unit: "" where all are of one unit. due: None once it is done; late: days since.

    look: of the tag with its state.
    """

    address: str
    problem: str
    figure: str
    unit: str
    measure: str
    person: str
    due: date
    waits: bool
    late: int
    state: str
    look: str
    result: str
    after: str


def remedy_row(look: Look, remedy: Remedy, *, with_unit: bool) -> RemedyRow:
    """One remedy."""
    units = look.names.units
    return RemedyRow(
        address=f"{REMEDIES}/{remedy.id}",
        problem=remedy.problem,
        figure=remedy.figure,
        unit=units.get(remedy.unit, remedy.unit) if with_unit else "",
        measure=remedy.measure,
        person=remedy.person,
        due=remedy.due,
        waits=remedy.state in WAITING,
        late=(look.today - remedy.due).days if remedy.overdue(look.today) else 0,
        state=look.say(STATES[remedy.state]),
        look=LOOKS[remedy.state],
        result=remedy.result,
        after=remedy.after,
    )
