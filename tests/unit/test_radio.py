"""The text for the local radio: short, without a digit, and no share of a few."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.reports.announcing.outcome import Outcome, OutcomeRating
from sync.central.reports.announcing.radio import MOST_WORDS, aloud, announcers_sheet, radio_text

RESULT = OutcomeRating(
    text="Mức độ hài lòng về kết quả",
    topic="kết quả giải quyết thủ tục",
    n=682,
    satisfied=617,
    percent="90.5",
    very=True,
)
TIME = OutcomeRating(
    text="Ông/bà có hài lòng về thời gian chờ không?",
    topic="thời gian chờ",
    n=680,
    satisfied=424,
    percent="62.4",
    very=True,
)
NOVEMBER = Outcome(
    office="UBND phường Kiến Hưng",
    place="phường Kiến Hưng",
    period="tháng 11 năm 2026",
    first=date(2026, 10, 21),
    last=date(2026, 11, 20),
    answers=688,
    ratings=(RESULT, TIME),
    weakest=TIME,
    done=("Mở thêm 1 quầy chứng thực vào buổi sáng", "Đã sửa máy lấy số."),
)


def test_a_month_is_read_out_as_an_official_would_say_it() -> None:
    text = radio_text(NOVEMBER)
    assert text.text == (
        "Thưa bà con! Từ ngày hai mươi mốt tháng mười đến ngày hai mươi tháng mười một, tại bộ phận "
        "Một cửa của phường Kiến Hưng có sáu trăm tám mươi tám lượt bà con cho ý kiến. Cứ mười người "
        "trả lời thì có chín người hài lòng hoặc rất hài lòng về kết quả giải quyết thủ tục. Bà con "
        "chưa hài lòng nhiều nhất về thời gian chờ. Phường Kiến Hưng đã mở thêm một quầy chứng thực "
        "vào buổi sáng. Phường Kiến Hưng đã sửa máy lấy số. Kết quả đầy đủ niêm yết tại bộ phận Một "
        "cửa và trên trang thông tin điện tử. Mời bà con tiếp tục cho ý kiến sau mỗi lần nhận kết "
        "quả; việc này không bắt buộc và không phải ghi tên."
    )
    assert text.words <= MOST_WORDS


def test_the_sheet_says_that_it_is_read_twice() -> None:
    sheet = announcers_sheet(radio_text(NOVEMBER))
    assert "Đọc hai lần, mỗi lần khoảng 60 giây" in sheet
    assert radio_text(NOVEMBER).sentences[1] in sheet


@pytest.mark.parametrize(
    ("answers", "says"),
    [(0, "chưa có lượt nào bà con cho ý kiến"), (3, "có dưới năm lượt bà con cho ý kiến")],
)
def test_of_few_answers_no_share_is_said(answers: int, says: str) -> None:
    text = radio_text(replace(NOVEMBER, answers=answers, ratings=(), weakest=None)).text
    assert says in text
    assert "người" not in text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("mở thêm 1 quầy", "mở thêm một quầy"),
        ("từ ngày 01/3/2026", "từ ngày mùng một tháng ba năm hai nghìn không trăm hai mươi sáu"),
        ("mở cửa lúc 07:30", "mở cửa lúc bảy giờ ba mươi"),
        ("trả 1.250 hồ sơ", "trả một nghìn hai trăm năm mươi hồ sơ"),
        ("giảm 2,5%", "giảm hai phẩy năm phần trăm"),
        ("trực 24/7", "trực hai mươi tư trên bảy"),
        ("UBND phường giảm TTHC", "Ủy ban nhân dân phường giảm thủ tục hành chính"),
        ("Từ ngày 5/11 mở cửa", "Từ ngày mùng năm tháng mười một mở cửa"),
        ("xong trước 29/2", "xong trước ngày hai mươi chín tháng hai"),
        ("2/3 hồ sơ", "hai trên ba hồ sơ"),
        ("ngày 31/2", "ngày ba mươi mốt trên hai"),
        ("gọi 0912 345 678", "gọi không chín một hai ba bốn năm sáu bảy tám"),
        ("gọi 1900.1234", "gọi một chín không không một hai ba bốn"),
        ("chờ 2.5 giờ", "chờ hai phẩy năm giờ"),
    ],
)
def test_what_somebody_typed_is_read_aloud(typed: str, read: str) -> None:
    assert aloud(typed) == read


TEXTS = st.text(st.sampled_from("abcđ ơ 0123456789./:,%UBND"), max_size=600)


@given(
    TEXTS,
    st.lists(TEXTS, max_size=3),
    st.integers(0, 10**9),
    st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    st.integers(0, 400),
    st.integers(0, 10**6),
    TEXTS,
)
def test_it_never_has_more_than_150_words_nor_a_digit(
    place: str, done: list[str], answers: int, first: date, days: int, n: int, topic: str
) -> None:
    rating = replace(RESULT, n=n + 5, satisfied=min(n, n + 5), topic=topic)
    outcome = replace(
        NOVEMBER,
        place=place,
        done=tuple(done),
        answers=answers,
        first=first,
        last=date.fromordinal(first.toordinal() + days),
        ratings=(rating,),
        weakest=rating,
    )
    text = radio_text(outcome)
    assert text.words <= MOST_WORDS
    assert re.search(r"\d", text.text) is None
