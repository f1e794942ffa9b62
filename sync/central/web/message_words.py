"""What the kinds of messages are called on pages. Pure."""

from collections.abc import Mapping

from sync.central.office.messages.identity import ALERTS, APPROVAL, CODE, MONDAY, REMINDER

KIND_WORDS: Mapping[str, str] = {
    MONDAY: "Bản tin sáng thứ Hai",
    REMINDER: "Nhắc việc trước hạn ba ngày làm việc",
    ALERTS: "Cảnh báo mới",
    APPROVAL: "Báo cáo chờ tôi phê duyệt",
    CODE: "Mã xác nhận địa chỉ thư",
}
