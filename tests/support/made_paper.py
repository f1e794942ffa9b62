"""Paper forms of an invented province: a lot and a print run of each of its first two communes."""

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.paper.asked import Asked
from sync.central.office.paper.lots import Lot, open_lot
from sync.central.office.paper.runs import make_run
from tests.support.province import Province

IDS = ("1a0000000000", "1b0000000000")
FORM = "phieu-hang-ngay"


def make_paper(province: Province) -> None:
    """Print 100 forms at each, and open the ballot box with five of them."""
    with province.database() as engine:
        for commune, id in zip(province.communes[:2], IDS, strict=True):
            by = By("account 1", province.until)
            with acting(engine, by) as act:
                (form,) = newest_releases(act.connection, [FORM])
                asked = Asked(unit=commune.code, survey=form.id, version=form.version)
                make_run(act, asked, id=id, count=100, holder="Bộ phận Một cửa", account=1)
            with acting(engine, by) as act:
                box = Lot(
                    id=id,
                    asked=asked,
                    way="box",
                    channel="paper",
                    day=province.until.date(),
                    first_person="Người Thứ Nhất",
                    second_person="Người Thứ Hai",
                    counted=5,
                    first=1,
                    last=40,
                )
                open_lot(act, box, account=1)
