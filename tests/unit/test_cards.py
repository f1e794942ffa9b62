"""Every card is read by two decoders that know nothing of each other (zxing-cpp, zbar), as it is printed."""

import csv
import io
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import typer
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import select
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.commands.cards import register
from sync.central.office.cards.issuing import CardKind, make_cards
from sync.central.office.cards.paper import Card, code_png, code_svg, font_folder, matrix, sheet
from sync.central.office.keys.stored import load_keys, make_keys
from sync.central.store.database import open_database, reading
from sync.central.store.facts import database_url, existing_database
from sync.central.store.schema import audit
from sync.central.store.upgrade import migrate
from sync.contract.bundle import Bundle, Revoked, load_bundle
from sync.contract.codes import open_code
from sync.contract.problem import ProblemError
from tests.support.codes import KEY, KEYS, TODAY, UNIT

EXPIRES = date(2027, 12, 31)
LONG_NAME = (
    "Chứng thực bản sao từ bản chính giấy tờ, văn bản do cơ quan, tổ chức có thẩm quyền của Việt Nam cấp "
    "hoặc chứng nhận; chứng thực chữ ký trong các giấy tờ, văn bản, kể cả trường hợp người yêu cầu "
    "chứng thực không ký, không điểm chỉ được"
)
CATALOGUE = (
    f"""
units = [{{ code = "{UNIT}", name = {{ vi = "Ủy ban nhân dân phường Ví Dụ" }} }}]
procedures = [
    {{ code = "1.001193", name = {{ vi = "Đăng ký khai sinh" }}, field = "Hộ tịch" }},
    {{ code = "2.000815", name = {{ vi = "{LONG_NAME}" }}, field = "Chứng thực" }},
]
officers = [
"""
    + "".join(
        f'{{ id = "cb-{number:02}", name = "Cán bộ Số {number}", unit = "{UNIT}", title = "Chuyên viên" }},\n'
        for number in range(1, 12)
    )
    + "]\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "surveys").mkdir()
    (folder / "surveys" / "s.toml").write_text(
        Path("assets/surveys/kien-hung.toml").read_text("utf-8"), "utf-8"
    )
    (folder / "bundle.toml").write_text(
        "version = 1\nissued = 2026-01-01T00:00:00Z\nexpires = 2027-01-01T00:00:00Z\n"
    )
    (folder / "catalogue.toml").write_text(CATALOGUE, "utf-8")
    make_keys(folder / "keys", "20260101", lambda count: KEY.encode()[:count])
    migrate(open_database(database_url(folder, None)))
    return folder


@pytest.fixture(scope="module")
def bundle(folder: Path) -> Bundle:
    return load_bundle(folder)


@pytest.fixture(scope="module")
def made(bundle: Bundle, folder: Path) -> list[Card]:
    catalogue = bundle.catalogue
    key, random = load_keys(folder / "keys").badge_key(), Random(7)
    return [
        card
        for kind in CardKind
        for _, card in make_cards(catalogue, kind, UNIT, EXPIRES, key, random.randbytes)
    ]


def zxing(picture: Image.Image) -> set[str]:
    image: Any = picture
    return {code.text for code in zxingcpp.read_barcodes(image)}


def zbar(*pictures: Image.Image) -> list[str]:
    """What zbar reads in each picture, all in one call of the program."""
    streams = b""
    for picture in pictures:
        data = io.BytesIO()
        picture.convert("L").save(data, "PPM")
        streams += data.getvalue()
    found = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-"],
        input=streams,
        capture_output=True,
    )
    return found.stdout.decode().split()


def pages(pdf: bytes, tmp_path: Path, dpi: int) -> Iterator[Image.Image]:
    source = tmp_path / "sheet.pdf"
    source.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", source, tmp_path / "page"], check=True)
    for path in sorted(tmp_path.glob("page*.pgm")):
        with Image.open(path) as picture:
            yield picture.copy()


