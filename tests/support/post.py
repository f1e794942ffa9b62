"""Letters to organisations for tests: a plan with a group by post, its list, and links that are known."""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from sync.central.office.audit.acts import Act
from sync.central.office.keys.stored import Keys
from sync.central.office.paper.asked import Asked, new_id
from sync.central.office.post.addressed import CODE_BYTES, SealedOrganisation, new_code, seal_organisations
from sync.central.office.post.sending import Mailing, make_letters
from sync.central.office.sample.people_list import guessed, read_people
from sync.central.office.sheets.reader import sheet_of
from sync.contract.plan import Plan
from tests.support.paper import UNIT
from tests.support.plans import shipped_plans

PLAN = "kien-hung-2020"
GROUP = "nhan-ket-qua"
ASKED = Asked(unit=UNIT, plan=PLAN, group=GROUP, survey="kien-hung", version=1)
MAILING = Mailing(PLAN, UNIT, GROUP)
# What must be nowhere in clear.
CANARIES = ("So Chim Hoang Yen", "So 7301 Duong Canh Bao", "0987654321")


def post_plan(unit: str = UNIT, *, starts: date, ends: date) -> Plan:
    """The shipped plan of Kiến Hưng for this unit, its group by post too."""
    plan = shipped_plans()[PLAN]
    group = replace(plan.groups[0], channels=("post", "paper"), respondents=("citizen", "organisation"))
    return replace(plan, unit=unit, starts=starts, ends=ends, groups=(group,))


def list_file(count: int) -> bytes:
    """A list of this many organisations, the last of them the canary."""
    names = [f"Sở Ví Dụ {number};Số {number} đường Mẫu;" for number in range(1, count)]
    return "\n".join(["Tên cơ quan;Địa chỉ;Điện thoại", *names, ";".join(CANARIES)]).encode()


def codes(count: int) -> tuple[str, ...]:
    """The codes of the links of the first letters, which `known_bytes` makes."""
    made = known_bytes()
    return tuple(new_code(made) for _ in range(count))


class _Known:
    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, count: int) -> bytes:
        self._number += 1
        return self._number.to_bytes(count, "big")


def known_bytes(after: int = 0) -> _Known:
    """Random bytes that a test can repeat, which go on after this number."""
    assert CODE_BYTES == 16
    return _Known(after)


def organisations(keys: Keys, count: int, after: int = 0) -> tuple[SealedOrganisation, ...]:
    """The organisations of `list_file`, sealed; after: how many links there are already."""
    sheet = sheet_of("danh-sach.csv", list_file(count), {"tên cơ quan"})
    found = read_people(sheet, guessed(sheet.headings), b"key")
    return seal_organisations(found, keys, known_bytes(after))


def made(act: Act, keys: Keys, count: int, asked: Asked = ASKED, id: str = "", *, after: int = 0) -> int:
    """Make letters to them; how many. after: as for `organisations`."""
    return make_letters(act, asked, organisations(keys, count, after), id=id or new_id(), account=1)


def some(numbers: Iterable[int]) -> dict[int, str]:
    """Postal codes of letters by the number of their form."""
    return {number: f"EB{number:09}VN" for number in numbers}


def without_canaries(content: bytes, links: Sequence[str] = ()) -> bool:
    """Whether none of them, and none of these links, is in this content in clear."""
    return not any(each.encode() in content for each in (*CANARIES, *links))
