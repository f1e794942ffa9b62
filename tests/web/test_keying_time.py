"""Who keys sees how long a form takes, and who leads the plan what all cost; nobody else's speed."""

from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.paper import entering
from sync.central.office.paper.asked import Asked
from sync.central.office.removal import forget
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.catalogue import Unit
from tests.support.browsing import Browser, words_of
from tests.support.paper import form, opened, put_plan
from tests.support.people import make_person
from tests.support.plans import shipped_plans
from tests.support.remarks import send
from tests.support.wire import NOW, CentreUnderTest, visit

PLAN = replace(
    shipped_plans()["kien-hung-2020"], unit="phuong-mot", issued=date(2026, 1, 5), starts=None, ends=None
)
ASKED = Asked(unit="phuong-mot", plan=PLAN.id, group=PLAN.groups[0].id, survey="kien-hung", version=1)


def keyed(central: CentreUnderTest, lot: str, account: int, numbers: range, seconds: int) -> list[str]:
    """Let this person key these forms, one each so many seconds."""
    made = []
    for at, number in enumerate(numbers):
        with acting(central.engine, By(f"account {account}", NOW + timedelta(seconds=at * seconds))) as act:
            made.append(entering.key_form(act, lot, form(number), account=account))
    return made


def test_the_keyer_sees_the_minutes_of_a_form_and_the_leader_what_all_forms_cost(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    with writing(central.engine) as connection:
        put_bundled_units(connection, (Unit("phuong-mot", {"vi": "Phường Một"}),), NOW)
    groups = tuple(replace(group, starts=None, ends=None) for group in PLAN.groups)
    put_plan(central.engine, replace(PLAN, groups=groups))
    lot = opened(central.engine, NOW, ASKED, counted=20)
    fast, slow = (make_person(central, name, ("keyer", "phuong-mot")) for name in ("fast", "slow"))
    with Browser(central, as_account=fast) as keyer:
        assert "Bạn nhập một phiếu" not in words_of(keyer.get(f"/nhap-phieu/{lot}"))
        ids = keyed(central, lot, fast, range(1, 7), 42)
        keyed(central, lot, slow, range(7, 14), 120)
        words = words_of(keyer.get(f"/nhap-phieu/{lot}"))
    assert "Bạn nhập một phiếu mất 0,7 phút (trung vị của 5 phiếu). Còn 7 phiếu: khoảng 5 phút." in words
    send(central, *(replace(visit(number), seq=number, plan=PLAN.id) for number in range(1, 4)))
    with Browser(central, "leader", ("admin", "phuong-mot")) as leader:
        words = words_of(leader.get(f"/ke-hoach/{PLAN.id}"))
        assert "13 phiếu giấy hợp lệ đã nhập bằng tay." in words
        # 5 times of 42 seconds and 6 of 120: the median is 120.
        assert "Một phiếu mất 2,0 phút (trung vị của 11 phiếu), cả thảy khoảng 26 phút." in words
        assert "3 phiếu trả lời trên máy và điện thoại không phải nhập. Bớt được khoảng 6 phút" in words
        # What was forgotten leaves no moment.
        with acting(central.engine, By("account 1", NOW)) as act:
            for id in ids:
                forget(act, id=id, reason="người dân yêu cầu")
        assert "trung vị của 6 phiếu" in words_of(leader.get(f"/ke-hoach/{PLAN.id}"))
    central.close()
