"""`hailong-agent`: push responses to the centre, or show the state of that."""

import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer
from msgspec.structs import replace

from sync.agent.caring import HeartbeatSender
from sync.agent.code_signing import CodeSigner
from sync.agent.configuration import BundleKeeper
from sync.agent.enrolling import LOOK_AGAIN, Enroller, address_for, join
from sync.agent.fetching import ReleaseFetcher
from sync.agent.identity import Identity, load_identity, name_to_kiosk
from sync.agent.logs import logs
from sync.agent.loop import STUCK_AGAIN, Loop, Stopper, StopRequested
from sync.agent.network import connect, default_route
from sync.agent.pushing import Pusher
from sync.agent.sending import Refused, Sender, make_wire
from sync.agent.setting_clock import run_command, set_clock
from sync.agent.settings import AgentSettings, load_settings
from sync.agent.status import disk_problem, read_status, status_lines, watched_lines
from sync.agent.stick_release import take_release
from sync.agent.tombstones import TombstoneKeeper
from sync.agent.trusting import RootFollower
from sync.agent.uptime import uptime
from sync.agent.usb import Copied, Taken, copy_out, take_back
from sync.contract.enrolment import read_invitation
from sync.contract.moments import moment_words
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.agent import CENTRE_ADDRESS_MISSING, DEVICE_NOT_ENROLLED, OUTBOX_MISSING
from sync.contract.problem.offline import USB_CHANGED, USB_EMPTY, USB_FOREIGN, USB_TAKEN, USB_UNUSABLE
from sync.contract.usb import TOP
from sync.host.clock import local_now
from sync.host.systemd import Systemd
from sync.host.usb_note import UsbNote, job_wanted, usb_wanted, write_usb_note
from sync.outbox import OutboxReader, Receipts, ReceiptsReader, StorageFailed, storage_problem
from sync.outbox.report import read_report
from sync.updates.machine import this_machine
from sync.updates.standing import read_standing

app = typer.Typer(help=__doc__, pretty_exceptions_enable=False)

Config = Annotated[Path, typer.Option("--config", help="agent.toml")]
ATTEMPTS = 5  # in a row, before --once gives up
OFFER_AGAIN = "offer-again"  # a file in the agent's folder, see `Pusher`

T = TypeVar("T")


@app.callback(invoke_without_command=True)
def push(
    context: typer.Context,
    config: Config = Path("agent.toml"),
    once: Annotated[bool, typer.Option("--once", help="Push what is there, then end.")] = False,
) -> None:
    """Push new responses as they come, until SIGTERM; until it is enrolled, wait for a code of the kiosk."""
    context.obj = config
    if context.invoked_subcommand is not None:
        return
    settings = load_settings(config)
    folder = Path(settings.folder)
    stopper = Stopper()
    stopper.listen()
    systemd = Systemd(os.environ)

    def tell(found: Problem | None) -> None:
        systemd.status(f"{found.number} {found.kind.title}" if found else "")
        lines = found.lines() if found else ["Đã tiếp tục gửi / going on again"]
        print("\n".join(lines), file=sys.stderr, flush=True)

    def opened() -> tuple[Identity, Receipts]:
        identity = load_identity(folder)
        if settings.device not in ("", identity.device):
            raise ProblemError(
                DEVICE_NOT_ENROLLED(where="device", detail=f"đã ghi danh là {identity.device}")
            )
        if not (identity.address or settings.centre):
            raise ProblemError(CENTRE_ADDRESS_MISSING(where="centre"))
        name_to_kiosk(folder, identity)
        return identity, Receipts(folder)

    if not once:
        _until_enrolled(settings, stopper, systemd, tell)
    found = _patiently(opened, folder, stopper, systemd, tell, patient=not once)
    if found is None:
        return
    identity, receipts = found
    centre = identity.address or settings.centre
    outbox = OutboxReader(Path(settings.outbox))
    wire = make_wire(
        centre,
        local_now,
        ca=settings.ca,
        own=identity.certificate,
        timeout=settings.timeout_seconds,
        breakable=stopper.breakable,
        alive=systemd.alive,
    )
    sender = Sender(wire, identity)
    pusher = Pusher(outbox, receipts, sender, local_now, asked=folder / OFFER_AGAIN)
    reported = partial(read_report, Path(settings.outbox))

    def serving() -> int:
        report = reported()
        return report.bundle if report else 0

    fetching = _fetcher(settings, sender)
    heartbeats = HeartbeatSender(
        sender,
        pusher,
        outbox=OutboxReader(Path(settings.outbox)),
        reported=reported,
        receipts=ReceiptsReader(folder),
        folder=folder,
        forgetting=TombstoneKeeper(sender, receipts, OutboxReader(Path(settings.outbox))),
        trusting=RootFollower(sender, receipts, folder, sender.now),
        configuration=BundleKeeper(folder, Path(settings.bundle), serving) if settings.bundle else None,
        now=local_now,
        app=version("hailong"),
        fetching=fetching,
        silence=settings.silence_seconds,
    )
    loop = Loop(
        pusher,
        beat=heartbeats.beat,
        beat_every=settings.heartbeat_seconds,
        is_news=heartbeats.is_news,
        spare=fetching.step if fetching else lambda: None,
        wait=stopper.wait,
        told=lambda: stopper.told,
        random=random.SystemRandom().random,
        poll=settings.poll_seconds,
        alive=systemd.alive,
        alive_every=systemd.watchdog_seconds,
        report=tell,
    )
    signer = CodeSigner(folder, identity.device, identity.key, local_now)
    done = True
    try:
        if once:
            done = _drain(loop, pusher)
        else:
            signer.start()
            loop.run()
    except StopRequested:
        pass
    finally:
        systemd.stopping()
        signer.close()
        wire.close()
        receipts.close()
    if not done:
        raise typer.Exit(1)


