"""What a scanned code means at this counter: who is serving, and what was handed over.

Two pure parts. `read_code` says what one code is: a badge, a procedure card, a dossier, or refused.
`step` is the counter's memory between scans: (state, event, now) -> (state, outcome).

    badge ──► signs the officer in, until sign-out, another badge, closing or long idleness
    procedure card, dossier, by hand ──► a tag: one handover, one visit, one response

The queue of handovers is here and nowhere else. The session gets one tag at a time, when its screen is free;
`Occupied` and `VisitEnded` say when that is.

Promises (each has a test of this name):
- every accepted tag leaves exactly one response: the outcome says what becomes of the one before it;
- a scan before the first answer replaces the tag; a scan during a visit queues and never re-tags it;
- dossiers scanned one after the other are one citizen's, and make one visit;
- a case that was rated within the set days is not a tag, here or at another terminal of the unit;
- a refused scan changes nothing but the count of its reason.

The scanned text goes no further than `read_code`: no state, outcome or message holds any of it.
"""

import base64
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from kiosk.events import Now, new_id
from sync.contract import codes
from sync.contract.bundle import Bundle, Case, PublicKeys, Revoked
from sync.contract.catalogue import Catalogue
from sync.contract.code_rules import CodeRules
from sync.contract.codes import Code, Refusal
from sync.contract.response import CASES, RATED, Outcome, Tag, TagSource

# One press of a scanner's trigger can read a card twice. Later, the same card is the next citizen's.
_DOUBLE_SCAN_MS = 3000


class Place(Struct, frozen=True, kw_only=True):
    """What a code is judged by: made once from a bundle, by `place`.

    units: the terminal's unit, then the units above it, whose badges and cards count here too.
    case_key: the unit's key for hashing dossier codes; None: dossiers count, but repeats cannot be seen.
    case_public: the centre's key that responses seal their cases to; "": they name none.
    """

    units: tuple[str, ...]
    counter: str
    keys: PublicKeys = PublicKeys()
    revoked: Revoked = Revoked()
    rules: CodeRules = CodeRules()
    case_key: bytes | None = None
    case_public: str = ""
    cases: Mapping[str, Case] = {}


def place(bundle: Bundle, unit: str, counter: str) -> Place:
    """The place that is `counter` of `unit`."""
    return Place(
        units=_with_units_above(bundle.catalogue, unit),
        counter=counter,
        keys=bundle.keys,
        revoked=bundle.revoked,
        rules=bundle.settings.codes,
        case_key=base64.b64decode(bundle.cases.key) if bundle.cases.key else None,
        case_public=bundle.cases.public,
        cases={case.case: case for case in bundle.cases.case},
    )


def _with_units_above(catalogue: Catalogue, unit: str) -> tuple[str, ...]:
    units = [unit]
    while (found := catalogue.unit(units[-1])) and found.parent and found.parent not in units:
        units.append(found.parent)
    return tuple(units)


# --- what one code is --------------------------------------------------------------------------------


class Badge(Struct, frozen=True):
    """An officer's badge."""

    officer: str


class ProcedureCard(Struct, frozen=True):
    """A card of one procedure."""

    procedure: str


class Dossier(Struct, frozen=True, kw_only=True):
    """A citizen's dossier, by its keyed hash; procedure and officer where the case list knows them.

    rated: the centre has already seen this case rated.
    """

    case: str | None
    procedure: str | None = None
    officer: str | None = None
    rated: bool = False


class Refused(Struct, frozen=True):
    """Not a code that counts; `reason.problem` is what the officer is told."""

    reason: Refusal


Read = Badge | ProcedureCard | Dossier | Refused


def read_code(text: str, place: Place, today: date) -> Read:
    """What the scanned `text` is at this place, today. Never raises, whatever was scanned."""
    code = codes.read(
        text,
        today,
        units=place.units,
        keys=place.keys,
        revoked=place.revoked,
        rules=place.rules,
        case_key=place.case_key,
    )
    match code:
        case Refusal():
            return Refused(code)
        case Code():
            return Badge(code.subject) if code.kind == "badge" else ProcedureCard(code.subject)
    case = place.cases.get(code.case) if code.case else None
    if case is None:
        return Dossier(case=code.case)
    return Dossier(case=case.case, procedure=case.procedure, officer=case.officer, rated=case.rated)


# --- the counter's memory ----------------------------------------------------------------------------


class Habits(Struct, frozen=True, kw_only=True):
    """How long things last at this counter.

    idle_minutes: a badge without any scan signs out. repeat_days: a rated case is not asked again.
    join_seconds: dossiers scanned this close together are one citizen's. queue: tags that may wait.
    """

    idle_minutes: int = 120
    repeat_days: int = 30
    join_seconds: int = 20
    queue: int = 5


