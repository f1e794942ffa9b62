"""A browser without a window on a centre under test, for pages about people."""

import httpx
from litestar.testing import TestClient

from sync.central.web.visit import SESSION
from tests.support.people import link_of, visitor_of
from tests.support.served_pages import FORM
from tests.support.wire import CentreUnderTest


class Window:
    """A browser that follows no address by itself. account: who is signed in, and has stepped up."""

    def __init__(self, central: CentreUnderTest, account: int | None = None) -> None:
        self.central = central
        self.client = TestClient(central.app, base_url="https://centre.example")
        self.client.headers.update({"Accept": "text/html", "Accept-Language": "vi"})
        self.client.follow_redirects = False
        if account is not None:
            self.client.post(f"/bat-dau/{link_of(central, account, 'once')}", headers=FORM)

    def sign_in(self, login: str, password: str) -> httpx.Response:
        """Sign in as a person does."""
        return self.client.post("/dang-nhap", data={"ten": login, "mat_khau": password}, headers=FORM)

    def get(self, address: str) -> httpx.Response:
        """A page."""
        return self.client.get(address)

    def post(self, address: str, **fields: str) -> httpx.Response:
        """Send a form of this session."""
        visitor = visitor_of(self.central, self.client.cookies[SESSION])
        assert visitor is not None
        return self.client.post(address, data={"_csrf": visitor.csrf, **fields}, headers=FORM)
