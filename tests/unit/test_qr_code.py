"""A QR code that is drawn is read by a camera."""

import re
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from sync.central.presenting.drawing.qr_code import qr_code

_BOX = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)")


@pytest.mark.parametrize("text", ["K3QF-9M2T@hailong.example.vn", "otpauth://totp/Hài Lòng:a?secret=ABC" * 3])
def test_what_is_drawn_is_read(text: str) -> None:
    drawing = ElementTree.fromstring(qr_code(text, "Mã"))
    side = int(drawing.attrib["width"])
    picture = Image.new("RGB", (side, side), "red")
    canvas = ImageDraw.Draw(picture)
    for path in drawing.iter("path"):
        for x, y, width, height in (map(int, box) for box in _BOX.findall(path.attrib["d"])):
            canvas.rectangle((x, y, x + width - 1, y + height - 1), path.attrib["fill"])
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]
    assert drawing.findtext("title") == "Mã"
