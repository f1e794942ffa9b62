"""The head, signer and recipients of an office's documents as a page and as a command."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office.letterheads import LetterheadRow, decided_letterhead, letterhead_of
from sync.central.store.database import reading
from sync.central.store.schema import audit
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import DECISION, Person, province, words

PAGE = "/danh-muc/the-thuc?unit=phuong-mot"


@pytest.fixture
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    with province(tmp_path_factory.mktemp("letterheads")) as made:
        yield made


@pytest.fixture
def ward(central: CentreUnderTest) -> Iterator[Person]:
    with Person(central, ("admin", "phuong-mot")) as person:
        yield person


def decided(central: CentreUnderTest, unit: str = "phuong-mot") -> LetterheadRow:
    with reading(central.engine) as connection:
        return decided_letterhead(connection, unit)


def last_line(central: CentreUnderTest) -> str:
    with reading(central.engine) as connection:
        return str(connection.execute(select(audit.c.detail).order_by(audit.c.number.desc())).scalar())


def test_an_office_sees_the_usual_head_and_decides_its_own(central: CentreUnderTest, ward: Person) -> None:
    before = words(ward.get(PAGE))
    assert "ỦY BAN NHÂN DÂN PHƯỜNG MỘT" in before
    assert "Kính gửi: Ủy ban nhân dân tỉnh Mẫu." in before
    ward.post(
        PAGE,
        co_quan="Ủy ban nhân dân\r\nphường Một",
        kinh_gui="-",
        noi_nhan="Sở Nội vụ (b/c)\nCác bộ phận chuyên môn",
        luu="VT, NV (10b)",
        ky_cv="TL. Chủ tịch\nChánh Văn phòng",
        ly_do=DECISION,
    )
    assert decided(central) == LetterheadRow(
        body=("ỦY BAN NHÂN DÂN", "PHƯỜNG MỘT"),
        addressed_to=(),
        recipients=("Sở Nội vụ (b/c)", "Các bộ phận chuyên môn"),
        archive="VT, NV (10b)",
        signers={"CV": ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")},
    )
    assert last_line(central) == f"addressed_to, archive, body, recipients, signers; {DECISION}"
    after = words(ward.get(PAGE))
    assert "- Sở Nội vụ (b/c);" in after
    assert "- Lưu: VT, NV (10b)." in after
    assert "Kính gửi: Ủy ban" not in after
    assert decided(central, "phuong-hai") == LetterheadRow()


def test_the_whole_centre_has_the_head_of_its_highest_unit(central: CentreUnderTest) -> None:
    with reading(central.engine) as connection:
        head = letterhead_of(connection, "", central.now().date())
    assert head.body == ("ỦY BAN NHÂN DÂN", "TỈNH MẪU")


def test_an_empty_form_leaves_everything_to_the_name_again(central: CentreUnderTest, ward: Person) -> None:
    ward.post(PAGE, dia_danh="Nơi khác", ly_do=DECISION)
    ward.post(PAGE, ly_do=DECISION)
    assert decided(central) == LetterheadRow()


def test_of_two_who_edit_at_once_the_second_is_told(central: CentreUnderTest, ward: Person) -> None:
    page = ward.get(PAGE).text
    before = page.split('name="truoc" value="')[1].split('"')[0]
    assert ward.post(PAGE, truoc=before, dia_danh="Một", ly_do=DECISION).status_code == 303
    answer = ward.post(PAGE, truoc=before, dia_danh="Hai", ly_do=DECISION)
    assert "HL5140" in words(answer)
    assert decided(central).place == "Một"


def test_what_is_too_long_or_without_a_reason_changes_nothing(central: CentreUnderTest, ward: Person) -> None:
    assert "HL1003" in words(ward.post(PAGE, dia_danh="x" * 201, ly_do=DECISION))
    assert "Địa danh" in words(ward.post(PAGE, dia_danh="x" * 201, ly_do=DECISION))
    assert ward.post(PAGE, dia_danh="Một", ly_do="").status_code == 400
    assert decided(central) == LetterheadRow()


def test_an_analyst_sees_the_form_and_changes_nothing(central: CentreUnderTest) -> None:
    with Person(central, ("analyst", "phuong-mot"), login="phan.tich") as analyst:
        page = analyst.get(PAGE)
        assert page.status_code == 200
        assert 'name="ly_do"' not in page.text
        assert analyst.post(PAGE, ly_do=DECISION).status_code == 403


def test_the_command_does_what_the_page_does(central: CentreUnderTest) -> None:
    data = ("--data", str(central.folder), "--unit", "phuong-mot")
    why = ("--why", DECISION)
    run = CliRunner()
    answer = run.invoke(
        app, ["letterheads", "change", *data, *why, "--recipients", "VPUB", "--place", "Một", "--above", ""]
    )
    assert answer.exit_code == 0, answer.output
    assert decided(central) == LetterheadRow(recipients=("VPUB",), place="Một", above="")
    answer = run.invoke(app, ["letterheads", "show", *data])
    assert "recipients: VPUB" in answer.output
    assert "signer: TM. ỦY BAN NHÂN DÂN / CHỦ TỊCH" in answer.output
    run.invoke(app, ["letterheads", "change", *data, *why, "--leave", "place"])
    assert decided(central).place is None
    with reading(central.engine) as connection:
        assert letterhead_of(connection, "phuong-mot", central.now().date()).place == "Một"
