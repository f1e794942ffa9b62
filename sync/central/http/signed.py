"""Signs the answers to verified requests of devices: the agent trusts no other answer.

An ASGI application around the application, so that no such answer can be sent unsigned.

Promises:
- an answer is signed only if the application has verified the signature of its request; it is bound to that
  request, its method and target. Without a verified request nobody gets a signature of the centre;
- only such an answer is buffered until it is complete, and the application makes it in one piece. All others,
  such as the tables of administrators, pass through unchanged.
"""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from nacl.signing import SigningKey

from sync.contract.signing import Call, sign_reply

_VERIFIED = "hailong.verified"


def mark_verified(scope: Scope, call: Call) -> None:
    """Mark the answer to this request for signing: a device's key has signed this head."""
    cast("dict[str, Any]", scope)[_VERIFIED] = call


def read_call(scope: Scope) -> Call:
    """The head of a request as it came: nothing in its target is decoded."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    path, query = scope["raw_path"].partition(b"?")[0], scope["query_string"]
    target = path + b"?" + query if query else path
    return Call(cast("dict[str, Any]", scope)["method"], target.decode("latin-1"), headers)


class SignedReplies:
    """`app`, its answers to verified requests signed with `key`.

    Args:
        app: an ASGI application that calls `mark_verified`.
        key_id, key: the centre's signing key.
        now: the time.

    """

    def __init__(self, app: ASGIApp, key_id: str, key: SigningKey, now: Callable[[], datetime]) -> None:
        self.app = app
        self._key_id = key_id
        self._key = key
        self._now = now
        # For a device that is being enrolled: it only knows this key's fingerprint yet.
        self._public = f"{key_id} {base64.b64encode(bytes(key.verify_key)).decode()}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the application's lifespan events."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        start: HTTPResponseStartEvent | None = None
        parts: list[bytes] = []

        async def sign(message: Message) -> None:
            nonlocal start
            call = cast("dict[str, Any]", scope).get(_VERIFIED)
            if call is None:
                await send(message)
            elif message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                parts.append(message["body"])
                if not message["more_body"] and start is not None:
                    await self._answer(call, start, b"".join(parts), send)

        await self.app(scope, receive, sign)

    async def _answer(self, call: Call, start: HTTPResponseStartEvent, body: bytes, send: Send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]
        }
        signed = sign_reply(
            self._key,
            self._key_id,
            call,
            status=start["status"],
            headers=headers,
            body=body,
            created=int(self._now().timestamp()),
        )
        start["headers"] = [
            *start["headers"],
            (b"centre-key", self._public),
            *((name.lower().encode(), value.encode()) for name, value in signed.items()),
        ]
        await send(start)
        await send({"type": "http.response.body", "body": body, "more_body": False})
