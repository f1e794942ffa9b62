"""Reports of an invented province: a draft and a public one of its first commune, a draft of the second."""

from datetime import timedelta

from sync.central.figures.periods import month_before
from sync.central.office.audit.acts import Act, By, acting
from sync.central.reports.asked import Asked
from sync.central.reports.issuing import acts
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.kinds.monthly import MONTHLY
from sync.central.reports.records.stored import read_report
from tests.support.province import Province

DRAFTER, APPROVER = "account 1", "account 3"


def make_reports(province: Province) -> None:
    """Draft them, and publish the one about the month before last."""
    mine, other = (commune.code for commune in province.communes[:2])
    this_month = province.until.date().replace(day=1)
    with province.database() as engine:
        for unit, months in ((mine, 2), (mine, 1), (other, 1)):
            first = month_before(this_month, months)
            last = month_before(this_month, months - 1) - timedelta(days=1)
            asked = Asked(kind=MONTHLY.name, unit=unit, first=first, last=last)
            with acting(engine, By(DRAFTER, province.until)) as act:
                id = acts.draft(act, KINDS, asked)
            if months == 2:
                with acting(engine, By(APPROVER, province.until)) as act:
                    acts.approve(act, KINDS, id, read=_read(act, id))
                    acts.publish(act, KINDS, id, read=_read(act, id), done="Mở thêm một quầy vào buổi sáng.")


def _read(act: Act, id: int) -> str:
    return read_report(act.connection, id).read