@pytest.mark.programs
def test_two_decoders_read_every_card_of_a_printed_sheet(made: list[Card], tmp_path: Path) -> None:
    by_zxing: set[str] = set()
    by_zbar: set[str] = set()
    printed = list(pages(sheet(made), tmp_path, 203))
    for page in printed:
        by_zxing |= zxing(page)
        by_zbar |= set(zbar(page))
    wanted = {card.text for card in made}
    assert len(printed) == 2
    assert by_zxing == wanted
    assert by_zbar == wanted
    assert all(not isinstance(open_code(text, KEYS, Revoked(), TODAY), str) for text in wanted)


def label(card: Card) -> Image.Image:
    """The code as a 203 dpi label printer makes it at 25 mm: 200 dots with the quiet zone, no grey."""
    modules = matrix(card.text)
    side = len(modules) + 8
    picture = Image.new("L", (side, side), 255)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            picture.putpixel((column + 4, row + 4), 0 if dark else 255)
    return picture.resize((200, 200), Image.Resampling.NEAREST)


def seen(label: Image.Image, turn: float = 0) -> Image.Image:
    """A label as a scanner's sensor sees it: on a grey desk, a little turned, a little soft."""
    around = Image.new("L", (260, 260), 200)
    around.paste(label, (30, 30))
    large = around.resize((780, 780), Image.Resampling.BICUBIC)
    return large.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=200).filter(
        ImageFilter.GaussianBlur(1.2)
    )


def worn(label: Image.Image, random: Random, share: float = 0.1) -> Image.Image:
    """The label with spots over `share` of its area, dark and light; its three corner marks are spared."""
    picture, dots = label.copy(), Image.new("L", label.size)
    side = label.size[0]
    marks = [(0, 0), (side * 0.68, 0), (0, side * 0.68)]
    while dots.histogram()[255] < share * side * side:
        radius = random.uniform(0.03, 0.08) * side
        x, y = random.uniform(0, side), random.uniform(0, side)
        if any(
            left - radius < x < left + side * 0.32 + radius and top - radius < y < top + side * 0.32 + radius
            for left, top in marks
        ):
            continue
        box = (x - radius, y - radius, x + radius, y + radius)
        ImageDraw.Draw(picture).ellipse(box, fill=random.choice((0, 255)))
        ImageDraw.Draw(dots).ellipse(box, fill=255)
    return picture


@pytest.mark.programs
@pytest.mark.parametrize("turn", [0, 8, 45, 90, 133, 180, 270])
def test_a_card_printed_small_is_read_however_it_is_turned(made: list[Card], turn: float) -> None:
    for card in (made[0], made[-1]):
        picture = seen(label(card), turn)
        assert zxing(picture) == {card.text}
        assert zbar(picture) == [card.text]


@pytest.mark.programs
def test_a_card_printed_small_is_read_with_a_tenth_worn_off(made: list[Card]) -> None:
    random = Random(5)
    for card in made:
        # A scanner looks many times a second, each time from a slightly other side.
        spotted = worn(label(card), random)
        turns = (0, 4, 11, 20, 45)
        assert any(zxing(seen(spotted, turn)) == {card.text} for turn in turns)
        assert any(zbar(seen(spotted, turn)) == [card.text] for turn in turns)


@pytest.mark.programs
def test_with_half_of_it_worn_off_it_is_not_read(made: list[Card]) -> None:
    """The control: the damage above is real damage."""
    picture = seen(worn(label(made[0]), Random(3), share=0.4))
    assert zxing(picture) == set()
    assert zbar(picture) == []


@pytest.mark.programs
def test_a_single_code_is_read_from_its_png_and_its_svg(made: list[Card]) -> None:
    picture = Image.open(io.BytesIO(code_png(made[0])))
    assert zxing(picture) == {made[0].text}
    assert zbar(picture) == [made[0].text]
    svg = code_svg(made[0]).decode()
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+),(\d+)h1v1h-1z", svg)}
    modules = matrix(made[0].text)
    assert drawn == {(x + 4, y + 4) for y, line in enumerate(modules) for x, dark in enumerate(line) if dark}
    assert "cb-01" in svg


