"""The catalogue as pages: what holds at a unit, who decided it, and changes with a reason."""

from collections.abc import Iterator

import pytest
from httpx import Response

from sync.central.office.audit import chain
from sync.central.office.configuration.counters import counter_of
from sync.central.office.configuration.officers import officer_named
from sync.central.office.configuration.procedures import procedure_at
from sync.central.store.database import reading
from sync.central.store.schema import audit
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import DECISION, Person, province, words

NOUNS = ("thu-tuc", "can-bo", "quay")


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    with province(tmp_path_factory.mktemp("catalogue")) as made:
        yield made


@pytest.fixture(scope="module")
def ward(central: CentreUnderTest) -> Iterator[Person]:
    with Person(central, ("admin", "phuong-mot"), login="phuong") as person:
        yield person


@pytest.fixture(scope="module")
def analyst(central: CentreUnderTest) -> Iterator[Person]:
    with Person(central, ("analyst", "tinh"), login="phan.tich") as person:
        yield person


@pytest.fixture(scope="module")
def whole(central: CentreUnderTest) -> Iterator[Person]:
    with Person(central, ("admin", ""), login="tinh") as person:
        yield person


def newest_line(central: CentreUnderTest) -> tuple[str, str, str, str]:
    with reading(central.engine) as connection:
        row = connection.execute(audit.select().order_by(audit.c.number.desc())).first()
        assert row is not None
        return row.who, row.act, row.subject, row.detail


def test_the_hub_counts_what_there_is_and_names_what_is_missing(ward: Person) -> None:
    said = words(ward.get("/danh-muc"))
    assert "Đơn vị: Phường Một" in said
    assert "3 thủ tục 1 do đơn vị này thêm" in said
    assert "1 cán bộ" in said
    assert "1 quầy" in said
    assert "Chưa có ngày nghỉ năm 2026." in said


def test_rows_of_units_above_are_shown_as_theirs_and_are_not_changed_here(ward: Person) -> None:
    answer = ward.get("/danh-muc/thu-tuc")
    assert '<span class="tag">Tỉnh Mẫu</span>' in answer.text
    assert "/danh-muc/thu-tuc/1.000001?" not in answer.text
    assert "/danh-muc/thu-tuc/1.000002?unit=phuong-mot" in answer.text
    assert ward.get("/danh-muc/thu-tuc/1.000001").status_code == 404


def test_a_procedure_is_added_changed_and_removed_with_its_reason(
    central: CentreUnderTest, ward: Person
) -> None:
    new = {"ma": "1.000099", "ten": "  Cấp   bản sao ", "ten_en": "Copies", "linh_vuc": "Hộ tịch"}
    added = ward.post("/danh-muc/them/thu-tuc?unit=phuong-mot", **new, ly_do=DECISION)
    assert (added.status_code, added.headers["location"]) == (303, "/danh-muc/thu-tuc?unit=phuong-mot")
    who, act, subject, detail = newest_line(central)
    assert (who, act, subject) == (f"account {ward.account}", "procedure-add", "1.000099")
    assert detail == f"phuong-mot; {DECISION}"
    with reading(central.engine) as connection:
        stored = procedure_at(connection, "phuong-mot", "1.000099")
    assert stored is not None
    assert stored.name == {"vi": "Cấp bản sao", "en": "Copies"}

    address = "/danh-muc/thu-tuc/1.000099?unit=phuong-mot"
    assert 'value="Cấp bản sao"' in ward.get(address).text
    assert ward.post(address, **{**new, "ten": "Cấp bản sao trích lục"}, ly_do=DECISION).status_code == 303
    assert "Cấp bản sao trích lục" in words(ward.get("/danh-muc/thu-tuc"))
    gone = ward.post("/danh-muc/thu-tuc/1.000099/bo?unit=phuong-mot", ly_do=DECISION)
    assert gone.status_code == 303
    assert newest_line(central)[1] == "procedure-remove"
    with reading(central.engine) as connection:
        assert procedure_at(connection, "phuong-mot", "1.000099") is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"ma": "1.000098", "ten": "Một", "ly_do": ""}, "Lý do: Ô nhập không đúng (để trống)"),
        ({"ma": "mã sai", "ten": "Một", "ly_do": DECISION}, "mã thủ tục ghi như 1.001193"),
        ({"ma": "1.000098", "ten": "", "ly_do": DECISION}, "để trống"),
        ({"ma": "1.000002", "ten": "Một", "ly_do": DECISION}, "HL5073"),
        ({"ma": "1.000098", "ten": "Một\u202e", "ly_do": DECISION}, "ký tự không nhìn thấy được"),
    ],
)
def test_a_wrong_procedure_comes_back_with_what_was_typed(
    ward: Person, fields: dict[str, str], says: str
) -> None:
    answer = ward.post("/danh-muc/them/thu-tuc?unit=phuong-mot", **fields)
    assert answer.status_code == 400
    assert says in words(answer)
    assert "--why" not in answer.text
    assert f'value="{fields["ma"]}"' in answer.text


