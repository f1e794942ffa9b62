"""Cards for the officers and procedures that a centre is configured with."""

from collections.abc import Callable
from pathlib import Path


def test_cards_are_made_of_what_the_centre_has_where_no_folder_is_named(
    run: Callable[..., str], tmp_path: Path
) -> None:
    for kind in ("officers", "procedures"):
        words = ("--unit", "phuong-mot", "--kind", kind, "--out", str(tmp_path))
        assert run("cards", *words).startswith("1 thẻ")
    assert "a01" in (tmp_path / "issued.csv").read_text("utf-8-sig")
    assert run("cards", "--unit", "xa-khac", "--kind", "officers", "--out", str(tmp_path)) == "HL1005"
