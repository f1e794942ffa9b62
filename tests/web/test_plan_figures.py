"""Figures on the pages of a plan: factors, coverage, and an officer's own line. They are those of the API."""

from datetime import timedelta

import msgspec
from sqlalchemy import select

from sync.central.figures.driver_query import read_drivers
from sync.central.figures.summary import percent
from sync.central.figures.summary_query import SummaryReply
from sync.central.office.access import Caller
from sync.central.office.people.accounts import find_account, read_person
from sync.central.office.plans import issued_plan
from sync.central.pulling.asked import SummaryAsked
from sync.central.store.database import reading
from sync.central.store.schema import audit
from sync.central.store.surveys import load_surveys
from tests.support.browsing import words_of
from tests.support.made_plans import plan_id
from tests.support.province.places import ROUND_PLAN
from tests.support.served_pages import PageCentre

CHIEF, IT, OFFICER = "quan-tri", "tin-hoc", "can-bo"


def test_factors_have_their_correlation_their_n_and_say_that_they_are_no_causes(pages: PageCentre) -> None:
    answer = pages.client(CHIEF).get(f"/ke-hoach/{ROUND_PLAN}/yeu-to")
    page = words_of(answer)
    assert "Tương quan không phải nguyên nhân" in page
    assert '<svg class="quadrants"' in answer.text
    with reading(pages.engine) as connection:
        issued = issued_plan(connection, ROUND_PLAN)
        assert issued is not None
        (group,) = issued.plan.groups
        versions = [survey for survey in load_surveys(connection).values() if survey.id == group.survey]
        newest = max(versions, key=lambda survey: survey.version)
        drivers = read_drivers(connection, issued.plan, group, newest)
    assert drivers
    for driver in drivers:
        if driver.correlation is not None and driver.n >= 5:
            assert f"{driver.correlation:.2f}".replace(".", ",").replace("-", "−") in page
            assert str(driver.n) in page


def test_a_plan_without_an_overall_rating_has_no_factors_and_says_so(pages: PageCentre) -> None:
    own = plan_id(pages.province.communes[0].code)
    assert "không nêu câu đánh giá chung" in words_of(pages.client(IT).get(f"/ke-hoach/{own}/yeu-to"))


def test_coverage_is_answered_of_returned_as_the_api_says_it(pages: PageCentre) -> None:
    commune = pages.province.communes[0]
    page = words_of(pages.client(IT).get(f"/ke-hoach/{plan_id(commune.code)}/bao-phu"))
    today = pages.centre.web.today()
    first, last = today - timedelta(days=30), today - timedelta(days=1)
    asked = SummaryAsked(unit=commune.code, first=first.isoformat(), last=last.isoformat(), by="procedure")
    body, _ = pages.centre.administrators.summary(Caller(0, "admin", unit=commune.code), asked)
    said = msgspec.json.decode(body, type=SummaryReply).handovers
    assert said.answered > 0
    assert said.returned is not None
    share = percent(said.answered, said.returned)
    assert f"{said.answered} lượt trả lời / {said.returned} kết quả đã trả" in page
    assert share is not None
    assert f"Bao phủ {share.replace('.', ',')} %" in page
    rows = [row for row in said.rows if not row.hidden and row.returned]
    assert sum(row.returned or 0 for row in rows) == said.returned
    assert f"Trước ngày ban hành: {first:%d/%m}" in page


def test_an_officer_sees_their_own_line_alone_and_each_look_leaves_a_line(pages: PageCentre) -> None:
    with reading(pages.engine) as connection:
        person = read_person(connection, find_account(connection, OFFICER))
    page = words_of(pages.client(OFFICER).get("/cua-toi"))
    named = {officer.id: officer.name for commune in pages.province.communes for officer in commune.officers}
    assert named[person.officer] in page
    others = {name for id, name in named.items() if id != person.officer and name != named[person.officer]}
    assert not any(name in page for name in others)
    assert "Tài khoản này chưa nối với cán bộ nào" in words_of(pages.client(CHIEF).get("/cua-toi"))
    with reading(pages.engine) as connection:
        looked = select(audit.c.subject).where(audit.c.who == f"account {person.account}")
        assert "/cua-toi" in connection.execute(looked).scalars().all()
