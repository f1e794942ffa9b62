"""What can happen to a visit (events), and what the session asks the world to do (effects)."""

from datetime import datetime

from msgspec import Struct

from sync.contract.ids import uuid7
from sync.contract.response import Answer, Respondent, Response, Tag
from sync.contract.sealing import Words


class Now(Struct, frozen=True):
    """The instant of an event, and chance, both handed in: the session has neither clock nor dice.

    wall: with offset. monotonic_ms: never goes back within one boot. random: 16 bytes, fresh for each event.
    """

    wall: datetime
    monotonic_ms: int
    random: bytes


def new_id(now: Now) -> str:
    """The id of a visit that begins, or is queued, now; one per event, for it uses up the chance in `now`."""
    return uuid7(now.wall, lambda count: now.random[:count])


# --- events ------------------------------------------------------------------------------------------


class Touched(Struct, frozen=True):
    """A finger somewhere: somebody is there."""


class Tagged(Struct, frozen=True):
    """A handover was tagged, and the screen is free: its visit begins, or has just begun without a tag.

    visit: the id of its visit, where a draft of it was kept while it waited; "" a new one.
    """

    tag: Tag
    visit: str = ""


class Joined(Struct, frozen=True):
    """Another dossier of the same citizen: the same visit with this tag."""

    tag: Tag


class Replaced(Struct, frozen=True):
    """The next handover came before anybody answered for this one, whose visit ends.

    corrected: the tag was wrong, and its response says `voided`; else nobody wanted to answer.
    """

    corrected: bool


class QueueLength(Struct, frozen=True):
    """How many handovers wait for the visit at hand to end: shown to the officer."""

    count: int


class Start(Struct, frozen=True):
    """The button of the ready screen, where a terminal has one: the citizen wants to answer."""


class NotNow(Struct, frozen=True):
    """The citizen would rather not."""


class ShowPrivacy(Struct, frozen=True):
    """What happens with my answers?"""


class ClosePrivacy(Struct, frozen=True):
    """Read."""


class Answered(Struct, frozen=True):
    """An answer to a question; `na` for "không áp dụng"."""

    question: str
    answer: Answer


class RespondentChosen(Struct, frozen=True):
    """Whom the visitor answers for: asked before the first question, and no answer of the form."""

    respondent: Respondent


class Toggled(Struct, frozen=True):
    """One option of several was touched: on if it was off."""

    question: str
    option: str


class Writing(Struct, frozen=True):
    """The text so far, of a question or of one field of its contact details; not an answer yet."""

    question: str
    text: str
    field: str = ""


class KeyTouched(Struct, frozen=True):
    """A key of the screen's keyboard that wrote nothing: capitals, another page of keys."""


class ContactWanted(Struct, frozen=True):
    """Whether the citizen wants to leave contact details."""

    question: str
    wanted: bool


class Forward(Struct, frozen=True):
    """Next, skip or send: whichever the screen offers."""


class MoreWanted(Struct, frozen=True):
    """At the gate: the citizen has something to add."""


class Back(Struct, frozen=True):
    """The page before."""


class StartAgain(Struct, frozen=True):
    """Forget all answers and begin with the first question."""


class Focused(Struct, frozen=True):
    """The keypad is on something that can be touched.

    name: the words on it, or for it. answer: to which question it gives which answer, None it gives none.
    writes: it is a key of the screen's keyboard.
    """

    name: str
    answer: tuple[str, Answer] | None = None
    writes: bool = False


class StillHere(Struct, frozen=True):
    """ "Are you still there?" — yes."""


class Timeout(Struct, frozen=True):
    """An `After` is due. A token that is no longer awaited is ignored."""

    token: int


class Committed(Struct, frozen=True):
    """The response of the last `Commit` is on the disk."""


class StorageFailed(Struct, frozen=True):
    """It is not. `number`: of the problem, for the staff."""

    number: str


class StorageBack(Struct, frozen=True):
    """Storage that failed outside a visit works again."""


