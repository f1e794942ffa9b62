"""A centre with the five shipped plans and forms, and the offices that issued them; no response yet."""

from pathlib import Path

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.wordings import add_release, put_plan
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.importing import MEANING
from sync.central.office.units.stored import import_units
from tests.support.plans import shipped_plans, shipped_surveys
from tests.support.wire import CentreUnderTest

UNITS = """code,name,kind,parent,valid_from,valid_to
ha-noi,Thành phố Hà Nội,province,,,
phuong-kien-hung,Phường Kiến Hưng,commune,ha-noi,,
khanh-hoa,Tỉnh Khánh Hòa,province,,,
thanh-pho-nha-trang,Thành phố Nha Trang,district,khanh-hoa,,
xa-van-thang,Xã Vạn Thắng,commune,khanh-hoa,,
quang-binh,Tỉnh Quảng Bình,province,,,
so-tu-phap-quang-binh,Sở Tư pháp Quảng Bình,department,quang-binh,,
ha-tinh,Tỉnh Hà Tĩnh,province,,,
huyen-thach-ha,Huyện Thạch Hà,district,ha-tinh,,
"""


def seed_offices(folder: Path) -> CentreUnderTest:
    """The centre; the caller closes it."""
    central = CentreUnderTest(folder / "centre")
    table = folder / "units.csv"
    table.write_text(UNITS, "utf-8")
    with acting(central.engine, By("test", central.now())) as act:
        import_units(act, read_sheet(table, MEANING))
        for survey in shipped_surveys().values():
            add_release(act.connection, survey, act.now)
        for plan in shipped_plans().values():
            put_plan(act.connection, plan, act.now)
    return central
