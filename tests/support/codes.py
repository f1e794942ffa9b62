"""Signed codes for tests: a centre's badge key that is the same in every run, and what it signs."""

import base64
from datetime import date

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from sync.contract.bundle import PublicKey, PublicKeys
from sync.contract.case_box import open_case
from sync.contract.codes import Code, CodeKind, sign_code
from sync.contract.response import Response

KEY = SigningKey(bytes(range(32)))
KEYS = PublicKeys(badges=(PublicKey("badges-1", base64.b64encode(KEY.verify_key.encode()).decode()),))
TODAY = date(2026, 3, 2)
UNIT = "h26.kien-hung"
CASE_KEY = bytes(range(100, 132))
# The centre's key that responses seal their cases to.
CASE_PRIVATE = PrivateKey(bytes(range(40, 72)))
CASE_PUBLIC = base64.b64encode(bytes(CASE_PRIVATE.public_key)).decode()
DOSSIER = "000.00.12.H26-260227-0004"
# Shaped like the real thing, of nobody: no province has the code 000.
IDENTITY_CARD = "000000000000|000000000|Nguyễn Văn Thử|01011900|Nam|Số 0, Phố Không Có|01012021"
HEALTH_CARD = "XX0000000000000|4e67757965|01/01/1900|1|Phố Không Có|00 - 000|01/01/2021|-|-|4|-|0-$"


def opened(response: Response) -> tuple[str, ...]:
    """The cases of a response, as the centre reads them."""
    found = (open_case(box, [bytes(CASE_PRIVATE)]) for box in (response.tag.cases if response.tag else ()))
    return tuple(case for case in found if case is not None)


def code(
    kind: CodeKind = "badge",
    subject: str = "cb-07",
    unit: str = UNIT,
    serial: str = "K7QX2M4P",
    expires: date = date(2026, 12, 31),
) -> Code:
    return Code(kind=kind, unit=unit, subject=subject, serial=serial, expires=expires)


def signed(code: Code, key: SigningKey = KEY) -> str:
    return sign_code(code, key)
