"""Interviews of the first commune's plan of made_samples, checked again: one was none, its person waits."""

import os
from datetime import timedelta

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.interviews.again import draw_rechecks, open_recheck, rechecks_of, record_recheck
from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.asked_again import order_again
from sync.central.office.interviews.confidential import promise
from sync.central.office.interviews.field_work import assign_unit, open_next, record_interview
from sync.central.office.interviews.whose_turn import assigned_to
from sync.central.office.keys.stored import load_keys
from sync.central.office.people.roles import add_person
from sync.central.office.plans import issued_plan
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import Place
from sync.central.store.surveys import load_surveys
from sync.contract.response import SurveyRef
from tests.support.made_samples import GROUP, sampled_id
from tests.support.province import Province
from tests.support.province.places import DAILY

INTERVIEWER, CHECKER = "dieu-tra", 1
ANSWERS = {"result": 5, "service": 4}


def make_interviews(province: Province) -> None:
    """Ask everybody who was drawn, check two again, and let the one who was never asked be asked."""
    unit = province.communes[0].code
    plan_id, place = sampled_id(unit), Place(Stratum(sampled_id(unit), GROUP), unit)
    by, today = By("account 1", province.until), province.until.date()
    keys = load_keys(province.data / "keys")
    with province.database() as engine:
        with acting(engine, by) as act:
            last = today + timedelta(days=30)
            name = "Người Đi Phỏng Vấn"
            account = add_person(act, login=INTERVIEWER, name=name, role="interviewer", unit=unit, last=last)
            promise(act, account)
            assign_unit(act, place, account, owner=unit)
        with acting(engine, by) as act:
            (form,) = newest_releases(act.connection, [DAILY])
            said = Interview(
                survey=SurveyRef(form.id, form.version),
                plan=plan_id,
                respondent="citizen",
                answers=ANSWERS,
                words={},
            )
            while waiting := assigned_to(act.connection, account, today):
                open_next(act, account, keys)
                record_interview(act, account, waiting[0].key, said, keys)
        with acting(engine, by) as act:
            issued = issued_plan(act.connection, plan_id)
            assert issued is not None
            draw_rechecks(act, issued.plan, os.urandom)
        with acting(engine, by) as act:
            surveys = load_surveys(act.connection)
            never, same, *_ = (each.key for each in rechecks_of(act.connection, plan_id))
            promise(act, CHECKER)
            for key in (never, same):
                open_recheck(act, issued.plan, key, CHECKER, keys)
            record_recheck(act, issued.plan, never, CHECKER, None, surveys)
            record_recheck(act, issued.plan, same, CHECKER, ANSWERS, surveys)
            order_again(act, issued.plan, never, "chưa được hỏi")
            assign_unit(act, place, account, owner=unit)