def _fetcher(settings: AgentSettings, sender: Sender) -> ReleaseFetcher | None:
    """What fetches releases of the software; None where no helper would take them."""
    if not settings.updates:
        return None
    machine = this_machine()
    return ReleaseFetcher(
        sender,
        agent=Path(settings.folder),
        state=Path(settings.updates),
        version=version("hailong"),
        arch=machine.arch,
        python=machine.python,
    )


def _until_enrolled(
    settings: AgentSettings, stopper: Stopper, systemd: Systemd, tell: Callable[[Problem], None]
) -> None:
    """Wait for a code of the kiosk while this device is not enrolled, or until the agent is stopped."""
    folder = Path(settings.folder)

    joining = partial(join, settings=settings, breakable=stopper.breakable, alive=systemd.alive)
    enroller = Enroller(settings, joining, connect=connect, has_route=default_route, monotonic=time.monotonic)
    told: Problem | None = None
    with suppress(StopRequested):
        while not stopper.told and not _is_enrolled(folder):
            try:
                enroller.step()
                shown = enroller.problem
            except (OSError, StorageFailed) as error:
                shown = error.problem if isinstance(error, ProblemError) else storage_problem(error, folder)
            if shown != told:
                systemd.ready()
                tell(shown)
                told = shown
            systemd.alive()
            stopper.wait(LOOK_AGAIN)
        if told is not None:
            systemd.status("")


def _is_enrolled(folder: Path) -> bool:
    """Whether there is an identity; one that the disk does not give back is there."""
    try:
        load_identity(folder)
    except ProblemError:
        return False
    except OSError:
        return True
    return True


def _patiently(
    attempt: Callable[[], T],
    folder: Path,
    stopper: Stopper,
    systemd: Systemd,
    tell: Callable[[Problem], None],
    *,
    patient: bool,
) -> T | None:
    """Call `attempt` until the disk under `folder` allows it; None if the agent is stopped before that."""
    told = False
    while not stopper.told:
        try:
            found = attempt()
            systemd.ready()
            return found
        except (OSError, StorageFailed) as error:
            shown = error.problem if isinstance(error, ProblemError) else storage_problem(error, folder)
            if not patient:
                raise ProblemError(shown) from error
            if not told:
                systemd.ready()
                tell(shown)
            told = True
            systemd.alive()
            stopper.wait(min(STUCK_AGAIN, systemd.watchdog_seconds or STUCK_AGAIN))
    return None


