"""What a response claims as the answer of a handover, see store/first_answers.py.

The hash of a case may not lie where ratings are (contract/case_box.py), so a claim has it hashed once more,
under the oldest of the centre's keys for cases, which is a file of the centre's and in no database. From the
database and a unit's key nobody learns a dossier code by a claim.

Failure table: no key for cases at hand, or a box it can't open → that case is not claimed; the visit is.
"""

import hashlib
from collections.abc import Callable, Sequence

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
        boxes = response.tag.cases if answered else ()
        return Claim(claimed_keys(response.id, boxes, case_keys), answered)

    return claimed


def claimed_keys(visit: str, boxes: Sequence[str], case_keys: Sequence[bytes]) -> tuple[str, ...]:
    """The keys of a visit, by the id of its response on the terminal, and of the cases in these boxes."""
    cases = (open_case(box, case_keys) for box in boxes)
    return (digest_of(visit), *(_of_case(case, case_keys[-1]) for case in cases if case is not None))


def _of_case(case: str, key: bytes) -> str:
    return hashlib.blake2b(bytes.fromhex(case), digest_size=32, key=key, person=b"first answer").hexdigest()


visits_alone = claims_by(())
"""For who has no keys: cases are not claimed."""
