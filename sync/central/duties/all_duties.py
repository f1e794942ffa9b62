"""All duties, in the order in which a turn does them: what makes messages comes before what sends them."""

from sync.central.duties.alert_duty import raise_alerts
from sync.central.duties.approvals import ask_for_approval
from sync.central.duties.calendar_duty import keep_holidays
from sync.central.duties.delivery import post, tidy
from sync.central.duties.monday import say_monday
from sync.central.duties.reminders import remind
from sync.central.duties.turns import Duty

DUTIES: tuple[Duty, ...] = (
    Duty("holidays", "ngày nghỉ đi cùng phần mềm đã thêm", keep_holidays),
    Duty("alerts", "cảnh báo mới", raise_alerts),
    Duty("monday", "bản tin sáng thứ Hai", say_monday),
    Duty("reminders", "lời nhắc việc sắp đến hạn", remind),
    Duty("approvals", "báo cáo chờ phê duyệt", ask_for_approval),
    Duty("post", "thư và thông báo đã gửi", post),
    Duty("tidy", "thông báo cũ đã xóa", tidy),
)
