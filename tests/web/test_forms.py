"""Forms as pages: seen, edited, released and assigned, by those who may."""

import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from httpx import Response
from msgspec.structs import replace

from sync.central.office.forms.drafts import find_draft
from sync.central.office.forms.releases import list_releases, release_of
from sync.central.office.forms.writing import form_toml
from sync.central.office.forms.xlsform.outgoing import write_xlsform
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.contract.catalogue import Unit
from sync.contract.survey import Survey
from tests.support.browsing import Browser, words_of
from tests.support.surveys import every_kind
from tests.support.wire import NOW, CentreUnderTest

FORM = "kien-hung"
WARDS = (Unit("phuong-mot", {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))
DRAFT = f"/mau-phieu/{FORM}/soan"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A fresh centre with one form and two wards, over SQLite."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, WARDS, NOW)
    yield centre
    centre.close()


@pytest.fixture
def admin(central: CentreUnderTest) -> Iterator[Browser]:
    """The browser of an administrator of the whole centre."""
    with Browser(central, "quan.tri", ("admin", "")) as browser:
        yield browser


def newest(central: CentreUnderTest, form: str = FORM) -> Survey:
    with reading(central.engine) as connection:
        return release_of(connection, form)


def draft_in(central: CentreUnderTest, form: str = FORM) -> object:
    with reading(central.engine) as connection:
        return find_draft(connection, form)


def test_forms_and_their_versions_are_listed(admin: Browser) -> None:
    page = admin.get("/mau-phieu")
    assert page.status_code == 200, page.text
    words = words_of(page)
    assert "kien-hung" in words
    assert "Soạn bản mới" in words


def test_a_release_is_shown_on_the_glass_on_paper_and_on_a_phone(
    central: CentreUnderTest, admin: Browser
) -> None:
    with reading(central.engine) as connection:
        survey = release_of(connection, FORM)
    for device in ("may", "giay", "dien-thoai"):
        for language in survey.languages:
            page = admin.get(f"/mau-phieu/{FORM}/{survey.version}?xem={device}&ngon_ngu={language}")
            assert page.status_code == 200, page.text
            words = words_of(page)
            assert [each.id for each in survey.questions if each.text[language] not in words] == []
    assert admin.get(f"/mau-phieu/{FORM}/99").status_code == 404
    assert admin.get("/mau-phieu/khong-co/1").text == admin.get(f"/mau-phieu/{FORM}/99").text


def test_a_draft_is_kept_compared_and_released(central: CentreUnderTest, admin: Browser) -> None:
    assert admin.get(DRAFT).status_code == 200
    first = newest(central).questions[0].id
    sent = admin.post(DRAFT, {f"{first}:text:vi": "Ông/bà thấy thế nào?", "viec": "luu", "truoc": ""})
    assert sent.status_code == 303, words_of(sent)
    assert "Ông/bà thấy thế nào?" in admin.get(DRAFT).text
    page = admin.get(f"/mau-phieu/{FORM}/phat-hanh")
    assert "Ông/bà thấy thế nào?" in words_of(page)
    refused = admin.post(f"/mau-phieu/{FORM}/phat-hanh", {"ly_do": ""})
    assert refused.status_code == 409
    assert "HL5071" in words_of(refused)
    done = admin.post(f"/mau-phieu/{FORM}/phat-hanh", {"ly_do": "văn bản 12"})
    assert done.status_code == 303, words_of(done)
    assert newest(central).question(first).text["vi"] == "Ông/bà thấy thế nào?"
    assert draft_in(central) is None
    assert "đổi lời" in words_of(admin.get(done.headers["location"]))


def test_what_is_wrong_is_shown_where_it_is_and_nothing_is_kept(
    central: CentreUnderTest, admin: Browser
) -> None:
    first = newest(central).questions[0].id
    page = admin.post(DRAFT, {f"{first}:text:vi": "", "title:vi": "Tên mới", "viec": "luu", "truoc": ""})
    assert page.status_code == 400
    assert "HL1006" in page.text.partition(f'id="cau-{first}"')[2].partition("</fieldset>")[0]
    assert "Tên mới" in page.text
    assert draft_in(central) is None


def test_a_release_begins_another_form(central: CentreUnderTest, admin: Browser) -> None:
    page = f"/mau-phieu/{FORM}/{newest(central).version}"
    wrong = admin.post(f"{page}/chep", {"ma": "Xã Mẫu", "ten": " "}, at=page)
    assert wrong.status_code == 400
    assert wrong.text.count('aria-invalid="true"') == 2
    taken = admin.post(f"{page}/chep", {"ma": FORM, "ten": "Phiếu của xã"}, at=page)
    assert "HL5073" in words_of(taken)
    copied = admin.post(f"{page}/chep", {"ma": "phieu-xa", "ten": "Phiếu của xã"}, at=page)
    assert copied.headers["location"] == "/mau-phieu/phieu-xa/soan"
    assert 'value="Phiếu của xã"' in admin.get("/mau-phieu/phieu-xa/soan").text
    with Browser(central, "xem", ("viewer", "phuong-mot")) as viewer:
        assert "/chep" not in viewer.get(page).text


def test_a_preview_of_what_is_typed_keeps_nothing(central: CentreUnderTest, admin: Browser) -> None:
    first = newest(central).questions[0].id
    page = admin.post(DRAFT, {f"{first}:text:vi": "Câu đang gõ?", "viec": "xem", "xem": "giay"})
    assert page.status_code == 200
    assert "Câu đang gõ?" in page.text.partition('class="paper"')[2]
    assert draft_in(central) is None


def test_a_form_is_edited_as_text_with_the_line_of_each_fault(
    central: CentreUnderTest, admin: Browser
) -> None:
    text = admin.get(DRAFT + "?toml=true").text
    assert "[[questions]]" in text
    toml = form_toml(newest(central))
    wrong = admin.post(DRAFT, {"toml": toml.replace('kind = "rating"', 'kind = "stars"', 1), "viec": "luu"})
    assert wrong.status_code == 400
    assert f"{FORM}.toml:" in words_of(wrong)
    other = admin.post(DRAFT, {"toml": toml.replace(f'id = "{FORM}"', 'id = "khac"', 1), "viec": "luu"})
    assert other.status_code == 400
    assert draft_in(central) is None
    kept = admin.post(DRAFT, {"toml": toml, "viec": "luu", "truoc": ""})
    assert kept.status_code == 303


def test_two_who_edit_at_once_lose_nothing(central: CentreUnderTest, admin: Browser) -> None:
    fields = {"title:vi": "Của người thứ nhất", "viec": "luu", "truoc": ""}
    assert admin.post(DRAFT, fields).status_code == 303
    late = admin.post(DRAFT, {**fields, "title:vi": "Của người thứ hai"})
    assert late.status_code == 400
    assert "HL5136" in words_of(late)
    assert "Của người thứ hai" in late.text
    assert "Của người thứ nhất" in str(draft_in(central))


def test_a_file_becomes_a_draft_and_comes_back_as_it_was(central: CentreUnderTest, admin: Browser) -> None:
    survey = every_kind()
    for name, content in (
        ("every-kind.toml", form_toml(survey).encode()),
        ("every-kind.xlsx", write_xlsform(survey)),
    ):
        sent = admin.post("/mau-phieu", {}, files={"tep": (name, content)})
        assert sent.status_code == 303, words_of(sent)
    down = admin.get("/mau-phieu/every-kind/soan/tai-ve?kieu=toml")
    assert down.text == form_toml(survey)
    book = admin.get(f"/mau-phieu/{FORM}/{newest(central).version}/tai-ve?kieu=xlsx")
    assert book.content.startswith(b"PK")
    assert "HL5137" in words_of(admin.post("/mau-phieu", {}, files={"tep": ("", b"")}))
    wrong = admin.post("/mau-phieu", {}, files={"tep": ("phieu.toml", b"id = 1")})
    assert wrong.status_code == 400
    assert "phieu.toml:1: id" in words_of(wrong)
    assert "HL5036" in words_of(admin.post("/mau-phieu", {}, files={"tep": ("phieu.pdf", b"x")}))


def test_where_workbooks_cannot_be_read_a_sentence_says_so(
    admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyxform", None)
    page = admin.post("/mau-phieu", {}, files={"tep": ("phieu.xlsx", write_xlsform(every_kind()))})
    assert page.status_code == 400
    assert "thiếu pyxform" in words_of(page)


def test_a_draft_that_is_no_newer_than_the_release_becomes_newer_when_it_is_edited(
    central: CentreUnderTest, admin: Browser
) -> None:
    same = form_toml(newest(central)).encode()
    assert admin.post("/mau-phieu", {}, files={"tep": ("a.toml", same)}).status_code == 303
    assert "HL5092" in words_of(admin.get(f"/mau-phieu/{FORM}/phat-hanh"))
    before = html_field(admin.get(DRAFT).text, "truoc")
    sent = admin.post(DRAFT, {"title:vi": "Tên khác", "viec": "luu", "truoc": before})
    assert sent.status_code == 303, words_of(sent)
    assert "HL5092" not in words_of(admin.get(f"/mau-phieu/{FORM}/phat-hanh"))


def html_field(page: str, name: str) -> str:
    return unescape(page.partition(f'name="{name}" value="')[2].partition('"')[0])


@pytest.mark.parametrize("device", ["may", "giay", "dien-thoai"])
def test_words_of_a_form_are_never_markup(admin: Browser, device: str) -> None:
    hostile = "<script>alert(1)</script>\u202e\u200b"
    first = every_kind()
    question = replace(first.questions[0], text={"vi": hostile, "en": hostile})
    form = replace(first, title={"vi": hostile, "en": hostile}, questions=(question,))
    sent = admin.post("/mau-phieu", {}, files={"tep": ("a.toml", form_toml(form).encode())})
    assert sent.status_code == 303
    for address in ("/mau-phieu", f"/mau-phieu/every-kind/soan?xem={device}"):
        page = admin.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_a_draft_is_discarded_with_a_reason(central: CentreUnderTest, admin: Browser) -> None:
    admin.post(DRAFT, {"title:vi": "Khác", "viec": "luu", "truoc": ""})
    address, at = f"/mau-phieu/{FORM}/bo-nhap", f"/mau-phieu/{FORM}/phat-hanh"
    assert admin.post(address, {"ly_do": " "}, at=at).status_code == 409
    assert admin.post(address, {"ly_do": "nhầm"}, at=at).status_code == 303
    assert draft_in(central) is None


def test_a_unit_edits_only_its_drafts_and_releases_only_what_no_other_asks(central: CentreUnderTest) -> None:
    with (
        Browser(central, "mot", ("admin", "phuong-mot")) as one,
        Browser(central, "hai", ("admin", "phuong-hai")) as two,
        Browser(central, "xem", ("analyst", "phuong-mot")) as reader,
    ):
        own = one.post("/mau-phieu", {}, files={"tep": ("a.toml", form_toml(every_kind()).encode())})
        assert own.status_code == 303
        foreign, missing = "/mau-phieu/every-kind/soan", "/mau-phieu/khong-co/soan"
        assert two.get(foreign).status_code == 404
        assert two.get(foreign).text == two.get(missing).text
        assert "every-kind" not in two.get("/mau-phieu").text
        taken = two.post("/mau-phieu", {}, files={"tep": ("a.toml", form_toml(every_kind()).encode())})
        assert "HL5073" in words_of(taken)
        assert reader.get(foreign).status_code == 403
        assert "every-kind" in reader.get("/mau-phieu").text
        # The bundle of files offers this form to the whole centre.
        assert "Bạn không phát hành được mẫu phiếu này." in words_of(one.get(DRAFT)), "before the work"
        assert one.post(DRAFT, {"title:vi": "Khác", "viec": "luu", "truoc": ""}).status_code == 303
        refused = one.post(f"/mau-phieu/{FORM}/phat-hanh", {"ly_do": "thử"})
        assert refused.status_code == 409
        assert "HL5135" in words_of(refused)
    with reading(central.engine) as connection:
        assert {each.id for each in list_releases(connection)} == {FORM}


def assign(browser: Browser, **fields: str) -> Response:
    typed = {
        "ma": "sang-thu-bay",
        "don_vi": "phuong-mot",
        "mau": FORM,
        "hoi": "citizen",
        "ly_do": "văn bản 3",
    }
    return browser.post("/phan-cong/moi", {**typed, **fields}, at="/phan-cong/moi?unit=phuong-mot")


def test_a_place_is_let_ask_a_form_and_stopped(central: CentreUnderTest, admin: Browser) -> None:
    assert "Bạn không phát hành được" not in words_of(admin.get(DRAFT))
    page = admin.get("/phan-cong/moi?unit=phuong-mot")
    assert page.status_code == 200, page.text
    assert "may:kiosk-1" in page.text
    sent = assign(admin, noi="may:kiosk-1", gio="T7 07:30-11:30", tu="2026-04-01")
    assert sent.status_code == 303, words_of(sent)
    words = words_of(admin.get("/mau-phieu?unit=phuong-mot"))
    assert "máy kiosk-1" in words
    assert "T7 07:30-11:30" in words
    with reading(central.engine) as connection:
        title = list_releases(connection)[0].title["vi"]
    assert f"{title} {FORM}" in words_of(admin.get("/phan-cong/sang-thu-bay"))
    backwards = words_of(assign(admin, ma="khac", tu="2026-05-02", den="2026-05-01"))
    assert "Đến ngày" in backwards
    assert "assignments" not in backwards
    assert "tệp không hợp lệ" not in backwards
    clash = assign(admin, ma="khac", noi="may:kiosk-1", gio="T7 10:00-12:00", tu="2026-04-01")
    assert clash.status_code == 400
    assert "sang-thu-bay" in words_of(clash)
    wrong = assign(admin, ma="khac", gio="bảy giờ")
    assert "HL4241" in words_of(wrong)
    assert "bảy giờ" in wrong.text
    assert "HL1005" in words_of(assign(admin, ma="khac", noi="may:khong-co"))
    one = "/phan-cong/sang-thu-bay"
    ended = admin.post(f"{one}/ket-thuc", {"ngay_cuoi": "2026-05-01", "ly_do": "hết đợt"}, at=one)
    assert ended.status_code == 303, words_of(ended)
    removed = admin.post(f"{one}/bo", {"ly_do": "nhầm"}, at=one)
    assert removed.status_code == 303
    assert admin.get(one).status_code == 404


def test_a_foreign_assignment_looks_like_none(central: CentreUnderTest, admin: Browser) -> None:
    assert assign(admin).status_code == 303
    with Browser(central, "hai", ("admin", "phuong-hai")) as two:
        foreign, missing = two.get("/phan-cong/sang-thu-bay"), two.get("/phan-cong/khong-co")
        assert (foreign.status_code, foreign.text) == (404, missing.text)
        assert assign(two, ma="moi").status_code == 404
        assert two.get("/phan-cong/moi?unit=phuong-mot").status_code == 404