def test_all_that_is_wrong_with_a_form_is_named_at_once(ward: Person) -> None:
    answer = ward.post("/danh-muc/them/thu-tuc?unit=phuong-mot", ma="mã sai", ten="", ly_do="")
    assert answer.status_code == 400
    assert words(answer).count("HL1003") == 1
    assert all(f"{label}: Ô nhập không đúng" in words(answer) for label in ("Tên thủ tục", "Lý do"))
    officer = ward.post("/danh-muc/them/can-bo?unit=phuong-mot", ma="", ten="", don_vi="phuong-hai")
    assert all(f"{label}:" in words(officer) for label in ("Họ tên", "Mã đơn vị", "Lý do"))


def test_an_officer_is_added_moved_and_removed(central: CentreUnderTest, whole: Person) -> None:
    new = {"ma": "c01", "ten": "Trần Ví Dụ", "chuc_danh": "Công chức", "don_vi": "phuong-mot"}
    assert whole.post("/danh-muc/them/can-bo?unit=phuong-mot", **new, ly_do=DECISION).status_code == 303
    moved = whole.post("/danh-muc/can-bo/c01", **{**new, "don_vi": "phuong-hai"}, ly_do=DECISION)
    assert moved.headers["location"] == "/danh-muc/can-bo?unit=phuong-hai"
    with reading(central.engine) as connection:
        officer = officer_named(connection, "c01")
    assert officer is not None
    assert officer.unit == "phuong-hai"
    assert whole.post("/danh-muc/can-bo/c01/bo", ly_do=DECISION).status_code == 303
    assert newest_line(central)[1] == "officer-remove"


def test_an_officer_of_another_unit_is_as_unknown_as_one_there_never_was(ward: Person) -> None:
    foreign, missing = ward.get("/danh-muc/can-bo/b01"), ward.get("/danh-muc/can-bo/x01")
    assert foreign.status_code == 404
    assert foreign.content == missing.content
    fields = {"ma": "b01", "ten": "Lê Ví Dụ", "don_vi": "phuong-mot", "ly_do": DECISION}
    changed = ward.post("/danh-muc/can-bo/b01", **fields)
    assert changed.status_code == 404
    assert ward.post("/danh-muc/can-bo/b01/bo", ly_do=DECISION).status_code == 404
    added = ward.post("/danh-muc/them/can-bo?unit=phuong-mot", **fields)
    assert "HL5073" in words(added)
    assert "Nguyễn Ví Dụ" not in added.text
    assert "Phường Hai" not in words(ward.get("/danh-muc/can-bo"))


