"""Acts of the audit log, and what their details say, as people read them. Pure.

The log keeps fixed words, ids and reasons. Fixed words are shown in the reader's language; ids and reasons
stay as they were written.
"""

import re
from collections.abc import Callable, Mapping

Say = Callable[[str], str]

ACT_WORDS: Mapping[str, str] = {
    "above": "cơ quan cấp trên",
    "account": "Lập tài khoản",
    "account-approver": "Đổi dấu phê duyệt",
    "account-end": "Kết thúc tài khoản",
    "account-officer": "Nối tài khoản với cán bộ",
    "address": "Đổi địa chỉ trung tâm",
    "alert-act": "Ghi việc đã làm với cảnh báo",
    "alert-close": "Đóng cảnh báo",
    "alert-reopen": "Mở lại cảnh báo",
    "alert-rule": "Đổi ngưỡng cảnh báo",
    "alert-take": "Nhận xử lý cảnh báo",
    "alerts": "Chép cảnh báo",
    "addressed_to": "kính gửi",
    "archive": "lưu",
    "assignment-add": "Thêm phân công",
    "assignment-end": "Cho phân công kết thúc",
    "assignment-remove": "Bỏ phân công",
    "backup": "Sao lưu",
    "body": "cơ quan ban hành",
    "bundle": "Phát cấu hình",
    "cards": "In thẻ",
    "case-key": "Tạo khóa hồ sơ",
    "code": "chữ viết tắt",
    "config-import": "Nhận cấu hình từ tệp",
    "counter-add": "Thêm quầy",
    "counter-change": "Sửa quầy",
    "counter-remove": "Bỏ quầy",
    "counters-import": "Nhận danh sách quầy",
    "device": "Ghi máy vào danh sách",
    "device-add": "Thêm máy",
    "device-move": "Chuyển chỗ máy",
    "enrol": "Ghi danh máy xong",
    "enrol-token": "Tạo mã ghi danh",
    "find-contact": "Tìm phiếu theo liên hệ",
    "forget": "Xóa hẳn phiếu",
    "forget-withdraw": "Rút yêu cầu xóa phiếu",
    "form-copy": "Chép mẫu phiếu khác thành bản nháp",
    "form-discard": "Bỏ bản nháp mẫu phiếu",
    "form-draft": "Lưu bản nháp mẫu phiếu",
    "form-handed-over": "Nhận mẫu phiếu cơ quan khác chuyển giao",
    "form-lock": "Khóa câu hỏi của mẫu phiếu",
    "form-unlock": "Mở khóa câu hỏi của mẫu phiếu",
    "form-release": "Phát hành mẫu phiếu",
    "form_code": "mã hiệu",
    "holidays": "Xem lịch nghỉ đi cùng phần mềm",
    "import-cases": "Nhận danh sách hồ sơ",
    "import-returned": "Nhận danh sách đã trả",
    "keys-announce": "Báo trước khóa mới",
    "keys-import": "Nhận khóa",
    "keys-made": "Tạo khóa",
    "keys-request": "Xin khóa",
    "keys-use": "Dùng khóa mới",
    "letterhead": "Sửa thể thức văn bản",
    "letter-address": "Mở nơi nhận của một công văn",
    "letter-drafts": "Ghi dự thảo được hỏi của công văn",
    "letter-lost": "Ghi công văn thất lạc",
    "letter-undelivered": "Ghi công văn bị trả về",
    "letters": "Chép công văn đã gửi",
    "letters-discard": "Bỏ công văn nháp",
    "letters-make": "Lập công văn từ danh sách",
    "letters-number": "Ghi số và ngày công văn",
    "letters-print": "In công văn",
    "letters-remind": "Nhắc các nơi chưa trả lời",
    "letters-removed": "Xóa nơi nhận công văn theo hạn",
    "letters-send": "Ghi công văn đã gửi",
    "list-columns": "Nhớ cột của danh sách",
    "list-link": "Cấp liên kết gửi danh sách",
    "look": "Xem trang",
    "message-address": "Đổi địa chỉ nhận thư",
    "message-address-proposed": "Xin mã xác nhận địa chỉ thư",
    "message-address-refused": "Mã xác nhận địa chỉ thư bị từ chối",
    "message-again": "Cho gửi lại thư",
    "message-feed": "Đổi địa chỉ nguồn tin riêng",
    "message-kinds": "Chọn thư muốn nhận",
    "message-left": "Thôi gửi thư",
    "messages": "Chép thư và thông báo",
    "move-database": "Chuyển cơ sở dữ liệu",
    "office": "Sửa thiết lập đơn vị",
    "releases": "Chép các bản phần mềm",
    "software-add": "Thêm bản phần mềm",
    "software-stage": "Mời máy cập nhật phần mềm",
    "slips-print": "In giấy mã QR",
    "software-withdraw": "Rút bản phần mềm",
    "officer-add": "Thêm cán bộ",
    "officer-change": "Sửa cán bộ",
    "officer-remove": "Bỏ cán bộ",
    "officers-import": "Nhận danh sách cán bộ",
    "one-time-link": "Cấp liên kết một lần",
    "paper": "Chép việc phiếu giấy",
    "paper-decide": "Quyết định phiếu nhập hai lần",
    "paper-given": "Ghi số phiếu phát ra, thu về",
    "paper-invalid": "Ghi phiếu giấy không hợp lệ",
    "paper-key": "Nhập phiếu giấy",
    "phone": "Nhận câu trả lời từ điện thoại",
    "paper-key-again": "Nhập lại phiếu giấy",
    "paper-names": "Mở tên ngoài danh mục trên phiếu giấy",
    "paper-open": "Ghi lô phiếu giấy đã về",
    "paper-offer": "Giao lô phiếu giấy cho người khác",
    "paper-print": "In phiếu",
    "paper-receive": "Xác nhận đã nhận lô phiếu giấy",
    "paper-refuse": "Không nhận lô phiếu giấy",
    "paper-withdraw": "Rút lại việc giao lô phiếu giấy",
    "paper-recount": "Đếm lại lô phiếu giấy",
    "paper-table": "Nhập phiếu giấy từ tệp",
    "paper-second": "Nhập phiếu giấy lần hai",
    "paper-words": "Mở lời viết của phiếu nhập hai lần",
    "password": "Đặt mật khẩu",
    "password-refused": "Mật khẩu bị từ chối",
    "people-forget": "Xóa một người khỏi danh sách",
    "people-list": "Nhận danh sách người được hỏi",
    "people-removed": "Xóa người trong danh sách theo hạn",
    "confidential": "Cam kết giữ bí mật khi đi hỏi",
    "people-assign": "Giao người cho điều tra viên",
    "person-asked": "Hỏi xong một người",
    "person-met": "Hỏi một người tại chỗ",
    "person-open": "Mở một người đã rút",
    "person-unmet": "Không gặp một người đã rút",
    "person-replace": "Thay người đã rút",
    "place": "địa danh",
    "plan-close": "Đóng kế hoạch",
    "plan-received": "Xác nhận đã nhận gói bàn giao",
    "plan-reopen": "Mở lại kế hoạch",
    "planning": "Chép việc của các kế hoạch",
    "plan-discard": "Bỏ bản nháp kế hoạch",
    "plan-draft": "Lưu bản nháp kế hoạch",
    "plan-issue": "Ban hành kế hoạch",
    "plan-notice": "Gửi thông báo kế hoạch đến các đơn vị",
    "plan-notice-read": "Đọc thông báo kế hoạch",
    "plan-obstacle": "Báo vướng mắc của kế hoạch",
    "plan-obstacle-answer": "Trả lời vướng mắc của kế hoạch",
    "plan-obstacle-close": "Đóng vướng mắc của kế hoạch",
    "score-dossiers": "Nhận điểm của danh sách hồ sơ",
    "score-points": "Ghi điểm chỉ số của cơ quan",
    "score-question": "Chọn câu hỏi cho chỉ số thái độ",
    "plan-task-assign": "Giao việc của kế hoạch",
    "plan-task-begin": "Bắt đầu việc của kế hoạch",
    "plan-task-finish": "Báo xong việc của kế hoạch",
    "plan-task-reopen": "Mở lại việc của kế hoạch",
    "plan-returned": "Nhận bảng trả về của kế hoạch",
    "plan-top-up": "Ghi điều tra bổ sung",
    "procedure-add": "Thêm thủ tục",
    "procedure-change": "Sửa thủ tục",
    "procedure-remove": "Bỏ thủ tục",
    "procedures-import": "Nhận danh sách thủ tục",
    "pull": "Lấy dữ liệu bằng chương trình",
    "purge": "Xóa theo hạn",
    "recipients": "nơi nhận",
    "recovery-codes": "Tạo mã dự phòng",
    "rejudge": "Xét lại phiếu để riêng",
    "remark-answer": "Trả lời ý kiến",
    "remark-close": "Đóng ý kiến",
    "remark-contact": "Xem liên hệ của người dân",
    "remark-reopen": "Mở lại ý kiến",
    "remark-take": "Nhận xử lý ý kiến",
    "remarks": "Chép việc xử lý ý kiến",
    "remedies": "Chép việc khắc phục",
    "remedy": "Lập việc khắc phục",
    "remedy-begin": "Bắt đầu việc khắc phục",
    "remedy-check": "Kiểm tra việc khắc phục",
    "remedy-drop": "Thôi việc khắc phục",
    "remedy-finish": "Báo xong việc khắc phục",
    "remedy-reopen": "Mở lại việc khắc phục",
    "replace-device": "Thay máy",
    "report-announce": "Ghi lần phát thanh, niêm yết",
    "report-approve": "Phê duyệt báo cáo",
    "report-draft": "Lập báo cáo",
    "report-publish": "Công bố kết quả",
    "report-refresh": "Lấy lại số liệu báo cáo",
    "report-replace": "Thay báo cáo bằng bản điều chỉnh",
    "report-return": "Trả lại báo cáo",
    "report-revise": "Lập bản điều chỉnh báo cáo",
    "report-seen": "Đã xem thông báo nội bộ",
    "report-send": "Ghi số và ngày báo cáo",
    "report-withdraw": "Rút báo cáo",
    "report-write": "Sửa lời báo cáo",
    "restore": "Khôi phục bản sao lưu",
    "restore-check": "Thử khôi phục bản sao lưu",
    "recheck-again": "Cho hỏi lại một người",
    "recheck-all": "Cho hỏi lại mọi phiếu của một điều tra viên",
    "recheck-assign": "Giao phúc tra",
    "recheck-done": "Phúc tra xong một người",
    "recheck-draw": "Rút phiếu phúc tra",
    "retag": "Ghi lại phiếu",
    "revoke": "Thu hồi máy",
    "role-give": "Giao vai trò",
    "role-take": "Thu vai trò",
    "sample": "Tạo dữ liệu mẫu",
    "sample-draw": "Rút mẫu",
    "sample-seed": "Công bố mã hạt giống",
    "samples": "Chép danh sách và mẫu đã rút",
    "second-factor": "Cài mã xác thực",
    "second-factor-proposed": "Bắt đầu cài mã xác thực",
    "second-factor-refused": "Mã xác thực bị từ chối",
    "second-factor-reset": "Bỏ mã xác thực",
    "serial-restore": "Cho dùng lại thẻ",
    "serial-revoke": "Thu hồi thẻ",
    "session-end": "Kết thúc phiên làm việc",
    "setup": "Dựng trung tâm",
    "sign-in": "Đăng nhập",
    "sign-in-refused": "Đăng nhập bị từ chối",
    "signer": "người ký",
    "signers": "người ký từng loại",
    "step-up": "Xác nhận lại là chính mình",
    "take": "Nhận phiếu trùng số",
    "token": "Cấp mã cho chương trình",
    "token-expire": "Đổi hạn mã của chương trình",
    "token-revoke": "Thu hồi mã của chương trình",
    "training": "Lập buổi hướng dẫn",
    "training-drop": "Bỏ buổi hướng dẫn",
    "training-removed": "Xóa tên người dự buổi hướng dẫn",
    "training-there": "Ghi người dự buổi hướng dẫn",
    "units": "Nhận danh sách đơn vị",
    "units-choose": "Chọn đơn vị được khảo sát",
    "usb-copy": "Nhận phiếu qua USB",
    "flag-valid": "Xem phiếu có dấu hiệu: hợp lệ",
    "upgrade": "Nâng cấp cơ sở dữ liệu",
    "void": "Hủy phiếu",
}

