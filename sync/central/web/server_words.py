"""What is wrong with the server, in words."""

from collections.abc import Mapping
from datetime import datetime

from sync.central.office.condition import Concern, Point
from sync.central.office.jobs import read_failures
from sync.central.presenting import days, numbers
from sync.central.web.look import Look
from sync.contract.plan import VIET_NAM

SENTENCES: Mapping[Point, str] = {
    Point.LOG_WRONG: "Nhật ký quản trị không còn nguyên (%(problem)s).",
    Point.IDLE: "Dịch vụ của trung tâm không chạy.",
    Point.UNANSWERED: "Địa chỉ HTTPS của trung tâm không trả lời, hoặc chứng thư không khớp.",
    Point.CERTIFICATE_ENDED: "Chứng thư HTTPS đã hết hạn.",
    Point.FAILED: "%(job)s không chạy được, từ %(since)s.",
    Point.FOREIGN: "Dịch vụ không dùng được tệp của người dùng khác: %(files)s.",
    Point.EXPOSED: "Người dùng khác của máy chủ đọc được: %(files)s.",
    Point.CLOCK: "Đồng hồ của máy chủ chưa theo giờ mạng.",
    Point.ZONE: "Máy chủ không đặt giờ Việt Nam (UTC%(hours)s).",
    Point.CERTIFICATE_ENDS: "Chứng thư HTTPS sắp hết hạn: %(until)s.",
    Point.CHECK_OLD: "Lâu chưa thử khôi phục bản sao lưu: từ %(since)s.",
    Point.NO_BACKUP: "Chưa sao lưu lần nào.",
    Point.OLD_BACKUP: "Lần sao lưu cuối đã lâu: %(since)s.",
    Point.DISK: "Đĩa của máy chủ sắp đầy: còn %(free)s.",
    Point.KEY_ENDED: "Khóa %(key)s đã hết hạn: %(until)s.",
    Point.KEY_UNSIGNED: "Khóa %(key)s chưa được khóa gốc ký.",
    Point.KEY_ENDS: "Khóa %(key)s sắp hết hạn: %(until)s.",
    Point.LAG: "Số liệu ra chậm %(seconds)s giây.",
    Point.ASIDE: "%(number)s phiếu để riêng chờ người quyết định, từ %(since)s.",
    Point.ERASURES: "%(number)s yêu cầu xóa chưa xong trên máy, từ %(since)s.",
    Point.MESSAGES: "%(number)s thư, thông báo chưa gửi được, từ %(since)s.",
    Point.DEVICES: "%(number)s máy cần người xem.",
}
JOBS: Mapping[str, str] = {
    "backup": "Sao lưu hằng đêm",
    "check": "Thử khôi phục hằng tháng",
    "purge": "Xóa phiếu quá thời hạn lưu",
}


def concern_words(look: Look, concern: Concern) -> str:
    """What needs a person, as a sentence."""
    language = look.translation.language
    words: dict[str, object] = {}
    for name, value in concern.values.items():
        if isinstance(value, datetime):
            day = days.day_words(value.astimezone(VIET_NAM).date(), language)
            words[name] = day if name == "until" else days.past_moment(value, look.now, language)
        elif name == "free" and isinstance(value, int):
            words[name] = numbers.size(value, language)
        elif name == "job":
            words[name] = look.say(JOBS[str(value)])
        elif isinstance(value, int):
            words[name] = numbers.whole(value, language)
        else:
            words[name] = value
    return look.translation.gettext(SENTENCES[concern.point]) % words


def failed_jobs(look: Look) -> tuple[str, ...]:
    """The jobs of timers that do not work, a sentence each."""
    return tuple(
        concern_words(look, Concern(Point.FAILED, {"job": failure.job, "since": failure.since}))
        for failure in read_failures(look.connection)
    )
