"""The state of the centre on one page: what needs a person first, then each thing judged in words.

Somebody who looks after some units sees the server's state, and of devices and work only their units'.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct, field

from sync.central.http.queries import query
from sync.central.office.condition import (
    Concern,
    Condition,
    Point,
    Waiting,
    concerns,
    read_condition,
    seen_from,
)
from sync.central.office.configuration.scope import scope_of
from sync.central.office.keys.stored import load_keys
from sync.central.office.machine import Machine, ReadMachine
from sync.central.office.people.permissions import PermittedAct, may_anywhere
from sync.central.office.units.tree import CENTRE
from sync.central.presenting import days, numbers
from sync.central.web.device_words import MACHINES
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.routes import needs
from sync.central.web.server_words import concern_words
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.key_list import Use
from sync.contract.plan import VIET_NAM

SYSTEM = "/he-thong"
SEE: PermittedAct = "see-system"
USES: Mapping[Use, str] = {
    "centre": "ký trả lời và cấu hình",
    "badges": "ký thẻ cán bộ và thẻ thủ tục",
    "sealing": "mở lời góp ý",
}


class SystemAsked(Struct, frozen=True):
    """log: "toan-bo" checks every line of the audit log, not only those after its last seal."""

    log: Literal["toan-bo"] | None = field(default=None, name="nhat_ky")


CERTIFICATES = {Point.UNANSWERED, Point.CERTIFICATE_ENDED, Point.CERTIFICATE_ENDS}


class Fact(Struct, frozen=True, kw_only=True):
    """One thing of the centre. wrong: it needs a person; None: there is nothing to judge.

    code: letters and digits to compare or copy, "" without any. link: where more is.
    """

    title: str
    words: str
    wrong: bool | None
    code: str = ""
    link: Link | None = None


class KeyRow(Struct, frozen=True, kw_only=True):
    """One key of the centre. until: "" without an end."""

    id: str
    use: str
    signs: bool
    until: str
    wrong: bool


class SystemPage(Struct, frozen=True, kw_only=True):
    """The state of the centre. wrong: what needs a person, a sentence each. release: the centre's own."""

    wrong: tuple[str, ...]
    facts: tuple[Fact, ...]
    keys: tuple[KeyRow, ...]
    release: str
    epoch: int


def system_page(look: Look, asked: SystemAsked, keys: Path, machine: ReadMachine) -> Shown:
    """The state of the centre whose keys are in the folder `keys`."""
    look.place(SEE)
    whole = look.may(SEE, CENTRE)
    condition = read_condition(
        look.connection,
        load_keys(keys),
        keys.parent,
        look.now,
        whole_log=asked.log is not None,
        machine=machine,
    )
    if not whole:
        held = may_anywhere(look.person, SEE, look.today)
        scopes = (scope_of(look.connection, unit, look.today) for unit in held)
        condition = seen_from(condition, frozenset().union(*scopes))
    found = concerns(condition, look.now)
    page = SystemPage(
        wrong=tuple(concern_words(look, concern) for concern in found),
        facts=tuple(_facts(look, condition, frozenset(each.point for each in found), whole=whole)),
        keys=tuple(_keys(look, condition, found)),
        release=condition.release,
        epoch=condition.epoch,
    )
    return Shown(template="system.html", title=look.say("Hệ thống"), page=page)


def _facts(look: Look, condition: Condition, points: frozenset[Point], *, whole: bool) -> Iterator[Fact]:
    yield from _of_data(look, condition, points)
    if whole:
        yield Fact(
            title=look.say("Phiếu để riêng"),
            words=_waiting(look, condition.aside),
            wrong=Point.ASIDE in points,
        )
        yield Fact(
            title=look.say("Yêu cầu xóa chưa xong trên máy"),
            words=_waiting(look, condition.erasures),
            wrong=Point.ERASURES in points,
        )
        yield Fact(
            title=look.say("Thông báo chưa gửi được"),
            words=_waiting(look, condition.messages),
            wrong=Point.MESSAGES in points,
            link=Link("/thong-bao", look.say("Xem các thông báo")),
        )
    yield from _of_devices(look, condition, points)


def _of_data(look: Look, condition: Condition, points: frozenset[Point]) -> Iterator[Fact]:
    language, backup = look.translation.language, condition.backup
    yield Fact(
        title=look.say("Sao lưu"),
        words=look.say(
            "%(moment)s, %(span)s trước; tệp được kiểm tra ngay khi làm",
            moment=days.moment_on(backup.at, language),
            span=days.span(look.now - backup.at, language),
        )
        if backup
        else look.say("chưa làm lần nào: lệnh hailong-central backup, hằng đêm"),
        wrong=bool(points & {Point.NO_BACKUP, Point.OLD_BACKUP}),
        code=backup.file if backup else "",
    )
    yield Fact(
        title=look.say("Thử khôi phục bản sao lưu"),
        words=look.say(
            "%(moment)s, %(span)s trước",
            moment=days.moment_on(condition.checked.at, language),
            span=days.span(look.now - condition.checked.at, language),
        )
        if condition.checked
        else look.say("chưa thử lần nào"),
        wrong=Point.CHECK_OLD in points if condition.first_backup else None,
        code=condition.checked.file if condition.checked else "",
    )
    yield _of_log(look, condition)
    free, total = (numbers.size(size, language) for size in (condition.disk.free, condition.disk.total))
    yield Fact(
        title=look.say("Đĩa của máy chủ"),
        words=look.say("còn %(free)s trong %(total)s", free=free, total=total),
        wrong=Point.DISK in points,
    )
    yield Fact(
        title=look.say("Cơ sở dữ liệu"),
        words=f"{condition.database}, {numbers.size(condition.database_bytes, language)}",
        wrong=None,
    )
    seconds = int(condition.lag_seconds)
    yield Fact(
        title=look.say("Độ trễ của số liệu"),
        words=look.say("%(n)s giây", n=numbers.whole(seconds, language))
        if seconds
        else look.say("không trễ"),
        wrong=Point.LAG in points,
    )
    if condition.machine is not None:
        yield from _of_machine(look, condition.machine, points)


