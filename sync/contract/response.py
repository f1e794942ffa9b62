"""A response: everything that is stored of one visit, in the same format for every source.

Every source (a terminal, a keying desk, a web form) is a device with its own numbering: within a device `seq`
is 1, 2, 3 … without a gap, so that anyone can see whether something is missing.

Nothing here identifies a citizen: cases are sealed (case_box.py), and a citizen's own words are in `sealed`.
A field with its default value is left out of the bytes, so a field added later changes no older response.
Every text, list and number has a limit, which bounds what a device can make the centre store.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.contract.ids import UUID7_PATTERN
from sync.contract.patterns import whole
from sync.contract.text import Id, Language

Channel = Literal["kiosk", "phone", "paper", "post", "interview"]
Mode = Literal["self", "assisted", "interviewer"]
Respondent = Literal["citizen", "organisation", "staff"]
Outcome = Literal["complete", "partial", "declined", "timed_out", "voided"]
# Outcomes in which somebody answered something.
ANSWERED: tuple[Outcome, ...] = ("complete", "partial")
# Visits after which their case is not asked about again. A case whose visit timed out may be scanned again.
RATED: tuple[Outcome, ...] = (*ANSWERED, "declined")
TagSource = Literal["card", "case", "hand"]

# A time with its offset (RFC 3339), never a local time without one.
Moment = Annotated[datetime, Meta(tz=True)]
# Whole numbers stay below 2**53, exact in every JSON reader (RFC 8259, section 6).
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
# The number of a response within its device: enough for a thousand visits a day for five thousand years.
Seq = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Uuid = Annotated[str, Meta(pattern=UUID7_PATTERN)]
# HMAC-SHA-256 under the unit's key, hex, first 32 digits: enough to see a repeat. Only sealed in a response.
CaseHash = Annotated[str, Meta(pattern=whole("[0-9a-f]{32}"))]
# That hash, sealed to the centre, see case_box.py: 64 bytes in base64.
CaseBox = Annotated[str, Meta(pattern=whole("[A-Za-z0-9+/]{86}=="))]
ProcedureCode = Annotated[str, Meta(pattern=whole(r"[A-Za-z0-9.\-]{1,40}"))]

# A code or name that is printed at a counter: one line, no control characters.
Label = Annotated[str, Meta(pattern=whole(r"[^\x00-\x1f\x7f\u2028\u2029]{0,64}"))]

RESPONSE_BYTES = 64 * 1024
BOX_LIMIT = 48 * 1024  # characters of sealed words; a survey that could need more is refused
CASES = 20  # of one visit
REASON = 500  # characters
QUESTIONS = 200  # of a survey
OPTIONS = 100  # of a question

Key = Annotated[str, Meta(max_length=64)]
# A level, an option, several options, yes or no, a number, or "na" where the survey allows it.
Answer = (
    bool
    | Annotated[int, Meta(ge=-(2**53) + 1, le=2**53 - 1)]
    | Key
    | Annotated[tuple[Key, ...], Meta(max_length=OPTIONS)]
)


class SurveyRef(Struct, frozen=True, forbid_unknown_fields=True):
    """The survey that was asked, and its version."""

    id: Id
    version: Version


class Tag(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was handed over, by whom, where: the meaning of one scan (or of several by one citizen).

    cases: sealed; a terminal keeps their hashes in memory until the response is stored.
    scanned_at: when the tag was accepted. source: the kind of code, or by hand on the staff screen.
    """

    unit: Id
    counter: Label = ""
    procedure: ProcedureCode | None = None
    officer: Id | None = None
    cases: Annotated[tuple[CaseBox, ...], Meta(max_length=CASES)] = ()
    source: TagSource = "card"
    scanned_at: Moment | None = None


class Entered(Struct, frozen=True, forbid_unknown_fields=True):
    """A paper or postal form that was keyed in: by whom, when, and the number on the form."""

    by: Id
    at: Moment
    form_no: Annotated[str, Meta(max_length=64)]


class Void(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Why a tag or an earlier response does not count. `response`: the earlier one, else this visit."""

    by: Annotated[str, Meta(max_length=64)]
    reason: Annotated[str, Meta(max_length=REASON)]
    response: Uuid | None = None


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """A citizen's own words, readable only by the centre: which key, and a base64 sealed box."""

    key: Id
    box: Annotated[str, Meta(max_length=BOX_LIMIT, pattern=whole("[A-Za-z0-9+/=]*"))]


class Response(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One visit.

    seq: 0 until the outbox has given it its number.
    answers: question id -> answer; open and contact answers are in `sealed` only.
    timing: question id -> milliseconds its screen was shown.
    boot, monotonic_ms: a random id of this start of the machine, and its milliseconds at `finished_at`,
        so that a wrong clock can be put right later.
    lang: kept only if the survey says so: a person's language can reveal their ethnic origin.
    phone_code: a code for the citizen's own phone was on the glass, so a second answer may come from there.
    """

    id: Uuid
    device: Id
    seq: Seq
    survey: SurveyRef
    plan: Id | None = None
    tag: Tag | None = None
    channel: Channel
    mode: Mode = "self"
    respondent: Respondent = "citizen"
    answers: Annotated[dict[Key, Answer], Meta(max_length=QUESTIONS)] = {}
    timing: Annotated[dict[Key, Count], Meta(max_length=QUESTIONS)] = {}
    outcome: Outcome
    started_at: Moment
    finished_at: Moment
    boot: Annotated[str, Meta(max_length=40)] = ""
    monotonic_ms: Count = 0
    entered: Entered | None = None
    lang: Language | None = None
    app: Annotated[str, Meta(max_length=32)] = ""
    sealed: Sealed | None = None
    void: Void | None = None
    phone_code: bool = False