class Waiting(Struct, frozen=True):
    """A handover whose visit has not begun. visit: the id that its visit and its draft have."""

    tag: Tag
    visit: str


class Counter(Struct, frozen=True, kw_only=True):
    """What the counter remembers between two scans.

    officer: signed in. tag: of the visit at hand. occupied: no scan may change that visit or begin another.
    queue: handovers that wait for their visit. scanned_ms: the last scan, monotonic milliseconds.
    rated: cases that were rated here, and when. refused: how often by reason.
    """

    officer: str | None = None
    tag: Tag | None = None
    occupied: bool = False
    queue: tuple[Waiting, ...] = ()
    scanned_ms: int = 0
    rated: Mapping[str, datetime] = {}
    refused: Mapping[Refusal, int] = {}


class Scanned(Struct, frozen=True):
    """A scanner read something, and `read_code` said what it is."""

    read: Read


class ByHand(Struct, frozen=True):
    """Staff chose a procedure on their screen; None: a handover of an unknown procedure."""

    procedure: str | None


class Occupied(Struct, frozen=True):
    """The citizen has begun to answer, or the screen can welcome nobody: what is scanned now waits."""


class VisitEnded(Struct, frozen=True):
    """The screen is free again: the visit is over, its thanks too."""

    outcome: Outcome


class SignOut(Struct, frozen=True):
    """The officer leaves, or the office closes."""


class TimePassed(Struct, frozen=True):
    """Sent now and then, so that an idle badge signs out without a scan."""


Event = Scanned | ByHand | Occupied | VisitEnded | SignOut | TimePassed


class SignedIn(Struct, frozen=True):
    """A badge was shown; `before`: the officer it replaces."""

    officer: str
    before: str | None


class SignedOut(Struct, frozen=True):
    """Nobody is signed in any more."""

    officer: str


class Accepted(Struct, frozen=True):
    """A visit begins with this tag. visit: its id where the handover waited, "" a new one."""

    tag: Tag
    visit: str = ""


class Replaced(Struct, frozen=True):
    """The visit that nobody had begun to answer ends, and the visit of this tag is the next one.

    before: the earlier tag, which still leaves its one response: `voided` where the scan corrected it
    (`corrected`: it came within moments), else `timed_out`, because the next citizen is already here.
    """

    tag: Tag
    before: Tag
    corrected: bool


class Joined(Struct, frozen=True):
    """Another dossier of the same citizen: the same visit, this tag."""

    tag: Tag


class Queued(Struct, frozen=True):
    """A tag waits for the visit at hand to end; so many wait now."""

    waiting: int


class AlreadyRated(Struct, frozen=True):
    """This case has had its say: nothing new is recorded (HL3015)."""


class QueueFull(Struct, frozen=True):
    """No more can wait, or belong to one visit: the scan counts for nothing, to be repeated (HL3016)."""


class Nothing(Struct, frozen=True):
    """Nothing to show: the same code again, or nothing changed."""


Told = (
    SignedIn
    | SignedOut
    | Accepted
    | Replaced
    | Joined
    | Queued
    | AlreadyRated
    | QueueFull
    | Refused
    | Nothing
)


def step(counter: Counter, event: Event, now: Now, place: Place, habits: Habits) -> tuple[Counter, Told]:
    """What the counter remembers after `event`, and what came of it."""
    if isinstance(event, TimePassed):
        return _sign_out(counter) if _idle(counter, now, habits) else (counter, Nothing())
    if isinstance(event, SignOut):
        return _sign_out(counter)
    if isinstance(event, Occupied):
        return replace(counter, occupied=True), Nothing()
    if isinstance(event, VisitEnded):
        return _end_visit(counter, event.outcome, now, habits)
    if _idle(counter, now, habits):
        counter = replace(counter, officer=None)
    if isinstance(event, ByHand):
        tag = _tag(counter, now, place, "hand", event.procedure)
        return _take(counter, tag, now, habits)
    return _scan(counter, event.read, now, place, habits)


def _scan(counter: Counter, read: Read, now: Now, place: Place, habits: Habits) -> tuple[Counter, Told]:
    if isinstance(read, Refused):
        count = counter.refused.get(read.reason, 0) + 1
        return replace(counter, refused={**counter.refused, read.reason: count}), read
    if isinstance(read, Badge):
        signed_in = replace(counter, officer=read.officer, scanned_ms=now.monotonic_ms)
        return signed_in, SignedIn(read.officer, counter.officer)
    if isinstance(read, ProcedureCard):
        tag = _tag(counter, now, place, "card", read.procedure)
        return _take(counter, tag, now, habits)
    if read.rated or _is_rated(counter, read.case, now, habits):
        return counter, AlreadyRated()
    tag = _tag(counter, now, place, "case", read.procedure)
    tag = replace(tag, officer=read.officer or tag.officer, cases=(read.case,) if read.case else ())
    return _take(counter, tag, now, habits)


