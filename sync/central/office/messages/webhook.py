"""A signed call to one program of the office, as Standard Webhooks 1.0 describes it.

The receiver checks `webhook-signature`: "v1," and base64 of HMAC-SHA256 over `id.timestamp.body`, with the
secret that both sides know; refuses a `webhook-timestamp` that is minutes old; and takes a `webhook-id` that
it knows as done. Only the address of the settings is ever called: a redirection is not followed.
"""

import base64
import hashlib
import hmac
import http.client
import ssl
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from sync.central.office.messages.carriers import Parcel, RefusedError, UnreachableError
from sync.central.office.messages.settings import WebhookSettings

_GONE = 410


class Webhook:
    """The program at `settings.address`. secret: what both sides know."""

    def __init__(self, settings: WebhookSettings, secret: bytes, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._secret = secret
        self._now = now

    def carry(self, parcel: Parcel, hand_over: Callable[[], None]) -> None:
        """Call it once; see `Carrier`. A call without an answer is made again, with the same id."""
        parts = urlsplit(self._settings.address)
        body = as_json(parcel)
        stamp = int(self._now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "hailong",
            "webhook-id": parcel.id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(self._secret, parcel.id, stamp, body),
        }
        hand_over()
        connection: http.client.HTTPConnection | None = None
        try:
            connection = self._connection(parts.scheme, parts.hostname or "", parts.port)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        except ssl.SSLError as error:
            raise UnreachableError("chứng thư của chương trình nhận không đúng") from error
        except TimeoutError as error:
            raise UnreachableError("chương trình nhận không trả lời kịp") from error
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError("không gọi được chương trình nhận") from error
        finally:
            if connection is not None:
                connection.close()
        if not 200 <= status < 300:
            moved = 300 <= status < 400
            raise RefusedError(f"chương trình nhận trả lời {status}", for_good=moved or status == _GONE)

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        timeout = self._settings.timeout_seconds
        if scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=timeout)
        context = ssl.create_default_context(cafile=self._settings.ca or None)
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)


def as_json(parcel: Parcel) -> bytes:
    """The body: what happened, when, and what there is to say."""
    content = parcel.content
    return msgspec.json.encode(
        {
            "type": f"hailong.{parcel.kind}",
            "timestamp": parcel.made,
            "data": {
                "office": parcel.office,
                "title": content.title,
                "lines": content.lines,
                "links": [
                    {"title": link.title, "address": f"{parcel.site}{link.path}"} for link in content.links
                ],
            },
        }
    )


def signature(secret: bytes, id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
