"""What is wrong with a centre and its machine, and what to do about each."""

import os
from collections.abc import Mapping
from datetime import datetime

import typer

from sync.central.commands.options import Data, Database
from sync.central.commands.status import sentence_of
from sync.central.office.attention import Need
from sync.central.office.condition import Condition, Point, concerns, read_condition
from sync.central.office.keys.stored import load_keys
from sync.central.office.machine import machine_reader
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.host.clock import local_now

REMEDIES: Mapping[Point, str] = {
    Point.LOG_WRONG: "Chạy `hailong-central audit`, so dòng cuối với sổ giấy",
    Point.IDLE: "Xem `systemctl status hailong-central` và `journalctl -u hailong-central`",
    Point.UNANSWERED: "Xem `journalctl -u caddy`; tên miền phải chỉ về máy này, "
    "cổng 80, 443 phải mở từ ngoài",
    Point.CERTIFICATE_ENDED: "Xem `journalctl -u caddy`; cổng 80, 443 phải mở từ ngoài; rồi "
    "`systemctl restart caddy`",
    Point.FAILED: "Xem lý do bằng `journalctl -u 'hailong-central-*'`; sửa xong thì "
    "`systemctl start` dịch vụ ấy",
    Point.NO_BACKUP: "Chạy `systemctl enable --now hailong-central-backup.timer`, rồi `systemctl start "
    "hailong-central-backup`",
    Point.OLD_BACKUP: "Xem `systemctl list-timers 'hailong-*'` và `journalctl -u hailong-central-backup`",
    Point.DISK: "Chuyển bản sao lưu sang đĩa khác, hoặc thay đĩa lớn hơn",
    Point.FOREIGN: "Trao tệp cho dịch vụ: `chown -R hailong:hailong /var/lib/hailong/central "
    "/var/backups/hailong`",
    Point.EXPOSED: "Chạy `chmod -R go= /var/lib/hailong/central /var/backups/hailong`, "
    "`chmod 640 /etc/hailong/central.env`",
    Point.CLOCK: "Chạy `apt install systemd-timesyncd`, rồi `timedatectl set-ntp true`",
    Point.ZONE: "Chạy `timedatectl set-timezone Asia/Ho_Chi_Minh`, rồi khởi động lại dịch vụ",
    Point.CERTIFICATE_ENDS: "Xem `journalctl -u caddy`: Caddy tự gia hạn một tháng trước khi hết hạn",
    Point.CHECK_OLD: "Chạy `systemctl enable --now hailong-central-check.timer`, rồi `systemctl start "
    "hailong-central-check`",
    Point.KEY_ENDED: "Ký lại danh sách khóa bằng khóa gốc: `hailong-central keys request`",
    Point.KEY_UNSIGNED: "Ký danh sách khóa bằng khóa gốc: `hailong-central keys request`",
    Point.KEY_ENDS: "Ký lại danh sách khóa bằng khóa gốc: `hailong-central keys request`",
    Point.LAG: "Xem tải của máy chủ và PostgreSQL; một giao dịch đang mở lâu",
    Point.ASIDE: "Xem `hailong-central set-aside list`, hoặc trang Phiếu để riêng",
    Point.ERASURES: "Xem `hailong-central erasures`: bật những máy còn thiếu",
    Point.MESSAGES: "Xem trang Thông báo; thử máy chủ thư bằng `hailong-central try-mail`",
    Point.DEVICES: "Xem `hailong-central devices list --wrong`, hoặc trang Máy",
}


def register(app: typer.Typer) -> None:
    """Add this command to the centre's command line."""
    app.command("doctor")(doctor)


def doctor(data: Data, database: Database = None) -> None:
    """Say what is wrong, in words, and what to do about it; exit code 1 if something needs a person."""
    now = local_now()
    with reading(existing_database(data, database)) as connection:
        condition = read_condition(
            connection, load_keys(data / "keys"), data, now, machine=machine_reader(os.environ, data)
        )
    lines = diagnosis(condition, now)
    for line in lines:
        typer.echo(line)
    if any(line.startswith("!") for line in lines):
        raise typer.Exit(1)


def diagnosis(condition: Condition, now: datetime) -> list[str]:
    """What is wrong, each with what to do; then what is worth knowing. Pure."""
    found = concerns(condition, now)
    lines = []
    for concern in found:
        lines += [f"! {sentence_of(concern)}", f"  → {REMEDIES[concern.point]}"]
    if not found:
        lines.append("Không có việc nào cần người xem.")
    if condition.machine is None:
        lines.append("· Máy chủ không dựng bằng lệnh `setup`: chưa xem đồng hồ, chứng thư và quyền tệp")
    elif condition.machine.synchronized is None:
        lines.append("· Không rõ đồng hồ có theo giờ mạng không: xem bằng `timedatectl`")
    if older := condition.needs()[Need.OLD]:
        lines.append(
            f"· {older} máy chạy bản cũ hơn trung tâm ({condition.release}): vẫn gửi được, cập nhật dần"
        )
    return lines