# Words that the log writes alone, in lists and before ids.
_WORDS: Mapping[str, str] = {
    "*": "toàn trung tâm",
    "accent": "màu phụ",
    "accepted": "được nhận",
    "admin": "quản trị",
    "analyst": "phân tích",
    "assignments": "phân công",
    "contact": "để lại số điện thoại",
    "counter": "quầy",
    "counters": "quầy",
    "devices": "máy",
    "emblem": "biểu trưng",
    "interviewer": "điều tra viên",
    "key digest": "mã của khóa",
    "keyer": "nhập phiếu",
    "lines": "số dòng",
    "link once": "bằng liên kết vào một lần",
    "link password": "bằng liên kết đặt mật khẩu",
    "monday": "bản tin thứ Hai",
    "name": "tên",
    "no": "không",
    "no version": "không ghi bản",
    "number": "số thứ tự",
    "office": "thiết lập",
    "officer": "cán bộ",
    "officers": "cán bộ",
    "once": "vào một lần",
    "opening": "giờ làm việc",
    "password": "bằng mật khẩu",
    "people": "số người",
    "plans": "kế hoạch",
    "primary": "màu chính",
    "procedure": "thủ tục",
    "procedures": "thủ tục",
    "moved": "đã chuyển đi",
    "refused": "từ chối",
    "reminder": "lời nhắc việc",
    "replaced by": "thay bằng số",
    "public_url": "địa chỉ cho điện thoại",
    "results_url": "trang kết quả",
    "second factor": "bằng mã xác thực",
    "seed": "hạt giống",
    "seed digest": "mã hạt giống",
    "serials": "thẻ thu hồi",
    "set aside": "để riêng",
    "special_days": "ngày nghỉ",
    "surveys": "mẫu phiếu",
    "units": "đơn vị",
    "until": "đến hết ngày",
    "from": "từ ngày",
    "unmet": "không gặp",
    "version": "bản",
    "viewer": "xem số liệu",
    "why": "vì",
    "yes": "có",
}
_LINKS = {"once": "vào một lần", "password": "đặt mật khẩu"}
_CARRIED = "carried over from the database that was replaced"
_ROLE = re.compile(r"(admin|analyst|viewer|keyer|interviewer) (\S+)(?: (\S*)\.\.(\S*))?")
_COUNTED = re.compile(r"(\d+) added, (\d+) changed(.*)", re.DOTALL)
_VERSION = re.compile(r"version (\d+)(.*)", re.DOTALL)
_TOKEN = re.compile(r"token (\d+) (\w+) (\S+)")
_BEFORE = re.compile(r"(\d+) before (\S+)")
# Acts whose detail is a list of names and values.
_PAIRED = frozenset(
    {
        "form-handed-over",
        "people-list",
        "people-removed",
        "person-asked",
        "person-met",
        "person-open",
        "person-replace",
        "person-unmet",
        "plan-notice",
        "plan-returned",
        "plan-top-up",
        "recheck-done",
        "recheck-draw",
        "sample-draw",
        "sample-seed",
    }
)
# Reasons that the centre gives for what it does by itself.
_OWN_REASONS = frozenset({"lịch nghỉ đi cùng phần mềm"})
# Acts whose detail is one fixed word.
_FIXED = frozenset({"account-approver", "sign-in"})