def _take(counter: Counter, tag: Tag, now: Now, habits: Habits) -> tuple[Counter, Told]:
    """Give `tag` its place: a visit of its own, the visit nobody has begun, or the queue."""
    since_ms = now.monotonic_ms - counter.scanned_ms
    moments = since_ms <= habits.join_seconds * 1000
    counter = replace(counter, scanned_ms=now.monotonic_ms)
    tags = _open_tags(counter)
    if any(case in known.cases for known in tags for case in tag.cases):
        return counter, Nothing()
    if tags and _same_card(tags[-1], tag) and since_ms <= _DOUBLE_SCAN_MS:
        return counter, Nothing()
    if counter.occupied:
        return _enqueue(counter, Waiting(tag, new_id(now)), moments, habits)
    before = counter.tag
    if before is None:
        return replace(counter, tag=tag), Accepted(tag)
    if moments and _both_dossiers(before, tag):
        if len(before.cases) >= CASES:
            return counter, QueueFull()
        joined = replace(before, cases=before.cases + tag.cases)
        return replace(counter, tag=joined), Joined(joined)
    corrected = moments and not _same_card(before, tag)
    queue = (Waiting(tag, new_id(now)), *counter.queue)
    return replace(counter, occupied=True, queue=queue), Replaced(tag, before, corrected)


def _enqueue(counter: Counter, waiting: Waiting, moments: bool, habits: Habits) -> tuple[Counter, Told]:
    queue, cases = counter.queue, waiting.tag.cases
    if queue and moments and _both_dossiers(queue[-1].tag, waiting.tag):
        last = queue[-1]
        if len(last.tag.cases) >= CASES:
            return counter, QueueFull()
        joined = replace(last, tag=replace(last.tag, cases=last.tag.cases + cases))
        queue = (*queue[:-1], joined)
    elif len(queue) >= habits.queue:
        return counter, QueueFull()
    else:
        queue = (*queue, waiting)
    return replace(counter, queue=queue), Queued(len(queue))


def _end_visit(counter: Counter, outcome: Outcome, now: Now, habits: Habits) -> tuple[Counter, Told]:
    rated = dict(counter.rated)
    if counter.tag and outcome in RATED:
        rated |= dict.fromkeys(counter.tag.cases, now.wall)
    oldest = now.wall - timedelta(days=habits.repeat_days)
    rated = {case: at for case, at in rated.items() if at > oldest}
    ended = replace(counter, tag=None, occupied=False, rated=rated)
    if not counter.queue:
        return ended, Nothing()
    first, *others = counter.queue
    return replace(ended, tag=first.tag, queue=tuple(others)), Accepted(first.tag, first.visit)


def _sign_out(counter: Counter) -> tuple[Counter, Told]:
    if counter.officer is None:
        return counter, Nothing()
    return replace(counter, officer=None), SignedOut(counter.officer)


def _idle(counter: Counter, now: Now, habits: Habits) -> bool:
    idle_ms = now.monotonic_ms - counter.scanned_ms
    return counter.officer is not None and idle_ms >= habits.idle_minutes * 60_000


def _is_rated(counter: Counter, case: str | None, now: Now, habits: Habits) -> bool:
    at = counter.rated.get(case) if case else None
    return at is not None and at > now.wall - timedelta(days=habits.repeat_days)


def _open_tags(counter: Counter) -> tuple[Tag, ...]:
    waiting = tuple(handover.tag for handover in counter.queue)
    return (counter.tag, *waiting) if counter.tag else waiting


def _same_card(before: Tag, tag: Tag) -> bool:
    """One procedure, one officer, no case: nothing tells these two handovers apart."""
    return (
        not before.cases
        and not tag.cases
        and (before.source, before.procedure, before.officer) == (tag.source, tag.procedure, tag.officer)
    )


def _both_dossiers(before: Tag, tag: Tag) -> bool:
    return bool(before.cases and tag.cases)


def _tag(counter: Counter, now: Now, place: Place, source: TagSource, procedure: str | None) -> Tag:
    return Tag(
        unit=place.units[0],
        counter=place.counter,
        procedure=procedure,
        officer=counter.officer,
        source=source,
        scanned_at=now.wall,
    )


def unannounced(rated: Mapping[str, datetime], place: Place) -> dict[str, datetime]:
    """What this counter alone knows to be rated: all of `rated` but what the centre announces itself."""
    announced = {hashed for hashed, case in place.cases.items() if case.rated}
    return {case: at for case, at in rated.items() if case not in announced}
