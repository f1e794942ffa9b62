"""Who and what there is in an invented province: communes, counters, terminals, officers, procedures. Pure.

Every name is invented. What is odd about a terminal or a commune is decided here, so that tests can name it:

    UNHAPPY    a counter where many have been unhappy for two weeks
    SILENT     a terminal that has sent nothing for nine days
    UNSENT     a terminal whose responses of the last days have not arrived
    CLOCK      a terminal whose clock is four minutes behind
    CRASHING   a terminal that ended unexpectedly several times today
    the last commune sends no list of results: what it returned is unknown
    the first terminal of the first commune is the one that `make run` shows, open at any hour
"""

import random
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from tests.support.province.size import Size

PROVINCE = "tinh-mau"
DAILY, DAILY_PLAN = "phieu-hang-ngay", "khao-sat-thuong-xuyen"
ROUND, ROUND_PLAN = "phieu-theo-dot", "khao-sat-theo-dot"
ROUND_COMMUNES = 3
"""How many communes take part in the plan that has a target."""

_NAMES = (
    ("phuong-hoa-sen", "phường Hoa Sen"),
    ("phuong-hoa-mai", "phường Hoa Mai"),
    ("xa-dong-xanh", "xã Đồng Xanh"),
    ("phuong-hoa-dao", "phường Hoa Đào"),
    ("xa-ben-trang", "xã Bến Trăng"),
    ("xa-suoi-ngoc", "xã Suối Ngọc"),
    ("phuong-hoa-cuc", "phường Hoa Cúc"),
    ("xa-doi-thong", "xã Đồi Thông"),
    ("xa-khe-gio", "xã Khe Gió"),
    ("phuong-hoa-lan", "phường Hoa Lan"),
    ("xa-vuon-che", "xã Vườn Chè"),
    ("xa-bai-sao", "xã Bãi Sao"),
)


class Procedure(Struct, frozen=True):
    """share: of all handovers. unhappy: how much more often than others it makes people unhappy."""

    code: str
    name: str
    field: str
    share: float
    unhappy: float = 1.0


PROCEDURES = (
    Procedure("2.000815", "Chứng thực bản sao từ bản chính", "Chứng thực", 26, 0.6),
    Procedure("9.000201", "Chứng thực chữ ký", "Chứng thực", 9, 0.7),
    Procedure("1.001193", "Đăng ký khai sinh", "Hộ tịch", 11, 0.7),
    Procedure("1.000894", "Đăng ký kết hôn", "Hộ tịch", 6, 0.6),
    Procedure("1.000656", "Đăng ký khai tử", "Hộ tịch", 4, 0.8),
    Procedure("9.000104", "Cấp giấy xác nhận tình trạng hôn nhân", "Hộ tịch", 7, 1.1),
    Procedure("9.000105", "Thay đổi, cải chính thông tin hộ tịch", "Hộ tịch", 3, 1.8),
    Procedure("9.000301", "Đăng ký biến động đất đai", "Đất đai", 6, 2.8),
    Procedure("9.000302", "Xác nhận tình trạng sử dụng đất", "Đất đai", 4, 2.4),
    Procedure("9.000303", "Hòa giải tranh chấp đất đai", "Đất đai", 1, 3.2),
    Procedure("9.000401", "Trợ cấp xã hội hằng tháng", "Bảo trợ xã hội", 6, 1.2),
    Procedure("9.000402", "Hỗ trợ chi phí mai táng", "Bảo trợ xã hội", 3, 1.0),
    Procedure("9.000403", "Xác nhận hộ nghèo, hộ cận nghèo", "Bảo trợ xã hội", 4, 1.6),
    Procedure("9.000501", "Đăng ký hộ kinh doanh", "Kinh doanh", 5, 1.3),
    Procedure("9.000502", "Thay đổi nội dung đăng ký hộ kinh doanh", "Kinh doanh", 2, 1.4),
    Procedure("9.000601", "Cấp giấy phép xây dựng nhà ở riêng lẻ", "Xây dựng", 3, 2.2),
)


