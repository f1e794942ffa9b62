"""A browser without a window: it keeps cookies, sends forms as a page of the site does, and reads pages."""

import re
from collections.abc import Mapping
from html import unescape
from types import TracebackType
from typing import Any, Self

from httpx import Response
from litestar.testing import TestClient

from sync.central.web.visit import SESSION
from tests.support.people import make_person, signed_in
from tests.support.wire import CentreUnderTest

_TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')
_TAG = re.compile(r"<[^>]+>")
_NEW_ID = re.compile(rb' value="[0-9a-f]{12}"')


class Browser:
    """Somebody's browser at a centre; without roles it is a stranger's. officer: who this person is.

    as_account: of somebody who is there already.
    """

    def __init__(
        self,
        central: CentreUnderTest,
        login: str = "",
        *roles: tuple[str, str],
        officer: str = "",
        as_account: int = 0,
    ) -> None:
        self._client: TestClient[Any] = TestClient(central.app, base_url="http://127.0.0.1")
        person = make_person(central, login, *roles, officer=officer) if login else as_account
        self._cookie = signed_in(central, person) if person else ""
        self._client.headers["Sec-Fetch-Site"] = "same-origin"

    def __enter__(self) -> Self:
        self._client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    def get(self, address: str) -> Response:
        """The page at this address; redirects are not followed."""
        return self._client.get(address, headers=self._headers(), follow_redirects=False)

    def post(self, address: str, fields: Mapping[str, Any], *, files: Any = None, at: str = "") -> Response:
        """Send the form of the page `at` (else the same address), with its token."""
        found = _TOKEN.search(self.get(at or address).text)
        token = {"_csrf": found[1]} if found else {}
        return self._client.post(
            address,
            data={**token, **fields},
            files=files,
            headers=self._headers(),
            follow_redirects=False,
        )

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{SESSION}={self._cookie}"} if self._cookie else {}


def without_new_ids(content: bytes) -> bytes:
    """A page without the ids that it gives to what its forms may make: they are new at every look."""
    return _NEW_ID.sub(b"", content)


def words_of(page: Response) -> str:
    """What a page has to read, without its markup."""
    return " ".join(unescape(_TAG.sub(" ", page.text)).split())
