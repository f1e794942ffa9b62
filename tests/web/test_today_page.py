"""The page of the morning: what it says to whom, how large it is, and that it fits on one sheet."""

import gzip
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.central.web.pages import today
from sync.central.web.static_files import load_static
from sync.contract.catalogue import Unit
from tests.support.served_pages import PageCentre
from tests.web.conftest import SignedIn


@contextmanager
def counting(centre: PageCentre) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def note(_: Connection, __: Any, statement: str, *___: Any) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    event.listen(centre.engine, "before_cursor_execute", note)
    yield statements
    event.remove(centre.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("login", ["tin-hoc", "quan-tri", "chuyen-vien", "chu-tich"])
def test_it_reads_little(own_centre: PageCentre, login: str) -> None:
    browser = own_centre.client(login)
    communes = own_centre.province.communes[:1] if login == "tin-hoc" else own_centre.province.communes
    browser.get("/")
    for commune in communes:  # also those with a silent machine, and for a role that is held above
        counts = []
        for _ in range(9):  # what the centre does by itself at the same time adds to some of them
            with counting(own_centre) as statements:
                assert browser.get(f"/don-vi/{commune.code}?ky=thang").status_code == 200
            counts.append(len(statements))
        assert min(counts) <= 12, "\n".join(statements)


def test_it_is_small(pages: PageCentre) -> None:
    page = pages.client("tin-hoc").get("/?ky=thang")
    assert len(gzip.compress(page.content)) <= 14_000
    assert len(page.content) <= 60_000


def test_all_styles_and_scripts_are_small() -> None:
    sizes: Counter[str] = Counter()
    for file in load_static().values():
        sizes[file.media_type] += len(file.content)
    assert 0 < sizes["text/css"] <= 24_000
    assert 0 < sizes["text/javascript"] <= 12_000


def test_of_several_provinces_every_unit_is_a_cell_next_to_the_name_of_its_province(
    own_centre: PageCentre,
) -> None:
    provinces = [Unit(code=f"tinh-{n:02}", name={"vi": f"Tỉnh số {n}"}) for n in range(34)]
    communes = [
        Unit(code=f"xa-{n:04}", name={"vi": f"Xã {n}"}, parent=f"tinh-{n % 34:02}") for n in range(3321)
    ]
    with writing(own_centre.engine) as connection:
        put_bundled_units(connection, [*provinces, *communes], own_centre.centre.now())
    page = own_centre.client("quan-tri").get("/")
    assert page.status_code == 200
    (strip,) = re.findall(r'<svg[^>]*class="heat-strip".*?</svg>', page.text, re.DOTALL)
    cells = 3321 + len(own_centre.province.communes)
    assert f"{cells:,}".replace(",", ".") + " đơn vị" in re.sub(r"[\u00a0\s]+", " ", strip)
    assert "Tỉnh số 33" in strip
    assert len(strip.encode()) <= 49 * 1024
    assert len(gzip.compress(strip.encode())) <= 8 * 1024
    assert "heat-strip" not in own_centre.client("tin-hoc").get("/").text


def test_it_answers_four_questions_and_each_leads_on(pages: PageCentre) -> None:
    page = pages.client("tin-hoc").get("/?ky=thang").text
    for question in ("Máy có gửi không?", "Dân có trả lời không?", "Có ai chưa hài lòng?", "Việc đến hạn"):
        assert question in page
    commune = pages.province.communes[0].code
    assert f'href="/may?unit={commune}"' in page
    assert f'href="/quay?unit={commune}&amp;from=' in page
    assert f'href="/y-kien?unit={commune}&amp;trang_thai=can-xu-ly"' in page
    assert page.count("Cách tính:") == 1


def test_it_shows_a_role_what_it_may_see(pages: PageCentre) -> None:
    viewer = pages.client("can-bo").get("/?ky=hom-nay").text
    assert "ý kiến cần xử lý" not in viewer
    assert 'href="/may' not in viewer
    # Today is not over, so only administrators see it; the others get the day before.
    assert '?ky=hom-nay">Hôm nay' not in viewer
    assert '?ky=hom-nay">Hôm nay' in pages.client("tin-hoc").get("/").text
    assert pages.client("nhap-phieu").get("/").headers["location"] == "/nhap-phieu"


def test_units_below_come_in_the_order_of_calls(pages: PageCentre) -> None:
    page = pages.client("chuyen-vien").get("/?ky=thang").text
    places = [page.index(f'href="/don-vi/{commune.code}"') for commune in pages.province.communes]
    assert page.index('class="call"') < min(places)
    assert "Đơn vị cần gọi trước" in page


def test_of_many_units_those_to_call_first_are_shown(
    pages: PageCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(today, "MOST_BRANCHES", 2)
    shown = re.compile(r'<th scope="row"><a href="/don-vi/([^"]+)"')
    every = shown.findall(pages.client("chuyen-vien").get("/?ky=thang&tat_ca=co").text)
    page = pages.client("chuyen-vien").get("/?ky=thang").text
    assert len(every) == 3
    assert shown.findall(page) == every[:2]
    assert "Xem cả 3 đơn vị" in page


def test_the_whole_centre_opens_with_its_only_province(pages: PageCentre) -> None:
    page = pages.client("quan-tri").get("/").text
    assert "<h1>Tỉnh Mẫu</h1>" in page


@pytest.mark.parametrize("login", ["tin-hoc", "chuyen-vien"])
def test_it_is_printed_on_one_sheet(signed_in: SignedIn, tmp_path: Path, login: str) -> None:
    page = signed_in(login, "/?ky=thang")
    page.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True)
    facts = subprocess.run(
        ["pdfinfo", str(tmp_path / "page.pdf")], capture_output=True, text=True, check=True
    ).stdout
    assert "Pages:           1\n" in facts
    assert "(A4)" in facts


def test_nothing_scrolls_sideways_on_a_phone(signed_in: SignedIn) -> None:
    page = signed_in("chuyen-vien", "/?ky=thang", (360, 800))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