def _of_machine(look: Look, machine: Machine, points: frozenset[Point]) -> Iterator[Fact]:
    clock = {True: "theo giờ mạng", False: "chưa theo giờ mạng", None: "không rõ có theo giờ mạng không"}
    yield Fact(
        title=look.say("Đồng hồ của máy chủ"),
        words=look.say(clock[machine.synchronized]),
        wrong=bool(points & {Point.CLOCK, Point.ZONE}) if machine.synchronized is not None else None,
    )
    until = machine.certificate
    if Point.CERTIFICATE_ENDED in points:
        words = look.say("đã hết hạn")
    elif until is not None:
        day = days.day_words(until.astimezone(VIET_NAM).date(), look.translation.language)
        words = look.say("đến %(day)s", day=day)
    else:
        words = look.say("không thấy chứng thư trên máy này")
    yield Fact(
        title=look.say("Chứng thư HTTPS"),
        words=words,
        wrong=bool(points & CERTIFICATES) if until or Point.UNANSWERED in points else None,
    )
    files = [*machine.exposed, *machine.foreign]
    yield Fact(
        title=look.say("Quyền đọc tệp bí mật"),
        words=look.say("chỉ dịch vụ đọc được") if not files else look.say("cần sửa"),
        wrong=bool(files),
        code="; ".join(files),
    )


def _of_log(look: Look, condition: Condition) -> Fact:
    language, log = look.translation.language, condition.log
    lines = numbers.whole(log.lines, language)
    if log.problem:
        words = look.say("không còn nguyên (%(problem)s)", problem=log.problem)
        if log.wrong is not None:
            words += "; " + look.say("sai từ dòng %(line)s", line=numbers.whole(log.wrong, language))
    elif log.whole:
        words = look.say("chuỗi còn nguyên, đã kiểm tra cả %(n)s dòng", n=lines)
    else:
        words = look.say("chuỗi còn nguyên từ lần đóng dấu cuối, %(n)s dòng", n=lines)
    every = Link(f"{SYSTEM}?nhat_ky=toan-bo", look.say("Kiểm tra mọi dòng"))
    return Fact(
        title=look.say("Nhật ký quản trị"),
        words=words,
        wrong=bool(log.problem),
        code=f"{log.lines}:{log.digest}" if log.digest else "",
        link=None if log.whole else every,
    )


def _of_devices(look: Look, condition: Condition, points: frozenset[Point]) -> Iterator[Fact]:
    language, used = look.translation.language, sum(condition.releases.values())
    wrong = sum(each.wrong for each in condition.devices)
    yield Fact(
        title=look.say("Máy"),
        words=look.say(
            "%(n)s trong %(total)s máy đang dùng cần người xem",
            n=numbers.whole(wrong, language),
            total=numbers.whole(used, language),
        )
        if used
        else look.say("chưa ghi danh máy nào"),
        wrong=Point.DEVICES in points if used else None,
        link=Link(f"{MACHINES}?trang_thai=can-xem", look.say("Xem các máy đó")) if wrong else None,
    )
    if used:
        yield Fact(
            title=look.say("Phần mềm của máy"),
            link=Link(f"{MACHINES}/ban-moi", look.say("Xem các phiên bản")),
            words="; ".join(
                look.say(
                    "%(release)s: %(n)s máy",
                    release=release or look.say("chưa báo"),
                    n=numbers.whole(number, language),
                )
                for release, number in sorted(condition.releases.items(), reverse=True)
            ),
            wrong=None,
        )


def _waiting(look: Look, waiting: Waiting) -> str:
    if waiting.since is None:
        return look.say("không có")
    language = look.translation.language
    return look.say(
        "%(n)s, từ %(moment)s",
        n=numbers.whole(waiting.number, language),
        moment=days.past_moment(waiting.since, look.now, language),
    )


def _keys(look: Look, condition: Condition, found: tuple[Concern, ...]) -> Iterator[KeyRow]:
    wrong = {each.values["key"] for each in found if "key" in each.values}
    for key in condition.keys:
        until = key.until.astimezone(VIET_NAM).date() if key.until else None
        yield KeyRow(
            id=key.id,
            use=look.say(USES[key.use]),
            signs=key.signs,
            until=days.day_words(until, look.translation.language) if until else "",
            wrong=key.id in wrong,
        )


@get(SYSTEM, opt=needs(SEE), dependencies={"asked": query(SystemAsked)})
async def system(visit: NamedDependency[Visit], asked: NamedDependency[SystemAsked]) -> Response[Any]:
    """The state of the centre."""
    return await visit.show(system_page, asked, visit.desk.keys.folder, visit.desk.machine)


ROUTES = (system,)
