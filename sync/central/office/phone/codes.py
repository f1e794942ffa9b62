"""What a code on the glass opens, and whether its visit was answered already.

not a token, changed, of another device's key, a revoked or unknown device, an unknown form    HL4270
past its seven days, or not answered before its plan was closed                                HL4271
answered on a phone                                        `answered` is "phone": the thanks again
answered on the glass, or taken back by staff              `answered` is "glass": nothing more to do
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.office.planning.closed_plans import is_closed
from sync.central.store.first_answers import owners_of
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import devices, responses
from sync.central.store.surveys import load_survey
from sync.contract.phone_token import PhoneToken, check_days, check_token, read_text
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import PHONE_CODE_OVER, PHONE_CODE_UNREADABLE
from sync.contract.response import ANSWERED
from sync.contract.survey import Survey

Answered = Literal["", "phone", "glass"]


class OpenCode(Struct, frozen=True, kw_only=True):
    """A code that is valid. unit: where its terminal is. begun: its visit is here, and nobody answered it."""

    token: PhoneToken
    survey: Survey
    unit: str
    answered: Answered
    begun: bool


def phone_key(visit: str) -> str:
    """The key of `first_answers` that lets a code be answered once, also where the glass was first."""
    return digest_of(f"phone {visit}")


def open_code(connection: Connection, text: str, now: datetime) -> OpenCode:
    """What this text opens; raises ProblemError HL4270 or HL4271."""
    token, packed, signature = read_text(text)
    c = devices.c
    row = connection.execute(select(c.unit, c.state, c.public_key).where(c.id == token.device)).first()
    if row is None or row.public_key is None or row.state == "revoked":
        raise ProblemError(PHONE_CODE_UNREADABLE())
    check_token(packed, signature, bytes(row.public_key))
    check_days(token, now)
    survey = load_survey(connection, token.survey, token.survey_version)
    if survey is None or not set(token.respondents) <= set(survey.respondents):
        raise ProblemError(PHONE_CODE_UNREADABLE())
    query = select(responses.c.outcome).where(responses.c.id == token.visit_id)
    outcome = connection.execute(query).scalar()
    answered = _answered(connection, token, outcome)
    if not answered and token.plan and is_closed(connection, token.plan):
        raise ProblemError(PHONE_CODE_OVER())
    return OpenCode(
        token=token,
        survey=survey,
        unit=row.unit,
        answered=answered,
        begun=outcome is not None and outcome not in (*ANSWERED, "voided"),
    )


def _answered(connection: Connection, token: PhoneToken, outcome: str | None) -> Answered:
    visit = digest_of(token.visit_id)
    own = phone_key(token.visit_id)
    owners = owners_of(connection, (visit, own))
    if own in owners:
        return "phone"
    return "glass" if visit in owners or outcome in (*ANSWERED, "voided") else ""
