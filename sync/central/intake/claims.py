"""What a response claims as the answer of a handover, see store/first_answers.py.

The hash of a case may not lie where ratings are (contract/case_box.py), so a claim has it hashed once more,
under the oldest of the centre's keys for cases, which is a file of the centre's and in no database. From the
database and a unit's key nobody learns a dossier code by a claim.

Failure table: no key for cases at hand, or a box it can't open → that case is not claimed; the visit is.
"""

import hashlib
from collections.abc import Callable, Sequence

from sync.central.intake.moment import day_of
from sync.central.store.first_answers import Claim
from sync.central.store.response_digest import digest_of
from sync.contract.case_box import open_case
from sync.contract.response import ANSWERED, Response

Claims = Callable[[Response], Claim | None]


def claims_by(case_keys: Sequence[bytes]) -> Claims:
    """What responses of terminals claim; case_keys: those that open cases, the newest first."""

    def claimed(response: Response) -> Claim | None:
        if not response.phone_code or response.tag is None:
            return None
        answered = response.outcome in ANSWERED
        cases = keys_of_cases(response.tag.cases, case_keys) if answered else ()
        day = day_of(response.finished_at, 0)
        return Claim((digest_of(response.id),), answered, cases, day)

    return claimed


def keys_of_cases(boxes: Sequence[str], case_keys: Sequence[bytes]) -> tuple[str, ...]:
    """The keys of the cases in these boxes, as far as they can be opened."""
    cases = (open_case(box, case_keys) for box in boxes)
    return tuple(_of_case(case, case_keys[-1]) for case in cases if case is not None)


def _of_case(case: str, key: bytes) -> str:
    return hashlib.blake2b(bytes.fromhex(case), digest_size=32, key=key, person=b"first answer").hexdigest()


visits_alone = claims_by(())
"""For who has no keys: cases are not claimed."""
