"""What citizens wrote, as pages: who sees it and when, and how it is handled to its end."""

import ast
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response as Answer
from jinja2 import Environment
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.officers import add_officer
from sync.central.office.corrections import retag
from sync.central.office.remarks import stages
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import audit
from sync.central.web import remark_rows
from sync.central.web.pages import handling, remarks
from sync.central.web.translation import load_translations
from sync.contract.catalogue import Officer, Unit
from sync.contract.plan import VIET_NAM
from sync.contract.response import Response
from sync.contract.sealing import Words
from tests.support.browsing import Browser, words_of
from tests.support.remarks import send, written
from tests.support.wire import NOW, CentreUnderTest, visit
from tests.web.conftest import SignedIn

WARDS = (Unit("phuong-mot", {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))
# NOW, the day of the visits, is Monday 2 March 2026.
EVENING = datetime(2026, 3, 2, 17, tzinfo=VIET_NAM)
NEXT_MORNING = datetime(2026, 3, 3, 7, tzinfo=VIET_NAM)
NOBODY = "/y-kien/0198b5a4-0000-7000-8000-000000000000"
WAITED = "Chờ lâu, gọi 0900 000 001"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre with two wards, on the morning after the visits."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, WARDS, NOW)
    centre.now = lambda: NEXT_MORNING
    yield centre
    centre.close()


@pytest.fixture
def chief(central: CentreUnderTest) -> Iterator[Browser]:
    """The browser of an administrator of the first ward."""
    with Browser(central, "chief", ("admin", "phuong-mot")) as browser:
        yield browser


def remark(central: CentreUnderTest, words: Words, number: int = 1, **place: Any) -> str:
    """The address of a new remark, whose box was opened."""
    made: Response = replace(visit(number), seq=number, **place)
    assert [each.status for each in send(central, written(central, made, words))] == ["stored"]
    central.centre.house.open_remarks()
    return f"/y-kien/{made.id}"


def step(browser: Browser, address: str, step: str, read: int, **fields: str) -> Answer:
    return browser.post(address, {"buoc": step, "da_doc": str(read), **fields})


def lines(central: CentreUnderTest) -> list[tuple[str, str, str]]:
    with reading(central.engine) as connection:
        rows = connection.execute(select(audit).order_by(audit.c.number)).all()
    return [(row.act, row.subject, row.detail) for row in rows]


# --- the list --------------------------------------------------------------------------------------------


def test_words_are_listed_masked_by_question_and_procedure(central: CentreUnderTest, chief: Browser) -> None:
    address = remark(central, {"unsatisfied": WAITED})
    for page in (chief.get("/y-kien"), chief.get("/y-kien?trang_thai=can-xu-ly"), chief.get(address)):
        assert page.status_code == 200, page.text
        words = words_of(page)
        assert "Chờ lâu, gọi •••• ••• •••" in words
        assert "Nếu có điều chưa hài lòng" in words
        assert "Đăng ký khai sinh" in words
        assert "0900" not in page.text
    assert "1 ý kiến cần xử lý." in words_of(chief.get("/y-kien"))
    assert [act for act in lines(central) if act[0] == "look"] == [
        ("look", "/y-kien", ""),
        ("look", "/y-kien", "trang_thai"),
        ("look", digest_of(address.rpartition("/")[2]), "/y-kien/{id}"),
        ("look", "/y-kien", ""),
    ]


def test_before_the_next_morning_a_remark_is_neither_shown_nor_counted(
    central: CentreUnderTest, chief: Browser
) -> None:
    central.now = lambda: EVENING
    with Browser(central, "deputy", ("admin", "phuong-mot")) as deputy:
        before = deputy.get("/y-kien").text
        address = remark(central, {"unsatisfied": WAITED})
        assert deputy.get("/y-kien").text == before
        assert "Không còn ý kiến nào cần xử lý" in before
        assert deputy.get(address).text == deputy.get(NOBODY).text
        called = remark(central, {"contact": {"phone": "0900000002"}}, 2)
        assert "1 ý kiến cần xử lý." in words_of(deputy.get("/y-kien"))
        assert "Xin được gọi lại" in words_of(deputy.get(called))


def test_the_officer_concerned_gets_the_same_bytes_as_if_there_was_nothing(
    central: CentreUnderTest, chief: Browser
) -> None:
    with Browser(central, "officer", ("admin", "phuong-mot"), officer="a01") as officer:
        addresses = ("/y-kien", "/y-kien?trang_thai=tat-ca&procedure=1.001193", "/y-kien?unit=phuong-mot")
        before = [officer.get(address).text for address in addresses]
        address = remark(central, {"unsatisfied": WAITED, "contact": {"phone": "0900000002"}})
        assert [officer.get(address).text for address in addresses] == before
        for path in ("", "/lien-he"):
            own, missing = officer.get(address + path), officer.get(NOBODY + path)
            assert (own.status_code, own.text) == (404, missing.text)
        taken = officer.post(address, {"buoc": "take", "da_doc": "0"}, at="/y-kien")
        assert (taken.status_code, taken.text) == (404, officer.get(NOBODY).text)
    assert "Chưa ai nhận" in words_of(chief.get(address))


def test_a_remark_is_not_shown_to_the_officer_whom_its_response_named_before(
    central: CentreUnderTest, chief: Browser
) -> None:
    address = remark(central, {"unsatisfied": WAITED})
    id = address.rpartition("/")[2]
    with acting(central.engine, By("test", central.now())) as act:
        add_officer(act, Officer("a02", "Cán bộ Hai", "phuong-mot"), "mới về")
        made = retag(act, id=id, changes={"officer": "a02"}, reason="nhầm thẻ")
    moved = f"/y-kien/{made}"
    assert chief.get(moved).status_code == 200
    with Browser(central, "named.before", ("admin", "phuong-mot"), officer="a01") as officer:
        own, missing = officer.get(moved), officer.get(NOBODY)
        assert (own.status_code, own.text) == (404, missing.text)
        assert "Không còn ý kiến nào cần xử lý" in words_of(officer.get("/y-kien"))


def test_a_foreign_remark_or_unit_looks_like_none(central: CentreUnderTest) -> None:
    address = remark(central, {"unsatisfied": WAITED, "contact": {"phone": "0900000002"}})
    with Browser(central, "other", ("admin", "phuong-hai")) as other:
        assert "Không còn ý kiến nào cần xử lý" in words_of(other.get("/y-kien"))
        for foreign, missing in (
            (address, NOBODY),
            (address, "/y-kien/khong-co"),
            (f"{address}/lien-he", f"{NOBODY}/lien-he"),
            ("/y-kien?unit=phuong-mot", "/y-kien?unit=khong-co"),
        ):
            page = other.get(foreign)
            assert (page.status_code, page.text) == (404, other.get(missing).text)
        taken = other.post(address, {"buoc": "take", "da_doc": "0"}, at="/y-kien")
        assert (taken.status_code, taken.text) == (404, other.get(NOBODY).text)
    for role in ("viewer", "analyst", "keyer"):
        with Browser(central, role, (role, "phuong-mot")) as nobody:
            refused = [nobody.get(path).status_code for path in ("/y-kien", address, f"{address}/lien-he")]
            assert refused == [403, 403, 403]


def test_every_filter_is_in_the_address_and_pages_follow_each_other(
    central: CentreUnderTest, chief: Browser
) -> None:
    addresses = [remark(central, {"unsatisfied": f"Chờ {n} giờ"}, n) for n in range(1, 28)]
    late = remark(central, {"suggestion": "Thêm ghế", "contact": {"phone": "0900000002"}}, 28)
    step(chief, addresses[0], "take", 0)

    def listed(query: str) -> list[str]:
        page = chief.get(f"/y-kien{query}")
        assert page.status_code == 200, page.text
        return [each for each in (late, *reversed(addresses)) if f'href="{each}"' in page.text]

    first = chief.get("/y-kien").text
    assert listed("") == [late, *reversed(addresses[3:])]
    following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert listed(following.removeprefix("/y-kien")) == list(reversed(addresses[:3]))
    assert listed("?question=suggestion") == listed("?goi_lai=co") == [late]
    assert listed("?trang_thai=toi-giu") == [addresses[0]]
    assert listed("?trang_thai=da-dong") == listed("?trang_thai=qua-han") == []
    assert listed("?from=03/03/2026") == listed("?to=2026-03-01") == listed("?procedure=9.1") == []
    assert listed("?from=&to=&unit=&procedure=&question=&trang_thai=can-xu-ly") == listed("")
    for wrong in ("?from=hom-qua", "?trang_thai=la", "?after=la", "?khac=1"):
        assert "HL4013" in chief.get(f"/y-kien{wrong}").text


def test_who_holds_it_since_when_and_what_is_overdue_are_shown(
    central: CentreUnderTest, chief: Browser
) -> None:
    address = remark(central, {"unsatisfied": WAITED})
    step(chief, address, "take", 0)
    central.now = lambda: NEXT_MORNING + timedelta(minutes=30)
    for page in (chief.get("/y-kien"), chief.get(address)):
        assert "Chief" in words_of(page)
        assert "từ 07:00" in words_of(page)
    central.now = lambda: datetime(2026, 3, 7, 8, tzinfo=VIET_NAM)
    with Browser(central, "deputy", ("admin", "phuong-mot")) as deputy:
        words = words_of(deputy.get("/y-kien?trang_thai=qua-han"))
        assert "1 quá hạn, lâu nhất 2 ngày" in words
        assert "quá hạn 2 ngày" in words_of(deputy.get(address))
        assert "Nhận thay" in words_of(deputy.get(address))


# --- one remark ------------------------------------------------------------------------------------------


def test_a_remark_is_taken_answered_closed_and_reopened(central: CentreUnderTest, chief: Browser) -> None:
    address = remark(central, {"unsatisfied": WAITED})
    page = words_of(chief.get(address))
    assert "Cán bộ Một" in page
    assert "Thứ\N{NO-BREAK SPACE}Hai, 02/03/2026" in page.replace(" Hai", "\N{NO-BREAK SPACE}Hai")
    for done, read, fields in (
        ("take", 0, {}),
        ("answer", 1, {"ghi_chu": "Đã gọi,\r\nđã xin lỗi"}),
        ("close", 2, {"ket_qua": "explained"}),
        ("reopen", 3, {"ghi_chu": "Chưa xong"}),
    ):
        sent = step(chief, address, done, read, **fields)
        assert sent.status_code == 303, words_of(sent)
        assert sent.headers["location"] == ("/y-kien" if done == "close" else address)
    history = words_of(chief.get(address))
    for words in ("Đã gọi, đã xin lỗi", "Đã giải thích cho người dân", "Chưa xong", "Chief, 07:00"):
        assert words in history
    steps = [line for line in lines(central) if line[0].startswith("remark-")]
    digest = digest_of(address.rpartition("/")[2])
    assert steps == [
        ("remark-take", digest, ""),
        ("remark-answer", digest, ""),
        ("remark-close", digest, "explained"),
        ("remark-reopen", digest, ""),
    ]
    assert not any(word in str(lines(central)) for word in ("gọi", "Chưa xong", "Chờ"))


def test_a_step_that_is_refused_keeps_what_was_typed(central: CentreUnderTest, chief: Browser) -> None:
    address = remark(central, {"unsatisfied": WAITED})
    assert "HL4241" in words_of(step(chief, address, "la", 0))
    step(chief, address, "take", 0)
    with Browser(central, "deputy", ("admin", "phuong-mot")) as deputy:
        step(deputy, address, "take", 1)
    late = step(chief, address, "answer", 1, ghi_chu="Đã gọi người dân")
    assert late.status_code == 409
    assert "HL5122" in words_of(late)
    assert "Deputy đang giữ ý kiến này." in words_of(late)
    step(chief, address, "take", 2)
    empty = step(chief, address, "close", 3, ghi_chu="Không rõ là việc gì")
    assert empty.status_code == 422
    assert "HL5123" in words_of(empty)
    assert "Không rõ là việc gì</textarea>" in empty.text
    assert step(chief, address, "answer", 3, ghi_chu="a\0b").status_code == 400
    assert step(chief, address, "answer", 3, ghi_chu="đã\u202egọi").status_code == 400


def test_contact_details_need_a_confirmation_and_each_look_leaves_a_line(
    central: CentreUnderTest, chief: Browser
) -> None:
    address = remark(central, {"unsatisfied": WAITED, "contact": {"name": "Bà Mẫu", "phone": "0900000002"}})
    for page in (chief.get(address), chief.get("/y-kien")):
        assert "Bà Mẫu" not in page.text
        assert "0900000002" not in page.text
    assert f'href="{address}/lien-he"' in chief.get(address).text
    looks = [chief.get(f"{address}/lien-he") for _ in range(2)]
    for page in looks:
        assert "Bà Mẫu" in words_of(page)
        assert "0900000002" in page.text
        assert page.headers["cache-control"] == "no-store"
    digest = digest_of(address.rpartition("/")[2])
    assert [line for line in lines(central) if line[0] == "remark-contact"] == [
        ("remark-contact", digest, "")
    ] * 2
    central.now = lambda: NEXT_MORNING + timedelta(minutes=20)
    led = chief.get(f"{address}/lien-he")
    assert led.status_code == 303
    assert led.headers["location"].startswith("/xac-nhan?tiep=%2Fy-kien%2F")


def test_what_a_citizen_writes_is_never_markup(central: CentreUnderTest, chief: Browser) -> None:
    hostile = '<script>alert(1)</script>"><img src=x>'
    address = remark(central, {"unsatisfied": hostile, "contact": {"name": hostile}})
    step(chief, address, "take", 0)
    step(chief, address, "answer", 1, ghi_chu=hostile)
    for page in (chief.get("/y-kien"), chief.get(address), chief.get(f"{address}/lien-he")):
        assert "&lt;script&gt;alert(1)" in page.text
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_without_work_the_page_says_so_and_names_the_next_act(chief: Browser) -> None:
    words = words_of(chief.get("/y-kien"))
    assert "Không còn ý kiến nào cần xử lý." in words
    assert "Xem mọi ý kiến" in words
    assert "Bỏ lọc" in words_of(chief.get("/y-kien?goi_lai=co"))


def test_every_text_of_these_pages_has_its_english() -> None:
    english = load_translations()["en"]
    environment: Any = Environment(extensions=["jinja2.ext.i18n"])
    folder = Path(remark_rows.__file__).parent
    texts = {
        text
        for name in ("remarks.html", "remark.html")
        for _, _, text in environment.extract_translations((folder / "templates" / name).read_text("utf-8"))
    }
    for module in (remarks, handling, remark_rows):
        tree = ast.parse(Path(module.__file__ or "").read_text("utf-8"))
        texts |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_read(node.value)
        }
    assert [text for text in sorted(texts, key=str) if english.gettext(str(text)) == text] == []


