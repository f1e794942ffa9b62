"""The nine indicators of circular 01/2018/TT-VPCP on how procedures are handled: 2, 1 or 0 points. Pure.

Promises: points are added exactly (no float can drop 15 to 14.999…), and a grade begins at its cut point:
exactly 15 is a grade, though the printed bands leave a gap there.

Indicators 1, 2, 3, 4 and 7 are the mean over dossiers, to one decimal; the others are one score per body.
Names and cut points are data: ministries and provinces have their own versions.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SCORE_INVALID
from sync.contract.text import Text

HIGHEST = 2  # points of one indicator
_ONE_DECIMAL = Decimal("0.1")


class Indicator(Struct, frozen=True):
    """One of the nine indicators. by_dossier: each dossier is scored, and the mean is taken."""

    number: int
    name: Text
    by_dossier: bool


class Grade(Struct, frozen=True):
    """A grade and the fewest points for it."""

    least: Decimal
    name: Text


INDICATORS = (
    Indicator(1, {"vi": "Thời gian giải quyết thủ tục", "en": "Total time"}, True),
    Indicator(2, {"vi": "Thời gian của từng cơ quan tham gia", "en": "Time of each body"}, True),
    Indicator(
        3, {"vi": "Số lần liên hệ để hoàn thiện hồ sơ", "en": "Contacts to complete the dossier"}, True
    ),
    Indicator(4, {"vi": "Số cơ quan phải liên hệ", "en": "Bodies contacted"}, True),
    Indicator(5, {"vi": "Tiếp nhận, trả kết quả tại bộ phận Một cửa", "en": "One-stop shop"}, False),
    Indicator(6, {"vi": "Công khai thủ tục hành chính", "en": "Publicity of procedures"}, False),
    Indicator(7, {"vi": "Thái độ của cán bộ, công chức", "en": "Attitude of officers"}, True),
    Indicator(8, {"vi": "Tiếp thu, giải trình phản ánh, kiến nghị", "en": "Handling of complaints"}, False),
    Indicator(9, {"vi": "Tiến độ, chất lượng dịch vụ công trực tuyến", "en": "Online services"}, False),
)

GRADES = (
    Grade(Decimal(15), {"vi": "Xuất sắc", "en": "Excellent"}),
    Grade(Decimal(12), {"vi": "Tốt", "en": "Good"}),
    Grade(Decimal(9), {"vi": "Khá", "en": "Fair"}),
    Grade(Decimal(6), {"vi": "Trung bình", "en": "Average"}),
    Grade(Decimal(0), {"vi": "Yếu", "en": "Weak"}),
)


class Score(Struct, frozen=True):
    """The sum of all indicators, of 18 points."""

    points: Decimal
    grade: Grade


def dossier_score(points: Iterable[int]) -> Decimal:
    """The score of an indicator that is scored by dossier: points ÷ dossiers, one decimal, halves upwards.

    Raises:
        ProblemError: HL5051, no dossier, or points other than 0, 1 and 2.
    """
    given = list(points)
    if not given:
        raise ProblemError(SCORE_INVALID(detail="không có hồ sơ nào"))
    for place, value in enumerate(given):
        if value not in (0, 1, 2):
            raise ProblemError(SCORE_INVALID(where=f"dossiers[{place}]", detail=f"{value}"))
    return (Decimal(sum(given)) / len(given)).quantize(_ONE_DECIMAL, ROUND_HALF_UP)


def score(points: Mapping[int, Decimal]) -> Score:
    """The sum and its grade. points: indicator number -> 0 … 2.

    Raises:
        ProblemError: HL5051, an indicator is missing, unknown, or out of range.
    """
    numbers = [indicator.number for indicator in INDICATORS]
    for number in sorted({*numbers, *points}):
        value = points.get(number)
        if number not in numbers or value is None or not 0 <= value <= HIGHEST:
            raise ProblemError(SCORE_INVALID(where=f"indicator {number}", detail=f"{value}"))
    total = sum(points.values(), Decimal(0))
    return Score(total, next(grade for grade in GRADES if total >= grade.least))
