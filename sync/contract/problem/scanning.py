"""HL3xxx: scanned codes, cards and staff."""

from sync.contract.problem import Kind

CARD_UNREADABLE = Kind(
    number="HL3001",
    status=422,
    title="Thẻ không đọc được",
    title_en="The card cannot be read",
    remedy="Quét lại; nếu vẫn không được, in thẻ mới",
    remedy_en="Scan it again; if that fails, print a new card",
)
CARD_FORGED = Kind(
    number="HL3002",
    status=403,
    title="Thẻ không do trung tâm cấp",
    title_en="The card was not issued by the centre",
    remedy="Dùng thẻ do trung tâm cấp",
    remedy_en="Use a card that the centre issued",
)
CARD_EXPIRED = Kind(
    number="HL3003",
    status=403,
    title="Thẻ đã hết hạn",
    title_en="The card has expired",
    remedy="Đề nghị trung tâm cấp thẻ mới",
    remedy_en="Ask the centre for a new card",
)
CARD_REVOKED = Kind(
    number="HL3004",
    status=403,
    title="Thẻ đã bị thu hồi",
    title_en="The card has been revoked",
    remedy="Giao lại thẻ này cho người quản lý",
    remedy_en="Hand this card to the administrator",
)
CARD_OF_OTHER_UNIT = Kind(
    number="HL3005",
    status=403,
    title="Thẻ của đơn vị khác",
    title_en="The card belongs to another unit",
    remedy="Dùng thẻ của đơn vị đặt máy này",
    remedy_en="Use a card of the unit where this terminal stands",
)
DOSSIER_DATE_IMPOSSIBLE = Kind(
    number="HL3006",
    status=422,
    title="Mã hồ sơ có ngày không tồn tại",
    title_en="The dossier code holds a date that does not exist",
    remedy="Quét lại mã trên giấy tiếp nhận",
    remedy_en="Scan the code on the receipt again",
)
IDENTITY_CARD_SCANNED = Kind(
    number="HL3007",
    status=422,
    title="Không quét giấy tờ tùy thân",
    title_en="Personal documents are never scanned",
    remedy="Không có gì được lưu. Quét mã trên giấy tiếp nhận hồ sơ",
    remedy_en="Nothing was kept. Scan the code on the receipt",
)
WEB_ADDRESS_SCANNED = Kind(
    number="HL3008",
    status=422,
    title="Không quét địa chỉ trang web",
    title_en="Web addresses are not scanned",
    remedy="Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
    remedy_en="Nothing was kept. Scan a dossier code or a procedure card",
)
BARE_DIGITS_SCANNED = Kind(
    number="HL3009",
    status=422,
    title="Dãy số này không phải mã hồ sơ",
    title_en="This number is not a dossier code",
    remedy="Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
    remedy_en="Nothing was kept. Scan a dossier code or a procedure card",
)
PAYMENT_CODE_SCANNED = Kind(
    number="HL3010",
    status=422,
    title="Đây là mã thanh toán",
    title_en="This is a payment code",
    remedy="Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
    remedy_en="Nothing was kept. Scan a dossier code or a procedure card",
)
CODE_TOO_LONG_OR_BINARY = Kind(
    number="HL3011",
    status=422,
    title="Mã quá dài hoặc không phải văn bản",
    title_en="The code is too long or is not text",
    remedy="Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
    remedy_en="Nothing was kept. Scan a dossier code or a procedure card",
)
CODE_UNKNOWN = Kind(
    number="HL3012",
    status=422,
    title="Mã không dùng được ở đây",
    title_en="The code means nothing here",
    remedy="Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
    remedy_en="Nothing was kept. Scan a dossier code or a procedure card",
)
CODE_INCOMPLETE = Kind(
    number="HL3013",
    status=422,
    title="Quét chưa hết mã",
    title_en="Only a part of the code arrived",
    remedy="Quét lại, giữ yên đến khi máy quét kêu",
    remedy_en="Scan again and hold still until it beeps",
)
TWO_CODES_AT_ONCE = Kind(
    number="HL3014",
    status=422,
    title="Hai mã cùng lúc, hoặc mã có nhiều dòng",
    title_en="Two codes at the same time, or a code of several lines",
    remedy="Quét lại từng mã một; mã có nhiều dòng không dùng được ở đây",
    remedy_en="Scan again, one code at a time; a code of several lines can't be used here",
)
DOSSIER_ALREADY_RATED = Kind(
    number="HL3015",
    status=409,
    title="Hồ sơ này đã được đánh giá",
    title_en="This dossier has already been rated",
    remedy="Không cần quét lại",
    remedy_en="There is no need to scan it again",
)
QUEUE_FULL = Kind(
    number="HL3016",
    status=409,
    title="Hàng chờ đã đủ",
    title_en="The queue is full",
    remedy="Chờ lượt đánh giá hiện tại kết thúc rồi quét lại",
    remedy_en="Wait until the visit at hand has ended, then scan again",
)
CARD_ID_TOO_LONG = Kind(
    number="HL3017",
    status=422,
    title="Mã đơn vị, cán bộ hoặc thủ tục quá dài để in thẻ",
    title_en="An id is too long for a card",
    remedy="Đặt mã ngắn hơn",
    remedy_en="Choose a shorter id",
)
FILE_UNWRITABLE = Kind(
    number="HL3018",
    status=500,
    title="Không ghi được tệp",
    title_en="The file cannot be written",
    remedy="Chọn thư mục khác hoặc tên tệp chưa có",
    remedy_en="Choose another folder, or a file name that does not exist yet",
)
CASE_LIST_INVALID = Kind(
    number="HL3019",
    status=422,
    title="Danh sách hồ sơ có dòng sai, chưa nhập gì",
    title_en="The case list has wrong rows; nothing was imported",
    remedy="Sửa các dòng được nêu trong tệp hoặc trong bảng cột rồi nhập lại",
    remedy_en="Mend the rows named, in the file or in the mapping, then import again",
)
PROMPT_NOT_MADE = Kind(
    number="HL3020",
    status=500,
    title="Không tạo được lời đọc",
    title_en="A spoken prompt cannot be made",
    remedy="Sửa chương trình trong [voices] của kiosk.toml, hoặc cho người thu âm ngôn ngữ này, rồi chạy lại",
    remedy_en=(
        "Fix the program in [voices] of kiosk.toml, or have people record this language, then run it again"
    ),
)
PIN_UNUSABLE = Kind(
    number="HL3021",
    status=422,
    title="Mã PIN này không dùng được",
    title_en="This PIN cannot be used",
    remedy="Chọn 4 đến 12 chữ số, không lặp lại, không liên tiếp, không phải năm hay đường kẻ trên bàn phím",
    remedy_en="Choose 4 to 12 digits, not repeated, not in a row, no year and no line along the keys",
)
PIN_TRY_NOT_KEPT = Kind(
    number="HL3027",
    status=500,
    title="Không ghi được lần nhập PIN",
    title_en="The PIN try cannot be kept",
    remedy="Mã PIN chưa được xem: quét thẻ cán bộ, rồi xem dòng Bộ nhớ trên màn hình cán bộ",
    remedy_en="The PIN was not looked at: scan a badge, then see the line Storage on the staff screen",
)
USB_MISSING = Kind(
    number="HL3050",
    status=404,
    title="Không thấy USB tên HAILONG",
    title_en="There is no USB stick named HAILONG",
    remedy="Dùng USB định dạng FAT32, đặt tên HAILONG, cắm vào máy rồi chạm lại",
    remedy_en="Use a FAT32 stick with the name HAILONG, plug it in and touch again",
)
USB_UNANSWERED = Kind(
    number="HL3051",
    status=504,
    title="Việc chép ra USB không xong",
    title_en="The copy to the USB stick did not finish",
    remedy="Thử USB khác; nếu lại thế, xem `systemctl status hailong-usb`",
    remedy_en="Try another stick; if that happens again, see `systemctl status hailong-usb`",
)