class Trouble(StrEnum):
    """What is odd about a terminal, see above."""

    UNHAPPY = "unhappy"
    SILENT = "silent"
    UNSENT = "unsent"
    CLOCK = "clock"
    CRASHING = "crashing"


class Officer(Struct, frozen=True):
    """An officer of a commune."""

    id: str
    name: str
    title: str


class Terminal(Struct, frozen=True):
    """A terminal at its counter. share: of its commune's visits."""

    id: str
    unit: str
    counter: str
    share: float
    trouble: Trouble | None = None


class Commune(Struct, frozen=True, kw_only=True):
    """share: of the province's visits. scanned: of results returned. answering: of visits.

    unhappy: of answers. listed: whether its lists of results returned are imported. saturdays: whether it
    opens then.
    """

    code: str
    name: str
    share: float
    scanned: float
    answering: float
    unhappy: float
    listed: bool
    saturdays: bool
    officers: tuple[Officer, ...]
    terminals: tuple[Terminal, ...]

    @property
    def kind(self) -> str:
        """Of the unit."""
        return "ward" if self.code.startswith("phuong") else "commune"


_FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
_MIDDLES = ("Thị", "Văn", "Minh", "Ngọc", "Thu", "Đức", "Thanh", "Quang", "Hồng", "Xuân")
_GIVEN = ("An", "Bình", "Chi", "Dung", "Giang", "Hà", "Hạnh", "Khoa", "Lan", "Long", "Mai", "Nam", "Nga")
_TITLES = (
    "Công chức Tư pháp - Hộ tịch",
    "Công chức Văn phòng - Thống kê",
    "Công chức Địa chính - Xây dựng",
    "Công chức Văn hóa - Xã hội",
)


def communes_of(size: Size) -> tuple[Commune, ...]:
    """All communes, in the order of their codes' table; the last has no lists."""
    chance = random.Random(f"places {size.seed}")
    odd = _troubles(size)
    found: list[Commune] = []
    devices = officers = 0
    for number in range(size.communes):
        code, name = (
            _NAMES[number] if number < len(_NAMES) else (f"xa-{number + 1:03}", f"xã Số {number + 1}")
        )
        counters = size.devices // size.communes + (number < size.devices % size.communes)
        shares = [1.5 - 0.9 * counter / max(1, counters) for counter in range(counters)]
        terminals = tuple(
            Terminal(
                f"may-{devices + counter + 1:03}",
                code,
                f"quay-{counter + 1}",
                shares[counter] / sum(shares),
                odd.get((number, counter)),
            )
            for counter in range(counters)
        )
        staff = tuple(
            Officer(f"cb-{officers + each + 1:03}", _name(chance), _TITLES[each % len(_TITLES)])
            for each in range(counters + 1)
        )
        devices, officers = devices + counters, officers + len(staff)
        found.append(
            Commune(
                code=code,
                name=name,
                share=chance.uniform(0.6, 1.7),
                scanned=chance.uniform(0.72, 0.96),
                answering=0.86 - 0.5 * chance.random() ** 1.5,
                unhappy=chance.uniform(0.025, 0.085),
                listed=number < size.communes - 1,
                saturdays=number == 0,
                officers=staff,
                terminals=terminals,
            )
        )
    whole = sum(commune.share for commune in found)
    return tuple(replace(commune, share=commune.share / whole) for commune in found)


def _name(chance: random.Random) -> str:
    return f"{chance.choice(_FAMILIES)} {chance.choice(_MIDDLES)} {chance.choice(_GIVEN)}"


def _troubles(size: Size) -> dict[tuple[int, int], Trouble]:
    """By the number of a commune and of a counter in it, both from 0."""
    last = size.communes - 1
    return {
        (1, 1): Trouble.UNHAPPY,
        (1, 2): Trouble.CRASHING,
        (min(2, last), 0): Trouble.SILENT,
        (min(4, last), 1): Trouble.UNSENT,
        (min(7, last), 2): Trouble.CLOCK,
    }
