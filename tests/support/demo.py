"""`make demo`: one office on this machine, from a finger on the glass to a row in an administrator's table.

Centre, agent and terminal run as three real processes. If there is a screen, a whole province stays open for
fingers, as with `make run`. Otherwise a virtual one is started, an officer signs in with a badge, and three
citizens are served: a satisfied one, a dissatisfied one who gives reasons, and one who walks away. In between
the centre is killed and started again. The rows that an administrator then pulls are printed; pictures of
every screen are in build/demo/. Then two units get three terminals, and what one of them decides reaches its
glass by itself.
"""

import csv
import io
import shutil
import signal
import sys
import time
from pathlib import Path

import qrcode
import zxingcpp
from rich.console import Console
from rich.table import Table

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import DOSSIER, Office, until
from tests.support.province.__main__ import has_screen, run
from tests.support.units_story import Story as UnitsStory

BUILD = Path(__file__).parents[2] / "build" / "demo"
COMMENT = "Chờ hơi lâu"
COLUMNS = {
    "seq": "STT",
    "procedure_name": "Thủ tục",
    "officer": "Cán bộ",
    "answers.result": "Kết quả",
    "answers.service": "Phục vụ",
    "words.unsatisfied": "Điều chưa hài lòng",
    "outcome": "Lượt đánh giá",
}


def printed(code: str, path: Path) -> str:
    """Print `code` as a QR code, and read it back from the picture, as a scanner would."""
    picture = qrcode.make(code).get_image()
    picture.save(path)
    (read,) = zxingcpp.read_barcodes(picture)
    return read.text


class Story:
    """Three visits, played on a terminal on a virtual screen."""

    def __init__(self, office: Office, display: Display, console: Console) -> None:
        self._office = office
        self._display = display
        self._console = console
        self._finger = Finger(display, BUILD / "described.jsonl")
        self._pictures = 0

    def tell(self) -> None:
        """Play all of them; raises TimeoutError if the terminal does something else."""
        finger, office = self._finger, self._office
        badge = printed(office.card("badge", "cb-01"), BUILD / "the-can-bo.png")
        card = printed(office.card("procedure", "1.001193"), BUILD / "the-thu-tuc.png")

        finger.until("IdleView")
        self._show("màn hình chờ")
        finger.scan(badge)
        self._show("cán bộ nhận quầy")

        self._say("Lượt 1: hài lòng")
        finger.scan(card)
        finger.until("RatingView")
        self._show("câu hỏi về kết quả")
        finger.choose("Rất hài lòng", "RatingView")
        self._show("câu hỏi về phục vụ")
        finger.choose("Hài lòng", "GateView")
        self._show("góp ý hay gửi")
        self._leave_the_rest("cảm ơn")

        self._say("Máy chủ trung tâm bị tắt đột ngột")
        office.stop("centre", signal.SIGKILL)

        self._say("Lượt 2: chưa hài lòng, có ý kiến")
        finger.until("IdleView")
        finger.scan(printed(DOSSIER, BUILD / "ma-ho-so.png"))
        finger.choose("Không hài lòng", "RatingView")
        finger.choose("Rất không hài lòng", "GateView")
        finger.choose("Góp ý", "TextView")
        finger.write(COMMENT)
        self._show("viết ý kiến")
        finger.press("Tiếp")
        self._leave_the_rest("")

        self._say("Máy chủ trung tâm chạy lại")
        office.start_centre()

        self._say("Lượt 3: bỏ đi giữa chừng")
        finger.until("IdleView")
        finger.scan(card)
        finger.choose("Bình thường", "RatingView")
        finger.until("StillThereView", 60)
        self._show("ông bà còn ở đây không")
        finger.until("IdleView", 60)

    def _leave_the_rest(self, thanks: str) -> None:
        """Skip what is optional until the thanks."""
        while True:
            picture = self._finger.seen()
            if picture and picture.screen == "ThanksView":
                break
            for name in ("Gửi", "Không để lại", "Bỏ qua"):
                if picture and name in {place.name for place in picture.targets}:
                    self._show("")
                    self._finger.press(name)
                    self._display.settle()
                    break
        if thanks:
            self._show(thanks)

    def _say(self, text: str) -> None:
        self._console.print(f"  {text}")

    def _show(self, name: str) -> None:
        """A picture of the screen as it is."""
        self._display.settle()
        self._pictures += 1
        slug = name.replace(" ", "-") or "tiếp-theo"
        self._display.screenshot(BUILD / f"{self._pictures:02} {slug}.png")


def table(text: str) -> Table:
    """The CSV of the public API, as a table for a person."""
    rows = list(csv.DictReader(io.StringIO(text)))
    shown = Table(title="GET /v1/responses?format=csv")
    for title in COLUMNS.values():
        shown.add_column(title)
    for row in rows:
        shown.add_row(*(row.get(column, "") for column in COLUMNS))
    return shown


def check(text: str) -> None:
    """Compare the table with the three visits as they were tapped; raises AssertionError."""
    rows = list(csv.DictReader(io.StringIO(text)))
    columns = ("procedure", *list(COLUMNS)[2:])
    told = [tuple(row[column] for column in columns) for row in sorted(rows, key=lambda row: int(row["seq"]))]
    assert told == [
        ("1.001193", "cb-01", "5", "4", "", "complete"),
        ("2.000815", "cb-02", "2", "1", COMMENT, "complete"),
        ("1.001193", "cb-01", "3", "", "", "partial"),
    ], told


def demonstrate(console: Console) -> None:
    """The story on a virtual screen, from an empty folder to the table."""
    started = time.monotonic()
    with Display((1280, 800)) as display, Office(BUILD / "office", _hurry()) as office:
        office.start_centre()
        office.start_agent()
        described = str(BUILD / "described.jsonl")
        office.start_kiosk(display.environment(), "--describe", described)
        Story(office, display, console).tell()
        until(lambda: office.pull(form="csv").text.count("\n") >= 4, "three responses at the centre", 60)
        pulled = office.pull(form="csv").text
        (BUILD / "responses.csv").write_text(pulled, "utf-8")
        console.print(table(pulled))
        check(pulled)
    console.print(f"Ảnh màn hình và bảng: {BUILD}  ({time.monotonic() - started:.0f} s)")


def two_units(console: Console) -> None:
    """Two units and their terminals, enrolled by a scan each; a decision of one reaches its glass, a tablet
    is replaced."""
    started = time.monotonic()
    folder = BUILD / "two-units"
    folder.mkdir()

    def say(text: str) -> None:
        console.print(f"  {text}")

    with Office(folder / "office") as office, UnitsStory(office, folder, say) as story:
        office.start_centre()
        reached = story.play()
    same = "không đổi một byte" if reached.before == reached.after else "ĐÃ ĐỔI"
    console.print(f"Cấu hình của đơn vị kia: {same}  ({time.monotonic() - started:.0f} s)")
    assert reached.before == reached.after


def _hurry() -> dict[str, object]:
    """Shorten the wait for the citizen who walks away."""
    return {"screen": {"width": 1280, "height": 800}, "patience": {"question": 15, "still_there": 20}}


def main() -> int:
    """Run the demonstration; 0 when everything came out as it was tapped."""
    console = Console()
    if has_screen():
        run(console)
        return 0
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    demonstrate(console)
    two_units(console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
