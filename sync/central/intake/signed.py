"""Signs every answer to a signed request, problems too: the agent believes nothing else.

An ASGI application around the application, so that no answer can leave unsigned by another way.
"""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from nacl.signing import SigningKey

from sync.contract.signing import sign_reply


class SignedReplies:
    """`app`, its answers to signed requests signed with `key`.

    Args:
        app: an ASGI application.
        key_id, key: the centre's signing key.
        now: the time.

    """

    def __init__(self, app: ASGIApp, key_id: str, key: SigningKey, now: Callable[[], datetime]) -> None:
        self.app = app
        self._key_id = key_id
        self._key = key
        self._now = now
        # For a device that is being enrolled: it knows this key's fingerprint and nothing else yet.
        self._public = f"{key_id} {base64.b64encode(bytes(key.verify_key)).decode()}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the application's life span."""
        headers = _headers(scope) if scope["type"] == ScopeType.HTTP else {}
        if "signature-input" not in headers:
            await self.app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            if message["type"] != "http.response.body":
                return
            parts.append(message["body"])
            if message["more_body"]:
                return
            body = b"".join(parts)
            signed = sign_reply(
                self._key,
                self._key_id,
                status=start["status"],
                body=body,
                created=int(self._now().timestamp()),
                request=headers,
            )
            start["headers"] = [
                *start.get("headers", []),
                (b"centre-key", self._public),
                *((name.lower().encode(), value.encode()) for name, value in signed.items()),
            ]
            await send(cast("HTTPResponseStartEvent", start))
            await send({"type": "http.response.body", "body": body, "more_body": False})

        await self.app(scope, receive, hold)


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
