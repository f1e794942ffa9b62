"""Only the answer to a request that was verified is held until it can be signed; all others pass at once."""

import asyncio
from typing import Any, cast

from nacl.signing import SigningKey

from sync.central.http.signed import SignedReplies, mark_verified, read_call
from tests.support.wire import NOW

PIECES = [b"one", b"two", b"three"]


def passed(*, verified: bool) -> list[Any]:
    """What an application that answers in pieces sends, and how much has gone after each piece."""
    sent: list[Any] = []
    gone: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if verified:
            mark_verified(scope, read_call(scope))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"1"')]})
        for number, piece in enumerate(PIECES, 1):
            more = number < len(PIECES)
            await send({"type": "http.response.body", "body": piece, "more_body": more})
            gone.append(len(sent))

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"signature-input", b"x"), (b"signature", b"hailong=:victimsig:")]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "raw_path": b"/v1/responses"}
    signing = SignedReplies(cast("Any", app), "centre-1", SigningKey(bytes(32)), lambda: NOW)
    scope |= {"query_string": b"format=ndjson", "headers": headers}
    asyncio.run(signing(cast("Any", scope), cast("Any", None), cast("Any", send)))
    return [sent, gone]


def test_a_table_leaves_piece_by_piece_whatever_its_request_says_of_signatures() -> None:
    sent, gone = passed(verified=False)
    assert [each["body"] for each in sent[1:]] == PIECES
    assert gone == [2, 3, 4], "nothing is kept back"
    assert sent[0]["headers"] == [(b"etag", b'"1"')]


def test_an_answer_to_a_verified_request_leaves_whole_and_signed() -> None:
    sent, gone = passed(verified=True)
    assert [each["body"] for each in sent[1:]] == [b"".join(PIECES)]
    assert gone == [0, 0, 2]
    assert {b"signature", b"signature-input", b"content-digest"} <= {name for name, _ in sent[0]["headers"]}
