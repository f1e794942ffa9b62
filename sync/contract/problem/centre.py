"""HL5xxx: the centre and its tools."""

from sync.contract.problem import Kind

UNEXPECTED_ERROR = Kind(
    number="HL5000",
    status=500,
    title="Trung tâm gặp lỗi không lường trước",
    title_en="The centre met an unexpected error",
    remedy="Thử lại; nếu còn lỗi, xem nhật ký của trung tâm",
    remedy_en="Try again; if it stays, see the log of the centre",
)
SEALED_WORDS_UNREADABLE = Kind(
    number="HL5001",
    status=422,
    title="Không mở được phần ý kiến đã mã hóa",
    title_en="The sealed words cannot be opened",
    remedy="Kiểm tra tệp khóa của trung tâm; phần còn lại của phiếu vẫn dùng được",
    remedy_en="Check the centre's key file; the rest of the response stays usable",
)
KEY_FILE_UNUSABLE = Kind(
    number="HL5002",
    status=500,
    title="Không dùng được tệp khóa",
    title_en="A key file cannot be used",
    remedy="Chạy `hailong-central init`, hoặc đặt lại tệp khóa với quyền 600",
    remedy_en="Run `hailong-central init`, or put the key file back with mode 600",
)
ROLE_UNKNOWN = Kind(
    number="HL5003",
    status=422,
    title="Không có vai trò này",
    title_en="There is no such role",
    remedy="Chọn một trong các vai trò được nêu",
    remedy_en="Choose one of the roles named",
)
DEVICE_UNKNOWN = Kind(
    number="HL5004",
    status=404,
    title="Không có thiết bị này trong danh mục",
    title_en="The catalogue has no such device",
    remedy="Xem `hailong-central devices list`, hoặc thêm máy bằng `hailong-central devices add`",
    remedy_en="See `hailong-central devices list`, or add the device by `hailong-central devices add`",
)
DATA_FOLDER_MISSING = Kind(
    number="HL5005",
    status=503,
    title="Thư mục dữ liệu chưa được khởi tạo",
    title_en="The data folder is not set up",
    remedy="Chạy `hailong-central init --data … --bundle …`",
    remedy_en="Run `hailong-central init --data … --bundle …`",
)
DATABASE_FAILED = Kind(
    number="HL5006",
    status=503,
    title="Trung tâm không ghi được vào cơ sở dữ liệu",
    title_en="The centre cannot write to its database",
    remedy="Kiểm tra đĩa và cơ sở dữ liệu; thiết bị sẽ tự gửi lại",
    remedy_en="Check the disk and the database; devices send again by themselves",
)
SURVEY_VERSION_REUSED = Kind(
    number="HL5007",
    status=409,
    title="Mẫu khảo sát cùng phiên bản nhưng nội dung khác",
    title_en="A survey of the same version has other content",
    remedy="Tăng số phiên bản của mẫu khảo sát",
    remedy_en="Give the survey a new version",
)
AUDIT_LOG_CHANGED = Kind(
    number="HL5008",
    status=500,
    title="Nhật ký quản trị đã bị sửa",
    title_en="The audit log was changed",
    remedy="Giữ nguyên cơ sở dữ liệu, so với bản sao lưu trước đó",
    remedy_en="Leave the database as it is and compare it with an earlier backup",
)
BACKUP_FAILED = Kind(
    number="HL5009",
    status=500,
    title="Không sao lưu hoặc khôi phục được",
    title_en="The backup or the restore failed",
    remedy="Kiểm tra đường dẫn, chỗ trống trên đĩa và bản sao; dữ liệu hiện có không thay đổi",
    remedy_en="Check the path, the free space and the copy; the data in use has not changed",
)
TOKEN_UNKNOWN = Kind(
    number="HL5010",
    status=404,
    title="Không có mã truy cập này",
    title_en="There is no such token",
    remedy="Xem `hailong-central tokens list`",
    remedy_en="See `hailong-central tokens list`",
)
UNIT_UNKNOWN = Kind(
    number="HL5011",
    status=404,
    title="Không có đơn vị này trong danh mục đơn vị",
    title_en="The list of units has no such unit",
    remedy="Nhập danh mục bằng `hailong-central units import`, hoặc sửa mã đơn vị",
    remedy_en="Take the list in with `hailong-central units import`, or mend the code",
)
RESPONSE_UNKNOWN = Kind(
    number="HL5012",
    status=404,
    title="Không có phiếu này",
    title_en="There is no such response",
    remedy="Kiểm tra mã phiếu; phiếu đã xóa thì không còn",
    remedy_en="Check the response's id; what was deleted is gone",
)
RESPONSE_ALREADY_VOIDED = Kind(
    number="HL5013",
    status=409,
    title="Phiếu này đã được hủy trước đó",
    title_en="This response was voided before",
    remedy="Không cần làm gì thêm; nếu đã gán lại, hãy sửa phiếu mới",
    remedy_en="Nothing is left to do; where it was re-attributed, correct the new one",
)
CORRECTION_INVALID = Kind(
    number="HL5016",
    status=422,
    title="Nội dung đính chính không hợp lệ",
    title_en="The correction is not valid",
    remedy="Nêu ít nhất một thay đổi, với mã có trong danh mục",
    remedy_en="Name at least one change, with codes that are known",
)
KEY_LIST_UNUSABLE = Kind(
    number="HL5017",
    status=422,
    title="Danh sách khóa hoặc yêu cầu ký không dùng được",
    title_en="The key list, or the request for one, cannot be used",
    remedy="Làm lại yêu cầu bằng `hailong-central keys request`, rồi ký lại ở máy giữ khóa gốc",
    remedy_en="Make the request again with `hailong-central keys request`, and sign it on the root's machine",
)
PAPER_ROOT_WRONG = Kind(
    number="HL5018",
    status=422,
    title="Khóa gốc chép từ giấy bị sai",
    title_en="The root copied from paper is wrong",
    remedy="So từng nhóm chữ với tờ giấy",
    remedy_en="Compare each group of letters with the paper",
)
DATABASE_ADDRESS_INVALID = Kind(
    number="HL5019",
    status=422,
    title="Không đọc được địa chỉ cơ sở dữ liệu",
    title_en="The address of the database cannot be read",
    remedy="Viết theo mẫu `postgresql://người-dùng:mật-khẩu@máy/cơ-sở-dữ-liệu`; ký tự đặc biệt viết dạng %",
    remedy_en="Write it like `postgresql://user:password@host/database`, with special characters as %",
)
PLAN_UNKNOWN = Kind(
    number="HL5020",
    status=422,
    title="Chưa gói cấu hình nào có kế hoạch này",
    title_en="No bundle has had such a plan",
    remedy="Xem `hailong-central plan list`; kế hoạch là một tệp trong thư mục `plans` của gói",
    remedy_en="See `hailong-central plan list`; a plan is a file in the bundle's folder `plans`",
)
PLAN_UNIT_UNKNOWN = Kind(
    number="HL5021",
    status=422,
    title="Cây đơn vị không có đơn vị mà kế hoạch nêu",
    title_en="The tree of units lacks what the plan names",
    remedy=(
        "Sửa `unit`, `unit_kind` hoặc `id` của phần trong tệp kế hoạch, hoặc nhập danh sách đơn "
        "vị: `hailong-central units import`"
    ),
    remedy_en=(
        "Correct `unit`, `unit_kind` or a part's `id` in the plan's file, or import the list of "
        "units: `hailong-central units import`"
    ),
)
DAY_OUTSIDE_PLAN = Kind(
    number="HL5022",
    status=422,
    title="Ngày này ngoài thời gian của kế hoạch",
    title_en="This day is outside the plan",
    remedy="Chọn một ngày trong thời gian được nêu, hoặc bỏ `--on`",
    remedy_en="Choose a day between the two that are named, or leave `--on` out",
)
DAYS_REVERSED = Kind(
    number="HL5023",
    status=422,
    title="Ngày đầu sau ngày cuối",
    title_en="The first day is after the last",
    remedy="Đổi chỗ hai ngày, hoặc sửa ngày sai",
    remedy_en="Swap the two days, or correct the wrong one",
)
RESPONSE_ID_INVALID = Kind(
    number="HL5025",
    status=422,
    title="Đây không phải mã phiếu",
    title_en="This is not the id of a response",
    remedy="Chép lại đủ 36 ký tự của mã phiếu, ví dụ từ cột id của bảng đã tải",
    remedy_en="Copy all 36 characters of the response's id, for example from the column id of a table",
)
DELETION_UNFINISHED = Kind(
    number="HL5026",
    status=500,
    title="Phiếu đã xóa khỏi bảng, nhưng chưa làm sạch được tệp dữ liệu",
    title_en="The response is deleted, but the database files are not cleaned yet",
    remedy="Kiểm tra đĩa còn chỗ và giới hạn cỡ tệp, rồi chạy `hailong-central purge`; không cần xóa lại",
    remedy_en="Check disk space and file-size limits, then run `hailong-central purge`; do not delete again",
)
SERVER_ALREADY_RUNNING = Kind(
    number="HL5027",
    status=409,
    title="Đã có máy chủ khác đang chạy trên thư mục hoặc cổng này",
    title_en="Another server runs on this folder or port",
    remedy="Dừng máy chủ kia (`systemctl status hailong-central`) hoặc chọn `--port` khác",
    remedy_en="Stop the other server (`systemctl status hailong-central`) or choose another `--port`",
)
DATABASE_NEWER = Kind(
    number="HL5028",
    status=500,
    title="Cơ sở dữ liệu của phiên bản mới hơn chương trình này",
    title_en="The database is of a newer version than this program",
    remedy="Cài lại phiên bản mới của chương trình; hoặc khôi phục bản sao lưu có trước khi nâng cấp",
    remedy_en="Install the newer program again, or restore a backup from before the upgrade",
)
DATABASE_NOT_UTF8 = Kind(
    number="HL5029",
    status=500,
    title="Cơ sở dữ liệu PostgreSQL không dùng bảng mã UTF-8",
    title_en="The PostgreSQL database is not encoded in UTF-8",
    remedy="Tạo lại: `createdb --encoding=UTF8 --template=template0 TÊN`",
    remedy_en="Make it anew: `createdb --encoding=UTF8 --template=template0 NAME`",
)
COMMAND_NOT_INSTALLED = Kind(
    number="HL5030",
    status=500,
    title="Máy này chưa cài phần của lệnh này",
    title_en="The part of this command is not installed on this machine",
    remedy="Cài phần được nêu, hoặc chạy lệnh trên máy có phần đó",
    remedy_en="Install the part named, or run the command on a machine that has it",
)
FONT_ENCODING_OLD = Kind(
    number="HL5034",
    status=422,
    title="Chữ viết bằng phông cũ (TCVN3 hoặc VNI), không phải Unicode",
    title_en="The text is in an old font (TCVN3 or VNI), not in Unicode",
    remedy="Chuyển mã tệp sang Unicode (thí dụ bằng UniKey, Ctrl+Shift+F6) rồi nhập lại",
    remedy_en="Convert the file to Unicode (such as with UniKey, Ctrl+Shift+F6) and import it again",
)
DAY_ORDER_UNCLEAR = Kind(
    number="HL5035",
    status=422,
    title="Không rõ ngày viết theo ngày/tháng hay tháng/ngày, chưa nhập gì",
    title_en="Whether the days have the day or the month first is not clear; nothing was imported",
    remedy=(
        'Xuất lại ngày dạng 2026-11-30, hoặc ghi `day_order = "day-first"` (hay "month-first") vào tệp cột'
    ),
    remedy_en='Export the days like 2026-11-30, or map with `day_order = "day-first"` (or "month-first")',
)
FILE_TYPE_UNSUPPORTED = Kind(
    number="HL5036",
    status=422,
    title="Loại tệp này không nhập được",
    title_en="This kind of file cannot be imported",
    remedy="Mở bằng bảng tính rồi lưu dạng .xlsx hoặc “CSV UTF-8”",
    remedy_en="Open it in a spreadsheet and save it as .xlsx or “CSV UTF-8”",
)
RETURNED_COUNT_LOWERED = Kind(
    number="HL5037",
    status=409,
    title="Danh sách này làm giảm số kết quả đã đếm, chưa nhập gì",
    title_en="The list would lower what was counted as returned; nothing was imported",
    remedy="Kiểm tra ngày trong tệp; nếu danh sách mới đúng hơn, thêm `--replace-returned`",
    remedy_en="Check the days in the file; where the new list is right, add `--replace-returned`",
)
CASE_KEY_SHARED = Kind(
    number="HL5038",
    status=409,
    title="Hai đơn vị dùng chung một khóa hồ sơ",
    title_en="Two units share one key for dossier codes",
    remedy="Xóa tệp của đơn vị không đúng trong keys/case-lists/ (tệp đã chép từ đơn vị khác), rồi chạy lại",
    remedy_en=(
        "Remove the wrong unit's file from keys/case-lists/ (the one that was copied), then run it again"
    ),
)
TOKEN_DAYS_INVALID = Kind(
    number="HL5040",
    status=422,
    title="Thời hạn của mã truy cập không hợp lệ",
    title_en="A token can't be given this many days",
    remedy="Ghi số ngày trong khoảng được nêu",
    remedy_en="Give a number of days in the range named",
)
AUDIT_SEAL_UNTRUSTED = Kind(
    number="HL5041",
    status=500,
    title="Chữ ký của nhật ký quản trị không phải của khóa nào còn được tin",
    title_en="The audit log is not signed by a key that counts",
    remedy="So với dòng đã ghi trên giấy bằng `audit --seen`; đúng thì ký lại bằng `audit --sign`",
    remedy_en="Compare with the line on paper by `audit --seen`; if it holds, sign again by `audit --sign`",
)
SCALES_DIFFER = Kind(
    number="HL5050",
    status=422,
    title="Không cộng kết quả của các thang đo khác nhau",
    title_en="Answers on different scales are not added",
    remedy="Xem riêng kết quả của từng thang đo",
    remedy_en="Look at each scale by itself",
)
SCORE_INVALID = Kind(
    number="HL5051",
    status=422,
    title="Điểm đánh giá không hợp lệ",
    title_en="A score is not valid",
    remedy="Sửa điểm của chỉ số được nêu, từ 0 đến 2",
    remedy_en="Mend the score of the indicator named, from 0 to 2",
)
REASON_MISSING = Kind(
    number="HL5071",
    status=422,
    title="Chưa ghi lý do của thay đổi",
    title_en="The change has no reason",
    remedy="Ghi lý do bằng `--why`, thí dụ số văn bản; lý do được giữ trong nhật ký quản trị",
    remedy_en="Give a reason by `--why`, such as a document's number; the audit log keeps it",
)
ROW_UNKNOWN = Kind(
    number="HL5072",
    status=404,
    title="Cấu hình của đơn vị không có mục này",
    title_en="The unit's configuration has no such entry",
    remedy="Kiểm tra mã và `--unit`; lệnh `list` của cùng nhóm liệt kê mọi mục",
    remedy_en="Check the id and `--unit`; the command `list` of the same noun names every entry",
)
ROW_THERE = Kind(
    number="HL5073",
    status=409,
    title="Mã này đã được dùng",
    title_en="This id is used already",
    remedy="Chọn mã khác, hoặc sửa mục đã có bằng lệnh `change`",
    remedy_en="Choose another id, or change the entry that is there by the command `change`",
)
FOLDER_NOT_EMPTY = Kind(
    number="HL5074",
    status=409,
    title="Thư mục xuất ra đã có tệp",
    title_en="The folder to export to holds files already",
    remedy="Ghi tên một thư mục mới; so với thư mục đã có bằng `hailong-central config diff`",
    remedy_en="Name a new folder; compare with one that is there by `hailong-central config diff`",
)
OUTSIDE_UNIT = Kind(
    number="HL5075",
    status=422,
    title="Mục này thuộc đơn vị không nằm trong đơn vị của thư mục",
    title_en="This entry is of a unit that is neither the folder's nor below it",
    remedy="Sửa đơn vị của mục, hoặc nhập thư mục với `--unit` của một đơn vị cao hơn",
    remedy_en="Correct the entry's unit, or import the folder with the `--unit` of a higher unit",
)
EMBLEM_UNUSABLE = Kind(
    number="HL5076",
    status=422,
    title="Không dùng được tệp ảnh làm biểu trưng",
    title_en="This picture cannot be the emblem",
    remedy="Lưu biểu trưng thành tệp PNG nhỏ hơn 96 KB",
    remedy_en="Save the emblem as a PNG file below 96 KB",
)
COUNTER_UNKNOWN = Kind(
    number="HL5085",
    status=404,
    title="Đơn vị không có quầy này",
    title_en="The unit has no such counter",
    remedy="Chọn một quầy trong chi tiết trên, hoặc thêm quầy này trước: `hailong-central counters add`",
    remedy_en="Choose a counter of those named, or add this one first: `hailong-central counters add`",
)
COUNTER_ID_WRONG = Kind(
    number="HL5086",
    status=422,
    title="Mã quầy không đúng dạng",
    title_en="The counter's id is not well formed",
    remedy="Dùng chữ thường không dấu, chữ số và dấu gạch, như quay-1",
    remedy_en="Use small letters without marks, digits and hyphens, such as quay-1",
)
DEVICE_REPLACED = Kind(
    number="HL5087",
    status=409,
    title="Thiết bị này đã được thay bằng thiết bị khác",
    title_en="This device was replaced by another one already",
    remedy="Thay thiết bị nêu trong chi tiết trên, là thiết bị đang ở quầy đó",
    remedy_en="Replace the device named in the detail: it is the one at that counter now",
)
