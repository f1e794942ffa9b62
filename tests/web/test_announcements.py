"""From a publication come the radio text and the posters; before it, and for others, there is nothing."""

import io
import subprocess
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from sync.central.office.address import name_own_address
from sync.central.office.audit.acts import By, acting
from sync.central.reports.asked import Asked
from sync.central.reports.issuing import acts
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.records.stored import read_report
from sync.central.store.database import reading, writing
from sync.central.store.days_over import close_days
from sync.central.store.schema import audit
from tests.contract.test_monthly_report import TOMORROW, visits_of_two_months
from tests.support.wire import CentreUnderTest, store_unasked
from tests.web.catalogue_steps import Person, province, words

pytestmark = pytest.mark.programs

FILES = ("phat-thanh.txt", "ap-phich.pdf", "moi-danh-gia.pdf")
FEBRUARY = Asked(kind="bao-cao-thang", unit="phuong-mot", first=date(2026, 2, 1), last=date(2026, 2, 28))
PUBLIC = "https://hailong.vidu.gov.vn/cong-khai/phuong-mot/2026-02-01_2026-02-28"


@pytest.fixture
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    with province(tmp_path_factory.mktemp("announcements")) as made:
        store_unasked(made, visits_of_two_months(120))
        with writing(made.engine) as connection:
            close_days(connection, TOMORROW.date())
        made.now = lambda: TOMORROW + timedelta(hours=1)
        with acting(made.engine, By("test", made.now())) as act:
            name_own_address(act, "https://hailong.vidu.gov.vn")
        yield made


def do(central: CentreUnderTest, who: str, work: Any, *args: Any, **more: Any) -> Any:
    with acting(central.engine, By(who, central.now())) as act:
        return work(act, *args, **more)


def read(central: CentreUnderTest, id: int) -> str:
    with reading(central.engine) as connection:
        return read_report(connection, id).read


def drafted(central: CentreUnderTest, asked: Asked = FEBRUARY) -> int:
    return int(do(central, "account 1001", acts.draft, KINDS, asked))


def published(central: CentreUnderTest) -> int:
    id = drafted(central)
    do(central, "account 1002", acts.approve, KINDS, id, read=read(central, id))
    done = "Đã mở thêm 1 quầy chứng thực.\nSửa máy lấy số."
    do(central, "account 1001", acts.publish, KINDS, id, read=read(central, id), done=done)
    return id


def test_a_publication_has_a_radio_text_of_words_alone(central: CentreUnderTest) -> None:
    id = published(central)
    with Person(central, ("viewer", "phuong-mot")) as viewer:
        page = viewer.get(f"/cong-bo/{id}")
        assert all(f"/cong-bo/{id}/{name}" in page.text for name in FILES)
        answer = viewer.get(f"/cong-bo/{id}/phat-thanh.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    text = answer.text
    assert "Từ ngày mùng một tháng hai đến ngày hai mươi tám tháng hai" in text
    assert "đã mở thêm một quầy chứng thực." in text
    assert "hài lòng hoặc rất hài lòng về kết quả thực hiện thủ tục hành chính" in text


def test_its_posters_lead_to_the_public_page(central: CentreUnderTest) -> None:
    id = published(central)
    with Person(central, ("viewer", "phuong-mot")) as viewer:
        for name in FILES[1:]:
            answer = viewer.get(f"/cong-bo/{id}/{name}")
            assert answer.headers["content-type"] == "application/pdf"
            drawn = subprocess.run(
                ["pdftoppm", "-r", "100", "-png", "-"], input=answer.content, capture_output=True, check=True
            )
            (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.stdout)))
            assert code.text == PUBLIC


def test_what_is_not_published_has_none(central: CentreUnderTest) -> None:
    id = drafted(central)
    with Person(central, ("admin", "phuong-mot")) as admin:
        assert "phat-thanh.txt" not in admin.get(f"/cong-bo/{id}").text
        for name in FILES:
            assert admin.get(f"/cong-bo/{id}/{name}").status_code == 404


def test_who_may_not_see_the_report_is_answered_as_if_there_were_none(central: CentreUnderTest) -> None:
    id = published(central)
    with Person(central, ("admin", "phuong-hai")) as other:
        for name in FILES:
            foreign, missing = other.get(f"/cong-bo/{id}/{name}"), other.get(f"/cong-bo/987654/{name}")
            assert foreign.status_code == missing.status_code == 404
            assert words(foreign) == words(missing)


def test_reading_a_file_is_no_act(central: CentreUnderTest) -> None:
    id = published(central)
    with reading(central.engine) as connection:
        before = connection.execute(select(audit.c.number)).scalars().all()
    with Person(central, ("viewer", "phuong-mot")) as viewer:
        viewer.get(f"/cong-bo/{id}/phat-thanh.txt")
    with reading(central.engine) as connection:
        after = connection.execute(select(audit.c.act).order_by(audit.c.number)).scalars().all()
    assert [each for each in after[len(before) :] if each.startswith("report")] == []
