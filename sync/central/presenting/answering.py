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
