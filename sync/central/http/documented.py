"""The form of errors, and their description in the OpenAPI document: RFC 9457, numbered."""

from litestar.openapi import ResponseSpec
from msgspec import Struct

from sync.contract.problem import Kind
from sync.contract.problem.centre import UNEXPECTED_ERROR

PROBLEM_JSON = "application/problem+json"


class ProblemDocument(Struct, frozen=True, omit_defaults=True):
    """RFC 9457. number: see the list of problems.

    restart: with HL4014, the cursor to begin again with. server_time: with HL4019, the centre's clock.
    """

    type: str
    status: int
    title: str
    remedy: str
    number: str
    detail: str = ""
    where: str = ""
    restart: str = ""
    server_time: str = ""


def problems(*kinds: Kind) -> dict[int, ResponseSpec]:
    """The documented answers for these problems."""
    by_status: dict[int, list[str]] = {}
    for kind in (*kinds, UNEXPECTED_ERROR):
        by_status.setdefault(kind.status, []).append(f"{kind.number} {kind.title_en}")
    return {
        status: ResponseSpec(
            ProblemDocument, description="; ".join(lines), media_type=PROBLEM_JSON, generate_examples=False
        )
        for status, lines in by_status.items()
    }
