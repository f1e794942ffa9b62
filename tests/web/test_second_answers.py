"""Second answers of a handover are kept apart: who may open responses sees them under /phieu, nobody else."""

from sqlalchemy import select

from sync.central.intake.ingest import REPEATED
from sync.central.store.database import reading
from sync.central.store.schema import responses
from tests.support.browsing import words_of
from tests.support.served_pages import PageCentre
from tests.web.test_set_aside import put_aside

PAGE = "/phieu"
SAID = "Trả lời lần thứ hai, không tính"


def last_of(centre: PageCentre, device: str) -> str:
    query = select(responses.c.id).where(responses.c.device == device)
    with reading(centre.engine) as connection:
        return str(connection.execute(query.order_by(responses.c.position.desc()).limit(1)).scalar_one())


def test_who_may_open_responses_sees_them_with_the_one_that_counts(own_centre: PageCentre) -> None:
    assert SAID not in words_of(own_centre.client("tin-hoc").get(PAGE))
    first = last_of(own_centre, "may-002")
    put_aside(own_centre, "may-001", 1, status=REPEATED, problem="", detail=first)
    browser = own_centre.client("tin-hoc")
    listed = browser.get(PAGE)
    assert f"{SAID} (1)" in words_of(listed)
    assert f'href="{PAGE}/{first}"' in listed.text
    assert "để riêng, không tính" in words_of(browser.get(f"{PAGE}/{first}"))
    assert "Mọi phiếu đã gửi về đều được nhận." in words_of(browser.get("/phieu/giu-lai")), "no work"


def test_they_are_of_own_units_alone_and_not_for_an_analyst(own_centre: PageCentre) -> None:
    foreign = own_centre.province.communes[1].terminals[0].id
    put_aside(own_centre, foreign, 1, status=REPEATED, problem="", detail=last_of(own_centre, foreign))
    assert SAID not in words_of(own_centre.client("tin-hoc").get(PAGE))
    put_aside(own_centre, "may-001", 1, status=REPEATED, problem="", detail=last_of(own_centre, "may-002"))
    assert SAID in words_of(own_centre.client("tin-hoc").get(PAGE))
    assert SAID not in words_of(own_centre.client("phan-tich").get(PAGE))
