"""What the fields of forms and addresses are called on pages, by the names that problems give. Pure."""

import re
from collections.abc import Callable, Mapping

_LABELS: Mapping[str, str] = {
    "reminded_on": "Ngày nhắc",
    "sent_on": "Ngày đưa bưu điện",
    "signed_on": "Ngày công văn",
    "number": "Số văn thư cấp",
    "quet": "Số phiếu",
    "ngay_gui": "Ngày đưa bưu điện",
    "ngay_cv": "Ngày công văn",
    "so_cv": "Số văn thư cấp",
    "bien_phap": "Biện pháp",
    "bieu_trung": "Biểu trưng",
    "can_bo": "Mã cán bộ",
    "cap_tren": "Cơ quan cấp trên",
    "chuc_danh": "Chức danh",
    "chuyen_giao": "Cơ quan chuyển giao",
    "co_quan": "Cơ quan ban hành",
    "cu": "Mật khẩu đang dùng",
    "day": "Ngày",
    "den": "Đến ngày",
    "den_ngay": "Dùng đến hết ngày",
    "address": "Địa chỉ thư",
    "dia_chi": "Địa chỉ thư",
    "dia_danh": "Địa danh",
    "don_vi": "Mã đơn vị",
    "form": "Các ô nhập",
    "from": "Từ ngày",
    "ghi_chu": "Ghi chú",
    "gio": "Giờ",
    "goi_la": "Cách gọi trong câu",
    "dien_thoai": "Số điện thoại",
    "dong_y": "Sự đồng ý để lại liên hệ",
    "ho_ten": "Họ tên",
    "han": "Hạn",
    "hoi": "Hỏi ai",
    "ke_hoach": "Thu cho kế hoạch",
    "ket_qua": "Kết quả",
    "kinh_gui": "Kính gửi, ở báo cáo lên cấp trên",
    "ky": "Quyền hạn, chức vụ của người ký",
    "ky_bc": "Người ký báo cáo",
    "ky_cv": "Người ký công văn",
    "ky_kh": "Người ký kế hoạch",
    "ky_tb": "Người ký thông báo",
    "lan_hai": "Nhập lại mật khẩu mới",
    "linh_vuc": "Lĩnh vực",
    "luu": "Nơi lưu",
    "may": "Tên máy",
    "ly_do": "Lý do",
    "ma": "Mã",
    "ma_hieu": "Mã hiệu biểu mẫu, nếu theo ISO 9001",
    "mat_khau": "Mật khẩu",
    "mau": "Hỏi phiếu",
    "mau_chinh": "Màu chính",
    "mau_phu": "Màu phụ",
    "moi": "Mật khẩu mới",
    "ngay": "Ngày",
    "ngay_cuoi": "Ngày cuối còn hỏi",
    "nguong": "Ngưỡng",
    "nhung_phieu": "Các phiếu được chọn",
    "noi": "Hỏi ở đâu",
    "noi_nhan": "Nơi nhận",
    "opening": "Giờ làm việc",
    "quay": "Quầy",
    "query": "Địa chỉ của trang",
    "so_lieu": "Số liệu",
    "so_lieu_sau": "Số liệu sau",
    "so_nguoi": "Số người hỏi thêm",
    "so_the": "Số thẻ",
    "so_ngay": "Hết hạn sau số ngày",
    "ten": "Tên",
    "ten_en": "Tên tiếng Anh",
    "tep": "Tệp",
    "thu_tuc": "Mã thủ tục",
    "trang_thai": "Tình trạng",
    "to": "Đến ngày",
    "tu": "Từ ngày",
    "unit": "Mã đơn vị",
    "van_de": "Vấn đề",
    "vai_tro": "Vai trò",
    "viet_tat": "Chữ viết tắt trong số văn bản",
    "cach": "Cách trả lời",
    "cach_ve": "Phiếu về bằng cách nào",
    "dem": "Số phiếu đếm được",
    "doi_tuong": "Ai trả lời",
    "kenh": "Phiếu đã phát",
    "ly_do_hong": "Lý do không hợp lệ",
    "nhap_hai_lan": "Nhập hai lần",
    "nguoi_1": "Người thứ nhất",
    "nguoi_2": "Người thứ hai",
    "nguoi_phat": "Ai phát",
    "phat": "Số phiếu phát ra",
    "phieu": "Phiếu nào",
    "so": "Số trên phiếu",
    "so_den": "Đến số",
    "so_phieu": "Số bản",
    "so_tu": "Từ số",
    "thu": "Số phiếu thu về",
}
# The form of an assignment sends fields of other names than those of an entry.
_OF_ASSIGNMENT = {
    "counter": "noi",
    "device": "noi",
    "ends": "den",
    "hours": "gio",
    "id": "ma",
    "plan": "ke_hoach",
    "respondents": "hoi",
    "starts": "tu",
    "survey": "mau",
    "unit": "don_vi",
}
_ASSIGNMENT = re.compile(r"assignments(?:: | [^ ,]+\.)(\w+)")
_LETTERHEAD = re.compile(r"letterhead: (\w+).*")
# The names of the fields of a letterhead, by the keys that are stored.
_OF_LETTERHEAD = {
    "above": "cap_tren",
    "addressed_to": "kinh_gui",
    "archive": "luu",
    "body": "co_quan",
    "code": "viet_tat",
    "form_code": "ma_hieu",
    "name": "goi_la",
    "place": "dia_danh",
    "recipients": "noi_nhan",
    "signer": "ky",
}
_OPENING = re.compile(r"opening\[\d+\]\.\w+")


def field_of(where: str) -> str:
    """The field of a form that the place of a problem is; "" if it is another place."""
    entry = _ASSIGNMENT.fullmatch(where)
    if entry:
        return _OF_ASSIGNMENT.get(entry[1], "")
    head = _LETTERHEAD.fullmatch(where)
    if head:
        return _OF_LETTERHEAD.get(head[1], "")
    if _OPENING.fullmatch(where):
        return "opening"
    return where if where in _LABELS else ""


def labelled(where: str, say: Callable[[str], str]) -> str:
    """The place of a problem as a page names it: the label of a field, other places as they are."""
    field = field_of(where)
    return say(_LABELS[field]) if field else where
