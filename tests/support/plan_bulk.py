"""What of a plan is many and all alike, done by the acts that its pages call: lists, forms, interviews."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date

from sync.central.office.audit.acts import By, acting
from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.field_work import open_next, record_interview
from sync.central.office.interviews.whose_turn import Assigned, assigned_to
from sync.central.office.paper.asked import Asked, new_id
from sync.central.office.paper.entering import KeyedForm, key_table
from sync.central.office.paper.lots import Lot, open_lot
from sync.central.office.sample.commitment import commitment_of, read_secrets
from sync.central.office.sample.people_list import read_people
from sync.central.office.sample.sealed_list import Place, seal_people, take_list
from sync.central.office.sheets.reader import sheet_of
from sync.contract.plan import VIET_NAM
from sync.contract.response import Answer, Respondent
from tests.support.made_samples import COLUMNS
from tests.support.wire import CentreUnderTest

Levels = Callable[[int], Mapping[str, Answer]]


def list_taken(central: CentreUnderTest, place: Place, text: str) -> None:
    """Take in the list of a unit; the seed of its group was published."""
    folder = central.folder / "keys"
    with acting(central.engine, By("account 1", central.now())) as act:
        known = commitment_of(act.connection, place.stratum)
        key = bytes.fromhex(read_secrets(folder, place.stratum, known).key)
        found = read_people(sheet_of("ds.csv", text.encode(), COLUMNS.named().values()), COLUMNS, key)
        take_list(act, place, seal_people(found, central.keys), lines=found.lines, source="account 1")


def forms_keyed(
    central: CentreUnderTest,
    asked: Asked,
    numbers: range,
    levels: Levels,
    *,
    day: date,
    respondent: Respondent,
    account: int,
) -> None:
    """Open a box with forms of these numbers, all answered on a day, and key them."""
    with acting(central.engine, By(f"account {account}", central.now())) as act:
        box = Lot(
            id=new_id(),
            asked=asked,
            way="box",
            channel="paper",
            day=day,
            first_person="Người Thứ Nhất",
            second_person="Người Thứ Hai",
            counted=len(numbers),
            first=numbers[0],
            last=numbers[-1],
        )
        lot = open_lot(act, box, account=account).id
        forms = [
            KeyedForm(
                token=secrets.token_hex(16),
                number=number,
                answered=day,
                respondent=respondent,
                answers=levels(number),
            )
            for number in numbers
        ]
        key_table(act, lot, forms, place=lambda at, where: f"{at} {where}", account=account, try_only=False)


def interviews_done(
    central: CentreUnderTest, account: int, said: Callable[[Assigned], Interview], leave: int = 0
) -> int:
    """This interviewer asks everybody of the own list but the last `leave`; how many were asked."""
    count = 0
    while True:
        with acting(central.engine, By(f"account {account}", central.now())) as act:
            every = assigned_to(act.connection, account, central.now().astimezone(VIET_NAM).date())
            if len(every) <= leave:
                act.undo()
                return count
            open_next(act, account, central.keys)
            record_interview(act, account, every[0].key, said(every[0]), central.keys)
            count += 1
