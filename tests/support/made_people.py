"""People of an invented province whose roles province/people.py has nobody for: next door, and above."""

from sync.central.office.audit.acts import By, acting
from sync.central.office.people.accounts import mark_approver
from sync.central.office.people.roles import add_person
from tests.support.province import Province
from tests.support.province.places import PROVINCE

APPROVER = "lanh-dao"


def make_people(province: Province) -> None:
    """A viewer who approves in the first commune, all roles in the second, and a keyer of the province."""
    first, second = (commune.code for commune in province.communes[:2])
    people = (
        (APPROVER, "Lãnh đạo duyệt", "viewer", first),
        ("xem-xa-khac", "Người xem xã khác", "viewer", second),
        ("phan-tich-xa-khac", "Phân tích xã khác", "analyst", second),
        ("nhap-phieu-xa-khac", "Nhập phiếu xã khác", "keyer", second),
        ("nhap-phieu-tinh", "Nhập phiếu tỉnh Mẫu", "keyer", PROVINCE),
    )
    with province.database() as engine, acting(engine, By("account 1", province.until)) as act:
        for login, name, role, unit in people:
            account = add_person(act, login=login, name=name, role=role, unit=unit)
            if login == APPROVER:
                mark_approver(act, account, approver=True)
