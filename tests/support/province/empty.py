"""A centre that was set up a moment ago: one unit, form, counter and person, and no response."""

import secrets
from datetime import datetime
from pathlib import Path

from kiosk.settings import ASSETS
from sync.central.office.audit.acts import By, acting
from sync.central.office.data_folder import prepare
from sync.central.office.forms.form_file import read_form
from sync.central.office.setting_up import Beginning, set_up
from sync.contract.plan import VIET_NAM
from tests.support.province.making import Province
from tests.support.province.people import ADMIN
from tests.support.province.places import communes_of
from tests.support.province.size import SMALL

FORM = ASSETS / "surveys" / "kien-hung.toml"


def empty_province(folder: Path) -> Province:
    """One in `folder`, in place of the first commune of a small province; its admin is `people.ADMIN`."""
    communes, now = communes_of(SMALL), datetime.now(VIET_NAM)
    form = read_form(FORM).survey
    assert form is not None
    engine, _ = prepare(folder, None, By("test", now))
    with acting(engine, By("test", now)) as act:
        beginning = Beginning(
            name="Ủy ban nhân dân phường Hoa Sen",
            unit=communes[0].code,
            address="https://hailong.example.vn",
            login=ADMIN,
            person="Trần Văn Mẫu",
            form=form,
        )
        set_up(act, beginning, link_text=lambda: secrets.token_urlsafe(32))
    engine.dispose()
    return Province(
        data=folder, url=None, size=SMALL, until=now, communes=communes, responses=0, waiting={}, beats={}
    )