def detail_words(act: str, detail: str, say: Say) -> str:
    """The detail of a line in the reader's language."""
    if detail.startswith(_CARRIED):
        return say("chép từ cơ sở dữ liệu được thay") + detail.removeprefix(_CARRIED)
    if act in _FIXED:
        return _word(detail, say)
    if act in _PAIRED:
        pairs = (pair.partition(": ") for pair in detail.split(", "))
        return ", ".join(f"{_word(name, say)}: {_word(value, say)}" for name, _, value in pairs)
    if act == "message-kinds":
        return ", ".join(_word(kind, say) for kind in detail.split())
    if act == "one-time-link":
        return say(_LINKS[detail]) if detail in _LINKS else detail
    if act in ("role-give", "role-take") and (role := _ROLE.fullmatch(detail)):
        days = (f"{text} {day}" for text, day in ((say("từ"), role[3]), (say("đến hết"), role[4])) if day)
        return ", ".join((_word(role[1], say), _word(role[2], say), *days))
    if (act == "units" or act.endswith("-import")) and (counted := _COUNTED.fullmatch(detail)):
        return (
            say("thêm %(added)s, đổi %(changed)s") % {"added": counted[1], "changed": counted[2]} + counted[3]
        )
    if act in ("form-release", "form-draft") and (version := _VERSION.fullmatch(detail)):
        return say("bản %(version)s") % {"version": version[1]} + version[2]
    if act == "session-end" and detail.startswith("others: "):
        return say("các phiên khác: %(count)s") % {"count": detail.removeprefix("others: ")}
    if act == "purge" and (before := _BEFORE.fullmatch(detail)):
        return say("%(count)s phiếu trước %(day)s") % {"count": before[1], "day": before[2]}
    return _listed(act, detail, say)


