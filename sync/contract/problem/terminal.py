"""HL2xxx: storage and screen of the terminal."""

from sync.contract.problem import Kind

STORAGE_FAILED = Kind(
    number="HL2001",
    status=500,
    title="Không ghi được vào bộ nhớ của máy",
    title_en="The terminal cannot write to its storage",
    remedy="Khởi động lại máy; nếu còn lỗi, thay bộ nhớ và giữ lại bộ nhớ cũ",
    remedy_en="Restart the terminal; if it stays, replace the storage and keep the old one",
)
STORAGE_FULL = Kind(
    number="HL2002",
    status=507,
    title="Bộ nhớ của máy đã đầy",
    title_en="The terminal's storage is full",
    remedy="Xóa bớt tệp khác trên máy; máy tự hoạt động lại khi có chỗ",
    remedy_en="Remove other files; the terminal goes on by itself once there is room",
)
OUTBOX_LOCKED = Kind(
    number="HL2003",
    status=500,
    title="Kho phiếu đang được một chương trình khác sử dụng",
    title_en="Another program is writing this outbox",
    remedy="Đóng chương trình kia rồi mở lại",
    remedy_en="End the other program, then start again",
)
OUTBOX_FORMAT_UNKNOWN = Kind(
    number="HL2004",
    status=500,
    title="Tệp không phải kho phiếu, hoặc do phiên bản mới hơn tạo ra",
    title_en="The file is no outbox, or one of a newer version",
    remedy="Nâng cấp phần mềm, hoặc chọn thư mục khác; tệp vẫn nguyên vẹn",
    remedy_en="Upgrade the program or choose another folder; the file was not touched",
)
OUTBOX_DAMAGED = Kind(
    number="HL2005",
    status=500,
    title="Một phần kho phiếu bị hỏng",
    title_en="A part of the outbox is damaged",
    remedy="Báo kỹ thuật kiểm tra bộ nhớ của máy; các phiếu khác vẫn an toàn",
    remedy_en="Have the storage checked; all other responses are safe",
)
RESPONSES_MISSING = Kind(
    number="HL2006",
    status=500,
    title="Thiếu phiếu đã lưu trong kho",
    title_en="Stored responses are missing from the outbox",
    remedy="Báo kỹ thuật; đối chiếu các số thứ tự được nêu với trung tâm",
    remedy_en="Tell support; compare the numbers named with the centre",
)
OUTBOX_OF_OTHER_DEVICE = Kind(
    number="HL2007",
    status=500,
    title="Kho phiếu thuộc về một thiết bị khác",
    title_en="The outbox belongs to another device",
    remedy="Chọn thư mục riêng cho thiết bị này",
    remedy_en="Give this device a folder of its own",
)
SCREEN_MISSING = Kind(
    number="HL2010",
    status=503,
    title="Không có màn hình nào để hiện hình",
    title_en="There is no screen that could be seen",
    remedy="Khởi động máy chủ X, đặt biến DISPLAY của nó và cho phép người dùng hailong vẽ lên đó",
    remedy_en="Start the X server, set DISPLAY to it, and let the user hailong draw on it",
)
NEW_BUNDLE_UNUSABLE = Kind(
    number="HL2012",
    status=500,
    title="Gói cấu hình mới không dùng được nên máy giữ gói đang có",
    title_en="The new configuration cannot be used; the terminal keeps the one it has",
    remedy="Yêu cầu trung tâm phát hành gói mới, kèm dòng này",
    remedy_en="Ask the centre to issue a new one, and give them this line",
)
TERMINAL_CRASHED = Kind(
    number="HL2015",
    status=500,
    title="Máy đã dừng đột ngột và tự khởi động lại",
    title_en="The terminal ended unexpectedly and started again",
    remedy="Nếu còn lặp lại, báo bộ phận kỹ thuật kèm nhật ký: journalctl -u hailong-kiosk",
    remedy_en="If it happens again, send the technicians the log: journalctl -u hailong-kiosk",
)
PICTURE_UNUSABLE = Kind(
    number="HL2016",
    status=500,
    title="Không hiện được ảnh hoặc màu của cơ quan",
    title_en="A picture or colour of the office cannot be shown",
    remedy=(
        "Thay ảnh được nêu (tệp trong kiosk.toml, hoặc biểu trưng mà trung tâm gửi) bằng ảnh PNG hoặc JPEG, "
        "mỗi cạnh tối đa 4096 điểm ảnh; màu được nêu thì chọn tại trung tâm màu đậm hơn"
    ),
    remedy_en=(
        "Replace the picture named (a file in kiosk.toml, or the emblem from the centre) by a PNG or JPEG "
        "picture of at most 4096 pixels a side; where a colour is named, choose a darker one at the centre"
    ),
)
RECORDING_UNUSABLE = Kind(
    number="HL2018",
    status=422,
    title="Bản thu không dùng được",
    title_en="The recording cannot be used",
    remedy="Thu lại lời này theo lý do được nêu, rồi nhập lại",
    remedy_en="Record this text again, minding the reason given, then import it again",
)
MICROPHONE_UNUSABLE = Kind(
    number="HL2019",
    status=500,
    title="Không thu được tiếng",
    title_en="Nothing can be recorded",
    remedy="Cài gói alsa-utils, cắm micrô, xem tên bằng `arecord -L` rồi chọn bằng --microphone",
    remedy_en=(
        "Install alsa-utils, plug in a microphone, see its name by `arecord -L`, choose it by --microphone"
    ),
)
NOTHING_ASSIGNED = Kind(
    number="HL2020",
    status=500,
    title="Chưa có phân công nào cho máy này",
    title_en="Nothing is assigned to this terminal",
    remedy="Tại trung tâm, phân công một phiếu hỏi cho đơn vị, quầy hoặc máy này; máy tự nhận cấu hình mới",
    remedy_en="At the centre, assign a form to this unit, counter or device; the terminal takes it by itself",
)
NOT_ASKED_TODAY = Kind(
    number="HL2021",
    status=409,
    title="Hôm nay máy này không hỏi phiếu nào",
    title_en="This terminal asks nothing today",
    remedy="Trả kết quả như thường lệ; nếu hôm nay phải hỏi, trung tâm sửa ngày của phân công",
    remedy_en="Hand the result over as usual; where it should be asked today, the centre changes the days",
)
AGENT_SILENT = Kind(
    number="HL2027",
    status=503,
    title="Chương trình gửi phiếu trên máy này không trả lời",
    title_en="The program on this terminal that sends responses does not answer",
    remedy="Gọi kỹ thuật bật dịch vụ hailong-agent, rồi quét lại mã",
    remedy_en="Have the service hailong-agent started, then scan the code again",
)
CODE_UNREADABLE = Kind(
    number="HL2028",
    status=422,
    title="Không đọc được mã vừa quét",
    title_en="The code that was scanned can't be read",
    remedy="Quét lại từng mã một, hoặc gõ mã bằng các phím trên màn hình",
    remedy_en="Scan it again, one code at a time, or type it with the keys on the screen",
)
NO_ENROLMENT_CODE = Kind(
    number="HL2029",
    status=422,
    title="Đây không phải mã ghi danh",
    title_en="This is no enrolment code",
    remedy="Quét mã QR mà cơ quan đã cấp, hoặc gõ cả mã, kể cả phần sau dấu @",
    remedy_en="Scan the QR code that the office gave you, or type all of it, with the part after the @",
)
WIFI_MISSING = Kind(
    number="HL2030",
    status=503,
    title="Máy này không có Wi-Fi, hoặc Wi-Fi chưa bật",
    title_en="This terminal has no Wi-Fi, or it is switched off",
    remedy="Nối dây mạng; cần Wi-Fi thì gọi kỹ thuật cài NetworkManager và xem `nmcli device`",
    remedy_en="Connect a cable; for Wi-Fi, have NetworkManager installed and `nmcli device` looked at",
)
WIFI_PASSWORD_WRONG = Kind(
    number="HL2031",
    status=422,
    title="Mật khẩu Wi-Fi không đúng",
    title_en="The Wi-Fi password is wrong",
    remedy="Nhập lại; chạm Xem để thấy các chữ đã gõ, phân biệt chữ hoa và chữ thường",
    remedy_en="Type it again; touch Show to see it, and mind capital letters",
)
WIFI_NETWORK_GONE = Kind(
    number="HL2032",
    status=404,
    title="Không còn thấy mạng Wi-Fi này",
    title_en="This Wi-Fi network is gone",
    remedy="Bật bộ phát Wi-Fi hoặc đưa máy lại gần, rồi tìm lại",
    remedy_en="Switch the access point on or bring the terminal nearer, then look again",
)
WIFI_NETWORK_REFUSED = Kind(
    number="HL2033",
    status=503,
    title="Không kết nối được với mạng Wi-Fi này",
    title_en="This Wi-Fi network could not be joined",
    remedy="Thử lại; nếu vẫn không được, khởi động lại bộ phát Wi-Fi hoặc chọn mạng khác",
    remedy_en="Try again; if that does not help, restart the access point or choose another network",
)
WIFI_HELPER_SILENT = Kind(
    number="HL2034",
    status=503,
    title="Chương trình Wi-Fi trên máy này không trả lời",
    title_en="The program on this terminal that connects to Wi-Fi does not answer",
    remedy="Thử lại; nếu vẫn không được, gọi kỹ thuật bật `hailong-wifi.socket`",
    remedy_en="Try again; if that does not help, have `hailong-wifi.socket` started",
)
