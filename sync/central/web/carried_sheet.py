"""A table that was tried, carried in the form that takes it in: the centre keeps no file in between.

It is no secret and no proof: what comes back is checked whole again, as any table of this person would be.
"""

import base64
import binascii
import zlib

import msgspec

from sync.central.office.sheets.reader import Sheet
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID

MOST_BYTES = 16 * 1024 * 1024
"""The largest table that is read back."""


def carry(sheet: Sheet) -> str:
    """The table as the value of a field."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(sheet), 9)).decode()


def carried(text: str, field: str) -> Sheet:
    """The table of a field; raises ProblemError HL4241."""
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(base64.b64decode(text, validate=True), MOST_BYTES)
        if unpacking.unconsumed_tail:
            raise ProblemError(FORM_INVALID(where=field))
        return msgspec.json.decode(content, type=Sheet)
    except (binascii.Error, ValueError, zlib.error, msgspec.DecodeError) as error:
        raise ProblemError(FORM_INVALID(where=field)) from error
