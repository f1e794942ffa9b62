"""A problem on a page is in the words of pages: labels of fields, and nothing of commands or programs."""

import pytest

from sync.central.web.field_labels import labelled
from sync.central.web.problems import problem_page
from sync.contract.problem import Problem
from sync.contract.problem.centre import REASON_MISSING, ROW_THERE, ROW_UNKNOWN
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN, METHOD_NOT_ALLOWED
from tests.support.browsing import words_of
from tests.support.served_pages import PageCentre


@pytest.mark.parametrize("where", ["ly_do", "opening[1].end", "assignments xa-1.ends", "assignments: starts"])
def test_a_field_is_named_by_its_label(where: str) -> None:
    said = labelled(where, str)
    assert said in ("Lý do", "Giờ làm việc", "Đến ngày", "Từ ngày")


def test_another_place_stays_as_it_is() -> None:
    assert labelled("can-bo 50%.csv:3: id", str) == "can-bo 50%.csv:3: id"


def test_what_was_typed_is_in_no_file() -> None:
    page = problem_page(ENTRY_INVALID(where="assignments xa-1.ends", detail="trước ngày đầu"), "vi")
    assert "tệp" not in page.title + page.remedy
    assert "tệp" in problem_page(ENTRY_INVALID(where="phieu.toml: id"), "vi").title


def test_an_option_of_a_command_is_no_place_on_a_page() -> None:
    assert problem_page(REASON_MISSING(where="--why"), "vi").where == ""


@pytest.mark.parametrize(
    "problem", [REASON_MISSING(), ROW_UNKNOWN(), ROW_THERE(), ADDRESS_UNKNOWN(), METHOD_NOT_ALLOWED()]
)
def test_a_remedy_serves_who_has_no_command_line(problem: Problem) -> None:
    remedy = problem_page(problem, "vi").remedy
    assert "openapi" not in remedy
    assert "`" not in remedy or "(lệnh: `" in remedy


def test_a_missing_page_leads_to_the_first_one(pages: PageCentre) -> None:
    words = words_of(pages.client("quan-tri").get("/khong-co-trang-nay"))
    assert "bắt đầu từ trang đầu" in words
    assert "openapi" not in words


def test_a_wrong_filter_is_named_in_words(pages: PageCentre) -> None:
    words = words_of(pages.client("quan-tri").get("/nhat-ky?la=1"))
    assert "Địa chỉ của trang" in words
    assert "query" not in words


def test_a_wrong_value_is_named_as_the_address_does(pages: PageCentre) -> None:
    words = words_of(pages.client("quan-tri").get("/canh-bao?trang_thai=khac"))
    assert "HL4013 · Tình trạng" in words
