"""The code that opens the visit's form on the citizen's own phone: what it is made of, and its modules. Pure.

The terminal can't sign it: the agent does, who alone has this device's key (sync/host/phone_codes.py). That
takes some milliseconds, in a thread (devices/phone_codes.py); until then its place on the glass is empty.
"""

from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from kiosk.events import CodeWanted
from kiosk.qr_modules import qr_modules
from kiosk.session import Rules

Sign = Callable[[bytes], bytes | None]
"""Signs a token; None where that is not possible now."""


class Place(Struct, frozen=True):
    """What does not change from visit to visit. case_public: see `tagging.ServicePoint`."""

    rules: Rules
    case_public: str


def code_address(wanted: CodeWanted, place: Place, sign: Sign) -> str:
    """The address of the code; "" where there is none."""
    from sync.contract.case_box import (
        seal_case,
    )  # late, as all that signs and seals: not for the first picture
    from sync.contract.phone_token import DAYS, as_text, pack, phone_address, phone_token
    from sync.contract.response import SurveyRef

    rules, tag = place.rules, wanted.tag
    boxes = tuple(seal_case(case, place.case_public) for case in tag.cases) if place.case_public else ()
    token = phone_token(
        device=rules.device,
        visit=wanted.visit,
        tag=replace(tag, cases=boxes),
        survey=SurveyRef(rules.survey.id, rules.survey.version),
        plan=rules.plan,
        respondents=wanted.respondents,
        expires=int((wanted.at + timedelta(days=DAYS)).timestamp()),
    )
    signature = sign(pack(token)) if token is not None else None
    if token is None or signature is None:
        return ""
    address = phone_address(rules.phone_site, as_text(pack(token), signature))
    qr_modules(address)  # made here: not between two pictures
    return address
