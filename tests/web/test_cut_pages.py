"""Figures by procedure, field, officer, counter and day: what each role gets, and what a page refuses."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from sync.central.store.database import reading
from sync.central.store.schema import audit
from sync.central.web.pages import cuts
from tests.support.served_pages import PageCentre


def test_a_period_that_cannot_be_cut_is_refused_on_the_page(pages: PageCentre) -> None:
    answer = pages.client("tin-hoc").get("/quay?from=2026-01-01&to=2026-11-29")
    assert answer.status_code == 422
    assert "nhiều nhất 31 ngày" in answer.text
    assert 'value="2026-01-01"' in answer.text
    assert pages.client("tin-hoc").get("/thu-tuc?from=hom-qua").status_code == 400


def test_a_filter_that_there_is_not_is_refused(pages: PageCentre) -> None:
    assert pages.client("tin-hoc").get("/thu-tuc?don_vi=x").status_code == 400


def test_analysts_get_officers_only_for_months_that_are_over_and_without_names(pages: PageCentre) -> None:
    officer = pages.province.communes[0].officers[0]
    admin = pages.client("tin-hoc").get("/can-bo").text
    analyst = pages.client("phan-tich").get("/can-bo").text
    assert officer.name in admin
    assert officer.name not in analyst
    today = pages.centre.web.today()
    running = pages.client("phan-tich").get(f"/can-bo?from={today.replace(day=1)}&to={today}")
    assert running.status_code == 422
    assert officer.id not in running.text
    assert pages.client("can-bo").get("/can-bo").status_code == 403
    assert 'href="/can-bo' not in pages.client("can-bo").get("/so-lieu").text


def test_a_file_is_for_those_who_may_export_and_leaves_a_line(pages: PageCentre) -> None:
    page = pages.client("phan-tich").get("/thu-tuc").text
    (excel,) = re.findall(r'href="(/so-lieu/tai-ve[^"]*format=xlsx)"', page)
    file = pages.client("phan-tich").get(unescape(excel))
    assert file.headers["content-disposition"].endswith('.xlsx"')
    assert file.content.startswith(b"PK")
    with reading(pages.engine) as connection:
        query = select(audit.c.act, audit.c.subject).order_by(audit.c.number.desc()).limit(1)
        assert tuple(connection.execute(query).one()) == ("look", "/so-lieu/tai-ve")
    assert pages.client("can-bo").get(unescape(excel)).status_code == 403
    assert "Tải về" not in pages.client("can-bo").get("/thu-tuc").text
    other = pages.province.communes[1].code
    foreign, missing = (
        pages.client("phan-tich").get(f"/so-lieu/tai-ve?by=procedure&unit={unit}&format=csv")
        for unit in (other, "khong-co")
    )
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


def test_a_long_page_shows_the_first_lines_and_how_many_there_are(
    pages: PageCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, line = pages.client("tin-hoc"), '<th scope="row">'
    whole = client.get("/thu-tuc").text
    assert "dòng đầu trong" not in whole
    monkeypatch.setattr(cuts, "MOST_ROWS", 3)
    page = client.get("/thu-tuc").text
    assert page.count(line) == 3
    assert page.split(line)[1:3] == whole.split(line)[1:3]
    assert f"3 dòng đầu trong {whole.count(line)}." in page
    (rest,) = re.findall(r'href="(/thu-tuc[^"]*tat_ca=co)#bang"', page)
    every = client.get(unescape(rest)).text
    assert every.count(line) == whole.count(line)
    assert "dòng đầu trong" not in every
    (excel,) = re.findall(r'href="(/so-lieu/tai-ve[^"]*format=xlsx)"', page)
    assert excel in whole


def test_a_foreign_unit_answers_like_none(pages: PageCentre) -> None:
    other = pages.province.communes[1].code
    for path in ("/so-lieu", "/thu-tuc", "/linh-vuc", "/can-bo", "/quay", "/kenh", "/ngay"):
        foreign, missing = (
            pages.client("tin-hoc").get(f"{path}?unit={unit}") for unit in (other, "khong-co")
        )
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
