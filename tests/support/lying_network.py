"""A network that loses, repeats, forges and cuts off: an httpx transport around a real one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

import httpx

Lie = Callable[[httpx.BaseTransport, httpx.Request], httpx.Response]


class Body(httpx.SyncByteStream):
    """A body as it comes from a socket: read once."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, in one piece."""
        yield self.content


def answering(status: int, content: bytes = b"", headers: Mapping[str, str] | None = None) -> httpx.Response:
    """An answer as it comes from a socket."""
    return httpx.Response(status, headers=headers, stream=Body(content))


def honest(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Carries it as it is."""
    answer = inner.handle_request(request)
    return answering(answer.status_code, answer.read(), answer.headers)


def lost_request(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Nothing arrives."""
    raise httpx.ConnectError("lost", request=request)


def lost_answer(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """The centre handles the request, but the answer is lost."""
    honest(inner, request)
    raise httpx.ReadError("lost", request=request)


def twice(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """The request arrives two times; the second answer comes back."""
    honest(inner, request)
    return honest(inner, request)


def portal(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """A captive portal answers with a page of its own."""
    return answering(200, "<html>Chào mừng đến với Wi-Fi</html>".encode(), {"Content-Type": "text/html"})


def redirect(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """A captive portal redirects."""
    return answering(302, headers={"Location": "http://portal.example/"})


def cut_answer(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """The answer is cut off, with a Content-Length that fits."""
    answer = honest(inner, request)
    return _with_body(answer, _body(answer)[: len(_body(answer)) // 2])


def bent_answer(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """`stored` becomes `refuse` on the way, at the same length."""
    answer = honest(inner, request)
    return _with_body(answer, _body(answer).replace(b'"stored"', b'"refuse"', 1))


def bent_request(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """One byte of the body changes on the way up."""
    body = request.read()
    at = len(body) // 2
    content = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return honest(inner, httpx.Request(request.method, request.url, headers=headers, content=content))


def cut_request(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Half of the body arrives, with a length that fits."""
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    half = request.read()[: len(request.read()) // 2]
    return honest(inner, httpx.Request(request.method, request.url, headers=headers, content=half))


def dropping(name: str) -> Lie:
    """Something in between removes one header field of the request."""

    def lie(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        request.headers.pop(name, None)
        return honest(inner, request)

    return lie


def changing(name: str, value: str) -> Lie:
    """Something in between gives a header field of the request another value."""

    def lie(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        request.headers[name] = value
        return honest(inner, request)

    return lie


def status(number: int, content: bytes = b"") -> Lie:
    """Something in between answers with this status."""

    def lie(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        return answering(number, content, {"Content-Type": "application/problem+json"})

    return lie


def at_most(size: int) -> Lie:
    """Something in between refuses larger bodies."""

    def lie(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        if len(request.read()) > size:
            return answering(413)
        return honest(inner, request)

    return lie


class Replay:
    """Answers with the centre's answer to an earlier request."""

    def __init__(self) -> None:
        self._earlier: httpx.Response | None = None

    def __call__(self, inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        """Repeat the earlier answer, if there is one."""
        answer = self._earlier
        self._earlier = honest(inner, request)
        if answer is None:
            return answering(self._earlier.status_code, _body(self._earlier), self._earlier.headers)
        return answering(answer.status_code, _body(answer), answer.headers)


class LyingNetwork(httpx.BaseTransport):
    """Applies a random one of `lies` to each request; `lies` can be changed at any time."""

    def __init__(self, inner: httpx.BaseTransport, lies: Sequence[Lie], random: Random) -> None:
        self._inner = inner
        self.lies = lies
        self._random = random

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport`."""
        return self._random.choice(self.lies)(self._inner, request)


def _body(answer: httpx.Response) -> bytes:
    assert isinstance(answer.stream, Body)
    return answer.stream.content


def _with_body(answer: httpx.Response, body: bytes) -> httpx.Response:
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return answering(answer.status_code, body, headers)
