"""A citizen's own phone without a browser: it opens the address of a code, fills in the form, and sends."""

from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from nacl.signing import SigningKey
from sqlalchemy import update

from sync.central.store.database import writing
from sync.central.store.schema import devices
from sync.contract.phone_token import DAYS, as_text, pack, phone_token, sign_token
from sync.contract.response import Response
from tests.support.wire import CentreUnderTest

KEY = SigningKey(bytes(range(32)))
SITE = {"sec-fetch-site": "same-origin"}


def trust(central: CentreUnderTest, *names: str, key: SigningKey = KEY) -> None:
    """These devices were enrolled with this key."""
    with writing(central.engine) as connection:
        known = update(devices).where(devices.c.id.in_(names or ("kiosk-1",)))
        connection.execute(known.values(public_key=bytes(key.verify_key)))


def code_of(visit: Response, now: datetime, key: SigningKey = KEY, **changes: Any) -> str:
    """The code that the glass shows for this visit."""
    assert visit.tag is not None
    token = phone_token(
        **{
            "device": visit.device,
            "visit": visit.id,
            "tag": visit.tag,
            "survey": visit.survey,
            "plan": visit.plan,
            "respondents": ("citizen",),
            "expires": int((now + timedelta(days=DAYS)).timestamp()),
            **changes,
        }
    )
    assert token is not None
    return as_text(pack(token), sign_token(pack(token), key))


class _Page(HTMLParser):
    """The form of a page: what is filled in already, what can be, and the texts in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.filled: list[tuple[str, str]] = []
        self.offered: dict[str, list[str]] = {}
        self.moves: list[str] = []
        self.action = ""
        self.texts: list[str] = []
        self._quiet = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attributes}
        self._quiet = tag in ("style", "svg")
        name, kind = at.get("name", ""), at.get("type", "text")
        if tag == "form":
            self.action = at["action"]
        elif tag == "button":
            self.moves.append(at["value"])
        elif tag == "textarea" or (tag == "input" and kind == "text"):
            self.offered[name] = []
        elif tag == "input" and kind == "hidden":
            self.filled.append((name, at["value"]))
        elif tag == "input":
            self.offered.setdefault(name, []).append(at["value"])

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._quiet:
            self.texts.append(" ".join(data.split()))

    def handle_endtag(self, tag: str) -> None:
        self._quiet = False


class Phone:
    """One browser tab.

    client: speaks HTTP to the centre. code: that was scanned.
    """

    def __init__(self, client: Any, code: str, *, capitals: bool = False) -> None:
        self.client = client
        self.address = f"/{'P' if capitals else 'p'}/{code}"
        self.answer: Any = None
        self.page = _Page()

    def open(self, language: str = "") -> "Phone":
        """Open the address, or load it again."""
        return self._take(self.client.get(self.address + (f"?tieng={language}" if language else "")))

    def send(self, move: str, **fields: str | list[str]) -> "Phone":
        """Fill in these fields, by the id of their question, and press the button."""
        sent: dict[str, Any] = {}
        for name, value in self.page.filled:
            sent.setdefault(name, []).append(value)
        sent |= {name if name == "cho_ai" else f"c.{name}": value for name, value in fields.items()}
        data = {**sent, "lam": move}
        return self._take(self.client.post(self.page.action, data=data, headers=SITE))

    def rate(self, **ratings: str) -> "Phone":
        """Answer ratings page by page, each by its question, until the gate."""
        while here := {name[2:] for name in self.page.offered} & ratings.keys():
            self.send("tiep", **{name: ratings[name] for name in here})
        return self

    def text(self) -> str:
        """What is to be read."""
        return " ".join(self.page.texts)

    def _take(self, answer: Any) -> "Phone":
        self.answer, self.page = answer, _Page()
        self.page.feed(answer.text)
        return self
