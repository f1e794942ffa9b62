"""A list of people between two steps of taking it in: sealed in a field of the form, in no file.

The seal is that of second factors (a key of the folder `keys`), so a browser's disk holds nothing in clear,
and what comes back is what was tried, for the same unit, within HOURS.
"""

import base64
import zlib
from typing import Final

import msgspec
from msgspec import Struct

from sync.central.office.people.box import AccountBox
from sync.central.office.sample.people_list import Columns
from sync.central.office.sheets.reader import Sheet
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID

HOURS: Final = 2
MOST_BYTES: Final = 64 * 1024 * 1024
"""The largest list that is read back."""
FIELD: Final = "bang"


class CarriedList(Struct, frozen=True, kw_only=True):
    """A table that was read. subject: whose list it is; columns: None until somebody chose them.

    until: in Unix seconds.
    """

    subject: str
    sheet: Sheet
    software: str
    columns: Columns | None
    until: int


def carry_list(box: AccountBox, table: CarriedList) -> str:
    """The table as the value of a field."""
    return box.seal(base64.b64encode(zlib.compress(msgspec.json.encode(table), 6)).decode())


def carried_list(box: AccountBox, text: str, subject: str, now: int) -> CarriedList:
    """The table of a field; raises ProblemError HL4241."""
    wrong = ProblemError(FORM_INVALID(where=FIELD, detail="đã quá lâu: chọn lại tệp"))
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(base64.b64decode(box.open(text), validate=True), MOST_BYTES)
        table = msgspec.json.decode(content, type=CarriedList)
    except (ProblemError, ValueError, zlib.error) as error:
        raise wrong from error
    if unpacking.unconsumed_tail or table.subject != subject or table.until < now:
        raise wrong
    return table
