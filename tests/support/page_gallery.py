"""Every page as a picture, full, empty and refused, on a monitor and on a phone: part of `make gallery`.

build/gallery/pages/full-1366-may.png       over the small invented province
build/gallery/pages/empty-360-may.png       over a centre that was just set up
build/gallery/pages/open-1366-dang-nhap.png     what no role is needed for, and an interviewer's page
build/gallery/pages/error-1366-dang-nhap.png
build/gallery/pages/sheet-full-360.png      all of a kind side by side
"""

import argparse
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct
from PIL import Image
from playwright.sync_api import Page

from tests.support.gallery import OUT, sheet
from tests.support.made_everything import make_everything
from tests.support.made_interviews import INTERVIEWER
from tests.support.open_pages import open_pages
from tests.support.province import Province, small_province
from tests.support.province.empty import empty_province
from tests.support.served_pages import PageCentre, ServedPages
from tests.support.web_browser import DESK, PHONE, WebBrowser
from tests.support.web_walk import pages_of

PAGES = OUT / "pages"
SIZES = (DESK, PHONE)
ADMIN = "quan-tri"


class Refused(Struct, frozen=True):
    """A form that is refused. link: of the page at `path`, to the page with the form. typed: by field.

    button: the one that is pressed. name: of the picture; else that of the path.
    """

    path: str
    typed: dict[str, str] = {}
    link: str = ""
    button: str = "main form[method=post] button"
    name: str = ""


# Somebody else has done a step meanwhile.
LATE = {"da_doc": "99"}
REFUSED = (
    Refused("/dang-nhap", {"ten": "khong-co-ai", "mat_khau": "một câu không đúng"}),
    Refused("/mat-khau", {"moi": "ngắn", "lan_hai": "khác"}),
    Refused("/danh-muc/them/ngay-nghi", {"ly_do": "thử"}),
    Refused("/tai-khoan/moi", {"ten": "A", "tu": "2026-02-01", "den": "2020-01-01"}),
    Refused("/canh-bao/nguong", {"nguong": "9999"}),
    Refused("/canh-bao", LATE, link="main td a, main th a", name="/canh-bao/mot"),
    Refused("/khac-phuc/moi"),
    Refused("/khac-phuc", LATE, link="main th a", name="/khac-phuc/mot"),
    # Of the first commune: a draft, and what is published.
    Refused("/bao-cao/2", LATE),
    Refused("/bao-cao/1", LATE),
    Refused("/cong-bo/1", {"ngay": "2099-01-01"}),
)
PROBLEMS = (
    *("/khong-co-trang-nay", "/may/khong-co", "/phieu?from=hom-qua", "/so-lieu?from=hom-qua"),
    *("/bao-cao/999999", "/canh-bao/khong-co", "/canh-bao?trang_thai=khac", "/khac-phuc/khong-co"),
    *("/cong-bo/999999", "/cong-khai/khong-co/2026-01"),
)


def main() -> None:
    """All pages, or those whose address contains what is asked for."""
    parser = argparse.ArgumentParser(description="Pictures of every page")
    parser.add_argument("--only", default="", help="only pages whose address contains this")
    asked = parser.parse_args()
    PAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, WebBrowser() as browser:
        full = small_province(Path(folder) / "full")
        make_everything(full)
        for kind, province in (
            ("full", full),
            ("empty", empty_province(Path(folder) / "empty")),
        ):
            for size in SIZES:
                draw(browser, province, kind, size, asked.only)
    print(PAGES, flush=True)


def draw(browser: WebBrowser, province: Province, kind: str, size: tuple[int, int], only: str) -> None:
    """Every page of this province at this size; with the full one also what is refused."""
    with ExitStack() as held:
        with PageCentre(province) as centre:
            paths = [path for path in pages_of(centre, ADMIN) if only in path]
        served = held.enter_context(ServedPages(province))
        page = held.enter_context(browser.window(served.address, size)).new_page()
        _signed_in(page, served.link(ADMIN))
        pictures = []
        for path in paths:
            page.goto(path)
            pictures.append(_picture(page, kind, size, path))
        _sheet(pictures, kind, size)
        if kind == "full":
            _sheet(list(_refused(page, size, only)), "error", size)
            with browser.window(served.address, size) as window:
                _sheet(list(_open(window.new_page(), served, size, only)), "open", size)


def _signed_in(page: Page, link: str) -> None:
    page.goto(link)
    page.click("main form button")


def _open(page: Page, served: ServedPages, size: tuple[int, int], only: str) -> Iterator[Path]:
    """What a stranger sees, and an interviewer who asks somebody."""
    for path in open_pages(served.province):
        if only in path:
            page.goto(path)
            yield _picture(page, "open", size, path[:40])
    if only in "/di-hoi":
        _signed_in(page, served.link(INTERVIEWER))
        yield _picture(page, "open", size, "/di-hoi")
        page.click("form[action='/di-hoi/mo'] button")
        yield _picture(page, "open", size, "/di-hoi/mo")


def _refused(page: Page, size: tuple[int, int], only: str) -> Iterator[Path]:
    for path in PROBLEMS:
        if only in path:
            page.goto(path)
            yield _picture(page, "error", size, path)
    for each in REFUSED:
        if only in each.path:
            page.goto(each.path)
            if each.link:
                page.goto(page.locator(each.link).first.get_attribute("href") or "")
            page.evaluate(_TYPE, each.typed)
            button = page.locator(each.button).last
            button.evaluate("button => button.click()")  # it may be folded
            page.wait_for_load_state()
            yield _picture(page, "error", size, each.name or each.path)


# The server's answer is wanted, not what the browser says of an empty field.
_TYPE = """typed => {
  for (const form of document.querySelectorAll("main form")) form.noValidate = true;
  for (const [name, value] of Object.entries(typed))
    for (const input of document.querySelectorAll(`main [name=${name}]`)) input.value = value;
}"""


def _picture(page: Page, kind: str, size: tuple[int, int], path: str) -> Path:
    name = re.sub(r"[^\w.]+", "-", path).strip("-") or "hom-nay"
    file = PAGES / f"{kind}-{size[0]}-{name}.png"
    page.screenshot(path=str(file), full_page=True)
    return file


def _sheet(files: Sequence[Path], kind: str, size: tuple[int, int]) -> None:
    """Side by side; of a long page its beginning."""
    height = size[1] * (2 if size == PHONE else 1)
    pictures = [Image.open(file).convert("RGB") for file in files]
    tall = [Image.new("RGB", (size[0], height), "#F6F5F1") for _ in pictures]
    for whole, picture in zip(tall, pictures, strict=True):
        whole.paste(picture, (0, 0))
    if tall:
        sheet(tall, columns=8 if size == PHONE else 5, width=240 if size == PHONE else 480).save(
            PAGES / f"sheet-{kind}-{size[0]}.png"
        )


if __name__ == "__main__":
    main()