class LanguageChosen(Struct, frozen=True):
    """Show everything in this language until the visit ends."""

    language: str


class LanguagesWanted(Struct, frozen=True):
    """Show the languages to choose from, or go back to what was shown."""


class TextSizeTouched(Struct, frozen=True):
    """The next of three text sizes."""


class ContrastTouched(Struct, frozen=True):
    """High contrast on or off."""


class EarTouched(Struct, frozen=True):
    """Spoken help: aloud, where answers are offered by number and not spoken; into headphones; off."""


class Speaking(Struct, frozen=True):
    """Something is being read aloud for that many milliseconds: nobody has to hurry meanwhile."""

    milliseconds: int


class SignsTouched(Struct, frozen=True):
    """The citizen wants questions in sign language."""


class HandTouched(Struct, frozen=True):
    """Controls within reach of the other hand."""


class HelpWanted(Struct, frozen=True):
    """The citizen calls the staff."""


class Assisted(Struct, frozen=True):
    """The officer says that somebody helps this citizen to answer."""


class Voided(Struct, frozen=True):
    """Staff say that the tag of this visit is wrong."""

    by: str
    reason: str


class Noticed(Struct, frozen=True):
    """A short message to the officer, in Vietnamese words of the interface; refused: a scan was."""

    text: str
    refused: bool = False


class WipeWanted(Struct, frozen=True):
    """Staff clean the glass: touch is locked for a while."""


class CodeMade(Struct, frozen=True):
    """The code of this visit with this tag can be shown; address: what it opens, "" where there is none."""

    visit: str
    tag: Tag
    address: str


class OpeningChanged(Struct, frozen=True):
    """Opening hours began or ended."""

    open: bool


Event = (
    Touched
    | Tagged
    | Joined
    | Replaced
    | QueueLength
    | Start
    | NotNow
    | ShowPrivacy
    | ClosePrivacy
    | Answered
    | RespondentChosen
    | Toggled
    | Writing
    | KeyTouched
    | ContactWanted
    | Forward
    | MoreWanted
    | Back
    | StartAgain
    | Focused
    | StillHere
    | Timeout
    | Committed
    | StorageFailed
    | StorageBack
    | LanguageChosen
    | LanguagesWanted
    | TextSizeTouched
    | ContrastTouched
    | EarTouched
    | Speaking
    | SignsTouched
    | HandTouched
    | HelpWanted
    | Assisted
    | Voided
    | Noticed
    | WipeWanted
    | OpeningChanged
    | CodeMade
)


# --- effects -----------------------------------------------------------------------------------------


class After(Struct, frozen=True):
    """Send `Timeout(token)` after that many milliseconds."""

    milliseconds: int
    token: int


class Commit(Struct, frozen=True):
    """Seal the words, make the response durable, then send `Committed` or `StorageFailed`."""

    response: Response
    words: Words


class KeepDraft(Struct, frozen=True):
    """Keep the visit so far, so that a power cut leaves what was answered.

    waits: it is of a handover that waits, for which nothing will be drawn yet.
    """

    response: Response
    words: Words
    waits: bool = False


class Sound(Struct, frozen=True):
    """A short sound, the same for every answer: "press", "thanks" or "call"."""

    name: str


class Speak(Struct, frozen=True):
    """Say this aloud in this language, `queued`: after what is being said, else instead of it."""

    text: str
    language: str
    queued: bool = False


class CallStaff(Struct, frozen=True):
    """Report to the staff that a citizen asks for help."""


class CodeWanted(Struct, frozen=True):
    """Make the code that opens this visit's form on the citizen's own phone, then send `CodeMade`.

    tag: its cases are hashes. respondents: among whom the citizen says who they are. at: now.
    """

    visit: str
    tag: Tag
    respondents: tuple[Respondent, ...]
    at: datetime


Effect = After | Commit | KeepDraft | Sound | Speak | CallStaff | CodeWanted