def test_nothing_is_moved_into_a_unit_of_others(central: CentreUnderTest, ward: Person) -> None:
    fields = {"ma": "a01", "ten": "Cán bộ Một", "ly_do": DECISION}
    for unit in ("phuong-hai", "khong-co", ""):
        answer = ward.post("/danh-muc/can-bo/a01", **fields, don_vi=unit)
        assert answer.status_code == 400
        assert "ngoài quyền của bạn" in words(answer)
    counter = {"ma": "quay-2", "ten": "Quầy số 2", "don_vi": "phuong-hai", "ly_do": DECISION}
    assert ward.post("/danh-muc/them/quay?unit=phuong-mot", **counter).status_code == 400
    with reading(central.engine) as connection:
        assert counter_of(connection, "phuong-hai", "quay-2") is None


def test_a_counter_is_added_renamed_and_removed(central: CentreUnderTest, ward: Person) -> None:
    new = {"ma": "quay-2", "ten": "Quầy số 2", "don_vi": "phuong-mot", "ly_do": DECISION}
    assert ward.post("/danh-muc/them/quay?unit=phuong-mot", **new).status_code == 303
    address = "/danh-muc/quay/quay-2?unit=phuong-mot"
    assert ward.post(address, ma="quay-2", ten="Quầy hộ tịch", ly_do=DECISION).status_code == 303
    assert "Quầy hộ tịch" in words(ward.get("/danh-muc/quay"))
    assert ward.post("/danh-muc/quay/quay-2/bo?unit=phuong-mot", ly_do=DECISION).status_code == 303
    assert ward.get(address).status_code == 404
    assert newest_line(central)[1] == "counter-remove"


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/danh-muc/thu-tuc/1.000002?unit=phuong-mot", {"ma": "1.000002", "linh_vuc": "Chứng thực"}),
        ("/danh-muc/can-bo/b01", {"ma": "b01", "don_vi": "phuong-hai"}),
        ("/danh-muc/quay/quay-9?unit=phuong-hai", {"ma": "quay-9"}),
    ],
)
def test_of_two_windows_the_second_changes_nothing_until_it_was_shown_the_first(
    whole: Person, address: str, fields: dict[str, str]
) -> None:
    def mark(page: Response) -> str:
        return page.text.partition('name="truoc" value="')[2].partition('"')[0]

    both = mark(whole.get(address))
    first = whole.post(address, **fields, ten="Tên thứ nhất", ly_do=DECISION, truoc=both)
    assert first.status_code == 303
    late = whole.post(address, **fields, ten="Tên thứ hai", ly_do=DECISION, truoc=both)
    assert late.status_code == 400
    assert "HL5140" in words(late)
    assert 'value="Tên thứ hai"' in late.text
    again = whole.post(address, **fields, ten="Tên thứ hai", ly_do=DECISION, truoc=mark(late))
    assert again.status_code == 303


def test_the_hub_leads_only_to_pages_that_its_visitor_may_open(ward: Person, analyst: Person) -> None:
    assert "In thẻ" in words(ward.get("/danh-muc?unit=phuong-mot"))
    assert "In thẻ" not in words(analyst.get("/danh-muc?unit=phuong-mot"))


@pytest.mark.parametrize("noun", NOUNS)
def test_an_analyst_sees_and_changes_nothing(analyst: Person, noun: str) -> None:
    page = analyst.get(f"/danh-muc/{noun}?unit=phuong-mot")
    assert page.status_code == 200
    assert "/them/" not in page.text
    assert analyst.get(f"/danh-muc/them/{noun}?unit=phuong-mot").status_code == 403
    assert analyst.post(f"/danh-muc/them/{noun}?unit=phuong-mot").status_code == 403


@pytest.mark.parametrize("noun", ["", *(f"/{noun}" for noun in NOUNS)])
def test_a_foreign_unit_is_as_unknown_as_one_there_never_was(ward: Person, noun: str) -> None:
    answers = [ward.get(f"/danh-muc{noun}?unit={unit}") for unit in ("phuong-hai", "tinh", "khong-co")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_the_log_stays_a_chain(central: CentreUnderTest) -> None:
    with reading(central.engine) as connection:
        lines, broken = chain.verify(connection)
    assert lines > 0
    assert broken is None
