"""A whole emulated machine with the terminal's image as its disk: seen, touched and unplugged from outside.

QEMU emulates every instruction (no KVM needed). The image is the one for a counter, byte by byte. What a test
needs to be done inside comes as systemd credentials of the machine's firmware, which a real counter has not:
the terminal describes what it shows to a port, and the journal is written to another. The network leads to
one port of the loopback and nowhere else.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

FIRMWARE = Path("/usr/share/OVMF")
CENTRE = "10.0.2.100:8700"
"""Where the machine reaches the port of the loopback that it was given."""
SIZE = (1280, 800)
MEMORY = "1536"  # MB, as the smallest tablets have 2 GB
DESCRIBED = "/run/hailong-kiosk/described.jsonl"
KIOSK = f"""[Service]
# An emulated machine next to others stops for as long as it has to wait for a processor.
WatchdogSec=10min
ExecStart=
ExecStart=/opt/hailong/kiosk/current/bin/hailong-kiosk --config /etc/hailong/kiosk.toml --describe {DESCRIBED}
"""
WITNESS = f"""[Unit]
DefaultDependencies=no
After=systemd-udevd.service
[Service]
Restart=always
RestartSec=1
ExecStart=/bin/sh -c 'journalctl -f -n all -o short-monotonic >/dev/ttyS0 & \
until [ -e /dev/virtio-ports/described ]; do sleep 0.2; done; \
exec tail -q -n +1 -F {DESCRIBED} >/dev/virtio-ports/described'
"""
SHELL = """[Service]
Restart=always
ExecStart=/bin/sh -c 'until read -r line; do sleep 2; done; eval "$$line"'
StandardInput=file:/dev/virtio-ports/shell
StandardOutput=file:/dev/virtio-ports/shell
StandardError=inherit
"""
# What the guide gives in words: a closed network, and a visit that a touch starts.
PREPARED = """[Unit]
RequiresMountsFor=/etc/hailong
Before=hailong-agent.service hailong-kiosk.service
[Service]
Type=oneshot
ExecStart=/bin/sed -i -e "/^plain_http/d" -e "1i plain_http = true" /etc/hailong/agent.toml
ExecStart=/bin/sed -i "s|^start_by_touch = .*|start_by_touch = true|" /etc/hailong/kiosk.toml
"""
UNITS = {
    "systemd.unit-dropin.hailong-kiosk.service": KIOSK,
    "systemd.unit-dropin.sysinit.target": "[Unit]\nWants=witness.service\n",
    "systemd.unit-dropin.multi-user.target": "[Unit]\nWants=prepared.service shell.service\n",
    "systemd.extra-unit.witness.service": WITNESS,
    "systemd.extra-unit.prepared.service": PREPARED,
    "systemd.extra-unit.shell.service": SHELL,
}
# The keys of QEMU that type a character; with the shift key those in capitals.
KEYS = {
    " ": "spc", "-": "minus", ".": "dot", "/": "slash", "\n": "ret", ",": "comma", "=": "equal",
    ";": "semicolon",
}  # fmt: skip
SHIFTED = {":": "semicolon", "@": "2", "_": "minus", "?": "slash", "+": "equal", "%": "5", "#": "3", "&": "7"}


def keys_for(text: str) -> list[list[str]]:
    """The keys that are down together for each character, on an American keyboard."""
    pressed = []
    for letter in text:
        if letter in SHIFTED:
            pressed.append(["shift", SHIFTED[letter]])
        elif letter.isupper():
            pressed.append(["shift", letter.lower()])
        else:
            pressed.append([KEYS.get(letter, letter)])
    return pressed


def credentials(units: Mapping[str, str]) -> list[str]:
    """QEMU's options that hand these over."""
    options = []
    for name, text in units.items():
        value = base64.b64encode(text.encode()).decode()
        options += ["-smbios", f"type=11,value=io.systemd.credential.binary:{name}={value}"]
    return options


def disk_of(image: Path, disk: Path, size: int = 2 * 1024**3) -> Path:
    """A disk of `size` bytes that the image was written to."""
    subprocess.run(["cp", "--sparse=always", image, disk], check=True)
    with disk.open("r+b") as opened:
        opened.truncate(size)
    return disk


