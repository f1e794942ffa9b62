"""What was set aside, as a page: the reasons, a try, and judging it again."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from sync.central.store.database import reading, writing
from sync.central.store.schema import responses, set_aside
from tests.support.browsing import words_of
from tests.support.served_pages import PageCentre
from tests.support.web_browser import PHONE
from tests.web.conftest import SignedIn

PAGE = "/phieu/giu-lai"


def put_aside(centre: PageCentre, device: str, count: int = 2, **changed: object) -> list[str]:
    """Set the last complete responses of a device aside, as if their form had been unknown; none counts."""
    query = select(responses).where(responses.c.device == device, responses.c.outcome == "complete")
    query = query.order_by(responses.c.position.desc())
    with writing(centre.engine) as connection:
        rows = connection.execute(query.limit(count)).all()
        ids = [row.id for row in rows]
        for row in rows:
            values = {
                "id": row.id,
                "device": row.device,
                "seq": row.seq,
                "digest": row.digest,
                "received_at": row.received_at,
                "status": "refused",
                "problem": "HL4009",
                "detail": "",
                "body": row.body,
            }
            connection.execute(set_aside.insert().values({**values, **changed}))
    return ids


def left(centre: PageCentre) -> int:
    with reading(centre.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(set_aside)).scalar_one())


def test_without_any_the_page_says_so(pages: PageCentre) -> None:
    assert "Mọi phiếu đã gửi về đều được nhận." in words_of(pages.client("tin-hoc").get(PAGE))
    for login in ("phan-tich", "chu-tich"):
        assert pages.client(login).get(PAGE).status_code == 403


def test_a_try_changes_nothing_and_judging_again_leaves_the_result(own_centre: PageCentre) -> None:
    put_aside(own_centre, "may-001")
    words = words_of(own_centre.client("tin-hoc").get(PAGE))
    assert "HL4009" in words
    assert "may-001" in words
    choice = {"nhung_phieu": "may-001 HL4009", "ly_do": "đã bổ sung mẫu phiếu"}
    before = own_centre.digest()
    tried = own_centre.send("tin-hoc", PAGE, **choice, cach="thu")
    assert "Nếu xét lại bây giờ: 2 đã có từ trước. Chưa đổi gì." in words_of(tried)
    assert own_centre.digest() == before
    done = own_centre.send("tin-hoc", PAGE, **choice)
    assert done.status_code == 303
    shown = words_of(own_centre.client("tin-hoc").get(PAGE))
    assert "Đã xét lại: 2 đã có từ trước." in shown
    assert left(own_centre) == 0


def test_only_one_kind_or_all_refused_ones_of_own_units_are_judged(own_centre: PageCentre) -> None:
    foreign = own_centre.province.communes[1].terminals[0].id
    put_aside(own_centre, "may-001", 1)
    put_aside(own_centre, "may-002", 1, problem="HL4008")
    put_aside(own_centre, foreign, 1)
    assert foreign not in words_of(own_centre.client("tin-hoc").get(PAGE))
    for choice in (f"{foreign} HL4009", "may-001 HL4008", "", "khong-co HL4009"):
        wrong = own_centre.send("tin-hoc", PAGE, nhung_phieu=choice, ly_do="thử")
        assert "HL4241" in words_of(wrong), choice
    assert "HL5071" in words_of(own_centre.send("tin-hoc", PAGE, nhung_phieu="tat-ca", ly_do=" "))
    assert left(own_centre) == 3
    own_centre.send("tin-hoc", PAGE, nhung_phieu="may-002 HL4008", ly_do="thử")
    assert left(own_centre) == 2
    own_centre.send("tin-hoc", PAGE, nhung_phieu="tat-ca", ly_do="thử")
    assert left(own_centre) == 1


def test_a_conflict_is_not_judged_here(own_centre: PageCentre) -> None:
    put_aside(own_centre, "may-001", 1, status="conflict", problem="HL4010")
    page = own_centre.client("tin-hoc").get(PAGE)
    assert "set-aside take" in words_of(page)
    assert 'type="radio"' not in page.text
    wrong = own_centre.send("tin-hoc", PAGE, nhung_phieu="may-001 HL4010", ly_do="thử")
    assert "HL4241" in words_of(wrong)


@pytest.mark.parametrize("size", [PHONE])
def test_nothing_scrolls_sideways_on_a_phone(signed_in: SignedIn, size: tuple[int, int]) -> None:
    page = signed_in("tin-hoc", PAGE, size)
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
