"""What people call the ways in which an answer comes, and those who answer, within a Vietnamese sentence."""

from collections.abc import Mapping

from sync.contract.response import Channel, Respondent

CHANNELS: Mapping[Channel, str] = {
    "kiosk": "máy tại quầy",
    "phone": "điện thoại",
    "paper": "phiếu giấy",
    "post": "bưu điện",
    "interview": "phỏng vấn",
}
RESPONDENTS: Mapping[Respondent, str] = {
    "citizen": "công dân",
    "organisation": "tổ chức",
    "staff": "cán bộ, công chức",
}
# Why a paper form does not count, see office/paper/entering.py.
INVALID_FORMS: Mapping[str, str] = {
    "blank": "để trống",
    "two-levels": "đánh dấu hai mức",
    "twice": "trùng số với phiếu khác",
    "outside": "ngoài thời gian thu phiếu",
    "unreadable": "không đọc được",
    "repeated": "thư đã trả lời trước",
}
