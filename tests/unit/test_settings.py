"""kiosk.toml: what is read, and what is refused with its key."""

from pathlib import Path

import pytest

from kiosk.settings import Office, load_settings
from sync.contract.problem import ProblemError

SAMPLE = Path(__file__).parents[2] / "deploy" / "sample" / "kiosk.toml"
FALLBACKS = (
    """
device = "may-01"
unit = "phuong-mau"
counter = "quay-1"
survey = "kien-hung"
""",
    """
[office]
name.vi = "UBND phường Mẫu"
primary = "#0B5D63"

""",
)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """The sample with every fallback, and with one thing changed."""
    text = SAMPLE.read_text("utf-8").replace("[screen]", f"{FALLBACKS[1]}[screen]")
    text = FALLBACKS[0] + text
    assert old in text
    path = tmp_path / "kiosk.toml"
    path.write_text(text.replace(old, new), "utf-8")
    return path


def test_the_sample_is_read_and_its_folders_stand_beside_it() -> None:
    settings = load_settings(SAMPLE)
    assert (settings.data, settings.bundle) == (
        Path("/var/lib/hailong"),
        Path("/var/lib/hailong/agent/bundle"),
    )


def test_the_sample_says_nothing_that_the_configuration_decides() -> None:
    settings = load_settings(SAMPLE)
    assert (settings.device, settings.unit, settings.counter) == (None, None, "")
    assert (settings.survey, settings.plan, settings.opening, settings.office) == (None, None, (), Office())


@pytest.mark.parametrize(
    ("old", "new", "number", "key"),
    [
        ('device = "may-01"', 'device = "Máy 01"', "HL1003", "device"),
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
        ("name.vi =", "name.en =", "HL1006", "office.name"),
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


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as refused:
        load_settings(tmp_path / "none.toml")
    assert (refused.value.problem.number, refused.value.problem.where) == (
        "HL1001",
        str(tmp_path / "none.toml"),
    )
