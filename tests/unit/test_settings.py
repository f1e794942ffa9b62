"""kiosk.toml: what is read, and what is refused with its key."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from kiosk.settings import chosen_survey, load_settings
from sync.contract.bundle import Bundle, BundleVersion, Cases, CentreSettings, PublicKeys, Revoked
from sync.contract.problem import ProblemError
from tests.flows.flow import CATALOGUE, kien_hung

SAMPLE = Path(__file__).parents[2] / "deploy" / "sample" / "kiosk.toml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The sample with one thing changed."""
    text = SAMPLE.read_text("utf-8")
    assert old in text
    path = tmp_path / "kiosk.toml"
    path.write_text(text.replace(old, new), "utf-8")
    return path


def test_the_sample_is_read_and_its_folders_stand_beside_it() -> None:
    settings = load_settings(SAMPLE)
    assert (settings.device, settings.data) == ("may-01", Path("/var/lib/hailong"))
    assert settings.office.name["vi"] == "UBND phường Mẫu"


@pytest.mark.parametrize(
    ("old", "new", "number", "key"),
    [
        ('device = "may-01"', 'device = "Máy 01"', "HL1003", "device"),
        ('device = "may-01"', "", "HL1003", "device"),
        ('counter = "quay-1"', f'counter = "{"1" * 65}"', "HL1003", "counter"),
        ("question = 40", "question = 3", "HL1003", "patience.question"),
        ("[office]", 'keypad = "wedge"\n[office]', "HL1003", "keypad"),
        (
            "[office]",
            'scanner = "evdev:0c2e:0b61"\nkeypad = "evdev:0c2e:0b61"\n[office]',
            "HL1003",
            "keypad",
        ),
        ('primary = "#0B5D63"', 'primary = "teal"', "HL1003", "office.primary"),
        ('name.vi = "UBND phường Mẫu"', "", "HL1006", "office.name"),
        ('languages = ["vi", "en"]', "languages = []", "HL1003", "languages"),
        ("[screen]", 'emblem = "none.png"\n[screen]', "HL1001", "office.emblem"),
        ("[screen]", "colour = 1\n[screen]", "HL1003", "office"),
        ("[screen]", "[screen", "HL1002", "kiosk.toml"),
        (
            "[screen]",
            '[[opening]]\ndays = ["mon"]\nstart = 17:00:00\nend = 08:00:00\n[screen]',
            "HL1003",
            "opening[0].end",
        ),
    ],
)
def test_a_wrong_setting_is_refused_with_its_key(
    tmp_path: Path, old: str, new: str, number: str, key: str
) -> None:
    with pytest.raises(ProblemError) as refused:
        load_settings(changed(tmp_path, old, new))
    assert refused.value.problem.number == number
    assert key in refused.value.problem.where + refused.value.problem.detail


BUNDLE = Bundle(
    version=BundleVersion(1, datetime(2026, 3, 2, tzinfo=UTC), datetime(2027, 3, 2, tzinfo=UTC)),
    catalogue=CATALOGUE,
    surveys=(kien_hung(),),
    plans=(),
    settings=CentreSettings(),
    keys=PublicKeys(),
    revoked=Revoked(),
    cases=Cases(),
)


@pytest.mark.parametrize(
    ("changes", "key"),
    [({"survey": "none"}, "survey"), ({"respondent": "staff"}, "respondent"), ({"unit": "none"}, "unit")],
)
def test_settings_that_do_not_go_with_the_bundle_are_refused_with_their_key(
    changes: dict[str, str], key: str
) -> None:
    settings = load_settings(SAMPLE)
    assert chosen_survey(settings, BUNDLE).id == "kien-hung"
    with pytest.raises(ProblemError) as refused:
        chosen_survey(msgspec.structs.replace(settings, **changes), BUNDLE)
    assert (refused.value.problem.number, refused.value.problem.where) == ("HL1005", key)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        load_settings(tmp_path / "none.toml")
    assert (refused.value.problem.number, refused.value.problem.where) == (
        "HL1001",
        str(tmp_path / "none.toml"),
    )
