"""Letters of the plans of made_samples, twelve of each commune, in every state that needs no answer."""

from datetime import timedelta

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.keys.stored import load_keys
from sync.central.office.paper.asked import Asked
from sync.central.office.post.addressed import seal_organisations
from sync.central.office.post.sending import (
    Mailing,
    make_letters,
    mark_letter,
    number_letters,
    remind,
    send_letters,
)
from sync.central.office.sample.people_list import guessed, read_people
from sync.central.office.sheets.reader import sheet_of
from tests.support.made_samples import GROUP, sampled_id
from tests.support.post import known_bytes, list_file, some
from tests.support.province import Province
from tests.support.province.places import DAILY

IDS = ("2a0000000000", "2b0000000000")
COUNT = 12


def make_mailings(province: Province) -> None:
    """Make the letters, send nine, remind, and note what came back."""
    keys, by = load_keys(province.data / "keys"), By("account 1", province.until)
    sheet = sheet_of("co-quan.csv", list_file(COUNT), {"tên cơ quan"})
    found = read_people(sheet, guessed(sheet.headings), b"key")
    with province.database() as engine:
        for place, (commune, id) in enumerate(zip(province.communes[:2], IDS, strict=True)):
            organisations = seal_organisations(found, keys, known_bytes(100 * place))
            mailing = Mailing(sampled_id(commune.code), commune.code, GROUP)
            sent, today = province.until.date() - timedelta(days=6), province.until.date()
            with acting(engine, by) as act:
                (form,) = newest_releases(act.connection, [DAILY])
                asked = Asked(
                    unit=commune.code, plan=mailing.plan, group=GROUP, survey=form.id, version=form.version
                )
                make_letters(act, asked, organisations, id=id, account=1)
                number_letters(act, mailing, number="08/UBND-VP", day=sent, one_each=True, account=1)
                send_letters(act, mailing, some(range(1, 5)), day=sent, account=1)
                remind(act, mailing, number="", day=today - timedelta(days=1), account=1)
                send_letters(act, mailing, some(range(5, 10)), day=sent, account=1)
                for number, mark in ((8, "undelivered"), (9, "lost")):
                    mark_letter(act, mailing, number, mark, day=today, account=1)  # type: ignore[arg-type]
