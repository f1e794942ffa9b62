"""Two units of one centre and their terminals: what the office decides reaches the glass by itself.

    unit A   phuong-mau, counters quay-1 and quay-2, a terminal each
    unit B   xa-hai, one counter and one terminal

Every terminal starts from nothing: the code of its counter is scanned on its first-start screen. Then unit A
gets a new version of its form, a plan that collects on a Saturday, and new opening hours; its terminal shows
the new question, and nobody touches a file. What unit B's terminal has stays the same byte for byte. At last
one tablet breaks, and another takes its place.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import tomli_w
from msgspec import Struct

from sync.outbox.report import read_report
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import ROOT, Office, until

UNIT_A, UNIT_B = "phuong-mau", "xa-hai"
SIZE = (1280, 800)
UNIT_B_ROWS = """
[[units]]
code = "xa-hai"
name = { vi = "UBND xã Hai" }
kind = "commune"
parent = "tinh-mau"
valid_from = 2025-07-01

[[counters]]
id = "quay-1"
unit = "xa-hai"
name = { vi = "Quầy số 1" }

[[counters]]
id = "quay-2"
unit = "phuong-mau"
name = { vi = "Quầy số 2" }

[[officers]]
id = "cb-hai-01"
name = "Cán bộ Bảy"
unit = "xa-hai"
"""
ASSIGNMENT_A = """
[[assignments]]
id = "hang-ngay"
unit = "phuong-mau"
survey = "phieu-a"
"""
ASSIGNMENT_B = """
[[assignments]]
id = "hang-ngay-xa-hai"
unit = "xa-hai"
survey = "kien-hung"
"""
FIRST_QUESTION = """[[questions]]
id = "waiting"
kind = "rating"
text.vi = "Ông/bà có hài lòng về thời gian chờ không?"
text.en = "How satisfied are you with the waiting time?"

"""
SATURDAY_PLAN = """id = "thu-bay"
authority = "UBND phường Mẫu"
unit = "phuong-mau"
design = "open"
starts = 2026-12-05
ends = 2026-12-26

[title]
vi = "Khảo sát sáng thứ bảy"

[[hours]]
days = ["sat"]
start = 07:30:00
end = 11:30:00

[[groups]]
id = "thu-bay"
name.vi = "Người dân đến sáng thứ bảy"
survey = "phieu-a"
respondents = ["citizen", "organisation"]
channels = ["kiosk"]
"""
SATURDAY = ("--on", "05/12/2026", "--at", "08:00")


def form_of_a(version: int) -> str:
    """Unit A's own form; its second version asks about the waiting time first."""
    text = (ROOT / "assets" / "surveys" / "kien-hung.toml").read_text("utf-8")
    text = text.replace('id = "kien-hung"', 'id = "phieu-a"', 1)
    if version == 1:
        return text
    text = text.replace("version = 1", f"version = {version}", 1)
    return text.replace("[[questions]]", FIRST_QUESTION + "[[questions]]", 1)


class Terminal:
    """One tablet: its own folder, agent and kiosk, on a screen of its own. Its files name no centre."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._processes: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True)
        place = {"data": "data", "bundle": "data/agent/bundle"}
        screen = {"width": SIZE[0], "height": SIZE[1]}
        kiosk = {**place, "screen": screen, "volume": 0.0}
        agent = {"outbox": "data/outbox", "folder": "data/agent", "bundle": "data/agent/bundle"}
        (folder / "kiosk.toml").write_text(tomli_w.dumps(kiosk), "utf-8")
        (folder / "agent.toml").write_text(tomli_w.dumps(agent), "utf-8")

    def start(self) -> None:
        """Start both programs; `finger` then touches the screen."""
        self.display = self._stack.enter_context(Display(SIZE))
        described = self.folder / "described.jsonl"
        self._run("sync.agent", "--config", str(self.folder / "agent.toml"))
        self._run("kiosk", "--config", str(self.folder / "kiosk.toml"), "--describe", str(described))
        self.finger = Finger(self.display, described)

    def _run(self, module: str, *arguments: str) -> None:
        with (self.folder / f"{module}.log").open("ab") as log:
            command = [sys.executable, "-m", module, *arguments]
            environment = {**os.environ, **self.display.environment()}
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self._processes.append(process)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End both programs, and take the screen away."""
        for process in self._processes:
            os.killpg(process.pid, how)
            process.wait(20)
        self._processes.clear()
        self._stack.close()

    def version(self) -> int:
        """The configuration that the terminal says it runs; 0 before its first report."""
        report = read_report(self.folder / "data" / "outbox")
        return report.bundle if report else 0

    def configuration(self) -> dict[str, bytes]:
        """Every file of the configuration in place, by its path."""
        bundle = self.folder / "data" / "agent" / "bundle"
        files = (path for path in bundle.rglob("*") if path.is_file())
        return {path.relative_to(bundle).as_posix(): path.read_bytes() for path in files}