class Machine:
    """One start of a machine with `disk`, from the power button to the plug being pulled.

    folder: for what it writes; port: of the loopback, which it may reach as CENTRE; tpm: the socket of a TPM.
    """

    def __init__(self, disk: Path, folder: Path, port: int, tpm: Path | None = None) -> None:
        self.size = SIZE
        self._folder = folder
        self.described = folder / "described.jsonl"
        self.journal = folder / "journal.txt"
        variables = folder / "variables.fd"
        if not variables.exists():
            shutil.copy(FIRMWARE / "OVMF_VARS_4M.fd", variables)
        for path in (self.described, self.journal):
            path.unlink(missing_ok=True)
        self._sockets = {name: folder / f"{name}.sock" for name in ("qmp", "shell")}
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [
                *("nice", "-n", "10", "qemu-system-x86_64", "-nodefaults", "-display", "none"),
                *(
                    "-machine",
                    "q35",
                    "-accel",
                    "tcg,thread=multi",
                    "-cpu",
                    "Nehalem",
                    "-smp",
                    "2",
                    "-m",
                    MEMORY,
                ),
                *("-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE / 'OVMF_CODE_4M.fd'}"),
                *("-drive", f"if=pflash,format=raw,file={variables}"),
                *(
                    "-drive",
                    f"if=none,id=disk,format=raw,file={disk}",
                    "-device",
                    "virtio-blk-pci,drive=disk",
                ),
                *("-device", f"VGA,edid=on,xres={SIZE[0]},yres={SIZE[1]}"),
                *("-device", "qemu-xhci", "-device", "usb-tablet", "-device", "usb-kbd"),
                *("-netdev", f"user,id=net,restrict=on,guestfwd=tcp:{CENTRE}-cmd:{_relay(port)}"),
                *("-device", "virtio-net-pci,netdev=net,romfile="),
                *("-device", "virtio-rng-pci", "-device", "virtio-serial-pci"),
                *("-chardev", f"file,id=described,path={self.described}"),
                *("-device", "virtserialport,chardev=described,name=described"),
                *("-chardev", f"socket,id=shell,path={self._sockets['shell']},server=on,wait=off"),
                *("-device", "virtserialport,chardev=shell,name=shell"),
                *("-serial", f"file:{self.journal}"),
                *("-qmp", f"unix:{self._sockets['qmp']},server=on,wait=off"),
                *credentials(UNITS),
                *(() if tpm is None else _tpm(tpm)),
            ]
        )
        self._qmp = self._connected("qmp")
        self._answers = self._qmp.makefile("r", encoding="utf-8")
        self._answers.readline()
        self.command("qmp_capabilities")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pull_the_plug()

    def pull_the_plug(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        self._qmp.close()

    def command(self, name: str, **arguments: Any) -> Any:
        """One command to QEMU; returns its answer, raises RuntimeError with what QEMU says."""
        self._qmp.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self._answers.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def _connected(self, name: str) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + 10
        while True:
            try:
                connection.connect(str(self._sockets[name]))
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return connection

    @property
    def processor_seconds(self) -> float:
        """How long the machine's processors have worked, whatever else this computer did meanwhile."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # What is seen

    def picture(self) -> Image.Image:
        """The screen as a picture."""
        file = self._folder / "screen.ppm"
        self.command("screendump", filename=str(file))
        with Image.open(file) as picture:
            return picture.convert("RGB")

    def screenshot(self, path: Path) -> Path:
        """Write the screen to `path` as PNG, and return the path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.picture().save(path)
        return path

    def settle(self, quiet: float = 1.0, timeout: float = 60.0) -> None:
        """Wait until the picture has not changed for `quiet` seconds; raises TimeoutError."""
        end = time.monotonic() + timeout
        before = self.picture()
        while time.monotonic() < end:
            time.sleep(quiet)
            now = self.picture()
            if now == before:
                return
            before = now
        raise TimeoutError(f"the picture still moves after {timeout:g} s")

    # What is touched

    def tap(self, x: float, y: float) -> None:
        """Touch a point, in pixels from the top left."""
        places = zip(("x", "y"), (x / SIZE[0], y / SIZE[1]), strict=True)
        events = [
            {"type": "abs", "data": {"axis": axis, "value": int(part * 0x7FFF)}} for axis, part in places
        ]
        self.command("input-send-event", events=events)
        for down in (True, False):
            button = {"type": "btn", "data": {"button": "left", "down": down}}
            time.sleep(0.1)
            self.command("input-send-event", events=[button])

    def press(self, *keys: str, milliseconds: int = 40) -> None:
        """Press keys together, by QEMU's names of them."""
        codes = [{"type": "qcode", "data": key} for key in keys]
        self.command("send-key", keys=codes, **{"hold-time": milliseconds})
        time.sleep(milliseconds / 1000 + 0.02)

    def scan(self, code: str) -> None:
        """Read a code with a scanner that types."""
        for keys in keys_for(code + "\n"):
            self.press(*keys, milliseconds=10)

    # What is asked inside

    def ask(self, script: str, seconds: float = 60.0) -> str:
        """What a line of shell prints inside, as root."""
        with self._connected("shell") as shell:
            shell.settimeout(seconds)
            shell.sendall(f"{{ {script}; }} 2>&1; echo =end=\n".encode())
            said = b""
            while b"=end=\n" not in said:
                said += shell.recv(65_536)
        return said.partition(b"=end=\n")[0].decode()


def _relay(port: int) -> str:
    """What QEMU starts for each connection: its own way to a port takes one connection only."""
    return f"{sys.executable} {Path(__file__).with_name('relay.py')} {port}"


def _tpm(path: Path) -> list[str]:
    return [
        *("-chardev", f"socket,id=tpm,path={path}", "-tpmdev", "emulator,id=tpm,chardev=tpm"),
        *("-device", "tpm-crb,tpmdev=tpm"),
    ]


@contextmanager
def made_tpm(folder: Path) -> Iterator[Path]:
    """A TPM 2 of software, for one start of a machine; what it keeps stays in `folder`."""
    state = folder / "tpm"
    state.mkdir(exist_ok=True)
    control = folder / "tpm.sock"
    process = subprocess.Popen(
        ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--ctrl", f"type=unixio,path={control}"]
    )
    try:
        end = time.monotonic() + 10
        while not control.exists() and time.monotonic() < end:
            time.sleep(0.05)
        yield control
    finally:
        process.terminate()
        process.wait()
