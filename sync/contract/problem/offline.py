"""From HL4215 on: a terminal that its network leaves without the time, or that has no network at all."""

from sync.contract.problem import Kind

MACHINE_CLOCK_WRONG = Kind(
    number="HL4215",
    status=500,
    title="Đồng hồ của máy này sai; máy tạm dùng giờ của trung tâm, không mất phiếu nào",
    title_en="This machine's clock is wrong; it uses the centre's time, and no response is lost",
    remedy="Đặt lại ngày giờ (timedatectl set-time); nếu lại sai sau khi tắt máy, thay pin đồng hồ",
    remedy_en="Set the date (timedatectl set-time); if a power-off makes it wrong again, replace its battery",
)
MACHINE_CLOCK_NOT_SET = Kind(
    number="HL4216",
    status=500,
    title="Không đặt được đồng hồ của máy theo giờ của trung tâm",
    title_en="This machine's clock could not be set to the centre's time",
    remedy="Xem chi tiết; đặt bằng tay: timedatectl set-time",
    remedy_en="See the detail; set it by hand: timedatectl set-time",
)
USB_EMPTY = Kind(
    number="HL4217",
    status=404,
    title="USB không có gì cho nơi này",
    title_en="There is nothing on the stick for this place",
    remedy="Chép tại máy trước (Cán bộ → Thiết lập → Chép ra USB), mang đến trung tâm, rồi mang trả lời về",
    remedy_en="Copy at the terminal first (Cán bộ → Thiết lập), take it to the centre, and its answers back",
)
USB_CHANGED = Kind(
    number="HL4218",
    status=422,
    title="Bản chép trên USB thiếu, hỏng hoặc bị sửa; chưa nhận gì",
    title_en="The copy on the stick is incomplete, damaged or changed; nothing was taken",
    remedy="Chép lại tại máy, rút USB khi máy báo đã xong; phiếu vẫn còn trên máy",
    remedy_en="Copy again at the terminal, and unplug when it says so; its responses are still there",
)
USB_FOREIGN = Kind(
    number="HL4219",
    status=403,
    title="Bản chép trên USB dành cho nơi khác; chưa nhận gì",
    title_en="The copy on the stick is for another place; nothing was taken",
    remedy="Mang đến đúng trung tâm, hoặc đúng máy; máy ghi danh lại sau khi chép thì chép lại",
    remedy_en="Take it to its own centre or terminal; a terminal enrolled again since then copies again",
)
USB_TAKEN = Kind(
    number="HL4220",
    status=409,
    title="Bản chép này trên USB đã được nhận; không nhận hai lần",
    title_en="This copy on the stick was taken before; it is not taken twice",
    remedy="Không cần làm gì; có phiếu mới thì chép lại tại máy",
    remedy_en="Nothing to do; copy again at the terminal for newer responses",
)
USB_UNUSABLE = Kind(
    number="HL4221",
    status=500,
    title="Không đọc hoặc ghi được USB",
    title_en="The stick cannot be read or written",
    remedy="Dùng USB khác, định dạng FAT32, còn chỗ trống, không khóa ghi",
    remedy_en="Use another stick, formatted as FAT32, with room, not write-protected",
)
