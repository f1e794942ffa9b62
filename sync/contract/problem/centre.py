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
    remedy="Ghi lý do (lệnh: `--why`), thí dụ số văn bản; lý do được giữ trong nhật ký quản trị",
    remedy_en="Give a reason (command: `--why`), such as a document's number; the audit log keeps it",
)
ROW_UNKNOWN = Kind(
    number="HL5072",
    status=404,
    title="Cấu hình của đơn vị không có mục này",
    title_en="The unit's configuration has no such entry",
    remedy="Kiểm tra mã và đơn vị; danh sách của cùng nhóm (lệnh: `list`) có mọi mục",
    remedy_en="Check the id and the unit; the list of the same noun (command: `list`) names every entry",
)
ROW_THERE = Kind(
    number="HL5073",
    status=409,
    title="Mã này đã được dùng",
    title_en="This id is used already",
    remedy="Chọn mã khác, hoặc sửa mục đã có (lệnh: `change`)",
    remedy_en="Choose another id, or change the entry that is there (command: `change`)",
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
FORM_MEANING_CHANGED = Kind(
    number="HL5090",
    status=409,
    title="Câu hỏi đổi nghĩa nhưng giữ mã cũ",
    title_en="A question has another meaning under the same id",
    remedy="Đặt mã mới cho câu đã đổi, hoặc trả lại như bản đã phát hành; lời thì sửa được",
    remedy_en="Give the changed question a new id, or restore it as it was released; words may change",
)
FORM_VERSION_NOT_NEWER = Kind(
    number="HL5092",
    status=409,
    title="Bản nháp không mới hơn bản đã phát hành",
    title_en="The draft is not newer than what was released",
    remedy="Tăng `version` của phiếu, rồi nhận bản nháp lại; bản đã phát hành không bao giờ đổi",
    remedy_en="Raise the form's `version` and take the draft in again; a release never changes",
)
DRAFT_UNKNOWN = Kind(
    number="HL5093",
    status=404,
    title="Không có bản nháp của phiếu này",
    title_en="There is no draft of this form",
    remedy="Xem `hailong-central forms list`; nhận bản nháp bằng `hailong-central forms draft TỆP`",
    remedy_en="See `hailong-central forms list`; take a draft in with `hailong-central forms draft FILE`",
)
FORM_UNKNOWN = Kind(
    number="HL5094",
    status=404,
    title="Chưa phát hành phiếu này",
    title_en="No such form was released",
    remedy="Xem mã và phiên bản trong `hailong-central forms list`",
    remedy_en="See ids and versions in `hailong-central forms list`",
)
ACCOUNT_UNKNOWN = Kind(
    number="HL5100",
    status=404,
    title="Không có tài khoản này",
    title_en="There is no such account",
    remedy="Xem `hailong-central people list`",
    remedy_en="See `hailong-central people list`",
)
LOGIN_TAKEN = Kind(
    number="HL5101",
    status=409,
    title="Tên đăng nhập này đã có người dùng",
    title_en="This sign-in name is taken",
    remedy="Chọn tên khác; tên của tài khoản đã đóng cũng không dùng lại",
    remedy_en="Choose another one; the name of an account that has ended is not used again",
)
LOGIN_UNUSABLE = Kind(
    number="HL5102",
    status=422,
    title="Tên đăng nhập không đúng dạng",
    title_en="The sign-in name is not well formed",
    remedy="Dùng 3 đến 64 chữ thường không dấu, chữ số, dấu chấm và gạch, như nguyen.vi.du",
    remedy_en="Use 3 to 64 small letters without marks, digits, dots and hyphens, such as nguyen.vi.du",
)
PASSWORD_UNUSABLE = Kind(
    number="HL5103",
    status=422,
    title="Không dùng được mật khẩu này",
    title_en="This password cannot be used",
    remedy="Đặt mật khẩu từ 12 ký tự, khác tên đăng nhập; một câu ngắn dễ nhớ là tốt",
    remedy_en="Choose one of at least 12 characters, not the sign-in name; a short sentence is good",
)
LAST_ADMIN = Kind(
    number="HL5104",
    status=409,
    title="Đây là người quản trị cuối cùng của trung tâm",
    title_en="This is the last administrator of the centre",
    remedy="Cho một người khác vai trò `admin` ở toàn trung tâm trước",
    remedy_en="Give somebody else the role `admin` in the whole centre first",
)
BEYOND_OWN_ROLE = Kind(
    number="HL5105",
    status=403,
    title="Việc này vượt quá vai trò hoặc đơn vị của bạn",
    title_en="This is beyond your own role or unit",
    remedy="Nhờ người quản trị của đơn vị cấp trên",
    remedy_en="Ask an administrator of the unit above",
)
ROLE_NOT_HELD = Kind(
    number="HL5106",
    status=404,
    title="Người này không giữ vai trò đó ở đơn vị đó",
    title_en="This person does not hold that role in that unit",
    remedy="Xem vai trò của người này trong `hailong-central people list`",
    remedy_en="See the roles of this person in `hailong-central people list`",
)
ROLE_DAYS_WRONG = Kind(
    number="HL5107",
    status=422,
    title="Ngày của vai trò không đúng",
    title_en="The days of the role are wrong",
    remedy="Ghi ngày đầu không sau ngày cuối, và ngày cuối chưa qua",
    remedy_en="Give a first day that is not after the last one, and a last day that is not over",
)
ACCOUNT_ENDED = Kind(
    number="HL5108",
    status=409,
    title="Tài khoản này đã đóng",
    title_en="This account has ended",
    remedy="Lập tài khoản mới cho người này",
    remedy_en="Make a new account for this person",
)
NAME_UNUSABLE = Kind(
    number="HL5109",
    status=422,
    title="Tên hiển thị không đúng",
    title_en="The display name cannot be used",
    remedy="Ghi họ tên trên một dòng, không quá 100 ký tự",
    remedy_en="Write the name on one line, of at most 100 characters",
)
FACTOR_NOT_PROPOSED = Kind(
    number="HL5110",
    status=409,
    title="Chưa bắt đầu cài ứng dụng xác thực",
    title_en="The authenticator app was not begun to be set up",
    remedy="Mở lại trang cài ứng dụng xác thực và quét mã mới",
    remedy_en="Open the page of the authenticator app again and scan its new code",
)
FACTOR_UNREADABLE = Kind(
    number="HL5111",
    status=500,
    title="Không mở được bí mật của mã xác thực",
    title_en="The secret of the second factor cannot be opened",
    remedy="Đặt lại tệp `keys/accounts.json`, hoặc chạy `hailong-central people reset-factor`",
    remedy_en="Put the file `keys/accounts.json` back, or run `hailong-central people reset-factor`",
)
OFFICER_NEVER_NAMED = Kind(
    number="HL5112",
    status=404,
    title="Không có cán bộ này trong danh mục",
    title_en="The catalogue has no such officer",
    remedy="Xem mã cán bộ trong `hailong-central officers list`",
    remedy_en="See the ids in `hailong-central officers list`",
)
REMARK_UNKNOWN = Kind(
    number="HL5120",
    status=404,
    title="Không có ý kiến này",
    title_en="There is no such remark",
    remedy="Mở lại danh sách ý kiến; ý kiến của hôm nay hiện từ 7 giờ ngày làm việc sau",
    remedy_en="Open the list of remarks again; one of today is shown from 7:00 on the next working day",
)
REMARK_STEP_WRONG = Kind(
    number="HL5121",
    status=409,
    title="Ý kiến này chưa làm bước đó được",
    title_en="This step is not possible for the remark now",
    remedy="Làm một bước nêu trong chi tiết trên; ý kiến người khác đang giữ thì nhận trước",
    remedy_en="Do one of the steps in the detail; a remark that somebody else holds must be taken first",
)
REMARK_CHANGED = Kind(
    number="HL5122",
    status=409,
    title="Người khác vừa xử lý ý kiến này",
    title_en="Somebody else has just handled this remark",
    remedy="Tải lại trang, đọc việc đã làm, rồi làm tiếp nếu còn cần",
    remedy_en="Load the page again, read what was done, then go on if there is still need",
)
REMARK_ENTRY_WRONG = Kind(
    number="HL5123",
    status=422,
    title="Ghi chú hoặc kết quả chưa đúng",
    title_en="The note or the result is not right",
    remedy="Ghi điều đã trả lời hoặc lý do, không quá dài; khi đóng thì chọn một kết quả nêu trên",
    remedy_en="Write what was answered or why, not too long; to close, choose one of the results named",
)
METRICS_PORT_TAKEN = Kind(
    number="HL5125",
    status=500,
    title="Không mở được cổng số đo",
    title_en="The port of the metrics cannot be opened",
    remedy="Chọn một cổng khác bằng `--metrics-port`, hoặc dừng chương trình đang dùng cổng ấy",
    remedy_en="Choose another port by `--metrics-port`, or stop the program that uses this one",
)
CENTRE_SET_UP = Kind(
    number="HL5126",
    status=409,
    title="Trung tâm này đã được dựng",
    title_en="This centre was set up already",
    remedy="Đổi đơn vị, máy, tài khoản bằng lệnh của chúng; dựng trung tâm khác: một thư mục `--data` mới",
    remedy_en="Change units, devices and people by their commands; another centre needs a new `--data`",
)
FORM_ASKED_ELSEWHERE = Kind(
    number="HL5135",
    status=409,
    title="Đơn vị khác cũng đang hỏi phiếu này",
    title_en="Other units ask this form too",
    remedy="Nhờ người quản trị của đơn vị cấp trên phát hành, hoặc lập phiếu riêng với mã khác",
    remedy_en="Ask an administrator of a unit above them all to release it, or make a form with another id",
)
DRAFT_CHANGED = Kind(
    number="HL5136",
    status=409,
    title="Bản nháp vừa được sửa ở nơi khác, chưa lưu gì",
    title_en="The draft was changed elsewhere meanwhile; nothing was saved",
    remedy="Chép lại phần của bạn, mở lại trang soạn rồi nhập tiếp",
    remedy_en="Copy your part, open the page again and go on there",
)
UPLOAD_MISSING = Kind(
    number="HL5137",
    status=400,
    title="Chưa chọn tệp",
    title_en="No file was chosen",
    remedy="Bấm “Chọn tệp”, chọn tệp trên máy của bạn rồi gửi lại",
    remedy_en="Choose a file of your computer and send the form again",
)
LIST_OUTDATED = Kind(
    number="HL5140",
    status=409,
    title="Danh mục đã thay đổi từ lúc bạn xem, nên chưa nhận gì",
    title_en="The catalogue has changed since you looked at it, so nothing was taken in",
    remedy="Xem lại những gì đang hiện rồi gửi lần nữa",
    remedy_en="Look at what is shown now and send it again",
)
COUNTER_IN_USE = Kind(
    number="HL5141",
    status=409,
    title="Quầy này đang có máy hoặc phân công nên chưa bỏ được",
    title_en="A device or an assignment is at this counter, so it cannot be removed",
    remedy="Chuyển hay thu hồi các máy được nêu, và bỏ các phân công được nêu, rồi làm lại",
    remedy_en="Move or revoke the devices named, remove the assignments named, then try again",
)
TERMINALS_LEFT_IDLE = Kind(
    number="HL5143",
    status=409,
    title="Nhập thư mục này thì có máy không còn gì để hỏi, nên chưa nhập gì",
    title_en="With this folder some terminals would have nothing to ask, so nothing was imported",
    remedy="Phân công cho các máy được nêu trong assignments.toml, hoặc thêm --idle nếu đúng là thôi hỏi",
    remedy_en="Assign something to the terminals named in assignments.toml, or add --idle if that is meant",
)
PROXY_INVALID = Kind(
    number="HL5150",
    status=422,
    title="Địa chỉ máy chủ trung gian không đúng",
    title_en="The address of a proxy is wrong",
    remedy="Ghi một địa chỉ như 10.0.0.5 hoặc một mạng như 10.0.0.0/24",
    remedy_en="Give an address such as 10.0.0.5 or a network such as 10.0.0.0/24",
)
DOCUMENT_UNREADABLE = Kind(
    number="HL5151",
    status=422,
    title="Tệp này không phải văn bản .docx đọc được",
    title_en="This file is no .docx document that can be read",
    remedy="Mở bằng Word hoặc LibreOffice, lưu lại thành .docx không có mật khẩu, rồi kiểm tra lại",
    remedy_en="Open it in Word or LibreOffice, save it as .docx without a password, and check it again",
)
DOCUMENT_TOO_LARGE = Kind(
    number="HL5152",
    status=413,
    title="Văn bản quá lớn để kiểm tra thể thức",
    title_en="The document is too large for its form to be checked",
    remedy="Bớt ảnh trong văn bản, hoặc tách phụ lục thành tệp riêng, rồi kiểm tra lại",
    remedy_en="Take pictures out of it, or make the appendices files of their own, and check it again",
)
TABLE_TOO_LONG = Kind(
    number="HL5153",
    status=422,
    title="Danh sách quá dài cho một tệp",
    title_en="The list is too long for one file",
    remedy="Lọc hẹp hơn, như theo ngày hoặc đơn vị, rồi tải từng phần",
    remedy_en="Filter it more closely, such as by days or a unit, and download it in parts",
)
REPORT_UNKNOWN = Kind(
    number="HL5160",
    status=404,
    title="Không có báo cáo này",
    title_en="There is no such report",
    remedy="Chọn một báo cáo trong danh sách ở trang Báo cáo",
    remedy_en="Choose one in the list of reports",
)
REPORT_THERE = Kind(
    number="HL5161",
    status=409,
    title="Kỳ này đã có báo cáo loại này",
    title_en="There is a report of this kind for this period already",
    remedy="Mở báo cáo đang có; nếu báo cáo đã ban hành thì lập bản điều chỉnh từ trang của nó",
    remedy_en="Open the one that is there; if it was issued, revise it on its page",
)
REPORT_CHANGED = Kind(
    number="HL5162",
    status=409,
    title="Báo cáo vừa được sửa ở nơi khác, chưa lưu gì",
    title_en="The report was changed elsewhere meanwhile; nothing was saved",
    remedy="Chép lại phần của bạn, mở lại trang báo cáo, đọc lại rồi làm tiếp",
    remedy_en="Copy your part, open the report again, read it and go on there",
)
REPORT_STEP_WRONG = Kind(
    number="HL5163",
    status=409,
    title="Báo cáo đang ở bước không làm được việc này",
    title_en="This cannot be done with the report now",
    remedy="Mở lại trang báo cáo: chỉ làm những việc đang hiện ở đó",
    remedy_en="Open the report again: its page shows what can be done now",
)
REPORT_OWN = Kind(
    number="HL5164",
    status=409,
    title="Người soạn báo cáo không tự phê duyệt báo cáo đó",
    title_en="A person who wrote a report does not approve it",
    remedy="Nhờ một người khác có dấu phê duyệt đọc và phê duyệt",
    remedy_en="Ask another person with the mark of an approver to read and approve it",
)
REPORT_ENTRY_WRONG = Kind(
    number="HL5165",
    status=400,
    title="Một mục của báo cáo không đúng",
    title_en="An entry of the report is wrong",
    remedy="Sửa mục được nêu rồi gửi lại",
    remedy_en="Correct the entry named and send it again",
)
REPORT_KIND_UNKNOWN = Kind(
    number="HL5166",
    status=404,
    title="Không có loại báo cáo này",
    title_en="There is no such kind of report",
    remedy="Chọn một loại trong danh sách ở trang Báo cáo",
    remedy_en="Choose one in the list on the page of reports",
)
REPORT_PUBLIC_THERE = Kind(
    number="HL5167",
    status=409,
    title="Một báo cáo khác của đơn vị trong đúng kỳ này đang công bố",
    title_en="Another report of the unit for exactly these days is public",
    remedy="Rút báo cáo đang công bố trước, hoặc không công bố báo cáo này",
    remedy_en="Withdraw the report that is public first, or leave this one unpublished",
)
REMEDY_UNKNOWN = Kind(
    number="HL5170",
    status=404,
    title="Không có việc khắc phục này",
    title_en="There is no such remedy",
    remedy="Mở lại danh sách việc khắc phục của đơn vị rồi chọn lại",
    remedy_en="Open the list of the unit's remedies again and choose there",
)
REMEDY_STEP_WRONG = Kind(
    number="HL5171",
    status=409,
    title="Việc khắc phục này chưa làm bước đó được",
    title_en="This step is not possible for the remedy now",
    remedy="Làm một bước nêu trong chi tiết trên; người báo xong không tự kiểm tra việc của mình",
    remedy_en="Do one of the steps in the detail; who finished a remedy does not check it",
)
REMEDY_CHANGED = Kind(
    number="HL5172",
    status=409,
    title="Người khác vừa ghi vào việc khắc phục này",
    title_en="Somebody else has just changed this remedy",
    remedy="Tải lại trang, đọc việc đã làm, rồi làm tiếp nếu còn cần",
    remedy_en="Load the page again, read what was done, then go on if there is still need",
)
REMEDY_ENTRY_WRONG = Kind(
    number="HL5173",
    status=422,
    title="Một ô của việc khắc phục chưa đúng",
    title_en="A field of the remedy is not right",
    remedy="Sửa ô được nêu: vấn đề, biện pháp, người làm và hạn đều cần có",
    remedy_en="Correct the field named: problem, measure, person and last day are all needed",
)
ALERT_UNKNOWN = Kind(
    number="HL5174",
    status=404,
    title="Không có cảnh báo này",
    title_en="There is no such alert",
    remedy="Mở lại danh sách cảnh báo của đơn vị rồi chọn lại",
    remedy_en="Open the list of the unit's alerts again and choose there",
)
ALERT_STEP_WRONG = Kind(
    number="HL5175",
    status=409,
    title="Cảnh báo này chưa làm bước đó được",
    title_en="This step is not possible for the alert now",
    remedy="Làm một bước nêu trong chi tiết trên; cảnh báo người khác đang giữ thì nhận trước",
    remedy_en="Do one of the steps in the detail; an alert that somebody else holds must be taken first",
)
ALERT_CHANGED = Kind(
    number="HL5176",
    status=409,
    title="Cảnh báo này vừa thay đổi",
    title_en="This alert has just changed",
    remedy="Tải lại trang, đọc việc đã làm, rồi làm tiếp nếu còn cần",
    remedy_en="Load the page again, read what was done, then go on if there is still need",
)
ALERT_ENTRY_WRONG = Kind(
    number="HL5177",
    status=422,
    title="Ghi chú hoặc kết quả của cảnh báo chưa đúng",
    title_en="The note or the result of the alert is not right",
    remedy="Ghi điều đã làm hoặc lý do, không quá dài; khi đóng thì chọn một kết quả nêu trên",
    remedy_en="Write what was done or why, not too long; to close, choose one of the results named",
)
ALERT_RULE_WRONG = Kind(
    number="HL5178",
    status=422,
    title="Ngưỡng cảnh báo không đúng",
    title_en="The threshold of an alert is wrong",
    remedy="Ghi một số trong khoảng được nêu",
    remedy_en="Give a number between those named",
)
REMEDY_MADE_BEFORE = Kind(
    number="HL5179",
    status=409,
    title="Mẫu này đã lập một việc khắc phục khác",
    title_en="This form has made another remedy before",
    remedy="Xem việc đã lập trong danh sách; nếu đây là việc khác thì gửi lại mẫu để lập thêm",
    remedy_en="See the remedy in the list; if this is another one, send the form again to make it, too",
)
MAIL_ADDRESS_INVALID = Kind(
    number="HL5180",
    status=400,
    title="Đây không phải một địa chỉ thư điện tử",
    title_en="This is no e-mail address",
    remedy="Ghi một địa chỉ như ten@vi-du.vn, không dấu, không khoảng trắng",
    remedy_en="Give an address such as name@example.vn, without accents or spaces",
)
MAIL_CODE_WRONG = Kind(
    number="HL5181",
    status=400,
    title="Mã xác nhận không đúng, hoặc đã hết hạn",
    title_en="The code is wrong, or holds no more",
    remedy="Nhập sáu chữ số trong thư mới nhất; quá 30 phút hoặc năm lần nhập thì xin mã khác",
    remedy_en="Type the six digits of the newest e-mail; after 30 minutes or five tries ask for another code",
)
MAIL_CODES_TOO_MANY = Kind(
    number="HL5182",
    status=429,
    title="Hôm nay đã gửi đủ năm mã xác nhận",
    title_en="Five codes were sent today",
    remedy="Tìm thư trong hộp thư rác, hoặc xin mã vào ngày mai",
    remedy_en="Look for the e-mail among the spam, or ask for a code tomorrow",
)
MESSAGE_NOT_STOPPED = Kind(
    number="HL5183",
    status=409,
    title="Thư này không chờ người quyết định",
    title_en="This message does not wait for a person",
    remedy="Tải lại trang: thư đã được gửi, đang chờ lượt, hoặc người khác vừa quyết định",
    remedy_en="Load the page again: it was sent, is waiting for its turn, or somebody else has just decided",
)
MAIL_NOT_SET = Kind(
    number="HL5184",
    status=409,
    title="Trung tâm chưa có máy chủ thư",
    title_en="The centre has no mail server yet",
    remedy="Nhờ người quản trị máy chủ ghi mục [mail] trong `messages.toml`; nguồn tin Atom vẫn dùng được",
    remedy_en="Ask who looks after the server for [mail] in `messages.toml`; the Atom feed works without it",
)
REPORT_WITHOUT_PLAN = Kind(
    number="HL5190",
    status=422,
    title="Loại báo cáo này cần một kế hoạch",
    title_en="This kind of report needs a plan",
    remedy="Chọn kế hoạch khảo sát rồi lập báo cáo",
    remedy_en="Choose the survey's plan, then begin the report",
)
REPORT_PLAN_ELSEWHERE = Kind(
    number="HL5191",
    status=422,
    title="Kế hoạch này là của đơn vị khác",
    title_en="This plan belongs to another unit",
    remedy="Lập báo cáo tại đơn vị của kế hoạch",
    remedy_en="Begin the report at the plan's own unit",
)
REPORT_PERIOD_OPEN = Kind(
    number="HL5192",
    status=409,
    title="Số liệu chưa có đủ các ngày của kỳ báo cáo",
    title_en="The figures don't have all days of the period yet",
    remedy="Chờ hết kỳ; sau đó trả lại bản đã duyệt để đọc lại số liệu, hoặc lập bản điều chỉnh của bản đã "
    "gửi",
    remedy_en="Wait for the end of the period; then return the approved one and read its figures again, or "
    "revise the one that was sent",
)
REPORT_TOO_CLOSE = Kind(
    number="HL5193",
    status=409,
    title="Số liệu chỉ khác bản đã công bố từ 1 đến 4 lượt trả lời, sẽ làm lộ câu trả lời của một người",
    title_en="The figures differ from the published ones by 1 to 4 answers, which would show how one person "
    "answered",
    remedy="Giữ bản đã công bố; bản điều chỉnh vẫn gửi lên cấp trên được",
    remedy_en="Keep what is published; the revision can still be sent to the authority above",
)
DATABASE_NOT_EMPTY = Kind(
    number="HL5200",
    status=409,
    title="Cơ sở dữ liệu nhận không trống",
    title_en="The database to move into is not empty",
    remedy="Tạo cơ sở dữ liệu mới (`createdb`); cơ sở dữ liệu của một lần chuyển dở dang thì xóa rồi tạo lại",
    remedy_en="Create a new database (`createdb`); drop what an unfinished move left, create it again",
)
DATABASE_MOVED_WRONG = Kind(
    number="HL5201",
    status=500,
    title="Sau khi chép, hai cơ sở dữ liệu không như nhau; chưa có gì được chuyển",
    title_en="The two databases differ after the copy; nothing was moved",
    remedy="Trung tâm vẫn dùng nơi cũ; chạy `hailong-central backup` và báo người phát triển tên bảng",
    remedy_en="The centre goes on with the old one; run `hailong-central backup` and report the table",
)
CERTIFICATE_UNREADABLE = Kind(
    number="HL5202",
    status=422,
    title="Không đọc được chứng thư HTTPS",
    title_en="The HTTPS certificate cannot be read",
    remedy="Chỉ ra một tệp PEM có đúng một chứng thư, như `/etc/hailong/tls/centre.pem`",
    remedy_en="Name a PEM file with one certificate, such as `/etc/hailong/tls/centre.pem`",
)
MACHINE_NOT_READY = Kind(
    number="HL5203",
    status=409,
    title="Máy chủ chưa sẵn sàng để dựng trung tâm",
    title_en="The machine is not ready for a centre",
    remedy="Làm việc còn thiếu rồi chạy lại `hailong-central setup`; chưa có gì được đổi",
    remedy_en="Do what is missing, then run `hailong-central setup` again; nothing was changed",
)
MACHINE_COMMAND_FAILED = Kind(
    number="HL5204",
    status=500,
    title="Một lệnh của hệ điều hành không chạy được",
    title_en="A command of the operating system failed",
    remedy="Chạy lệnh ấy bằng tay để xem lý do; sửa xong thì chạy lại `hailong-central setup`",
    remedy_en="Run that command by hand to see why, fix it, then run `hailong-central setup` again",
)
DATABASE_OLDER = Kind(
    number="HL5205",
    status=409,
    title="Cơ sở dữ liệu còn của phiên bản cũ",
    title_en="The database is still of an older version",
    remedy="Chạy `hailong-central upgrade`, hoặc khởi động lại dịch vụ: có bản chép trước khi nâng cấp",
    remedy_en="Run `hailong-central upgrade`, or restart the service: a copy is made before the upgrade",
)
DATABASE_MOVED = Kind(
    number="HL5206",
    status=409,
    title="Trung tâm này đã chuyển sang cơ sở dữ liệu khác",
    title_en="This centre has moved to another database",
    remedy="Ghi HAILONG_DATABASE=… vào `/etc/hailong/central.env`, hoặc thêm `--database …`, rồi chạy lại",
    remedy_en="Write HAILONG_DATABASE=… into `/etc/hailong/central.env`, or add `--database …`",
)
SOFTWARE_FILE_UNUSABLE = Kind(
    number="HL5215",
    status=422,
    title="Tệp bản phát hành không thêm được",
    title_en="The release file can't be added",
    remedy="Thêm bản của máy tại quầy (kiosk); bản sửa cần số phiên bản mới",
    remedy_en="Add one for terminals (kiosk); a corrected one needs a version number of its own",
)
SOFTWARE_UNKNOWN = Kind(
    number="HL5216",
    status=404,
    title="Trung tâm không có phiên bản phần mềm này",
    title_en="The centre does not have this version of the software",
    remedy="Xem `hailong-central releases list`, thêm bằng `releases add`",
    remedy_en="See `hailong-central releases list`, add it by `releases add`",
)
SOFTWARE_WITHDRAWN = Kind(
    number="HL5217",
    status=409,
    title="Phiên bản phần mềm này đã rút, không mời lại được",
    title_en="This version of the software is withdrawn, and can't be offered again",
    remedy="Phát hành bản mới hơn",
    remedy_en="Publish a newer one",
)