class Listed(Struct, frozen=True):
    """A line of the centre's list of devices."""

    id: str
    unit: str
    counter: str
    state: str
    newest: int = 0


class Reached(Struct, frozen=True, kw_only=True):
    """What the story showed.

    seconds: from the last command until terminal A ran the new configuration. page: what it asks then.
    newest: by unit, the version of its configuration before the decisions and after them.
    before, after: what unit B's terminal had. names_in_b: its files that name unit A.
    replaced, replacing: the devices of the broken tablet and of the new one. states: of every device, with
    its counter.
    saturday: what each terminal would ask on that Saturday.
    """

    seconds: float
    page: str
    newest: dict[str, tuple[int, int]]
    before: dict[str, bytes]
    after: dict[str, bytes]
    names_in_b: tuple[str, ...]
    replaced: str
    replacing: str
    states: dict[str, tuple[str, str]]
    saturday: str


class Story:
    """Plays it. say: is told each step."""

    def __init__(self, office: Office, folder: Path, say: Callable[[str], object]) -> None:
        self._office = office
        self._folder = folder
        self._say = say
        self._terminals: list[Terminal] = []
        self._folders = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for terminal in self._terminals:
            terminal.stop()

    def play(self) -> Reached:
        """All of it; raises TimeoutError where something does not come."""
        self._two_units()
        # What the centre decides by itself is decided before a terminal has its first configuration.
        self._central("tick")
        first, second, other = (
            self._enrolled(unit, counter, name)
            for unit, counter, name in (
                (UNIT_A, "quay-1", "may-a1"),
                (UNIT_A, "quay-2", "may-a2"),
                (UNIT_B, "quay-1", "may-b1"),
            )
        )
        before, versions = other.configuration(), self._newest()
        known = first.version()
        self._decide()
        started = time.monotonic()
        # A sign of life every 60 s at the latest, and a look of the terminal every 3 s.
        until(lambda: first.version() > known, "unit A's terminal runs what was decided", 66)
        seconds = time.monotonic() - started
        self._say(f"Đơn vị A: phiếu bản 2 trên màn hình sau {seconds:.0f} giây")
        until(lambda: second.version() > known, "the other terminal of unit A", 90)
        first.finger.scan(self._office.card("procedure", "1.001193"))
        page = first.finger.until("RatingView").page
        replaced, replacing = self._replace(second)
        return Reached(
            seconds=seconds,
            page=page,
            newest={unit: (version, self._newest()[unit]) for unit, version in versions.items()},
            before=before,
            after=other.configuration(),
            names_in_b=tuple(name for name, text in before.items() if b"phuong-mau" in text),
            replaced=replaced,
            replacing=replacing,
            states={device.id: (device.state, device.counter) for device in self._devices()},
            saturday=self._central("assignments", "list", *SATURDAY, "--csv"),
        )

    def _two_units(self) -> None:
        self._say("Hai đơn vị của một trung tâm")
        folder = self._folder / "two-units"
        shutil.copytree(self._office.folder / "bundle", folder)
        (folder / "cases.json").unlink()
        with (folder / "catalogue.toml").open("a", encoding="utf-8") as file:
            file.write(UNIT_B_ROWS)
        (folder / "assignments.toml").write_text(ASSIGNMENT_B, "utf-8")
        version = {"version": 2, "issued": datetime.now(UTC), "expires": datetime.now(UTC) + timedelta(365)}
        (folder / "bundle.toml").write_text(tomli_w.dumps(version), "utf-8")
        self._central("config", "import", str(folder), "--why", "hai đơn vị")
        own = {"surveys/phieu-a.toml": form_of_a(1), "assignments.toml": ASSIGNMENT_A}
        self._import_for_a(own, "phiếu riêng của phường")
        self._central("address", self._office.address)

    def _import_for_a(self, files: dict[str, str], why: str) -> None:
        """Unit A's own folder: exported, some files put into it, and imported again."""
        self._folders += 1
        folder = self._folder / f"phuong-mau-{self._folders}"
        self._central("config", "export", str(folder), "--unit", UNIT_A)
        for name, text in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        self._central("config", "import", str(folder), "--unit", UNIT_A, "--why", why)

    def _enrolled(self, unit: str, counter: str, name: str) -> Terminal:
        """A terminal from nothing, by scanning the code of its counter."""
        terminal = Terminal(self._folder / name)
        self._terminals.append(terminal)
        terminal.start()
        terminal.finger.until("FirstStartView", 60)
        code = self._central("enrol-token", "--unit", unit, "--counter", counter, "--plain")
        terminal.finger.scan(code)
        terminal.finger.until("IdleView", 90)
        until(terminal.version, f"{name} says which configuration it runs")
        self._say(f"{name}: ghi danh bằng một lần quét, đang chờ ở {unit}")
        return terminal

    def _decide(self) -> None:
        """A new version of the form, a plan with a Saturday, and new opening hours, all for unit A."""
        self._say("Đơn vị A quyết định: phiếu bản 2, kế hoạch sáng thứ bảy, giờ làm việc mới")
        form = self._folder / "phieu-a.toml"
        form.write_text(form_of_a(2), "utf-8")
        self._central("forms", "draft", str(form), "--unit", UNIT_A)
        self._import_for_a({"plans/thu-bay.toml": SATURDAY_PLAN}, "KH 12/KH-UBND")
        asked = ("--survey", "phieu-a", "--plan", "thu-bay", "--respondent", "citizen")
        hours = ("--hours", "T7 07:30-11:30")
        self._central(
            *("assignments", "add", "sang-thu-bay", "--unit", UNIT_A),
            *(*asked, *hours, "--why", "KH 12/KH-UBND"),
        )
        self._central("offices", "change", "--unit", UNIT_A, "--hours", "T2-CN 00:00-23:59", "--why", "thử")
        self._central("forms", "release", "phieu-a", "--why", "hỏi thêm về thời gian chờ")

    def _replace(self, broken: Terminal) -> tuple[str, str]:
        """Another tablet at the counter of one that does not start again: its device, and the new one."""
        before = {device.id for device in self._devices()}
        old = next(device.id for device in self._devices() if device.counter == "quay-2")
        broken.stop(signal.SIGKILL)
        self._terminals.remove(broken)
        code = self._central("devices", "replace", old, "--reason", "vỡ màn hình")
        terminal = Terminal(self._folder / "may-a2-moi")
        self._terminals.append(terminal)
        terminal.start()
        terminal.finger.until("FirstStartView", 60)
        terminal.finger.scan(code)
        terminal.finger.until("IdleView", 90)
        (new,) = {device.id for device in self._devices()} - before
        self._say(f"Máy {old} hỏng: máy mới {new} nhận quầy bằng một lần quét")
        return old, new

    def _newest(self) -> dict[str, int]:
        """The version of each unit's configuration at the centre."""
        return {device.unit: device.newest for device in self._devices() if device.state == "active"}

    def _devices(self) -> list[Listed]:
        return msgspec.json.decode(self._central("devices", "list", "--json"), type=list[Listed])

    def _central(self, *words: str) -> str:
        """What a command of the centre prints; of a code the last line."""
        printed = self._office.run("central", *words, "--data", str(self._office.folder / "centre"))
        is_code = words[0] == "enrol-token" or words[:2] == ("devices", "replace")
        return printed.splitlines()[-1] if is_code else printed
