"""HL41xx: what a device makes of the centre's answers, and what it reports of itself."""

from sync.contract.problem import Kind

ADDRESS_UNENCRYPTED = Kind(
    number="HL4101",
    status=422,
    title="Địa chỉ trung tâm không được mã hóa (http://)",
    title_en="The centre's address is not encrypted (http://)",
    remedy="Dùng https://; chỉ trong mạng nội bộ khép kín: plain_http = true (hailong-pull: --plain-http)",
    remedy_en="Use https://; inside a closed network only: plain_http = true (hailong-pull: --plain-http)",
)
CENTRE_UNREACHABLE = Kind(
    number="HL4102",
    status=503,
    title="Không kết nối được với trung tâm",
    title_en="The centre cannot be reached",
    remedy="Kiểm tra mạng; máy tự gửi lại, không mất phiếu nào",
    remedy_en="Check the network; the device sends again by itself, nothing is lost",
)
ANSWER_FOREIGN = Kind(
    number="HL4103",
    status=502,
    title="Câu trả lời không phải của trung tâm",
    title_en="The answer is not the centre's",
    remedy="Kiểm tra địa chỉ trung tâm và trang đăng nhập Wi-Fi; máy tự gửi lại",
    remedy_en="Check the centre's address and any Wi-Fi sign-in page; the device sends again by itself",
)
RECEIPTS_MISMATCHED = Kind(
    number="HL4104",
    status=502,
    title="Biên nhận không khớp với những gì đã gửi",
    title_en="The receipts do not belong to what was sent",
    remedy="Kiểm tra thiết bị mạng ở giữa; máy tự gửi lại, không mất phiếu nào",
    remedy_en="Check what stands between; the device sends again by itself, nothing is lost",
)
ANSWER_UNSIGNED = Kind(
    number="HL4105",
    status=502,
    title="Câu trả lời không có chữ ký của trung tâm",
    title_en="The answer is not signed by the centre",
    remedy="Kiểm tra thiết bị mạng ở giữa; nếu trung tâm không có khóa gốc và đã thay khóa, ghi danh lại",
    remedy_en="Check what stands between; if the centre has no root and has changed its keys, enrol again",
)
DEVICE_NOT_ENROLLED = Kind(
    number="HL4106",
    status=401,
    title="Thiết bị chưa được ghi danh",
    title_en="The device is not enrolled",
    remedy="Tạo mã tại trung tâm rồi quét trên màn hình của máy, hoặc chạy `hailong-agent enrol MÃ`",
    remedy_en="Make a code at the centre; scan it at the terminal, or run `hailong-agent enrol CODE`",
)
ENROLMENT_CENTRE_WRONG = Kind(
    number="HL4107",
    status=502,
    title="Máy chủ trả lời không phải trung tâm đã cấp mã ghi danh",
    title_en="Who answered is not the centre that issued the code",
    remedy="Kiểm tra địa chỉ trung tâm trong mã (sau dấu @) hoặc trong agent.toml, rồi xin mã mới",
    remedy_en="Check the centre's address in the code (after the @) or in agent.toml, then get a new code",
)
ERASURE_UNSIGNED = Kind(
    number="HL4108",
    status=502,
    title="Một yêu cầu xóa phiếu không có chữ ký của trung tâm",
    title_en="A request to erase a response is not signed by the centre",
    remedy="Không phiếu nào bị xóa; báo người quản trị trung tâm",
    remedy_en="Nothing was erased; tell whoever runs the centre",
)
KEY_LIST_UNTRUSTED = Kind(
    number="HL4109",
    status=502,
    title="Danh sách khóa của trung tâm không do khóa gốc ký, hoặc đã hết hạn",
    title_en="The list of the centre's keys is not signed by the root, or has expired",
    remedy="Không phiếu nào bị mất; kiểm tra đồng hồ, rồi báo người quản trị trung tâm ký danh sách mới",
    remedy_en="No response is lost; check the clock, then have the centre's list signed anew",
)
AGENT_CA_UNUSABLE = Kind(
    number="HL4110",
    status=422,
    title="Chứng thư gốc (ca) trong agent.toml không dùng được",
    title_en="The certificate authority (ca) in agent.toml cannot be used",
    remedy="Đặt ca là tệp PEM của trung tâm, người dùng hailong đọc được",
    remedy_en="Let ca be the centre's PEM file, readable by the user hailong",
)
CERTIFICATE_OUT_OF_DATE = Kind(
    number="HL4111",
    status=503,
    title="Theo đồng hồ của máy, chứng thư của trung tâm chưa có hoặc hết hiệu lực",
    title_en="By this machine's clock the centre's certificate is not valid yet, or no longer",
    remedy="Kiểm tra ngày giờ của máy trước (timedatectl); nếu đúng, báo trung tâm gia hạn chứng thư",
    remedy_en="Check this machine's date first (timedatectl); if it is right, have the certificate renewed",
)
OUTBOX_MISSING = Kind(
    number="HL4112",
    status=404,
    title="Không có kho phiếu ở nơi agent.toml chỉ",
    title_en="There is no outbox where agent.toml says",
    remedy="Đặt outbox trong agent.toml là thư mục outbox trong data của kiosk.toml; kiosk tạo nó khi chạy",
    remedy_en="Let outbox in agent.toml be the folder outbox in the data of kiosk.toml; the kiosk makes it",
)
HEARTBEAT_UNANSWERED = Kind(
    number="HL4113",
    status=503,
    title="Đã lâu trung tâm không trả lời báo cáo của máy",
    title_en="The centre has not answered this device's heartbeats for long",
    remedy="Kiểm tra mạng, và thiết bị ở giữa có cho qua mọi địa chỉ /v1/ không; máy tự báo lại",
    remedy_en="Check the network, and whether all of /v1/ gets through; the device reports again by itself",
)
UPDATE_OVERDUE = Kind(
    number="HL4114",
    status=502,
    title="Đã lâu máy không nhận được thứ mới nhất trung tâm gửi (cấu hình hoặc danh sách khóa)",
    title_en="The newest of what the centre sends (configuration or keys) has not come through for long",
    remedy="Kiểm tra thiết bị ở giữa có giữ lại câu trả lời của trung tâm không; máy tự hỏi lại",
    remedy_en=(
        "Check whether something between holds the centre's answers back; the device asks again by itself"
    ),
)
DEVICE_SIGNATURE_REFUSED = Kind(
    number="HL4115",
    status=401,
    title="Chữ ký của máy này không được nhận",
    title_en="This device's signature was not accepted",
    remedy="Kiểm tra thiết bị ở giữa có đổi Host hay bỏ phần đầu nào không; nếu không, ghi danh lại máy",
    remedy_en=(
        "Check whether something between changes Host or drops a header; if not, enrol the device again"
    ),
)
CENTRE_ADDRESS_WRONG = Kind(
    number="HL4116",
    status=422,
    title="Địa chỉ trung tâm không đúng dạng",
    title_en="The centre's address is not well formed",
    remedy="Ghi như hailong.example.vn, hoặc http://10.0.0.5:8700 trong mạng nội bộ khép kín",
    remedy_en="Write it like hailong.example.vn, or http://10.0.0.5:8700 inside a closed network",
)
CENTRE_ADDRESS_MISSING = Kind(
    number="HL4117",
    status=422,
    title="Không biết địa chỉ trung tâm: mã không có, agent.toml cũng không ghi",
    title_en="The centre's address is not known: neither the code nor agent.toml has it",
    remedy="Quét mã QR mà trung tâm in, hoặc gõ cả phần sau dấu @",
    remedy_en="Scan the QR code that the centre printed, or type the part after the @, too",
)
