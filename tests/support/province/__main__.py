"""`make run`: an invented province on this machine, a terminal to touch, and the address of its first page.

The province is made once a day, through the real ingest, into build/run/. Centre, agent and terminal then run
until Ctrl-C. Without a screen the terminal is on a virtual one.
"""

import os
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from sync.host.clock import local_now
from tests.support.display import Display
from tests.support.office import ROOT, is_free
from tests.support.processes import free_port
from tests.support.province.keeping import kept_province, new_province
from tests.support.province.living import SIZE, Living
from tests.support.province.making import Province
from tests.support.province.size import WHOLE

BUILD = ROOT / "build" / "run"
PORT = 8700
"""The centre's, unless something else listens there."""


def has_screen() -> bool:
    """Whether a person could touch a window here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(console: Console) -> None:
    """The province and its processes, until Ctrl-C."""
    province = _province(console)
    port = PORT if is_free(PORT) else free_port()
    with ExitStack() as stack, Living(province, BUILD, port) as living:
        living.start_centre()
        console.print("\n[bold]Mở trang quản trị (địa chỉ này vào được một lần):[/bold]")
        console.print(living.sign_in_address(), soft_wrap=True)
        living.start_agent()
        if has_screen():
            living.start_kiosk(dict(os.environ))
        else:
            screen = stack.enter_context(Display(SIZE))
            console.print(f"Không có màn hình thật: máy chạy trên màn hình ảo {screen.name}")
            living.start_kiosk(screen.environment())
        console.print(f"Máy {living.device} ở {province.communes[0].name}: chạm để đánh giá.")
        cards = _cards(living, BUILD / "the")
        console.print(f"Thẻ để quét: {cards}   Dừng: Ctrl-C")
        try:
            while living.is_running("centre"):
                living.beat()
                time.sleep(1)
        except KeyboardInterrupt:
            console.print("Đang dừng")


def _province(console: Console) -> Province:
    folder, now = BUILD / "province", local_now()
    kept = kept_province(folder, WHOLE, now)
    if kept is not None:
        return kept
    started = time.monotonic()
    said = "Đang tạo dữ liệu mẫu: một tỉnh, mười ba tháng"
    with console.status(said) as status:
        _forget_terminal()
        made = new_province(folder, WHOLE, now, lambda share: status.update(f"{said} ({share:.0%})"))
    seconds = time.monotonic() - started
    console.print(f"Dữ liệu mẫu: {len(made.communes)} xã, phường, {made.responses} phiếu ({seconds:.0f} s)")
    return made


def _forget_terminal() -> None:
    """The terminal of an earlier province: this one does not know its key."""
    shutil.rmtree(BUILD / "terminal", ignore_errors=True)


def _cards(living: Living, folder: Path) -> Path:
    """Badges and procedure cards of the terminal's commune, to print or to hold before a scanner."""
    for kind in ("officers", "procedures"):
        living.run(
            *("central", "cards", "--data", str(living.data), "--unit", living.terminal.unit),
            *("--kind", kind, "--png", "--out", str(folder)),
        )
    return folder


def main() -> int:
    """Run until Ctrl-C; 0."""
    run(Console())
    return 0


if __name__ == "__main__":
    sys.exit(main())
