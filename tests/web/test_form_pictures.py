"""The preview of a form next to the terminal's own pictures of it, in a real browser."""

import io
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from sync.contract.colours import LEVELS
from tests.support.province.people import ADMIN
from tests.web.conftest import SignedIn

FORM = "/mau-phieu/phieu-hang-ngay"
WIDE = (1366, 900)
NEAR = 0.02
"""How far a face may be from where the terminal draws it, as a share of the width."""

Places = dict[int, tuple[float, float]]


def terminal_pictures(toml: str, folder: Path) -> list[Image.Image]:
    """What `hailong-kiosk preview` draws of this form."""
    form = folder / "form.toml"
    form.write_text(toml, "utf-8")
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "SDL_VIDEODRIVER")
    }
    command = [sys.executable, "-m", "kiosk", "preview", str(form), "--to", str(folder), "--language", "vi"]
    subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)
    return [Image.open(path).convert("RGB") for path in sorted(folder.glob("*.png"))]


def faces(picture: Image.Image) -> Places:
    """The middle of all rings of each mood's colour, as shares of the width; a mood that is shown only."""
    found: dict[int, list[tuple[int, int]]] = {}
    colours = {tuple(int(text[at : at + 2], 16) for at in (1, 3, 5)): mood for mood, text in LEVELS.items()}
    width, height = picture.size
    pixels = picture.load()
    assert pixels is not None
    for y in range(0, height, 2):
        for x in range(0, width, 2):
            mood = colours.get(pixels[x, y])  # type: ignore[arg-type]
            if mood is not None:
                found.setdefault(mood, []).append((x, y))
    return {mood: _middle(points, width) for mood, points in found.items() if len(points) > 30}


def _middle(points: list[tuple[int, int]], width: int) -> tuple[float, float]:
    x, y = (sum(each) / len(points) / width for each in zip(*points, strict=True))
    return x, y


def test_faces_are_where_the_terminal_draws_them(signed_in: SignedIn, tmp_path: Path) -> None:
    page: Page = signed_in(ADMIN, f"{FORM}/1", WIDE, device_scale_factor=2)
    toml = page.request.get(f"{FORM}/1/tai-ve?kieu=toml").text()
    terminal = terminal_pictures(toml, tmp_path)
    shown = page.locator(".glass")
    assert shown.count() == len(terminal)
    compared = 0
    for place, picture in enumerate(terminal):
        centre = faces(Image.open(io.BytesIO(shown.nth(place).screenshot())).convert("RGB"))
        kiosk = faces(picture)
        assert centre.keys() == kiosk.keys()
        for mood, (x, y) in kiosk.items():
            assert abs(centre[mood][0] - x) < NEAR, (place, mood)
            assert abs(centre[mood][1] - y) < NEAR, (place, mood)
            compared += 1
    assert compared >= 5


def test_the_preview_follows_what_is_typed_and_keeps_nothing(signed_in: SignedIn) -> None:
    page: Page = signed_in(ADMIN, f"{FORM}/soan", WIDE)
    first = page.locator("textarea[name$=':text:vi']").first
    first.fill("Ông/bà thấy thế nào hôm nay?")
    expect(page.locator(".glass", has_text="thấy thế nào hôm nay")).to_have_count(1)
    first.fill("")
    expect(page.locator("[data-refreshed^='wrong-']", has_text="HL1006")).to_have_count(1)
    page.reload()
    assert page.locator("[data-refreshed='preview']", has_text="hôm nay").count() == 0


def test_a_form_is_edited_without_script(signed_in: SignedIn) -> None:
    page: Page = signed_in(ADMIN, f"{FORM}/soan", WIDE, java_script_enabled=False)
    page.locator("textarea[name$=':text:vi']").first.fill("Không cần mã lệnh?")
    page.select_option("select[name=xem]", "giay")
    page.get_by_role("button", name="Xem trước").click()
    assert "Không cần mã lệnh?" in page.locator(".paper").inner_text()


def test_a_form_on_paper_is_one_sheet_without_anything_of_the_page(signed_in: SignedIn) -> None:
    page: Page = signed_in(ADMIN, f"{FORM}/1?xem=giay", WIDE)
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    seen = page.locator("body").inner_text()
    assert "Ông/bà có hài lòng" in seen
    assert "Số liệu đến" not in seen
    assert "phieu-hang-ngay" not in seen
