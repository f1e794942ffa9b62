"""The state of the whole centre, for a person or a program that watches it."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
import typer

from sync.central.commands.options import Data, Database
from sync.central.office.condition import Concern, Condition, Point, Waiting, concerns, read_condition
from sync.central.office.keys.stored import load_keys
from sync.central.office.machine import machine_reader
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.moments import moment_words, span_words
from sync.host.clock import local_now

SENTENCES: Mapping[Point, str] = {
    Point.LOG_WRONG: "Nhật ký quản trị không còn nguyên ({problem}): xem `hailong-central audit`",
    Point.IDLE: "Dịch vụ của trung tâm không chạy",
    Point.UNANSWERED: "Địa chỉ HTTPS không trả lời, hoặc chứng thư không khớp",
    Point.CERTIFICATE_ENDED: "Chứng thư HTTPS đã hết hạn",
    Point.FAILED: "{job} không chạy được, từ {since}",
    Point.FOREIGN: "Dịch vụ không dùng được tệp của người dùng khác: {files}",
    Point.EXPOSED: "Người dùng khác của máy đọc được: {files}",
    Point.CLOCK: "Đồng hồ của máy chủ chưa theo giờ mạng",
    Point.ZONE: "Máy chủ không đặt giờ Việt Nam (UTC{hours})",
    Point.CERTIFICATE_ENDS: "Chứng thư HTTPS sắp hết hạn: {until}",
    Point.CHECK_OLD: "Lâu chưa thử khôi phục bản sao lưu: từ {since}",
    Point.NO_BACKUP: "Chưa sao lưu lần nào",
    Point.OLD_BACKUP: "Lần sao lưu cuối đã lâu: {since}",
    Point.DISK: "Đĩa sắp đầy: còn {free}",
    Point.KEY_ENDED: "Khóa {key} đã hết hạn ngày {until}",
    Point.KEY_UNSIGNED: "Khóa {key} chưa được khóa gốc ký",
    Point.KEY_ENDS: "Khóa {key} sắp hết hạn: {until}",
    Point.LAG: "Số liệu ra chậm {seconds} giây",
    Point.ASIDE: "{number} phiếu để riêng chờ người quyết định, từ {since}",
    Point.ERASURES: "{number} yêu cầu xóa chưa xong trên máy, từ {since}",
    Point.MESSAGES: "{number} thư, thông báo chưa gửi được, từ {since}: xem trang Thông báo",
    Point.DEVICES: "{number} máy cần người xem: xem `hailong-central devices list --wrong`",
}

JOB_WORDS: Mapping[object, str] = {
    "backup": "Sao lưu hằng đêm",
    "check": "Thử khôi phục hằng tháng",
    "purge": "Xóa phiếu quá thời hạn lưu",
}


def register(app: typer.Typer) -> None:
    """Add this command to the centre's command line."""
    app.command("status")(status)


def status(
    data: Data,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    database: Database = None,
) -> None:
    """State backups, keys, waiting work, disk, versions and audit log; exit code 1 if a person is needed."""
    now = local_now()
    with reading(existing_database(data, database)) as connection:
        condition = read_condition(
            connection, load_keys(data / "keys"), data, now, machine=machine_reader(os.environ, data)
        )
    found = concerns(condition, now)
    if as_json:
        typer.echo(msgspec.json.encode(_facts(condition, found)).decode())
    else:
        for line in _lines(condition, found, now):
            typer.echo(line)
    if found:
        raise typer.Exit(1)


def sentence_of(concern: Concern) -> str:
    """What a person has to look at."""
    values = {name: _words(name, value) for name, value in concern.values.items()}
    return SENTENCES[concern.point].format(**values)


def _facts(condition: Condition, found: tuple[Concern, ...]) -> dict[str, object]:
    """Everything but the devices, which have a list of their own, and the points that need a person."""
    facts: dict[str, object] = msgspec.to_builtins(condition)
    del facts["devices"]
    return {**facts, "concerns": [concern.point for concern in found]}


def _lines(condition: Condition, found: tuple[Concern, ...], now: datetime) -> Iterator[str]:
    yield from (f"! {sentence_of(concern)}" for concern in found)
    if not found:
        yield "Không có việc nào cần người xem."
    yield f"phiên bản   {condition.release}, kỷ nguyên {condition.epoch}"
    yield f"dữ liệu     {condition.database}, {_size(condition.database_bytes)}"
    yield f"đĩa         còn {_size(condition.disk.free)} trong {_size(condition.disk.total)}"
    backup = condition.backup
    yield f"sao lưu     {f'{_ago(backup.at, now)}: {backup.file}, đã kiểm tra' if backup else 'chưa có'}"
    checked = condition.checked
    yield f"thử khôi phục {f'{_ago(checked.at, now)}: {checked.file}' if checked else 'chưa lần nào'}"
    for key in condition.keys:
        until = f", đến {key.until:%d/%m/%Y}" if key.until else ""
        yield f"khóa        {key.id}{' (đang ký)' if key.signs else ''}{until}"
    log = condition.log
    state = f"KHÔNG còn nguyên từ dòng {log.wrong}" if log.wrong else log.problem or "còn nguyên"
    yield f"nhật ký     {state}; dòng cuối {log.lines}:{log.digest}"
    yield f"để riêng    {_waiting(condition.aside, now)}"
    yield f"chờ xóa     {_waiting(condition.erasures, now)}"
    yield f"thông báo   chưa gửi được: {_waiting(condition.messages, now)}"
    releases = ", ".join(
        f"{release or 'chưa báo'}: {count}" for release, count in sorted(condition.releases.items())
    )
    yield f"máy         {releases or 'chưa ghi danh máy nào'}"


def _waiting(waiting: Waiting, now: datetime) -> str:
    return f"{waiting.number}, {_ago(waiting.since, now)}" if waiting.since else "không có"


def _ago(moment: datetime, now: datetime) -> str:
    return f"{span_words(now - moment)} trước ({moment_words(moment)})"


def _words(name: str, value: str | int | datetime | timedelta) -> str:
    if isinstance(value, datetime):
        return moment_words(value)
    if name == "job":
        return JOB_WORDS[value]
    return _size(value) if name == "free" and isinstance(value, int) else str(value)


def _size(size: int) -> str:
    for unit, factor in (("GB", 1_000_000_000), ("MB", 1_000_000)):
        if size >= factor:
            return f"{size / factor:.1f}".replace(".", ",") + f" {unit}"
    return f"{size // 1000} kB"
