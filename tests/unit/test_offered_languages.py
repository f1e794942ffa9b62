"""A language that the screen would show as boxes is refused by name; with its font it is offered."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.font import bold_of, letters_of, screen_fonts
from kiosk.i18n import Catalogues
from kiosk.languages import Offered, offered_languages
from kiosk.settings import ASSETS, Office, Settings, load_settings
from sync.contract.catalogue import Catalogue, Procedure
from sync.contract.problem import ProblemError
from tests.support.assets import load_survey

NOTO = Path("/usr/share/fonts/truetype/noto/NotoSansKhmer-Regular.ttf")
KHMER = {"vi": "Phiếu khảo sát", "en": "Survey", "km": "ការស្ទង់មតិ"}
SETTINGS = Settings(
    device="may-01",
    unit="phuong-mau",
    survey="kien-hung",
    office=Office({"vi": "Phường Một"}),
    languages=("vi", "km", "en"),
)


RHADE = {"vi": "Phiếu khảo sát", "en": "Survey", "rad": "Ƀuôn hriăm, êlâo mơ̆ng anăn, mă brua\u0306"}
NOWHERE = Path("/nowhere")


def offered(settings: Settings, noto: Path = NOWHERE, **texts: dict[str, str]) -> Offered:
    survey = load_survey(ASSETS / "surveys" / "kien-hung.toml")
    survey = replace(survey, title=texts.get("title", survey.title))
    procedures = (Procedure("1.1", texts["procedure"]),) if "procedure" in texts else ()
    return offered_languages(
        settings, survey, Catalogue(units=(), procedures=procedures), Catalogues(ASSETS / "locales"), noto
    )


@pytest.mark.parametrize("where", ["title", "procedure"])
def test_khmer_is_refused_with_roboto(where: str) -> None:
    found = offered(SETTINGS, NOWHERE, **{where: KHMER})
    assert found.languages == ("vi", "en")
    (problem,) = found.problems
    assert problem.number == "HL1013"
    assert "km" in problem.where
    assert "ក (U+1780)" in problem.detail


def test_khmer_is_offered_with_noto() -> None:
    found = offered(replace(SETTINGS, fonts={"km": NOTO}), title=KHMER)
    assert found == Offered(("vi", "km", "en"), fonts=(NOTO,))


@pytest.mark.parametrize(
    ("language", "title", "font"),
    [
        ("km", KHMER, "NotoSansKhmer"),
        ("rad", RHADE, "NotoSans"),
        ("cja", {"vi": "x", "cja": "ꨀꨇꩉ"}, "NotoSansCham"),
    ],
)
def test_the_font_of_a_script_is_found_among_those_of_debian(
    language: str, title: dict[str, str], font: str
) -> None:
    found = offered(replace(SETTINGS, languages=("vi", language)), NOTO.parent, title=title)
    assert found == Offered(("vi", language), fonts=(NOTO.with_name(f"{font}-Regular.ttf"),))


def test_letters_that_no_font_has_are_refused_whatever_is_installed() -> None:
    found = offered(replace(SETTINGS, languages=("vi", "zh")), NOTO.parent, title={"vi": "x", "zh": "中文"})
    assert found.languages == ("vi",)
    assert [each.number for each in found.problems] == ["HL1013"]


def test_the_office_is_read_too() -> None:
    office = Office({"vi": "Phường Một", "km": "សង្កាត់"})
    assert offered(replace(SETTINGS, office=office)).languages == ("vi", "en")


def test_a_font_of_one_language_is_no_font_of_another() -> None:
    found = offered(replace(SETTINGS, fonts={"en": NOTO}), title=KHMER)
    assert found.languages == ("vi", "en")


def test_vietnamese_is_always_there() -> None:
    found = offered(replace(SETTINGS, languages=("km",)), title=KHMER)
    assert found.languages == ("vi",)
    found = offered(replace(SETTINGS, languages=("vi",)), title={"vi": "Phiếu 中"})
    assert found.languages == ("vi",)
    assert [each.number for each in found.problems] == ["HL1013"]


def test_the_bold_weight_lies_next_to_the_regular_one(tmp_path: Path) -> None:
    assert bold_of(NOTO).name == "NotoSansKhmer-Bold.ttf"
    alone = tmp_path / "Alone-Regular.ttf"
    alone.write_bytes(NOTO.read_bytes())
    assert bold_of(alone) == alone


@pytest.mark.parametrize(
    ("content", "number"), [(None, "HL1001"), (b"", "HL1003"), (b"ttcf" + bytes(99), "HL1003")]
)
def test_settings_with_a_wrong_font_are_refused(tmp_path: Path, content: bytes | None, number: str) -> None:
    if content is not None:
        (tmp_path / "x.ttf").write_bytes(content)
    sample = (Path(__file__).parents[2] / "deploy" / "sample" / "kiosk.toml").read_text("utf-8")
    (tmp_path / "kiosk.toml").write_text(f'{sample}\n[fonts]\nkm = "x.ttf"\n', "utf-8")
    with pytest.raises(ProblemError) as caught:
        load_settings(tmp_path / "kiosk.toml")
    assert caught.value.problem.number == number
    assert str(tmp_path / "x.ttf") in caught.value.problem.where


def test_both_kinds_of_tables_are_read() -> None:
    assert ord("ễ") in letters_of(screen_fonts()[0])
    assert ord("ក") in letters_of(NOTO)
    assert ord("ễ") not in letters_of(NOTO)
