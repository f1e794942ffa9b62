"""The pages of the menu, in the order in which an office asks: what happened, what was said, what runs."""

from sync.central.web.frame import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry("/", "Hôm nay", "see-figures"),
    Entry("/so-lieu", "Số liệu", "see-figures"),
    Entry("/y-kien", "Ý kiến", "see-remarks"),
    Entry("/canh-bao", "Cảnh báo", "see-alerts"),
    Entry("/khac-phuc", "Khắc phục", "see-remedies"),
    Entry("/ke-hoach", "Kế hoạch", "see-plans"),
    Entry("/bao-cao", "Báo cáo", "see-reports"),
    Entry("/may", "Máy", "see-devices"),
    Entry("/phieu", "Phiếu", "see-rows"),
    Entry("/nhap-phieu", "Nhập phiếu", "key-forms"),
    Entry("/di-hoi", "Đi hỏi", "interview"),
    Entry("/mau-phieu", "Mẫu phiếu", "see-configuration"),
    Entry("/danh-muc", "Danh mục", "see-configuration"),
    Entry("/tai-khoan", "Tài khoản", "manage-people"),
    Entry("/nhat-ky", "Nhật ký", "see-audit"),
    Entry("/he-thong", "Hệ thống", "see-system"),
)
