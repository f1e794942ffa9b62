"""A centre with a province of two wards, and people of it in browsers."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from litestar.testing import TestClient

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.counters import add_counter
from sync.central.office.configuration.officers import add_officer
from sync.central.office.configuration.procedures import add_procedure
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.importing import MEANING
from sync.central.office.units.stored import import_units
from sync.contract.catalogue import Counter, Officer, Procedure
from tests.support.people import make_person, signed_in, visitor_of
from tests.support.wire import CentreUnderTest

UNITS = """code,name,kind,parent,valid_from,valid_to
tinh,Tỉnh Mẫu,province,,,
phuong-mot,Phường Một,ward,tinh,,
phuong-hai,Phường Hai,ward,tinh,2025-07-01,
phuong-cu,Phường Cũ,ward,tinh,,2025-06-30
"""
DECISION = "QĐ 12/QĐ-UBND"


@contextmanager
def province(folder: Path, url: str | None = None) -> Iterator[CentreUnderTest]:
    """A centre with a province, two wards of today and one of before, each with a few rows."""
    central = CentreUnderTest(folder / "centre", url=url)
    table = folder / "units.csv"
    table.write_text(UNITS, "utf-8")
    with acting(central.engine, By("test", central.now())) as act:
        import_units(act, read_sheet(table, MEANING))
        add_procedure(act, "tinh", Procedure("1.000001", {"vi": "Đăng ký kết hôn"}, "Hộ tịch"), DECISION)
        add_procedure(act, "phuong-mot", Procedure("1.000002", {"vi": "Chứng thực"}, "Chứng thực"), DECISION)
        add_officer(act, Officer("b01", "Nguyễn Ví Dụ", "phuong-hai", "Công chức"), DECISION)
        add_counter(act, Counter("quay-1", "phuong-mot", {"vi": "Quầy số 1"}), DECISION)
        add_counter(act, Counter("quay-9", "phuong-hai", {"vi": "Quầy số 9"}), DECISION)
    yield central
    central.close()


class Person:
    """Somebody with roles, in a browser that follows no address by itself."""

    def __init__(self, central: CentreUnderTest, *roles: tuple[str, str], login: str = "nguoi") -> None:
        self.central = central
        self.account = make_person(central, login, *roles)
        self.cookie = signed_in(central, self.account)
        self.client = TestClient(
            central.app, base_url="https://centre.local", cookies={"__Host-hl": self.cookie}
        )

    def get(self, address: str) -> httpx.Response:
        """A page."""
        return self.client.get(address, follow_redirects=False)

    def post(self, address: str, **fields: str) -> httpx.Response:
        """Send a form of this session."""
        return self.send(address, fields)

    def send(
        self, address: str, fields: Mapping[str, str | list[str]], files: dict[str, Any] | None = None
    ) -> httpx.Response:
        """The same, with files and with fields that come several times."""
        visitor = visitor_of(self.central, self.cookie)
        assert visitor is not None
        return self.client.post(
            address,
            data={"_csrf": visitor.csrf, **fields},
            files=files,
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, error, trace)


def words(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    content = answer.text.partition('<main id="noi-dung"')[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", content).split())
