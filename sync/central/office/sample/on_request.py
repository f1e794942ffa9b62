"""What a person may ask for: whether a list has them, and that their details are removed from it."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.one_person import phone_number
from sync.central.office.sample.sealed_list import Place, of_place
from sync.central.store.sample_tables import drawn_people, frame_people
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import PERSON_CLOSED
from sync.contract.response import Sealed
from sync.contract.sealing import open_words
from sync.contract.text import without_marks


class ListedMatch(Struct, frozen=True):
    """Somebody on a list. code: names them, without leading to them."""

    place: Place
    code: str


def find_listed(connection: Connection, wanted: str, keys: Mapping[str, bytes]) -> list[ListedMatch]:
    """Who on all lists has `wanted`, a telephone number or another whole field; every box is opened.

    keys: the sealing keys.
    """
    query = select(frame_people).where(frame_people.c.sealed_box != "")
    return [
        ListedMatch(Place(Stratum(row.plan, row.stratum), row.unit), row.code)
        for row in connection.execution_options(yield_per=1000).execute(query)
        if _has(row.sealed_key, row.sealed_box, wanted, keys)
    ]


def forget_listed(act: Act, place: Place, code: str, reason: str) -> None:
    """Remove what a list says of one person: name, telephone number, address and id.

    Their code stays, so that the draw can still be repeated; nobody can open them, and if they were drawn and
    not asked yet, nobody asks them. Raises ProblemError HL4316 if there is nobody, or nothing any more.
    """
    this = (of_place(frame_people, place), frame_people.c.code == code, frame_people.c.sealed_box != "")
    emptied = update(frame_people).where(*this).values(sealed_key="", sealed_box="")
    if act.connection.execute(emptied).rowcount != 1:
        raise ProblemError(PERSON_CLOSED(where=place.unit))
    drawn = (of_place(drawn_people, place), drawn_people.c.code == code)
    act.connection.execute(update(drawn_people).where(*drawn).values(response=""))
    act.connection.execute(
        update(drawn_people)
        .where(*drawn, drawn_people.c.state.in_(("waiting", "spare")))
        .values(state="refused", account=None)
    )
    act.note("people-forget", place.subject, mask_digits(reason))


def _has(key: str, box: str, wanted: str, keys: Mapping[str, bytes]) -> bool:
    try:
        said = open_words(Sealed(key, box), keys).get("person", {})
    except ProblemError:
        return False
    return isinstance(said, dict) and _plain(wanted) in {_plain(text) for text in said.values() if text}


def _plain(text: str) -> str:
    return phone_number(text) or without_marks(text)