@pytest.mark.programs
def test_the_words_of_a_card_stand_on_the_sheet(made: list[Card], tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(sheet(made))
    text = subprocess.run(
        ["pdftotext", "-raw", tmp_path / "sheet.pdf", "-"], capture_output=True, check=True
    ).stdout.decode()
    for card in made:
        assert card.code.subject in text
        assert f"{card.code.serial[:4]} {card.code.serial[4:]}" in text
    for words in ("Thẻ cán bộ", "Thẻ thủ tục", "Cán bộ Số 11", "Đăng ký khai sinh", "Dùng đến 31/12/2027"):
        assert words in text


def test_the_fonts_have_every_letter_of_vietnamese() -> None:
    from reportlab.pdfbase.ttfonts import TTFont

    letters = "".join(
        chr(point)
        for point in (
            *range(0x20, 0x7F),
            0xC2,
            0xCA,
            0xD4,
            0x102,
            0x110,
            0x1A0,
            0x1AF,
            *range(0x1EA0, 0x1EFA),
        )
    )
    for name in ("Roboto-Regular", "Roboto-Bold"):
        font = TTFont(name, font_folder() / f"{name}.ttf")
        glyphs = font.face.charToGlyph
        assert [letter for letter in letters + letters.lower() if ord(letter) not in glyphs] == []


# --- the commands ------------------------------------------------------------------------------------


@pytest.fixture
def centre() -> typer.Typer:
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)  # with one command alone, typer would not ask for its name
    return app


def test_cards_are_written_down_before_they_can_be_printed(
    centre: typer.Typer, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cards"
    arguments = ["cards", "--data", folder, "--bundle", folder, "--unit", UNIT, "--out", out, "--kind"]
    officers = [*arguments, "officers", "--only", "cb-03,cb-01", "--expires", "2027-06-30", "--png", "--svg"]
    result = CliRunner().invoke(centre, [str(word) for word in officers])
    assert result.exit_code == 0, result.output
    assert (out / f"officers-{UNIT}.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(out.glob("*.png"))) == len(list(out.glob("*.svg"))) == 2
    assert CliRunner().invoke(centre, [str(word) for word in [*arguments, "procedures"]]).exit_code == 0
    with (out / "issued.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["subject"]) for row in rows] == [
        ("badge", "cb-03"),
        ("badge", "cb-01"),
        ("procedure", "1.001193"),
        ("procedure", "2.000815"),
    ]
    assert rows[0]["expires"] == "2027-06-30"
    with reading(existing_database(folder, None)) as connection:
        lines = connection.execute(select(audit.c.act, audit.c.detail).order_by(audit.c.number)).all()
    serials = [row["serial"] for row in rows]
    assert list(map(tuple, lines)) == [("cards", " ".join(serials[:2])), ("cards", " ".join(serials[2:]))]
    assert len({row["serial"] for row in rows}) == 4


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"--unit": "nowhere"}, "HL1005"),
        ({"--only": "cb-99"}, "HL1005"),
        ({"--data": "/no/such/folder"}, "HL5002"),
        ({"--bundle": "/no/such/bundle"}, "HL1001"),
    ],
)
def test_a_card_that_cannot_be_made_is_a_numbered_problem_and_leaves_no_file(
    centre: typer.Typer, folder: Path, tmp_path: Path, changed: dict[str, str], number: str
) -> None:
    options = {
        "--data": str(folder),
        "--bundle": str(folder),
        "--unit": UNIT,
        "--kind": "officers",
        "--out": str(tmp_path / "out"),
    } | changed
    result = CliRunner().invoke(centre, ["cards", *(word for pair in options.items() for word in pair)])
    assert isinstance(result.exception, ProblemError)
    assert result.exception.problem.number == number
    assert not (tmp_path / "out").exists()


def test_no_card_is_made_that_has_expired_already() -> None:
    words = ["cards", "--data", "x", "--bundle", "x", "--unit", "x", "--kind", "officers"]
    for day in ("31/12/2020", "2020-12-31"):
        result = CliRunner().invoke(app, [*words, "--expires", day])
        assert result.exit_code == 2
        assert "31/12/2020" in result.output
