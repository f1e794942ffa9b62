"""Wi-Fi on the glass of a terminal that is not enrolled: a real window, and a helper behind a real socket."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from tempfile import TemporaryDirectory

import pytest

from sync.host.nmcli import Done, reply
from sync.host.wifi import serve
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office

pytestmark = pytest.mark.screen

WRONG, SECRET = "phuonghoase", "phuonghoasen"
REFUSED = Done(4, said="Error: Connection activation failed: Secrets were required, but not provided.")


class Machine:
    """nmcli of a machine with two networks; it takes one password."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self, arguments: tuple[str, ...], given: str) -> Done:
        if arguments[-1] == "device":
            return Done(0, "wifi\n")
        if "list" in arguments:
            return Done(0, " :82:WPA2:Mot cua\n :40::Khach\n")
        if "connect" not in arguments:
            return Done(0)
        self.given.append(given)
        return Done(0) if given == f"{SECRET}\n" else REFUSED


@pytest.fixture
def machine() -> Iterator[tuple[Machine, Path]]:
    nmcli = Machine()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            serve(self.rfile, self.wfile, lambda asked: reply(asked, nmcli))  # type: ignore[arg-type]

    with TemporaryDirectory(prefix="wifi") as folder:
        path = Path(folder) / "socket"
        with ThreadingUnixStreamServer(str(path), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield nmcli, path
            server.shutdown()


def test_a_network_is_chosen_and_joined_and_its_password_is_nowhere(
    tmp_path: Path, machine: tuple[Machine, Path]
) -> None:
    nmcli, socket = machine
    described = tmp_path / "described.jsonl"
    screen = {"width": 1280, "height": 800}
    changes: dict[str, object] = {"screen": screen, "volume": 0.0, "wifi": str(socket)}
    changes["bundle"] = "terminal/agent/bundle"
    with Display() as display, Office(tmp_path / "office", changes) as office:
        without_a_name(office)
        office.start_kiosk({**os.environ, **display.environment()}, "--describe", str(described))
        finger = Finger(display, described)
        finger.until("FirstStartView")
        finger.press("Wi-Fi")
        finger.press("Mot cua")
        finger.write(WRONG)
        finger.press("Kết nối")
        display.until(lambda: page(finger) == "WirelessView failed", "it says that the password is wrong")
        finger.choose("Quay lại", "WirelessView")
        finger.write("n")
        finger.press("Kết nối")
        finger.press("Xong")
        finger.until("FirstStartView")
        office.stop("kiosk")
        assert nmcli.given == [f"{WRONG}\n", f"{SECRET}\n"]
        assert holding(tmp_path, WRONG) == []


def without_a_name(office: Office) -> None:
    """kiosk.toml as the package leaves it: which terminal this is comes with the code."""
    path = office.folder / "kiosk.toml"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("device = ")) + "\n", "utf-8")


def page(finger: Finger) -> str:
    """What is shown."""
    seen = finger.seen()
    return seen.page if seen else ""


def holding(folder: Path, text: str) -> list[Path]:
    """Files with this text, of everything that terminal and test wrote."""
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
