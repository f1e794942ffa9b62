"""`python -m tests.support.cards_picture` draws assets/images/the-mau.png: a badge and a procedure card.

The codes on it are signed with a key that no office has, so the picture opens no terminal.
"""

import subprocess
import tempfile
from datetime import date
from pathlib import Path

from nacl.signing import SigningKey
from PIL import Image

from sync.central.office.cards.paper import Card, sheet
from sync.contract.codes import Code, CodeKind, sign_code

PICTURE = Path(__file__).parents[2] / "assets" / "images" / "the-mau.png"
DPI = 200


def card(kind: CodeKind, subject: str, name: str, title: str) -> Card:
    """One card of an invented office."""
    code = Code(kind=kind, unit="phuong-mau", subject=subject, serial="MAU23456", expires=date(2026, 12, 31))
    text = sign_code(code, SigningKey.generate())
    return Card(code=code, text=text, name=name, title=title, unit="UBND phường Mẫu")


def main() -> None:
    """Draw the first two cards of a sheet with their cut marks."""
    cards = [
        card("badge", "cb-01", "Cán bộ Một", "Công chức Tư pháp - Hộ tịch"),
        card("procedure", "1.001193", "Đăng ký khai sinh", "Hộ tịch"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "sheet.pdf"
        source.write_bytes(sheet(cards))
        subprocess.run(["pdftoppm", "-r", str(DPI), "-png", source, Path(folder) / "page"], check=True)
        with Image.open(next(Path(folder).glob("page*.png"))) as page:
            half = page.convert("L").crop((0, 0, page.width, page.height // 2))
            inked = half.point([255 - value for value in range(256)]).getbbox()
            assert inked is not None
            left, top, right, bottom = inked
            picture = page.crop((left - 20, top - 20, right + 20, bottom + 20)).convert("RGB")
    picture.quantize(64).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
