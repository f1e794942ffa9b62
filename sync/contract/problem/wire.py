"""HL40xx: what the centre answers to devices and to programs."""

from sync.contract.problem import Kind

TOKEN_INVALID = Kind(
    number="HL4001",
    status=401,
    title="Yêu cầu không có mã truy cập hợp lệ",
    title_en="The request carries no valid token",
    remedy="Kiểm tra mã truy cập hoặc xin cấp mã mới",
    remedy_en="Check the token or ask for a new one",
)
ACCESS_DENIED = Kind(
    number="HL4002",
    status=403,
    title="Mã truy cập không có quyền làm việc này",
    title_en="The token does not allow this",
    remedy="Dùng mã truy cập có vai trò phù hợp",
    remedy_en="Use a token with the role it needs",
)
BODY_UNREADABLE = Kind(
    number="HL4003",
    status=400,
    title="Nội dung yêu cầu không đọc được",
    title_en="The body cannot be read",
    remedy="Gửi JSON đúng theo mô tả tại /openapi.json",
    remedy_en="Send JSON as /openapi.json describes it",
)
RESPONSE_INVALID = Kind(
    number="HL4004",
    status=422,
    title="Phiếu trả lời không đúng với mẫu khảo sát",
    title_en="The response breaks its survey",
    remedy="Xem lý do đi kèm; phiếu được giữ lại để kiểm tra",
    remedy_en="See the reason; the response is kept for review",
)
ID_CONFLICT = Kind(
    number="HL4005",
    status=409,
    title="Cùng một mã phiếu nhưng nội dung khác",
    title_en="Same id, other content",
    remedy="Cả hai bản được giữ; cán bộ cần xem và quyết định",
    remedy_en="Both versions are kept; a person has to decide",
)
RESPONSE_NOT_CANONICAL = Kind(
    number="HL4006",
    status=422,
    title="Phiếu trả lời không ở dạng chuẩn",
    title_en="The response is not in canonical form",
    remedy="Nâng cấp trung tâm trước, rồi đến máy tại quầy",
    remedy_en="Upgrade the centre first, then the terminal",
)
BATCH_TOO_LARGE = Kind(
    number="HL4007",
    status=413,
    title="Lô dữ liệu quá lớn",
    title_en="The batch is too large",
    remedy="Chia lô nhỏ hơn rồi gửi lại",
    remedy_en="Split the batch and send again",
)
SURVEY_UNKNOWN = Kind(
    number="HL4008",
    status=422,
    title="Mẫu khảo sát không có tại trung tâm",
    title_en="The centre does not know this survey",
    remedy="Nạp mẫu khảo sát vào trung tâm",
    remedy_en="Load the survey at the centre",
)
RESPONSE_OF_OTHER_DEVICE = Kind(
    number="HL4009",
    status=403,
    title="Phiếu trả lời thuộc về thiết bị khác",
    title_en="The response belongs to another device",
    remedy="Mỗi thiết bị chỉ gửi phiếu của chính mình; kiểm tra mã thiết bị trong cấu hình",
    remedy_en="A device sends its own responses only; check the device id in its configuration",
)
SEQ_CONFLICT = Kind(
    number="HL4010",
    status=409,
    title="Số thứ tự này của thiết bị đã có một phiếu khác",
    title_en="Another response of this device already has this number",
    remedy=(
        "Hai máy mang một tên: gửi hết, rồi cho một máy tên khác và thư mục dữ liệu mới; phiếu để "
        "riêng thì nhận bằng `hailong-central set-aside take --device … --reason …`"
    ),
    remedy_en=(
        "Two machines have one name: send all, then give one another name and a new data folder; "
        "what was set aside is taken by `hailong-central set-aside take --device … --reason …`"
    ),
)
ADDRESS_UNKNOWN = Kind(
    number="HL4011",
    status=404,
    title="Không có địa chỉ này",
    title_en="There is nothing at this address",
    remedy="Kiểm tra địa chỉ theo mô tả tại /openapi.json",
    remedy_en="Check the address against /openapi.json",
)
METHOD_NOT_ALLOWED = Kind(
    number="HL4012",
    status=405,
    title="Địa chỉ này không nhận phương thức đó",
    title_en="This address does not take that method",
    remedy="Dùng phương thức nêu tại /openapi.json",
    remedy_en="Use the method that /openapi.json names",
)
PARAMETER_INVALID = Kind(
    number="HL4013",
    status=400,
    title="Tham số của yêu cầu không hợp lệ",
    title_en="A parameter of the request is not valid",
    remedy="Sửa tham số được nêu",
    remedy_en="Mend the parameter named",
)
CURSOR_STALE = Kind(
    number="HL4014",
    status=410,
    title="Con trỏ thuộc về dữ liệu trước khi khôi phục",
    title_en="The cursor is from before the centre was restored",
    remedy="Đọc lại từ con trỏ `restart` trong câu trả lời này; trùng lặp nhận biết qua mã phiếu",
    remedy_en="Read again from the cursor `restart` in this answer; repeats are known by their id",
)
CENTRE_BUSY = Kind(
    number="HL4015",
    status=429,
    title="Trung tâm đang bận",
    title_en="The centre is busy",
    remedy="Gửi lại sau thời gian nêu trong Retry-After",
    remedy_en="Send again after the time in Retry-After",
)
BODY_TYPE_UNSUPPORTED = Kind(
    number="HL4016",
    status=415,
    title="Kiểu nén hoặc kiểu nội dung không được hỗ trợ",
    title_en="The encoding or the type of the body is not supported",
    remedy="Gửi application/json, nén bằng zstd hoặc gzip hoặc không nén",
    remedy_en="Send application/json, in zstd or gzip or as it is",
)
DEVICE_REVOKED = Kind(
    number="HL4017",
    status=403,
    title="Thiết bị đã bị thu hồi",
    title_en="The device is revoked",
    remedy="Liên hệ trung tâm; phiếu đã gửi được giữ để xem xét",
    remedy_en="Ask the centre; what was sent is kept for review",
)
SIGNATURE_WRONG = Kind(
    number="HL4018",
    status=401,
    title="Chữ ký của yêu cầu hoặc câu trả lời không đúng",
    title_en="The signature of the request or the answer is wrong",
    remedy="Ghi danh lại thiết bị, hoặc kiểm tra thiết bị mạng ở giữa",
    remedy_en="Enrol the device again, or check what stands between",
)
CLOCK_WRONG = Kind(
    number="HL4019",
    status=401,
    title="Đồng hồ của thiết bị lệch quá nhiều",
    title_en="The device's clock is too far off",
    remedy="Máy tự dùng giờ của trung tâm để gửi lại; nên chỉnh đồng hồ",
    remedy_en="The device uses the centre's time and sends again; set its clock",
)
REQUEST_REPLAYED = Kind(
    number="HL4020",
    status=401,
    title="Yêu cầu này đã được gửi trước đó",
    title_en="This request was sent before",
    remedy="Gửi một yêu cầu mới với nonce mới",
    remedy_en="Send a new request with a new nonce",
)
ENROLMENT_CODE_INVALID = Kind(
    number="HL4021",
    status=403,
    title="Mã ghi danh sai, đã dùng hoặc đã hết hạn",
    title_en="The enrolment code is wrong, used or expired",
    remedy="Xin trung tâm một mã mới: `hailong-central enrol-token`; mỗi mã dùng một lần trong 10 phút",
    remedy_en="Get a new one from the centre, `hailong-central enrol-token`; it works once, for 10 minutes",
)
BUNDLE_NOT_ISSUED = Kind(
    number="HL4022",
    status=404,
    title="Trung tâm chưa có gói cấu hình",
    title_en="The centre has no configuration yet",
    remedy="Nạp gói bằng `hailong-central init --bundle …`",
    remedy_en="Import one with `hailong-central init --bundle …`",
)
NOTHING_SET_ASIDE = Kind(
    number="HL4023",
    status=404,
    title="Không có phiếu nào để riêng theo yêu cầu này",
    title_en="Nothing is set aside that was asked for",
    remedy="Xem `hailong-central set-aside list`; chi tiết trên nêu lệnh cho từng loại",
    remedy_en="See `hailong-central set-aside list`; the detail names the command for each kind",
)
TOO_MANY_PULLS = Kind(
    number="HL4024",
    status=429,
    title="Đang có đủ lượt lấy số liệu cùng lúc",
    title_en="Enough pulls are under way at once",
    remedy="Chờ lượt trước xong, hỏi lại sau thời gian nêu trong Retry-After",
    remedy_en="Wait for the earlier ones, and ask again after the time in Retry-After",
)
SCRATCH_DISK_FULL = Kind(
    number="HL4025",
    status=503,
    title="Không đủ chỗ tạm trên đĩa để lập bảng này",
    title_en="There is not enough disk to make this table",
    remedy="Lấy từng khoảng ngày (from, to), hoặc dùng csv, ndjson; dọn đĩa của trung tâm",
    remedy_en="Narrow the days (from, to), or use csv or ndjson; make room at the centre",
)
CENTRE_STOPPING = Kind(
    number="HL4026",
    status=503,
    title="Trung tâm đang dừng nên bảng chưa lập xong",
    title_en="The centre is stopping, and the table is not finished",
    remedy="Lấy lại sau thời gian nêu trong Retry-After",
    remedy_en="Ask again after the time in Retry-After",
)
RATE_LIMITED = Kind(
    number="HL4029",
    status=429,
    title="Mã truy cập này hỏi quá dồn dập",
    title_en="This token asks too often",
    remedy="Hỏi lại sau thời gian nêu trong Retry-After",
    remedy_en="Ask again after the time in Retry-After",
)
ODATA_UNSUPPORTED = Kind(
    number="HL4030",
    status=501,
    title="Nguồn OData này không hỗ trợ yêu cầu đó",
    title_en="This OData feed does not support that",
    remedy=(
        "Dùng $filter (eq ne gt ge lt le in and or not, contains startswith endswith tolower "
        "toupper trim length year month day), $select, $top, $skiptoken, $count, $orderby=position"
    ),
    remedy_en=(
        "Use $filter (eq ne gt ge lt le in and or not, contains startswith endswith tolower "
        "toupper trim length year month day), $select, $top, $skiptoken, $count, $orderby=position"
    ),
)
ODATA_INVALID = Kind(
    number="HL4031",
    status=400,
    title="Tham số OData không đúng",
    title_en="An OData option is not valid",
    remedy="Sửa tham số được nêu theo /odata/$metadata",
    remedy_en="Mend the option named, see /odata/$metadata",
)
SHEET_TOO_LONG = Kind(
    number="HL4033",
    status=422,
    title="Quá nhiều phiếu cho một trang tính",
    title_en="More responses than a sheet can hold",
    remedy="Thu hẹp khoảng ngày hoặc đơn vị, hay dùng csv, ndjson, parquet",
    remedy_en="Narrow the days or the unit, or use csv, ndjson or parquet",
)
CENTRE_LACKS_PARQUET = Kind(
    number="HL4034",
    status=422,
    title="Trung tâm chưa cài thư viện để ghi tệp Parquet",
    title_en="The centre lacks the library that writes Parquet",
    remedy="Cài thư viện Parquet ở trung tâm như hướng dẫn máy chủ nêu, hoặc dùng csv, ndjson, xlsx",
    remedy_en="Install the centre's Parquet library as the server guide says, or use csv, ndjson or xlsx",
)
SUMMARY_UNSUPPORTED = Kind(
    number="HL4035",
    status=422,
    title="Không tổng hợp được theo cách này",
    title_en="A summary cannot be cut this way",
    remedy="Chọn theo lý do được nêu: nhiều nhất hai chiều; theo cán bộ thì trọn một tháng",
    remedy_en="Choose by the reason given: two axes at most; by officer, one whole month",
)
REQUEST_TOO_SLOW = Kind(
    number="HL4036",
    status=408,
    title="Yêu cầu đến quá chậm",
    title_en="The request arrives too slowly",
    remedy="Gửi lại, mỗi lần ít phiếu hơn; máy tự làm việc đó",
    remedy_en="Send again, fewer responses at a time; devices do so by themselves",
)
ERASED_UNASKED = Kind(
    number="HL4037",
    status=409,
    title="Máy đã xóa một phiếu mà trung tâm không yêu cầu xóa",
    title_en="The device has erased a response that the centre did not ask to forget",
    remedy="Sau khi khôi phục bản sao cũ thì đúng như vậy: chạy `forget` lại; nếu không, kiểm tra máy đó",
    remedy_en="After an old backup was restored that is right: run `forget` again; else look at the device",
)
FILTER_CODE_UNKNOWN = Kind(
    number="HL4038",
    status=404,
    title="Bộ lọc nêu một mã không có",
    title_en="A filter names a code that does not exist",
    remedy="Sửa mã theo tham số được nêu",
    remedy_en="Correct the code of the parameter named",
)
ERASURE_UNREADABLE = Kind(
    number="HL4044",
    status=502,
    title="Có yêu cầu xóa phiếu mà máy không đọc được; các yêu cầu khác vẫn được thực hiện",
    title_en="The device cannot read one of the requests to erase; the others are carried out",
    remedy="Tại trung tâm: xem `hailong-central erasures`, rút yêu cầu sai bằng `forget-withdraw`",
    remedy_en="At the centre: see `hailong-central erasures` and withdraw the wrong one by `forget-withdraw`",
)
BODY_CUT_SHORT = Kind(
    number="HL4047",
    status=408,
    title="Nội dung yêu cầu đứt giữa chừng",
    title_en="The body breaks off",
    remedy="Gửi lại; nếu lặp lại, kiểm tra thiết bị ở giữa có giữ đúng Content-Length và chunk không",
    remedy_en=(
        "Send it again; if that repeats, check whether something between keeps Content-Length and chunks"
    ),
)
ALLOWANCE_EXCEEDED = Kind(
    number="HL4049",
    status=429,
    title="Hôm nay thiết bị này đã gửi quá nhiều phiếu phải để riêng",
    title_en="This device has sent too much today that had to be set aside",
    remedy="Phiếu ở lại trên máy và được gửi lại; xem `hailong-central set-aside list` để biết vì sao",
    remedy_en="Its responses stay on it and come again; see `hailong-central set-aside list` for the reason",
)
UNIT_OUT_OF_SCOPE = Kind(
    number="HL4050",
    status=403,
    title="Phiếu ghi cho một đơn vị mà thiết bị này không thuộc về",
    title_en="The response is for a unit that its device does not belong to",
    remedy="Phiếu được giữ riêng, chưa tính; đúng thì nhận bằng `set-aside judge --held --device …`",
    remedy_en="It is held and not counted; if it is right, take it by `set-aside judge --held --device …`",
)
TAG_OUT_OF_SCOPE = Kind(
    number="HL4051",
    status=422,
    title="Chưa cấu hình nào nêu cán bộ hoặc thủ tục này ở đơn vị đó",
    title_en="No configuration has named this officer or procedure in that unit",
    remedy="Phiếu được giữ riêng: nhập cấu hình có mã này rồi chạy `set-aside judge`",
    remedy_en="It is held: take in a configuration that names it, then run `set-aside judge`",
)
DAY_OUT_OF_SCOPE = Kind(
    number="HL4052",
    status=422,
    title="Ngày của phiếu cách ngày nhận quá xa",
    title_en="The day of the response is too far from the day it arrived",
    remedy="Phiếu được giữ riêng; xem đồng hồ của máy; đúng thì `set-aside judge --held --device …`",
    remedy_en="It is held; look at the device's clock; if it is right, `set-aside judge --held --device …`",
)
TOO_MANY_GAPS = Kind(
    number="HL4053",
    status=409,
    title="Số thứ tự phiếu của thiết bị có quá nhiều chỗ trống",
    title_en="There are too many gaps between the numbers of this device",
    remedy="Không máy nào đánh số như vậy: kiểm tra thiết bị; phiếu vẫn ở trên máy",
    remedy_en="No terminal numbers like that: look at the device; its responses stay on it",
)
BODY_AMBIGUOUS = Kind(
    number="HL4054",
    status=400,
    title="Nội dung yêu cầu có thể đọc theo hai cách",
    title_en="The body can be read in two ways",
    remedy="Gửi mỗi mục một lần, và không gửi gì sau phần đã nén",
    remedy_en="Send each member once, and nothing behind the packed body",
)
RESPONSE_TOO_LARGE = Kind(
    number="HL4055",
    status=422,
    title="Một phiếu trả lời quá lớn",
    title_en="One response is too large",
    remedy="Phiếu được giữ lại để kiểm tra; kiểm tra thiết bị đã gửi",
    remedy_en="The response is kept for review; check the device that sent it",
)
