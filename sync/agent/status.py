"""The agent's queue, problem and remedy, as the same state for a person and for a program."""

from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from sync.agent.identity import Identity
from sync.agent.settings import AgentSettings
from sync.contract.moments import moment_words, span_words
from sync.contract.problem import Problem
from sync.contract.problem.table import KINDS
from sync.contract.problem.terminal import STORAGE_FULL
from sync.outbox import OutboxReader, ReceiptsReader, SetAside, oldest_unsent, storage_problem
from sync.outbox.files import WRITE, RealFiles


class AsideStatus(Struct, frozen=True):
    """One response that a person has to look at, and the problem's number, title and remedy."""

    seq: int
    id: str
    status: str
    number: str
    title: str
    remedy: str


class AgentStatus(Struct, frozen=True):
    """The agent's state.

    made: responses on this device so far. queue: those without a receipt; oldest_unsent: the oldest's end.
    problem: the last one that still holds, since when if that is known, and its remedy ("" without one).
    clock_offset_seconds: how far the centre's clock is ahead of ours.
    to_erase: responses the centre asked to erase; 0 once the kiosk has reported all of them as erased.
    """

    made: int
    queue: int
    oldest_unsent: datetime | None
    last_success: datetime | None
    problem: Problem | None
    problem_since: datetime | None
    remedy: str
    clock_offset_seconds: int | None
    set_aside: tuple[AsideStatus, ...]
    to_erase: int = 0


ROOM = 64 * 1024  # bytes; with less, a receipt may not fit


def disk_problem(folder: Path) -> Problem | None:
    """The problem of the disk under the agent's folder, which can't be noted there. Changes nothing."""
    files = RealFiles()
    try:
        # Only opens for writing: after an error ext4 refuses that, and otherwise shows no fault.
        files.close(files.open(folder / "lock", WRITE))
        room = files.free(folder)
    except (FileNotFoundError, PermissionError):
        return None  # the agent never ran, or the folder is not readable for this user
    except OSError as error:
        return storage_problem(error, folder)
    if room < ROOM:
        return STORAGE_FULL(where=str(folder), detail="ENOSPC")
    return None


def read_status(outbox: OutboxReader, receipts: ReceiptsReader, disk: Problem | None = None) -> AgentStatus:
    """The state now, from what is on disk; the agent need not run. Raises OSError, ForeignFormat.

    disk: the problem of the disk itself, from `disk_problem`; it is shown instead of the noted one.
    """
    view = receipts.view()
    made = outbox.watermark()
    notes = view.notes
    wrong = disk or notes.problem
    return AgentStatus(
        made=made,
        queue=view.queue(made),
        oldest_unsent=oldest_unsent(outbox, view, made),
        last_success=notes.last_success,
        problem=wrong,
        problem_since=notes.problem_since if wrong is not None and disk is None else None,
        remedy=KINDS[wrong.number].remedy if wrong is not None and wrong.number in KINDS else "",
        clock_offset_seconds=notes.clock_offset_seconds,
        set_aside=tuple(_aside(each) for each in view.set_aside.values()),
        to_erase=0 if outbox.is_erased(view.tombstones) else len(view.tombstones),
    )


def _aside(each: SetAside) -> AsideStatus:
    number = each.problem.number if each.problem else ""
    kind = KINDS.get(number)
    return AsideStatus(
        each.seq, each.id, each.status, number, kind.title if kind else "", kind.remedy if kind else ""
    )


def watched_lines(settings: AgentSettings, status: AgentStatus, identity: Identity | None) -> list[str]:
    """Whose responses are watched, where, and for which centre, in Vietnamese."""
    device = identity.device if identity else settings.device or "chưa ghi danh"
    centre = (identity.address if identity else "") or settings.centre or "theo mã ghi danh"
    never = "" if status.last_success or not status.made else " (chưa gửi được lần nào)"
    return [
        f"Máy: {device}   Trung tâm: {centre}{never}",
        f"Kho phiếu: {settings.outbox}",
    ]


def status_lines(status: AgentStatus, now: datetime) -> list[str]:
    """The state for a person, in Vietnamese and Viet Nam's time; ages are counted to `now`."""
    lines = [f"Đã ghi: {status.made}   Chờ gửi: {status.queue}   Cần xem xét: {len(status.set_aside)}"]
    if status.oldest_unsent:
        lines.append(f"Phiếu chờ lâu nhất: {_ago(status.oldest_unsent, now)}")
    if success := status.last_success:
        lines.append(f"Lần gửi thành công gần nhất: {_ago(success, now)}")
    if status.clock_offset_seconds:
        wrong_by = clock_words(timedelta(seconds=status.clock_offset_seconds))
        lines.append(f"Đồng hồ của máy so với trung tâm: {wrong_by}")
    if status.to_erase:
        lines.append(f"Phiếu trung tâm yêu cầu xóa, chưa xong: {status.to_erase}")
    if status.problem:
        since = f" từ {moment_words(status.problem_since)}" if status.problem_since else ""
        lines.append(f"Lỗi{since}: {status.problem.brief()}. {status.remedy}")
    lines.extend(
        f"Phiếu số {each.seq} ({each.status}) {each.number}: {each.title}. {each.remedy}"
        for each in status.set_aside
    )
    return lines


def clock_words(ahead: timedelta) -> str:
    """How wrong this machine's clock is, by how far the centre's is ahead of it, in Vietnamese."""
    wrong_by = abs(ahead)
    words = (
        span_words(wrong_by)
        if wrong_by >= timedelta(minutes=2)
        else f"{round(wrong_by.total_seconds())} giây"
    )
    return f"{'chậm' if ahead > timedelta(0) else 'nhanh'} {words}"


def _ago(moment: datetime, now: datetime) -> str:
    return f"{span_words(now - moment)} trước ({moment_words(moment)})"
