"""An answer through the link of a letter becomes a response, in one transaction.

Promises:
- it is judged and stored by the functions that a terminal's batch goes through, as a response of the unit's
  device for phones, which numbers its own without a gap: channel “post”, for the plan, of no handover;
- what was written is sealed to the newest key before there is a response;
- a link is answered once; where the form was keyed before, the answer is kept apart as repeated;
- a link is open on the days of the plan's group, and no longer.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select, update

from sync import __version__
from sync.central.intake.ingest import store
from sync.central.intake.judge import Form, judge
from sync.central.intake.own_devices import next_number, own_device
from sync.central.intake.scope import within_scope
from sync.central.office.keys.stored import Keys
from sync.central.office.letter_rows import claim_of, link_digest
from sync.central.office.paper.asked import Asked, Asking, asking
from sync.central.office.phone.from_phone import KIND
from sync.central.office.phone.walk import Said
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.post.letters import letter_of, letter_query
from sync.central.store.first_answers import owners_of
from sync.central.store.letter_tables import letters
from sync.central.store.schema import responses
from sync.contract.canonical import canonical_bytes
from sync.contract.ids import uuid7
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.posting import LETTER_ANSWERED, LETTER_LINK_OVER, LETTER_LINK_UNKNOWN
from sync.contract.response import Respondent, Response, SurveyRef
from sync.contract.sealing import seal_words
from sync.contract.survey import Survey
from sync.contract.text import Language

_CODE = 26  # characters


class OpenLetter(Struct, frozen=True, kw_only=True):
    """A link that is valid today. link: its digest. answered: the letter was answered through its link.

    by_form: its form was keyed before anybody answered through the link.
    """

    asked: Asked
    form: int
    survey: Survey
    respondents: tuple[Respondent, ...]
    link: bytes
    answered: bool
    by_form: bool


def open_letter(connection: Connection, code: str, now: datetime) -> OpenLetter:
    """What the link with this code opens; raises ProblemError HL4340, HL4341."""
    if len(code) != _CODE:
        raise ProblemError(LETTER_LINK_UNKNOWN())
    link = link_digest(code.upper())
    row = connection.execute(letter_query().where(letters.c.link == link)).first()
    if row is None:
        raise ProblemError(LETTER_LINK_UNKNOWN())
    letter = letter_of(row)
    known = asking(connection, letter.asked)
    first, last = known.window
    today = now.astimezone(VIET_NAM).date()
    if (first and today < first) or (last and last < today) or is_closed(connection, letter.asked.plan):
        raise ProblemError(LETTER_LINK_OVER())
    claimed = bool(owners_of(connection, claim_of(link).keys))
    return OpenLetter(
        asked=letter.asked,
        form=letter.form,
        survey=known.survey,
        respondents=_respondents(known),
        link=link,
        answered=letter.answered_on is not None,
        by_form=claimed and letter.answered_on is None,
    )


def _respondents(known: Asking) -> tuple[Respondent, ...]:
    """A letter goes to organisations; a plan that names none asks whom it names."""
    return ("organisation",) if "organisation" in known.respondents else known.respondents[:1]


def store_letter_answer(
    connection: Connection,
    code: str,
    said: Said,
    language: Language,
    *,
    now: datetime,
    keys: Keys,
    random_bytes: Callable[[int], bytes],
) -> None:
    """Store what was said through the link with this code, in the open write transaction.

    Raises ProblemError HL4340, HL4341, or HL4342 if there was an answer.
    """
    unit = open_letter(connection, code, now).asked.unit
    device = own_device(KIND, unit)
    number = next_number(connection, device, kind=KIND, unit=unit)  # waits for another answer of this unit
    letter = open_letter(connection, code, now)
    if letter.answered or letter.by_form:
        raise ProblemError(LETTER_ANSWERED())
    at, sealing = now.astimezone(VIET_NAM), keys.public().sealing
    survey, received_at = letter.survey, int(now.timestamp() * 1000)
    made = Response(
        id=uuid7(at, random_bytes),
        device=device,
        seq=number,
        survey=SurveyRef(survey.id, survey.version),
        plan=letter.asked.plan,
        tag=None,
        channel="post",
        respondent=letter.respondents[0],
        answers=said.answers,
        outcome="complete",
        started_at=at,
        finished_at=at,
        lang=language if survey.keep_language else None,
        app=__version__,
        sealed=seal_words(said.words, sealing[-1].id, sealing[-1].public) if sealing else None,
    )
    judged = judge(
        canonical_bytes(made),
        device=device,
        unit=unit,
        forms={(survey.id, survey.version): Form(survey)},
        received_at=received_at,
        claims=lambda _: claim_of(letter.link),
    )
    within = within_scope(connection, [judged], unit=unit, moves=(), received_at=received_at)
    store(connection, device, within, received_at, revoked=False)
    if connection.execute(select(responses.c.id).where(responses.c.id == made.id)).first() is None:
        return  # its form was keyed meanwhile, so this one is kept apart
    values = {"answered_on": at.date().isoformat(), "changed_at": now.isoformat()}
    connection.execute(update(letters).where(letters.c.link == letter.link).values(values))
