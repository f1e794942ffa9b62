"""Forms go from the counter to the office that controls procedures, as two people do it in their browsers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.catalogue import Unit
from tests.support.browsing import Browser, words_of
from tests.support.paper import lot_of
from tests.support.wire import NOW, CentreUnderTest


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, (Unit("phuong-mot", {"vi": "Phường Một"}),), NOW)
    yield centre
    centre.close()


def noted(counter: Browser) -> str:
    """The address of a lot that somebody at the counter notes."""
    lot = lot_of()
    fields = {
        **{"ma": lot.id, "don_vi": "phuong-mot", "phieu": "kien-hung", "cach_ve": "box", "kenh": "paper"},
        **{"ngay": lot.day.isoformat(), "nguoi_1": lot.first_person, "nguoi_2": lot.second_person},
        **{"dem": "5", "so_tu": "1", "so_den": "20", "ghi_chu": "", "nhap_hai_lan": "0"},
    }
    sent = counter.post("/nhap-phieu/hom-phieu", fields)
    assert sent.status_code == 303, words_of(sent)
    return str(sent.headers["location"])


def test_a_batch_is_handed_over_by_one_person_and_confirmed_by_the_other(central: CentreUnderTest) -> None:
    with (
        Browser(central, "counter", ("keyer", "phuong-mot")) as counter,
        Browser(central, "control", ("keyer", "phuong-mot")) as control,
    ):
        at = noted(counter) + "/ban-giao"
        page = counter.get(at)
        assert "Đang giữ: Counter · 5 phiếu" in words_of(page)
        chosen = re.search(r'<option value="(\d+)"[^>]*>Control', page.text)
        id = re.search(r'name="ma" value="([^"]+)"', page.text)
        assert chosen
        assert id
        offer = {"ma": id[1], "nguoi_nhan": chosen[1], "ghi_chu": "Hòm phiếu tháng 2"}
        assert counter.post(at, offer).status_code == 303
        assert "Đang giữ: Counter · 5 phiếu · chờ Control xác nhận" in words_of(counter.get(at))
        task = words_of(control.get("/viec"))
        assert "Lô phiếu chờ tôi nhận" in task
        assert "Lô phiếu chờ tôi nhận" not in words_of(counter.get("/viec"))
        # Who counts another number does not confirm; who gave can't confirm for the other.
        refused = control.post(f"{at}/nhan", {"dem": "4"}, at=at)
        assert (refused.status_code, "HL4304" in words_of(refused)) == (409, True)
        assert counter.post(f"{at}/nhan", {"dem": "5"}, at=at).status_code == 409
        assert control.post(f"{at}/nhan", {"dem": "5"}, at=at).status_code == 303
        words = words_of(control.get(at))
        assert "Đang giữ: Control · 5 phiếu" in words
        assert "Counter Hòm phiếu tháng 2 Control" in words
        assert "đã nhận" in words
        assert "Lô phiếu chờ tôi nhận" not in words_of(control.get("/viec"))


def test_who_may_not_key_there_sees_no_handing_over(central: CentreUnderTest) -> None:
    with Browser(central, "counter", ("keyer", "phuong-mot")) as counter:
        at = noted(counter) + "/ban-giao"
    with Browser(central, "viewer", ("viewer", "phuong-mot")) as viewer:
        assert viewer.get(at).status_code == 403
