"""Badges and procedure cards from a page: a PDF, and each serial in the audit log."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from sync.central.office.configuration.serials import serials_of
from sync.central.store.database import reading
from sync.central.store.schema import audit
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import Person, province, words

PAGE = "/the?unit=phuong-mot"


@pytest.fixture
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    with province(tmp_path_factory.mktemp("cards")) as made:
        yield made


@pytest.fixture
def ward(central: CentreUnderTest) -> Iterator[Person]:
    with Person(central, ("admin", "phuong-mot")) as person:
        yield person


def issued(central: CentreUnderTest) -> list[tuple[str, str]]:
    """What was issued, and how many cards each time."""
    with reading(central.engine) as connection:
        rows = connection.execute(select(audit.c.subject, audit.c.detail).where(audit.c.act == "cards"))
        return [(row.subject, str(len(row.detail.split()))) for row in rows]


def test_the_sheet_is_a_pdf_and_its_serials_are_in_the_log(central: CentreUnderTest, ward: Person) -> None:
    page = ward.get(PAGE)
    assert "a01 Cán bộ Một" in words(page)
    assert 'value="2027-03-02"' in page.text
    sheet = ward.post(PAGE, den_ngay="2027-03-02")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "application/pdf")
    assert sheet.headers["content-disposition"] == 'attachment; filename="officers-phuong-mot.pdf"'
    assert sheet.content.startswith(b"%PDF-")
    assert issued(central) == [("phuong-mot officers", "1")]


def test_only_the_chosen_procedures_are_printed(central: CentreUnderTest, ward: Person) -> None:
    chosen: dict[str, str | list[str]] = {"chon": ["1.000001", "1.000002"], "den_ngay": "2027-03-02"}
    assert ward.send(f"{PAGE}&loai=thu-tuc", chosen).status_code == 200
    assert ward.post(f"{PAGE}&loai=thu-tuc", den_ngay="2027-03-02").status_code == 200
    assert issued(central) == [("phuong-mot procedures", "2"), ("phuong-mot procedures", "3")]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"den_ngay": "2026-03-01"}, "ngày này đã qua"),
        ({"den_ngay": "mai"}, "không phải ngày"),
        ({"den_ngay": "2027-03-02", "chon": "b01"}, "HL1005"),
    ],
)
def test_what_cannot_be_printed_issues_nothing(
    central: CentreUnderTest, ward: Person, fields: dict[str, str], says: str
) -> None:
    answer = ward.post(PAGE, **fields)
    assert answer.status_code == 400
    assert says in words(answer)
    assert issued(central) == []


def test_cards_of_others_are_not_printed(central: CentreUnderTest, ward: Person) -> None:
    answers = [ward.post(f"/the?unit={unit}", den_ngay="2027-03-02") for unit in ("phuong-hai", "khong-co")]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content
    with Person(central, ("analyst", "phuong-mot"), login="phan.tich") as analyst:
        assert analyst.get(PAGE).status_code == 403
        assert analyst.post(PAGE, den_ngay="2027-03-02").status_code == 403
    assert issued(central) == []


def test_the_whole_centre_is_asked_to_choose_a_unit(central: CentreUnderTest) -> None:
    with Person(central, ("admin", ""), login="tinh") as whole:
        assert "chọn một đơn vị ở trên" in words(whole.get("/the"))


def test_a_lost_card_is_revoked_and_a_found_one_is_accepted_again(
    central: CentreUnderTest, ward: Person
) -> None:
    lost = "/the/thu-hoi?unit=phuong-mot"
    assert "/the/thu-hoi?unit=phuong-mot" in ward.get(PAGE).text
    wrong = ward.post(lost, viec="thu-hoi", so_the="ABC", ly_do="")
    assert wrong.status_code == 400
    assert all(f"{label} : Ô nhập không đúng" in words(wrong) for label in ("Số thẻ", "Lý do"))
    done = ward.post(lost, viec="thu-hoi", so_the="abcd 2345", ly_do="cán bộ báo mất")
    assert done.headers["location"] == lost
    assert "ABCD2345" in words(ward.get(lost))
    with reading(central.engine) as connection:
        assert serials_of(connection, "phuong-mot") == ("ABCD2345",)
    assert "HL5072" in words(ward.post(lost, viec="dung-lai", so_the="ABCD7777", ly_do="x"))
    assert ward.post(lost, viec="dung-lai", so_the="ABCD2345", ly_do="đã tìm thấy").status_code == 303
    with reading(central.engine) as connection:
        assert serials_of(connection, "phuong-mot") == ()
        lines = list(connection.execute(select(audit.c.act, audit.c.detail).order_by(audit.c.number)))[-2:]
    assert [tuple(line) for line in lines] == [
        ("serial-revoke", "phuong-mot; cán bộ báo mất"),
        ("serial-restore", "phuong-mot; đã tìm thấy"),
    ]
    assert ward.get("/the/thu-hoi?unit=phuong-hai").status_code == 404
