"""HL1xxx: files and settings."""

from sync.contract.problem import Kind

FILE_UNREADABLE = Kind(
    number="HL1001",
    status=422,
    title="Không đọc được tệp",
    title_en="The file cannot be read",
    remedy="Kiểm tra đường dẫn và quyền đọc",
    remedy_en="Check the path and the read permission",
)
FILE_MALFORMED = Kind(
    number="HL1002",
    status=422,
    title="Tệp không đúng cú pháp",
    title_en="The file is not well formed",
    remedy="Sửa tệp tại dòng được nêu",
    remedy_en="Mend the file at the line named",
)
ENTRY_INVALID = Kind(
    number="HL1003",
    status=422,
    title="Một mục trong tệp không hợp lệ",
    title_en="An entry of the file is not valid",
    remedy="Sửa mục được nêu theo lý do đi kèm",
    remedy_en="Mend the entry named for the reason given",
)
ID_REPEATED = Kind(
    number="HL1004",
    status=422,
    title="Mã trùng lặp",
    title_en="An id is used twice",
    remedy="Đặt cho mỗi mục một mã riêng",
    remedy_en="Give every entry an id of its own",
)
REFERENCE_DANGLING = Kind(
    number="HL1005",
    status=422,
    title="Tham chiếu tới một mục không tồn tại",
    title_en="A reference points to nothing",
    remedy="Sửa tham chiếu hoặc thêm mục còn thiếu",
    remedy_en="Mend the reference or add what is missing",
)
TEXT_MISSING = Kind(
    number="HL1006",
    status=422,
    title="Thiếu văn bản của một ngôn ngữ",
    title_en="A text is missing in one language",
    remedy="Thêm bản dịch hoặc bỏ ngôn ngữ đó khỏi danh sách",
    remedy_en="Add the text or take the language off the list",
)
RATING_BETRAYED = Kind(
    number="HL1007",
    status=422,
    title="Phiếu có thể làm lộ mức đánh giá",
    title_en="The survey could betray a rating",
    remedy="Đặt câu hỏi tiếp theo giống nhau cho mọi mức đánh giá",
    remedy_en="Ask the same number of questions and options after every rating",
)
BUNDLE_OUTDATED = Kind(
    number="HL1008",
    status=422,
    title="Gói cấu hình đã hết hạn hoặc cũ hơn gói đang dùng",
    title_en="The configuration is expired or older than the one in use",
    remedy="Yêu cầu trung tâm phát hành gói mới",
    remedy_en="Ask the centre to issue a new one",
)
BUNDLE_PLACED_BY_HAND = Kind(
    number="HL1009",
    status=409,
    title="Thư mục cấu hình được đặt bằng tay, không phải do trung tâm cấp",
    title_en="The configuration folder was put there by hand",
    remedy="Dời thư mục đó đi để nhận cấu hình từ trung tâm, hoặc bỏ khóa `bundle` trong agent.toml",
    remedy_en="Move the folder away to take the centre's, or take the key `bundle` out of agent.toml",
)
FILE_NOT_UTF8 = Kind(
    number="HL1010",
    status=422,
    title="Tệp không ở bảng mã UTF-8",
    title_en="The file is not in UTF-8",
    remedy="Mở tệp với đúng bảng mã của nó, rồi lưu lại dạng UTF-8 (bảng tính: “CSV UTF-8”, hoặc .xlsx)",
    remedy_en=(
        "Open the file with the encoding it has and save it as UTF-8 (spreadsheets: “CSV UTF-8”, or .xlsx)"
    ),
)
TERMINAL_UNCONFIGURED = Kind(
    number="HL1011",
    status=503,
    title="Máy chưa nhận được cấu hình từ trung tâm",
    title_en="The terminal has no configuration from the centre yet",
    remedy="Máy chưa ghi danh thì quét mã ghi danh; để hailong-agent chạy, có cấu hình máy tự chạy tiếp",
    remedy_en="If it is not enrolled, scan an enrolment code; with hailong-agent running, it goes on",
)
TRANSLATION_UNUSABLE = Kind(
    number="HL1012",
    status=422,
    title="Một bản dịch sai nên chỗ đó hiện tiếng Việt",
    title_en="A translation cannot be used; Vietnamese is shown there",
    remedy="Sửa mục được nêu trong tệp .po, rồi kiểm tra bằng `python -m kiosk.i18n`",
    remedy_en="Fix the entry named in the .po file, then check it with `python -m kiosk.i18n`",
)
FONT_LACKS_LETTERS = Kind(
    number="HL1013",
    status=422,
    title="Phông thiếu chữ của một ngôn ngữ nên ngôn ngữ đó bị ẩn",
    title_en="The font lacks letters of a language; it is not offered",
    remedy="Chạy deploy/system-packages.sh terminal để cài Noto, hoặc đặt phông trong [fonts] của kiosk.toml",
    remedy_en=(
        "Run deploy/system-packages.sh terminal to install Noto, or set a font in [fonts] of kiosk.toml"
    ),
)
BUNDLE_HOLDS_CASES = Kind(
    number="HL1014",
    status=422,
    title="Gói cấu hình không được chứa danh sách hồ sơ",
    title_en="A bundle must hold no case list",
    remedy="Xóa cases.json khỏi thư mục gói, rồi nhập danh sách bằng `hailong-central import-cases`",
    remedy_en="Remove cases.json from the folder, and take the list in by `hailong-central import-cases`",
)
BUNDLE_FILE_UNKNOWN = Kind(
    number="HL1016",
    status=422,
    title="Tệp này không thuộc gói cấu hình",
    title_en="This file is no part of a configuration",
    remedy=(
        "Dời tệp đi; tên tệp phiếu, kế hoạch chỉ gồm chữ thường không dấu, chữ số, gạch nối: kien-hung.toml"
    ),
    remedy_en=(
        "Move it away; names of surveys and plans are small letters, digits and hyphens, like kien-hung.toml"
    ),
)
ASSIGNMENTS_CONFLICT = Kind(
    number="HL1017",
    status=422,
    title="Hai phân công cùng nơi, cùng lúc, không biết hỏi phiếu nào",
    title_en="Two assignments apply at one place and moment",
    remedy="Sửa ngày, giờ hoặc nơi của một trong hai; hoặc ghi quầy, máy cho phân công riêng hơn",
    remedy_en="Change the days, hours or place of one of them, or name a counter or device for one",
)
XLSFORM_UNSUPPORTED = Kind(
    number="HL1025",
    status=422,
    title="Phiếu hỏi ở đây không có tính năng này của XLSForm",
    title_en="Forms here have no such feature of XLSForm",
    remedy="Bỏ hoặc thay ô được nêu; xem bảng tương ứng trong deploy/phieu-hoi.md",
    remedy_en="Remove or replace the cell named; see the table in deploy/phieu-hoi.md",
)
XLSFORM_REFUSED = Kind(
    number="HL1026",
    status=422,
    title="Sổ tính này không phải XLSForm đúng",
    title_en="The workbook is not a valid XLSForm",
    remedy="Sửa ô được nêu; sổ tính cần các trang survey, choices và settings",
    remedy_en="Fix the cell named; a workbook needs the sheets survey, choices and settings",
)
CRITERION_MISSING = Kind(
    number="HL1030",
    status=422,
    title="Phiếu thiếu tiêu chí mà kế hoạch bắt buộc phải hỏi",
    title_en="The form lacks a criterion that the plan requires",
    remedy="Thêm câu hỏi có mã được nêu vào phiếu và không cho bỏ qua, hoặc sửa `mandatory` của nhóm",
    remedy_en="Add the question named to the form and let nobody skip it, or correct the group's `mandatory`",
)
