"""A configuration that terminals would refuse is refused where it is made, and the one before goes on."""

from pathlib import Path

import pytest

from tests.support.served import ServedCentre

WRONG = {
    "HL1016": ("surveys/Kien-Hung.toml", "id = 'x'\n"),
    "HL1003 keys": ("keys.toml", "badges = [{id = 'b1', public = 'abc'}]\n"),
    "HL1003 settings": ("settings.toml", "repeat_days = '30'\n"),
    "HL1003 calendar": ("settings.toml", "repeat_days = 99999999999\n"),
    "HL1003 endless": ("settings.toml", "[codes]\ndossier = ['(A|A)+B']\n"),
    "HL1002": ("plans/x.toml", "not a plan\n"),
}


@pytest.mark.parametrize("number", WRONG)
def test_a_bundle_that_terminals_would_refuse_never_leaves(
    served: ServedCentre, tmp_path: Path, number: str
) -> None:
    sender = served.device("phuong-hai").sender
    before = sender.config("")
    assert isinstance(before, tuple), before
    served.write_bundle(tmp_path / "bundle", version=before[0].version + 8)
    name, text = WRONG[number]
    (tmp_path / "bundle" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "bundle" / name).write_text(text, "utf-8")
    assert number[:6] in served.command("init", "--bundle", str(tmp_path / "bundle"), code=1)
    after = sender.config("")
    assert isinstance(after, tuple), after
    assert after[0].version == before[0].version