def _drain(loop: Loop, pusher: Pusher) -> bool:
    from rich.progress import Progress

    with Progress(disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("Gửi", total=pusher.waiting())
        return loop.drain(lambda count: progress.advance(task, count), ATTEMPTS)


@app.command("enrol")
def enrol_command(
    context: typer.Context, code: Annotated[str, typer.Argument(help="The code that the centre printed.")]
) -> None:
    """Give this device its identity, once, with a code of the centre (CODE@ADDRESS)."""
    settings = load_settings(context.obj)

    invitation = read_invitation(code)
    reply = join(invitation, address_for(invitation, settings), settings)
    if isinstance(reply, Refused):
        raise ProblemError(reply.problem)
    print(f"{reply.device}: {reply.unit}")


@app.command()
def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show what is watched, what waits, what went wrong, and what to do.

    Exit code 1: a person has to look. The device is not enrolled, there is no outbox at its path, something
    is wrong, or responses are set aside.
    """
    settings = load_settings(context.obj)
    folder = Path(settings.folder)
    outbox, receipts = OutboxReader(Path(settings.outbox)), ReceiptsReader(folder)
    found = read_status(outbox, receipts, disk_problem(folder))
    identity: Identity | None = None
    if as_json:
        print(msgspec.json.encode(found).decode())
    else:
        with suppress(ProblemError):
            identity = load_identity(folder)
        print("\n".join([*watched_lines(settings, found, identity), *status_lines(found, local_now())]))
    load_identity(folder)
    if not Path(settings.outbox).is_dir():
        raise ProblemError(OUTBOX_MISSING(where=settings.outbox))
    if found.problem or found.set_aside:
        raise typer.Exit(1)


Stick = Annotated[Path, typer.Argument(help="Where the USB stick is mounted.")]


@app.command("export")
def export_command(context: typer.Context, folder: Stick) -> None:
    """Copy what the centre has no receipt for to a USB stick, sealed to the centre."""
    print(_copied_words(_copy_out(load_settings(context.obj), folder)))


@app.command("import")
def import_command(context: typer.Context, folder: Stick) -> None:
    """Take in the centre's answer from a USB stick: receipts, and the newest configuration.

    Stop the running agent first: systemctl stop hailong-agent.
    """
    print(_taken_words(_take_back(load_settings(context.obj), folder)))


@app.command("carry")
def carry_command(context: typer.Context, folder: Stick) -> None:
    """Do with a USB stick what staff ask for: take in what is on it and copy what is unsent to it, or logs.

    hailong-usb.service runs this, and stops the running agent meanwhile.
    """
    settings = load_settings(context.obj)
    own, outbox = Path(settings.folder), Path(settings.outbox)
    note = UsbNote(at=local_now(), stage="working", wanted=usb_wanted(outbox), job=job_wanted(outbox))
    write_usb_note(own, note)
    try:
        done = _collect(settings, folder, note) if note.job == "logs" else _carry(settings, folder, note)
    except ProblemError as error:
        write_usb_note(own, replace(note, stage="failed", problem=error.problem))
        raise
    write_usb_note(own, replace(done, stage="done"))


def _carry(settings: AgentSettings, stick: Path, note: UsbNote) -> UsbNote:
    """Both ways; raises ProblemError once what is unsent is on the stick, if that is possible."""
    receipts, release, wrong = 0, "", None
    try:
        taken = _take_back(settings, stick)
        receipts = taken.receipts
        print(_taken_words(taken))
    except ProblemError as error:
        # What is unsent is copied all the same: the centre answers that, in place of what is there.
        wrong = error
    copied = _copy_out(settings, stick)
    print(_copied_words(copied))
    if wrong is not None and wrong.problem.kind not in (USB_EMPTY, USB_TAKEN, USB_CHANGED, USB_FOREIGN):
        raise wrong
    if settings.updates and (release := _take_release(settings, stick)):
        print(f"Đã nhận phần mềm {release} từ USB")
    return replace(note, copied=copied.responses, left=copied.left, receipts=receipts, release=release)


def _collect(settings: AgentSettings, stick: Path, note: UsbNote) -> UsbNote:
    """Logs to the stick; raises ProblemError HL4221."""
    try:
        (stick / TOP).mkdir(exist_ok=True)
        print(_write_logs(settings, stick / TOP))
    except OSError as error:
        raise ProblemError(USB_UNUSABLE(where=str(stick), detail=error.strerror or "")) from error
    return note


def _take_release(settings: AgentSettings, stick: Path) -> str:
    folder = Path(settings.folder)
    try:
        return take_release(
            stick,
            folder,
            machine=this_machine(),
            version=version("hailong"),
            here=read_standing(Path(settings.updates)),
        )
    except OSError as error:
        raise ProblemError(storage_problem(error, folder)) from error


def _copy_out(settings: AgentSettings, stick: Path) -> Copied:
    folder = Path(settings.folder)
    identity, outbox = load_identity(folder), OutboxReader(Path(settings.outbox))
    view = ReceiptsReader(folder).view()
    try:
        return copy_out(stick, identity, outbox, view, now=local_now(), uptime=uptime())
    except OSError as error:
        raise ProblemError(storage_problem(error, folder)) from error


def _take_back(settings: AgentSettings, stick: Path) -> Taken:
    folder = Path(settings.folder)
    identity, receipts = load_identity(folder), Receipts(folder)
    try:
        return take_back(
            stick,
            identity,
            OutboxReader(Path(settings.outbox)),
            receipts,
            folder=folder,
            bundles=BundleKeeper(folder, Path(settings.bundle)) if settings.bundle else None,
            now=local_now,
        )
    except OSError as error:
        raise ProblemError(storage_problem(error, folder)) from error
    finally:
        receipts.close()


def _copied_words(copied: Copied) -> str:
    rest = f", còn {copied.left} phiếu cho lần sau" if copied.left else ""
    return f"Đã chép {copied.responses} phiếu ra USB{rest}"


def _taken_words(taken: Taken) -> str:
    bundle = f", cấu hình số {taken.bundle}" if taken.bundle else ""
    return f"Đã nhận {taken.receipts} biên nhận từ USB{bundle}"


@app.command("set-clock")
def set_clock_command(context: typer.Context) -> None:
    """Set this machine's clock to the centre's time, where no network time does; for root."""
    at = set_clock(Path(load_settings(context.obj).folder), local_now(), uptime(), run_command)
    print(f"Đã đặt đồng hồ: {moment_words(at)}" if at else "Đồng hồ được để nguyên")


@app.command("offer-again")
def offer_again(context: typer.Context) -> None:
    """Send everything again that the centre did not store: what it refused, held or set aside.

    The running agent does so at once; else the agent does so when it is started.
    """
    folder = Path(load_settings(context.obj).folder)
    load_identity(folder)
    try:
        count = len(ReceiptsReader(folder).view().set_aside)
        (folder / OFFER_AGAIN).touch()
    except OSError as error:
        raise ProblemError(storage_problem(error, folder)) from error
    print(f"Sẽ gửi lại {count} phiếu đang để riêng, và mọi phiếu chưa có biên nhận")


@app.command("logs")
def logs_command(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write it; without one it is printed.")
    ] = None,
) -> None:
    """Collect what a technician needs: state, services, journal. No word of any citizen is in it."""
    settings = load_settings(context.obj)
    if folder is None:
        print(_logs(settings, _own_identity(settings), local_now()), end="")
        return
    try:
        print(_write_logs(settings, folder))
    except OSError as error:
        raise ProblemError(storage_problem(error, folder)) from error


def _write_logs(settings: AgentSettings, folder: Path) -> Path:
    """The logs as a file in this folder; raises OSError."""
    identity, now = _own_identity(settings), local_now()
    path = folder / f"nhat-ky-{identity.device if identity else 'may'}-{now:%Y%m%d-%H%M}.txt"
    path.write_text(_logs(settings, identity, now), "utf-8")
    return path


def _logs(settings: AgentSettings, identity: Identity | None, now: datetime) -> str:
    state = read_status(OutboxReader(Path(settings.outbox)), ReceiptsReader(Path(settings.folder)))
    return logs(
        version("hailong"), [*watched_lines(settings, state, identity), *status_lines(state, now)], now
    )


def _own_identity(settings: AgentSettings) -> Identity | None:
    with suppress(ProblemError, OSError):
        return load_identity(Path(settings.folder))
    return None


def main() -> None:
    """Run the command line; a problem is printed with its remedy and ends it with exit code 1."""
    try:
        app()
    except ProblemError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
