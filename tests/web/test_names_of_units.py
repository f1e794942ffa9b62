"""Units, counters and procedures in the language of the page: their English name where one is stored."""

import re
from pathlib import Path

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.procedures import add_procedure
from sync.central.office.names import NameBook
from sync.central.store.database import reading
from sync.central.web.visit import LANGUAGE
from sync.contract.catalogue import Procedure
from tests.support.browsing import words_of
from tests.support.province.places import PROVINCE
from tests.support.served_pages import FORM, PageCentre
from tests.web.catalogue_steps import DECISION, Person, province

TREE = f"/danh-muc/don-vi?unit={PROVINCE}"


def test_a_page_in_english_names_units_in_english_where_it_can(pages: PageCentre) -> None:
    browser = pages.stranger()
    browser.post(pages.province.sign_in_path("quan-tri", pages.centre.now()), headers=FORM)
    browser.cookies.set(LANGUAGE, "en", domain="centre.example")
    words = words_of(browser.get(TREE))
    assert "Mẫu province" in words
    assert pages.province.communes[0].name in words, "no English name is stored"
    listed = words_of(browser.get(f"/phieu?unit={pages.province.communes[0].code}"))
    assert "Counter 1" in listed
    assert "Quầy số" not in listed


def test_procedures_have_their_english_name_too(tmp_path: Path) -> None:
    with province(tmp_path) as central:
        named = Procedure("1.000077", {"vi": "Chứng thực bản sao", "en": "Certified copies"})
        with acting(central.engine, By("test", central.now())) as act:
            add_procedure(act, "phuong-hai", named, DECISION)
        with reading(central.engine) as connection:
            book = NameBook()
            assert book.read(connection).procedures["1.000077"] == "Chứng thực bản sao"
            assert book.read(connection, "en").procedures["1.000077"] == "Certified copies"


def test_a_filter_offers_the_procedures_of_the_unit_alone(tmp_path: Path) -> None:
    with province(tmp_path) as central:
        named = Procedure("1.000077", {"vi": "Chứng thực bản sao"})
        with acting(central.engine, By("test", central.now())) as act:
            add_procedure(act, "phuong-hai", named, DECISION)
        with Person(central, ("admin", "")) as whole:
            offered = {
                unit: set(re.findall(r'<option value="(1\.\d+)"', whole.get(f"/phieu?unit={unit}").text))
                for unit in ("phuong-mot", "phuong-hai", "tinh", "")
            }
        assert "1.000077" not in offered["phuong-mot"]
        assert all("1.000077" in offered[unit] for unit in ("phuong-hai", "tinh", ""))
        assert all("1.000001" in codes for codes in offered.values())


def test_kinds_of_units_are_words(pages: PageCentre) -> None:
    words = words_of(pages.client("quan-tri").get(TREE))
    assert "tỉnh Mẫu" in words
    assert not {"ward", "commune", "province"} & set(words.split())
    assert {"phường", "xã"} & set(words.split())