def subject_words(act: str, subject: str, say: Say) -> str:
    """What a line is about, in the reader's language."""
    if act in ("bundle", "purge", "config-import"):
        version = _VERSION.fullmatch(subject)
        return say("bản %(version)s") % {"version": version[1]} if version else _word(subject, say)
    return subject


def who_words(who: str, say: Say) -> str:
    """Who did it, where it is a program with a token, or the centre by itself."""
    if who == "centre":
        return say("trung tâm, tự làm")
    token = _TOKEN.fullmatch(who)
    if token is None:
        return say("trình duyệt, chưa đăng nhập") if who == "browser" else who
    values = {"number": token[1], "role": _word(token[2], say), "unit": _word(token[3], say)}
    return say("chương trình, mã %(number)s (%(role)s, %(unit)s)") % values


def _listed(act: str, detail: str, say: Say) -> str:
    """Details that begin with names of fields or of kinds of entries, before a reason."""
    if act in ("letterhead", "office", "retag"):
        mark = ":" if act == "retag" else ";"
        names, found, reason = detail.partition(mark)
        own = reason.strip()
        why = f" {say(own)}" if own in _OWN_REASONS else reason
        return ", ".join(_word(name, say) for name in names.split(", ")) + found + why
    if act == "config-import":
        parts = detail.split("; ")
        return "; ".join(_noun(part, say) for part in parts)
    if act == "bundle" and (counts := re.fullmatch(r"(\d+) surveys, (\d+) devices", detail)):
        return say("%(forms)s mẫu phiếu, %(devices)s máy") % {"forms": counts[1], "devices": counts[2]}
    if act == "backup" and (count := re.fullmatch(r"(\d+) responses", detail)):
        return say("%(count)s phiếu") % {"count": count[1]}
    if act == "enrol" and (goes_on := re.fullmatch(r"goes on after (\d+)", detail)):
        return say("đếm tiếp sau số %(number)s") % {"number": goes_on[1]}
    if act == "replace-device":
        return re.sub(r"; missing: (\S+);", lambda lost: f"; {say('thiếu')}: {lost[1]};", detail, count=1)
    return detail


def _noun(part: str, say: Say) -> str:
    """A kind of entries before signed ids, else (a version, or a reason) what it says."""
    noun, space, ids = part.partition(" ")
    if noun in _WORDS and ids[:1] in ("+", "-", "~") and ids:
        return _word(noun, say) + space + ids
    version = _VERSION.fullmatch(part)
    if version and not version[2]:
        return say("bản %(version)s") % {"version": version[1]}
    return _word(part, say) if part == "no version" else part


def _word(word: str, say: Say) -> str:
    return say(_WORDS[word]) if word in _WORDS else word