def test_every_result_of_a_remark_has_its_words() -> None:
    assert tuple(remark_rows.RESULTS) == stages.RESULTS


def _is_read(text: str) -> bool:
    return not text.isascii() and any(letter.isalpha() for letter in text)


def test_a_remark_is_closed_by_keyboard_alone(signed_in: SignedIn) -> None:
    page = signed_in("xa-khac", "/y-kien")

    def press_until(name: str) -> None:
        """Go on with Tab to what has this name."""
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText || document.activeElement.value") == name:
                return
        raise AssertionError(f"not reached: {name}")

    procedure = page.locator("tbody th a").first.inner_text()
    press_until(procedure)
    page.keyboard.press("Enter")
    page.wait_for_url("**/y-kien/*")
    press_until("Nhận xử lý")
    page.keyboard.press("Enter")
    page.get_by_text("Bạn đã nhận ý kiến này.").wait_for()
    press_until("")  # the note
    page.keyboard.type("Đã gọi và giải thích")
    press_until("Ghi câu trả lời")
    page.keyboard.press("Enter")
    page.get_by_text("Đã ghi câu trả lời.").wait_for()
    press_until("fixed")
    page.keyboard.press("ArrowDown")
    press_until("Đóng ý kiến")
    page.keyboard.press("Enter")
    page.get_by_text("Đã đóng ý kiến.").wait_for()
    page.goto("/y-kien?trang_thai=da-dong")
    words = page.locator("tbody").inner_text()
    assert "Đã giải thích cho người dân" in words
    assert procedure in words
