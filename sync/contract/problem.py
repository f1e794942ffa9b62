"""Every error this product shows to a person or a program, numbered, in one file.

A problem says what happened, where, and what to do, in Vietnamese first. Over HTTP it is an RFC 9457
document; on a command line it is printed by `Problem.lines`. A number is never given a second meaning.

    HL1xxx  files and settings         HL2xxx  storage and screen of the terminal
    HL3xxx  scanned codes and staff    HL4xxx  the wire
    HL5xxx  the centre and its tools

To add one: a line in `KINDS`, then raise `ProblemError(problem(number, where=…, detail=…))`. A detail is
Vietnamese; its English is in details.py.
"""

from typing import Any

from msgspec import Struct

from sync.contract.details import in_english


class Kind(Struct, frozen=True):
    """What is the same for every occurrence of one problem.

    status: the HTTP status where it travels over HTTP, else 500.
    title, remedy: one sentence each; `_en` is shown beside the Vietnamese one.
    """

    status: int
    title: str
    title_en: str
    remedy: str
    remedy_en: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """One occurrence: the number, where it is (a file and key, a field, an address) and what exactly.

    `detail` never holds an answer, a scanned code, a citizen's name or free text.
    """

    number: str
    where: str = ""
    detail: str = ""

    @property
    def kind(self) -> Kind:
        """What the number stands for."""
        return KINDS[self.number]

    def brief(self) -> str:
        """Number, place and detail on one line, for a status."""
        return " ".join(part for part in (self.number, self.where, self.detail) if part)

    def lines(self) -> list[str]:
        """The problem for a person at a terminal: Vietnamese, then English."""
        kind = self.kind
        place = f" [{self.where}]" if self.where else ""
        detail = f" ({self.detail})" if self.detail else ""
        english = in_english(self.detail)
        detail_en = f" ({english})" if english != self.detail else ""
        return [
            f"{self.number}{place}: {kind.title}{detail}. {kind.remedy}",
            f"  {kind.title_en}{detail_en}. {kind.remedy_en}",
        ]

    def rfc9457(self, language: str = "vi") -> dict[str, Any]:
        """The members of an RFC 9457 problem document; `language` is "vi" or "en"."""
        kind = self.kind
        document: dict[str, Any] = {
            "type": f"urn:hailong:problem:{self.number}",
            "status": kind.status,
            "title": kind.title_en if language == "en" else kind.title,
            "remedy": kind.remedy_en if language == "en" else kind.remedy,
            "number": self.number,
        }
        if self.detail:
            document["detail"] = in_english(self.detail) if language == "en" else self.detail
        if self.where:
            document["where"] = self.where
        return document


class ProblemError(Exception):
    """Raised with a `Problem`; its text is what a person should read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__("\n".join(problem.lines()))
        self.problem = problem


def problem(number: str, *, where: str = "", detail: str = "") -> Problem:
    """One occurrence of the problem `number` (a key of `KINDS`, else KeyError)."""
    if number not in KINDS:
        raise KeyError(number)
    return Problem(number, where, detail)


KINDS: dict[str, Kind] = {
    # --- HL1xxx files and settings -----------------------------------------------------------------
    "HL1001": Kind(
        422,
        "Không đọc được tệp",
        "The file cannot be read",
        "Kiểm tra đường dẫn và quyền đọc",
        "Check the path and the read permission",
    ),
    "HL1002": Kind(
        422,
        "Tệp không đúng cú pháp",
        "The file is not well formed",
        "Sửa tệp tại dòng được nêu",
        "Mend the file at the line named",
    ),
    "HL1003": Kind(
        422,
        "Một mục trong tệp không hợp lệ",
        "An entry of the file is not valid",
        "Sửa mục được nêu theo lý do đi kèm",
        "Mend the entry named for the reason given",
    ),
    "HL1004": Kind(
        422,
        "Mã trùng lặp",
        "An id is used twice",
        "Đặt cho mỗi mục một mã riêng",
        "Give every entry an id of its own",
    ),
    "HL1005": Kind(
        422,
        "Tham chiếu tới một mục không tồn tại",
        "A reference points to nothing",
        "Sửa tham chiếu hoặc thêm mục còn thiếu",
        "Mend the reference or add what is missing",
    ),
    "HL1006": Kind(
        422,
        "Thiếu văn bản của một ngôn ngữ",
        "A text is missing in one language",
        "Thêm bản dịch hoặc bỏ ngôn ngữ đó khỏi danh sách",
        "Add the text or take the language off the list",
    ),
    "HL1007": Kind(
        422,
        "Phiếu có thể làm lộ mức đánh giá",
        "The survey could betray a rating",
        "Đặt câu hỏi tiếp theo giống nhau cho mọi mức đánh giá",
        "Ask the same number of questions and options after every rating",
    ),
    "HL1008": Kind(
        422,
        "Gói cấu hình đã hết hạn hoặc cũ hơn gói đang dùng",
        "The configuration is expired or older than the one in use",
        "Yêu cầu trung tâm phát hành gói mới",
        "Ask the centre to issue a new one",
    ),
    "HL1009": Kind(
        409,
        "Thư mục cấu hình được đặt bằng tay, không phải do trung tâm cấp",
        "The configuration folder was put there by hand",
        "Dời thư mục đó đi để nhận cấu hình từ trung tâm, hoặc bỏ khóa `bundle` trong agent.toml",
        "Move the folder away to take the centre's, or take the key `bundle` out of agent.toml",
    ),
    "HL1010": Kind(
        422,
        "Tệp không ở bảng mã UTF-8",
        "The file is not in UTF-8",
        "Mở tệp với đúng bảng mã của nó, rồi lưu lại dạng UTF-8 (bảng tính: “CSV UTF-8”, hoặc .xlsx)",
        "Open the file with the encoding it has and save it as UTF-8 (spreadsheets: “CSV UTF-8”, or .xlsx)",
    ),
    "HL1011": Kind(
        503,
        "Máy chưa nhận được cấu hình từ trung tâm",
        "The terminal has no configuration from the centre yet",
        "Ghi danh bằng `hailong-agent enrol MÃ` và để hailong-agent chạy; có cấu hình, máy tự chạy tiếp",
        "Enrol it with `hailong-agent enrol CODE` and let hailong-agent run; then it goes on by itself",
    ),
    "HL1012": Kind(
        422,
        "Một bản dịch sai nên chỗ đó hiện tiếng Việt",
        "A translation cannot be used; Vietnamese is shown there",
        "Sửa mục được nêu trong tệp .po, rồi kiểm tra bằng `python -m kiosk.i18n`",
        "Fix the entry named in the .po file, then check it with `python -m kiosk.i18n`",
    ),
    "HL1013": Kind(
        422,
        "Phông thiếu chữ của một ngôn ngữ nên ngôn ngữ đó bị ẩn",
        "The font lacks letters of a language; it is not offered",
        "Chạy deploy/system-packages.sh terminal để cài Noto, hoặc đặt phông trong [fonts] của kiosk.toml",
        "Run deploy/system-packages.sh terminal to install Noto, or set a font in [fonts] of kiosk.toml",
    ),
    "HL1014": Kind(
        422,
        "Gói cấu hình không được chứa danh sách hồ sơ",
        "A bundle must hold no case list",
        "Xóa cases.json khỏi thư mục gói, rồi nhập danh sách bằng `hailong-central import-cases`",
        "Remove cases.json from the folder, and take the list in by `hailong-central import-cases`",
    ),
    "HL1016": Kind(
        422,
        "Tệp này không thuộc gói cấu hình",
        "This file is no part of a configuration",
        "Dời tệp đi; tên tệp phiếu, kế hoạch chỉ gồm chữ thường không dấu, chữ số, gạch nối: kien-hung.toml",
        "Move it away; names of surveys and plans are small letters, digits and hyphens, like kien-hung.toml",
    ),
    # --- HL2xxx storage and screen of the terminal -------------------------------------------------
    "HL2001": Kind(
        500,
        "Không ghi được vào bộ nhớ của máy",
        "The terminal cannot write to its storage",
        "Khởi động lại máy; nếu còn lỗi, thay bộ nhớ và giữ lại bộ nhớ cũ",
        "Restart the terminal; if it stays, replace the storage and keep the old one",
    ),
    "HL2002": Kind(
        507,
        "Bộ nhớ của máy đã đầy",
        "The terminal's storage is full",
        "Xóa bớt tệp khác trên máy; máy tự hoạt động lại khi có chỗ",
        "Remove other files; the terminal goes on by itself once there is room",
    ),
    "HL2003": Kind(
        500,
        "Kho phiếu đang được một chương trình khác sử dụng",
        "Another program is writing this outbox",
        "Đóng chương trình kia rồi mở lại",
        "End the other program, then start again",
    ),
    "HL2004": Kind(
        500,
        "Tệp không phải kho phiếu, hoặc do phiên bản mới hơn tạo ra",
        "The file is no outbox, or one of a newer version",
        "Nâng cấp phần mềm, hoặc chọn thư mục khác; tệp vẫn nguyên vẹn",
        "Upgrade the program or choose another folder; the file was not touched",
    ),
    "HL2005": Kind(
        500,
        "Một phần kho phiếu bị hỏng",
        "A part of the outbox is damaged",
        "Báo kỹ thuật kiểm tra bộ nhớ của máy; các phiếu khác vẫn an toàn",
        "Have the storage checked; all other responses are safe",
    ),
    "HL2006": Kind(
        500,
        "Thiếu phiếu đã lưu trong kho",
        "Stored responses are missing from the outbox",
        "Báo kỹ thuật; đối chiếu các số thứ tự được nêu với trung tâm",
        "Tell support; compare the numbers named with the centre",
    ),
    "HL2007": Kind(
        500,
        "Kho phiếu thuộc về một thiết bị khác",
        "The outbox belongs to another device",
        "Chọn thư mục riêng cho thiết bị này",
        "Give this device a folder of its own",
    ),
    "HL2010": Kind(
        503,
        "Không có màn hình nào để hiện hình",
        "There is no screen that could be seen",
        "Khởi động máy chủ X, đặt biến DISPLAY của nó và cho phép người dùng hailong vẽ lên đó",
        "Start the X server, set DISPLAY to it, and let the user hailong draw on it",
    ),
    "HL2012": Kind(
        500,
        "Gói cấu hình mới không dùng được nên máy giữ gói đang có",
        "The new configuration cannot be used; the terminal keeps the one it has",
        "Yêu cầu trung tâm phát hành gói mới, kèm dòng này",
        "Ask the centre to issue a new one, and give them this line",
    ),
    "HL2015": Kind(
        500,
        "Máy đã dừng đột ngột và tự khởi động lại",
        "The terminal ended unexpectedly and started again",
        "Nếu còn lặp lại, báo bộ phận kỹ thuật kèm nhật ký: journalctl -u hailong-kiosk",
        "If it happens again, send the technicians the log: journalctl -u hailong-kiosk",
    ),
    "HL2016": Kind(
        500,
        "Không hiện được ảnh của cơ quan",
        "A picture of the office cannot be shown",
        "Thay tệp ảnh nêu trong kiosk.toml bằng ảnh PNG hoặc JPEG, mỗi cạnh tối đa 4096 điểm ảnh",
        "Replace the file named in kiosk.toml by a PNG or JPEG picture of at most 4096 pixels a side",
    ),
    "HL2018": Kind(
        422,
        "Bản thu không dùng được",
        "The recording cannot be used",
        "Thu lại lời này theo lý do được nêu, rồi nhập lại",
        "Record this text again, minding the reason given, then import it again",
    ),
    "HL2019": Kind(
        500,
        "Không thu được tiếng",
        "Nothing can be recorded",
        "Cài gói alsa-utils, cắm micrô, xem tên bằng `arecord -L` rồi chọn bằng --microphone",
        "Install alsa-utils, plug in a microphone, see its name by `arecord -L`, choose it by --microphone",
    ),
    # --- HL3xxx scanned codes and staff ------------------------------------------------------------
    "HL3001": Kind(
        422,
        "Thẻ không đọc được",
        "The card cannot be read",
        "Quét lại; nếu vẫn không được, in thẻ mới",
        "Scan it again; if that fails, print a new card",
    ),
    "HL3002": Kind(
        403,
        "Thẻ không do trung tâm cấp",
        "The card was not issued by the centre",
        "Dùng thẻ do trung tâm cấp",
        "Use a card that the centre issued",
    ),
    "HL3003": Kind(
        403,
        "Thẻ đã hết hạn",
        "The card has expired",
        "Đề nghị trung tâm cấp thẻ mới",
        "Ask the centre for a new card",
    ),
    "HL3004": Kind(
        403,
        "Thẻ đã bị thu hồi",
        "The card has been revoked",
        "Giao lại thẻ này cho người quản lý",
        "Hand this card to the administrator",
    ),
    "HL3005": Kind(
        403,
        "Thẻ của đơn vị khác",
        "The card belongs to another unit",
        "Dùng thẻ của đơn vị đặt máy này",
        "Use a card of the unit where this terminal stands",
    ),
    "HL3006": Kind(
        422,
        "Mã hồ sơ có ngày không tồn tại",
        "The dossier code holds a date that does not exist",
        "Quét lại mã trên giấy tiếp nhận",
        "Scan the code on the receipt again",
    ),
    "HL3007": Kind(
        422,
        "Không quét giấy tờ tùy thân",
        "Personal documents are never scanned",
        "Không có gì được lưu. Quét mã trên giấy tiếp nhận hồ sơ",
        "Nothing was kept. Scan the code on the receipt",
    ),
    "HL3008": Kind(
        422,
        "Không quét địa chỉ trang web",
        "Web addresses are not scanned",
        "Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
        "Nothing was kept. Scan a dossier code or a procedure card",
    ),
    "HL3009": Kind(
        422,
        "Dãy số này không phải mã hồ sơ",
        "This number is not a dossier code",
        "Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
        "Nothing was kept. Scan a dossier code or a procedure card",
    ),
    "HL3010": Kind(
        422,
        "Đây là mã thanh toán",
        "This is a payment code",
        "Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
        "Nothing was kept. Scan a dossier code or a procedure card",
    ),
    "HL3011": Kind(
        422,
        "Mã quá dài hoặc không phải văn bản",
        "The code is too long or is not text",
        "Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
        "Nothing was kept. Scan a dossier code or a procedure card",
    ),
    "HL3012": Kind(
        422,
        "Mã không dùng được ở đây",
        "The code means nothing here",
        "Không có gì được lưu. Quét mã hồ sơ hoặc thẻ thủ tục",
        "Nothing was kept. Scan a dossier code or a procedure card",
    ),
    "HL3013": Kind(
        422,
        "Quét chưa hết mã",
        "Only a part of the code arrived",
        "Quét lại, giữ yên đến khi máy quét kêu",
        "Scan again and hold still until it beeps",
    ),
    "HL3014": Kind(
        422,
        "Hai mã cùng lúc, hoặc mã có nhiều dòng",
        "Two codes at the same time, or a code of several lines",
        "Quét lại từng mã một; mã có nhiều dòng không dùng được ở đây",
        "Scan again, one code at a time; a code of several lines can't be used here",
    ),
    "HL3015": Kind(
        409,
        "Hồ sơ này đã được đánh giá",
        "This dossier has already been rated",
        "Không cần quét lại",
        "There is no need to scan it again",
    ),
    "HL3016": Kind(
        409,
        "Hàng chờ đã đủ",
        "The queue is full",
        "Chờ lượt đánh giá hiện tại kết thúc rồi quét lại",
        "Wait until the visit at hand has ended, then scan again",
    ),
    "HL3017": Kind(
        422,
        "Mã đơn vị, cán bộ hoặc thủ tục quá dài để in thẻ",
        "An id is too long for a card",
        "Đặt mã ngắn hơn",
        "Choose a shorter id",
    ),
    "HL3018": Kind(
        500,
        "Không ghi được tệp",
        "The file cannot be written",
        "Chọn thư mục khác hoặc tên tệp chưa có",
        "Choose another folder, or a file name that does not exist yet",
    ),
    "HL3019": Kind(
        422,
        "Danh sách hồ sơ có dòng sai, chưa nhập gì",
        "The case list has wrong rows; nothing was imported",
        "Sửa các dòng được nêu trong tệp hoặc trong bảng cột rồi nhập lại",
        "Mend the rows named, in the file or in the mapping, then import again",
    ),
    "HL3020": Kind(
        500,
        "Không tạo được lời đọc",
        "A spoken prompt cannot be made",
        "Sửa chương trình trong [voices] của kiosk.toml, hoặc cho người thu âm ngôn ngữ này, rồi chạy lại",
        "Fix the program in [voices] of kiosk.toml, or have people record this language, then run it again",
    ),
    "HL3021": Kind(
        422,
        "Mã PIN này không dùng được",
        "This PIN cannot be used",
        "Chọn 4 đến 12 chữ số, không lặp lại, không liên tiếp, không phải năm hay đường kẻ trên bàn phím",
        "Choose 4 to 12 digits, not repeated, not in a row, no year and no line along the keys",
    ),
    "HL3027": Kind(
        500,
        "Không ghi được lần nhập PIN",
        "The PIN try cannot be kept",
        "Mã PIN chưa được xem: quét thẻ cán bộ, rồi xem dòng Bộ nhớ trên màn hình cán bộ",
        "The PIN was not looked at: scan a badge, then see the line Storage on the staff screen",
    ),
    # --- HL4xxx the wire ---------------------------------------------------------------------------
    "HL4001": Kind(
        401,
        "Yêu cầu không có mã truy cập hợp lệ",
        "The request carries no valid token",
        "Kiểm tra mã truy cập hoặc xin cấp mã mới",
        "Check the token or ask for a new one",
    ),
    "HL4002": Kind(
        403,
        "Mã truy cập không có quyền làm việc này",
        "The token does not allow this",
        "Dùng mã truy cập có vai trò phù hợp",
        "Use a token with the role it needs",
    ),
    "HL4003": Kind(
        400,
        "Nội dung yêu cầu không đọc được",
        "The body cannot be read",
        "Gửi JSON đúng theo mô tả tại /openapi.json",
        "Send JSON as /openapi.json describes it",
    ),
    "HL4004": Kind(
        422,
        "Phiếu trả lời không đúng với mẫu khảo sát",
        "The response breaks its survey",
        "Xem lý do đi kèm; phiếu được giữ lại để kiểm tra",
        "See the reason; the response is kept for review",
    ),
    "HL4005": Kind(
        409,
        "Cùng một mã phiếu nhưng nội dung khác",
        "Same id, other content",
        "Cả hai bản được giữ; cán bộ cần xem và quyết định",
        "Both versions are kept; a person has to decide",
    ),
    "HL4006": Kind(
        422,
        "Phiếu trả lời không ở dạng chuẩn",
        "The response is not in canonical form",
        "Nâng cấp trung tâm trước, rồi đến máy tại quầy",
        "Upgrade the centre first, then the terminal",
    ),
    "HL4007": Kind(
        413,
        "Lô dữ liệu quá lớn",
        "The batch is too large",
        "Chia lô nhỏ hơn rồi gửi lại",
        "Split the batch and send again",
    ),
    "HL4008": Kind(
        422,
        "Mẫu khảo sát không có tại trung tâm",
        "The centre does not know this survey",
        "Nạp mẫu khảo sát vào trung tâm",
        "Load the survey at the centre",
    ),
    "HL4009": Kind(
        403,
        "Phiếu trả lời thuộc về thiết bị khác",
        "The response belongs to another device",
        "Mỗi thiết bị chỉ gửi phiếu của chính mình; kiểm tra mã thiết bị trong cấu hình",
        "A device sends its own responses only; check the device id in its configuration",
    ),
    "HL4010": Kind(
        409,
        "Số thứ tự này của thiết bị đã có một phiếu khác",
        "Another response of this device already has this number",
        "Hai máy mang một tên: gửi hết, rồi cho một máy tên khác và thư mục dữ liệu mới; phiếu để riêng "
        "thì nhận bằng `hailong-central set-aside take --device … --reason …`",
        "Two machines have one name: send all, then give one another name and a new data folder; what was "
        "set aside is taken by `hailong-central set-aside take --device … --reason …`",
    ),
    "HL4011": Kind(
        404,
        "Không có địa chỉ này",
        "There is nothing at this address",
        "Kiểm tra địa chỉ theo mô tả tại /openapi.json",
        "Check the address against /openapi.json",
    ),
    "HL4012": Kind(
        405,
        "Địa chỉ này không nhận phương thức đó",
        "This address does not take that method",
        "Dùng phương thức nêu tại /openapi.json",
        "Use the method that /openapi.json names",
    ),
    "HL4013": Kind(
        400,
        "Tham số của yêu cầu không hợp lệ",
        "A parameter of the request is not valid",
        "Sửa tham số được nêu",
        "Mend the parameter named",
    ),
    "HL4014": Kind(
        410,
        "Con trỏ thuộc về dữ liệu trước khi khôi phục",
        "The cursor is from before the centre was restored",
        "Đọc lại từ con trỏ `restart` trong câu trả lời này; trùng lặp nhận biết qua mã phiếu",
        "Read again from the cursor `restart` in this answer; repeats are known by their id",
    ),
    "HL4015": Kind(
        429,
        "Trung tâm đang bận",
        "The centre is busy",
        "Gửi lại sau thời gian nêu trong Retry-After",
        "Send again after the time in Retry-After",
    ),
    "HL4016": Kind(
        415,
        "Kiểu nén hoặc kiểu nội dung không được hỗ trợ",
        "The encoding or the type of the body is not supported",
        "Gửi application/json, nén bằng zstd hoặc gzip hoặc không nén",
        "Send application/json, in zstd or gzip or as it is",
    ),
    "HL4017": Kind(
        403,
        "Thiết bị đã bị thu hồi",
        "The device is revoked",
        "Liên hệ trung tâm; phiếu đã gửi được giữ để xem xét",
        "Ask the centre; what was sent is kept for review",
    ),
    "HL4018": Kind(
        401,
        "Chữ ký của yêu cầu hoặc câu trả lời không đúng",
        "The signature of the request or the answer is wrong",
        "Ghi danh lại thiết bị, hoặc kiểm tra thiết bị mạng ở giữa",
        "Enrol the device again, or check what stands between",
    ),
    "HL4019": Kind(
        401,
        "Đồng hồ của thiết bị lệch quá nhiều",
        "The device's clock is too far off",
        "Máy tự dùng giờ của trung tâm để gửi lại; nên chỉnh đồng hồ",
        "The device uses the centre's time and sends again; set its clock",
    ),
    "HL4020": Kind(
        401,
        "Yêu cầu này đã được gửi trước đó",
        "This request was sent before",
        "Gửi một yêu cầu mới với nonce mới",
        "Send a new request with a new nonce",
    ),
    "HL4021": Kind(
        403,
        "Mã ghi danh sai, đã dùng hoặc đã hết hạn",
        "The enrolment code is wrong, used or expired",
        "Tạo mã mới bằng `hailong-central enrol-token`",
        "Make a new one with `hailong-central enrol-token`",
    ),
    "HL4022": Kind(
        404,
        "Trung tâm chưa có gói cấu hình",
        "The centre has no configuration yet",
        "Nạp gói bằng `hailong-central init --bundle …`",
        "Import one with `hailong-central init --bundle …`",
    ),
    "HL4023": Kind(
        404,
        "Không có phiếu nào để riêng theo yêu cầu này",
        "Nothing is set aside that was asked for",
        "Xem `hailong-central set-aside list`; chi tiết trên nêu lệnh cho từng loại",
        "See `hailong-central set-aside list`; the detail names the command for each kind",
    ),
    "HL4024": Kind(
        429,
        "Đang có đủ lượt lấy số liệu cùng lúc",
        "Enough pulls are under way at once",
        "Chờ lượt trước xong, hỏi lại sau thời gian nêu trong Retry-After",
        "Wait for the earlier ones, and ask again after the time in Retry-After",
    ),
    "HL4025": Kind(
        503,
        "Không đủ chỗ tạm trên đĩa để lập bảng này",
        "There is not enough disk to make this table",
        "Lấy từng khoảng ngày (from, to), hoặc dùng csv, ndjson; dọn đĩa của trung tâm",
        "Narrow the days (from, to), or use csv or ndjson; make room at the centre",
    ),
    "HL4026": Kind(
        503,
        "Trung tâm đang dừng nên bảng chưa lập xong",
        "The centre is stopping, and the table is not finished",
        "Lấy lại sau thời gian nêu trong Retry-After",
        "Ask again after the time in Retry-After",
    ),
    # --- HL403x pulls and feeds --------------------------------------------------------------------
    "HL4029": Kind(
        429,
        "Mã truy cập này hỏi quá dồn dập",
        "This token asks too often",
        "Hỏi lại sau thời gian nêu trong Retry-After",
        "Ask again after the time in Retry-After",
    ),
    "HL4030": Kind(
        501,
        "Nguồn OData này không hỗ trợ yêu cầu đó",
        "This OData feed does not support that",
        "Dùng $filter (eq ne gt ge lt le in and or not, contains startswith endswith tolower toupper trim "
        "length year month day), $select, $top, $skiptoken, $count, $orderby=position",
        "Use $filter (eq ne gt ge lt le in and or not, contains startswith endswith tolower toupper trim "
        "length year month day), $select, $top, $skiptoken, $count, $orderby=position",
    ),
    "HL4031": Kind(
        400,
        "Tham số OData không đúng",
        "An OData option is not valid",
        "Sửa tham số được nêu theo /odata/$metadata",
        "Mend the option named, see /odata/$metadata",
    ),
    "HL4033": Kind(
        422,
        "Quá nhiều phiếu cho một trang tính",
        "More responses than a sheet can hold",
        "Thu hẹp khoảng ngày hoặc đơn vị, hay dùng csv, ndjson, parquet",
        "Narrow the days or the unit, or use csv, ndjson or parquet",
    ),
    "HL4034": Kind(
        422,
        "Trung tâm chưa cài thư viện để ghi tệp Parquet",
        "The centre lacks the library that writes Parquet",
        "Cài requirements/parquet.lock ở trung tâm, hoặc dùng csv, ndjson, xlsx",
        "Install requirements/parquet.lock at the centre, or use csv, ndjson or xlsx",
    ),
    "HL4035": Kind(
        422,
        "Không tổng hợp được theo cách này",
        "A summary cannot be cut this way",
        "Chọn theo lý do được nêu: nhiều nhất hai chiều; theo cán bộ thì trọn một tháng",
        "Choose by the reason given: two axes at most; by officer, one whole month",
    ),
    "HL4036": Kind(
        408,
        "Yêu cầu đến quá chậm",
        "The request arrives too slowly",
        "Gửi lại, mỗi lần ít phiếu hơn; máy tự làm việc đó",
        "Send again, fewer responses at a time; devices do so by themselves",
    ),
    "HL4037": Kind(
        409,
        "Máy đã xóa một phiếu mà trung tâm không yêu cầu xóa",
        "The device has erased a response that the centre did not ask to forget",
        "Sau khi khôi phục bản sao cũ thì đúng như vậy: chạy `forget` lại; nếu không, kiểm tra máy đó",
        "After an old backup was restored that is right: run `forget` again; else look at the device",
    ),
    "HL4038": Kind(
        404,
        "Bộ lọc nêu một mã không có",
        "A filter names a code that does not exist",
        "Sửa mã theo tham số được nêu",
        "Correct the code of the parameter named",
    ),
    "HL4044": Kind(
        502,
        "Có yêu cầu xóa phiếu mà máy không đọc được; các yêu cầu khác vẫn được thực hiện",
        "The device cannot read one of the requests to erase; the others are carried out",
        "Tại trung tâm: xem `hailong-central erasures`, rút yêu cầu sai bằng `forget-withdraw`",
        "At the centre: see `hailong-central erasures` and withdraw the wrong one by `forget-withdraw`",
    ),
    "HL4047": Kind(
        408,
        "Nội dung yêu cầu đứt giữa chừng",
        "The body breaks off",
        "Gửi lại; nếu lặp lại, kiểm tra thiết bị ở giữa có giữ đúng Content-Length và chunk không",
        "Send it again; if that repeats, check whether something between keeps Content-Length and chunks",
    ),
    "HL4049": Kind(
        429,
        "Hôm nay thiết bị này đã gửi quá nhiều phiếu phải để riêng",
        "This device has sent too much today that had to be set aside",
        "Phiếu ở lại trên máy và được gửi lại; xem `hailong-central set-aside list` để biết vì sao",
        "Its responses stay on it and come again; see `hailong-central set-aside list` for the reason",
    ),
    "HL4050": Kind(
        403,
        "Phiếu ghi cho một đơn vị mà thiết bị này không thuộc về",
        "The response is for a unit that its device does not belong to",
        "Phiếu được giữ riêng, chưa tính; đúng thì nhận bằng `set-aside judge --held --device …`",
        "It is held and not counted; if it is right, take it by `set-aside judge --held --device …`",
    ),
    "HL4051": Kind(
        422,
        "Chưa cấu hình nào nêu cán bộ hoặc thủ tục này ở đơn vị đó",
        "No configuration has named this officer or procedure in that unit",
        "Phiếu được giữ riêng: nhập cấu hình có mã này rồi chạy `set-aside judge`",
        "It is held: take in a configuration that names it, then run `set-aside judge`",
    ),
    "HL4052": Kind(
        422,
        "Ngày của phiếu cách ngày nhận quá xa",
        "The day of the response is too far from the day it arrived",
        "Phiếu được giữ riêng; xem đồng hồ của máy; đúng thì `set-aside judge --held --device …`",
        "It is held; look at the device's clock; if it is right, `set-aside judge --held --device …`",
    ),
    "HL4053": Kind(
        409,
        "Số thứ tự phiếu của thiết bị có quá nhiều chỗ trống",
        "There are too many gaps between the numbers of this device",
        "Không máy nào đánh số như vậy: kiểm tra thiết bị; phiếu vẫn ở trên máy",
        "No terminal numbers like that: look at the device; its responses stay on it",
    ),
    "HL4054": Kind(
        400,
        "Nội dung yêu cầu có thể đọc theo hai cách",
        "The body can be read in two ways",
        "Gửi mỗi mục một lần, và không gửi gì sau phần đã nén",
        "Send each member once, and nothing behind the packed body",
    ),
    "HL4055": Kind(
        422,
        "Một phiếu trả lời quá lớn",
        "One response is too large",
        "Phiếu được giữ lại để kiểm tra; kiểm tra thiết bị đã gửi",
        "The response is kept for review; check the device that sent it",
    ),
    "HL4101": Kind(
        422,
        "Địa chỉ trung tâm không được mã hóa (http://)",
        "The centre's address is not encrypted (http://)",
        "Dùng https://; chỉ trong mạng nội bộ khép kín: plain_http = true (hailong-pull: --plain-http)",
        "Use https://; inside a closed network only: plain_http = true (hailong-pull: --plain-http)",
    ),
    "HL4102": Kind(
        503,
        "Không kết nối được với trung tâm",
        "The centre cannot be reached",
        "Kiểm tra mạng; máy tự gửi lại, không mất phiếu nào",
        "Check the network; the device sends again by itself, nothing is lost",
    ),
    "HL4103": Kind(
        502,
        "Câu trả lời không phải của trung tâm",
        "The answer is not the centre's",
        "Kiểm tra địa chỉ trung tâm và trang đăng nhập Wi-Fi; máy tự gửi lại",
        "Check the centre's address and any Wi-Fi sign-in page; the device sends again by itself",
    ),
    "HL4104": Kind(
        502,
        "Biên nhận không khớp với những gì đã gửi",
        "The receipts do not belong to what was sent",
        "Kiểm tra thiết bị mạng ở giữa; máy tự gửi lại, không mất phiếu nào",
        "Check what stands between; the device sends again by itself, nothing is lost",
    ),
    "HL4105": Kind(
        502,
        "Câu trả lời không có chữ ký của trung tâm",
        "The answer is not signed by the centre",
        "Kiểm tra thiết bị mạng ở giữa; nếu trung tâm không có khóa gốc và đã thay khóa, ghi danh lại",
        "Check what stands between; if the centre has no root and has changed its keys, enrol again",
    ),
    "HL4106": Kind(
        401,
        "Thiết bị chưa được ghi danh",
        "The device is not enrolled",
        "Tạo mã tại trung tâm rồi chạy `hailong-agent enrol MÃ`",
        "Make a code at the centre and run `hailong-agent enrol CODE`",
    ),
    "HL4107": Kind(
        502,
        "Máy chủ trả lời không phải trung tâm đã cấp mã ghi danh",
        "Who answered is not the centre that issued the code",
        "Kiểm tra địa chỉ trung tâm trong agent.toml",
        "Check the centre's address in agent.toml",
    ),
    "HL4108": Kind(
        502,
        "Một yêu cầu xóa phiếu không có chữ ký của trung tâm",
        "A request to erase a response is not signed by the centre",
        "Không phiếu nào bị xóa; báo người quản trị trung tâm",
        "Nothing was erased; tell whoever runs the centre",
    ),
    "HL4109": Kind(
        502,
        "Danh sách khóa của trung tâm không do khóa gốc ký, hoặc đã hết hạn",
        "The list of the centre's keys is not signed by the root, or has expired",
        "Không phiếu nào bị mất; kiểm tra đồng hồ, rồi báo người quản trị trung tâm ký danh sách mới",
        "No response is lost; check the clock, then have the centre's list signed anew",
    ),
    "HL4110": Kind(
        422,
        "Chứng thư gốc (ca) trong agent.toml không dùng được",
        "The certificate authority (ca) in agent.toml cannot be used",
        "Đặt ca là tệp PEM của trung tâm, người dùng hailong đọc được",
        "Let ca be the centre's PEM file, readable by the user hailong",
    ),
    "HL4111": Kind(
        503,
        "Theo đồng hồ của máy, chứng thư của trung tâm chưa có hoặc hết hiệu lực",
        "By this machine's clock the centre's certificate is not valid yet, or no longer",
        "Kiểm tra ngày giờ của máy trước (timedatectl); nếu đúng, báo trung tâm gia hạn chứng thư",
        "Check this machine's date first (timedatectl); if it is right, have the certificate renewed",
    ),
    "HL4112": Kind(
        404,
        "Không có kho phiếu ở nơi agent.toml chỉ",
        "There is no outbox where agent.toml says",
        "Đặt outbox trong agent.toml là thư mục outbox trong data của kiosk.toml; kiosk tạo nó khi chạy",
        "Let outbox in agent.toml be the folder outbox in the data of kiosk.toml; the kiosk makes it",
    ),
    "HL4113": Kind(
        503,
        "Đã lâu trung tâm không trả lời báo cáo của máy",
        "The centre has not answered this device's heartbeats for long",
        "Kiểm tra mạng, và thiết bị ở giữa có cho qua mọi địa chỉ /v1/ không; máy tự báo lại",
        "Check the network, and whether all of /v1/ gets through; the device reports again by itself",
    ),
    "HL4114": Kind(
        502,
        "Đã lâu máy không nhận được thứ mới nhất trung tâm gửi (cấu hình hoặc danh sách khóa)",
        "The newest of what the centre sends (configuration or keys) has not come through for long",
        "Kiểm tra thiết bị ở giữa có giữ lại câu trả lời của trung tâm không; máy tự hỏi lại",
        "Check whether something between holds the centre's answers back; the device asks again by itself",
    ),
    "HL4115": Kind(
        401,
        "Chữ ký của máy này không được nhận",
        "This device's signature was not accepted",
        "Kiểm tra thiết bị ở giữa có đổi Host hay bỏ phần đầu nào không; nếu không, ghi danh lại máy",
        "Check whether something between changes Host or drops a header; if not, enrol the device again",
    ),
    # --- HL5xxx the centre and its tools -----------------------------------------------------------
    # --- HL42xx hailong-pull -----------------------------------------------------------------------
    "HL4201": Kind(
        401,
        "Không có mã truy cập dùng được",
        "There is no usable token",
        "Ghi mã truy cập vào một tệp quyền 600 (--token-file) hoặc biến HAILONG_TOKEN",
        "Put the token into a file of mode 600 (--token-file) or into HAILONG_TOKEN",
    ),
    "HL4202": Kind(
        409,
        "Thư mục này thuộc về một lần tải khác",
        "This folder belongs to another pull",
        "Giữ nguyên địa chỉ và bộ lọc, hoặc chọn tên tệp khác",
        "Keep address and filters as they were, or choose another file name",
    ),
    "HL4203": Kind(
        503,
        "Chưa kết nối được với trung tâm",
        "The centre cannot be reached now",
        "Không mất gì; chạy lại sau, sẽ tải tiếp từ chỗ dừng",
        "Nothing is lost; run it again later, it goes on where it stopped",
    ),
    "HL4204": Kind(
        502,
        "Câu trả lời không phải của trung tâm Hài Lòng",
        "The answer is not one of a Hài Lòng centre",
        "Kiểm tra địa chỉ và máy chủ trung gian",
        "Check the address and what stands in between",
    ),
    "HL4205": Kind(
        409,
        "Một lần tải khác đang chạy",
        "Another pull is running",
        "Chờ nó xong, hoặc chọn tên tệp khác",
        "Wait for it, or choose another file name",
    ),
    "HL4206": Kind(
        507,
        "Không ghi được tệp tải về",
        "What was pulled cannot be written",
        "Kiểm tra đĩa, quyền ghi, và tệp có đang mở trong chương trình khác không",
        "Check the disk, the permission, and whether another program has the file open",
    ),
    "HL4207": Kind(
        409,
        "Tệp kết quả ngắn hơn lúc ghi xong, hoặc không còn",
        "The output is shorter than when it was finished, or gone",
        "Tệp được ghi lại đủ từ các dòng đã tải; hỏng nhiều lần thì kiểm tra đĩa",
        "It is written anew from the rows that are here; if it happens again, check the disk",
    ),
    "HL4208": Kind(
        409,
        "Các dòng đã tải bị thiếu trên đĩa",
        "Rows that were pulled are missing on the disk",
        "Mọi dòng được tải lại từ đầu vào cùng tệp; hỏng nhiều lần thì kiểm tra đĩa",
        "All rows are fetched again into the same file; if it happens again, check the disk",
    ),
    "HL4209": Kind(
        409,
        "Các dòng cũ chưa ghi phiếu nào còn được tính",
        "The rows that are here do not say which of them count",
        "Mọi dòng được tải lại một lần vào cùng tệp; bản cũ giữ trong thư mục .pull, tên old-rows-…",
        "All rows are fetched again once; the old ones stay in the .pull folder as old-rows-…",
    ),
    "HL4210": Kind(
        422,
        "Không dùng được tệp chứng thư (--ca)",
        "The file of a certificate authority (--ca) cannot be used",
        "Kiểm tra đường dẫn và quyền đọc; tệp phải là chứng thư dạng PEM",
        "Check the path and the permission; the file has to be a certificate in PEM",
    ),
    "HL4211": Kind(
        422,
        "Không dùng được cài đặt proxy của máy này",
        "The proxy settings of this machine cannot be used",
        "Sửa hoặc bỏ biến được nêu; chỉ dùng được proxy http:// và https://, không dùng SOCKS",
        "Mend or unset the variable named; proxies are http:// or https://, not SOCKS",
    ),
    "HL4214": Kind(
        422,
        "Máy này chưa cài thư viện để ghi tệp Parquet",
        "This machine lacks the library that writes Parquet",
        "Cài requirements/parquet.lock vào môi trường Python được nêu, hoặc dùng .csv, .jsonl, .xlsx",
        "Install requirements/parquet.lock into the Python environment named, or use .csv, .jsonl or .xlsx",
    ),
    "HL5001": Kind(
        422,
        "Không mở được phần ý kiến đã mã hóa",
        "The sealed words cannot be opened",
        "Kiểm tra tệp khóa của trung tâm; phần còn lại của phiếu vẫn dùng được",
        "Check the centre's key file; the rest of the response stays usable",
    ),
    "HL5000": Kind(
        500,
        "Trung tâm gặp lỗi không lường trước",
        "The centre met an unexpected error",
        "Thử lại; nếu còn lỗi, xem nhật ký của trung tâm",
        "Try again; if it stays, see the log of the centre",
    ),
    "HL5002": Kind(
        500,
        "Không dùng được tệp khóa",
        "A key file cannot be used",
        "Chạy `hailong-central init`, hoặc đặt lại tệp khóa với quyền 600",
        "Run `hailong-central init`, or put the key file back with mode 600",
    ),
    "HL5003": Kind(
        422,
        "Không có vai trò này",
        "There is no such role",
        "Chọn một trong các vai trò được nêu",
        "Choose one of the roles named",
    ),
    "HL5004": Kind(
        404,
        "Không có thiết bị này trong danh mục",
        "The catalogue has no such device",
        "Thêm thiết bị vào catalogue.toml rồi nạp lại gói",
        "Add the device to catalogue.toml and import the bundle again",
    ),
    "HL5005": Kind(
        503,
        "Thư mục dữ liệu chưa được khởi tạo",
        "The data folder is not set up",
        "Chạy `hailong-central init --data … --bundle …`",
        "Run `hailong-central init --data … --bundle …`",
    ),
    "HL5006": Kind(
        503,
        "Trung tâm không ghi được vào cơ sở dữ liệu",
        "The centre cannot write to its database",
        "Kiểm tra đĩa và cơ sở dữ liệu; thiết bị sẽ tự gửi lại",
        "Check the disk and the database; devices send again by themselves",
    ),
    "HL5009": Kind(
        500,
        "Không sao lưu hoặc khôi phục được",
        "The backup or the restore failed",
        "Kiểm tra đường dẫn, chỗ trống trên đĩa và bản sao; dữ liệu hiện có không thay đổi",
        "Check the path, the free space and the copy; the data in use has not changed",
    ),
    "HL5008": Kind(
        500,
        "Nhật ký quản trị đã bị sửa",
        "The audit log was changed",
        "Giữ nguyên cơ sở dữ liệu, so với bản sao lưu trước đó",
        "Leave the database as it is and compare it with an earlier backup",
    ),
    "HL5007": Kind(
        409,
        "Mẫu khảo sát cùng phiên bản nhưng nội dung khác",
        "A survey of the same version has other content",
        "Tăng số phiên bản của mẫu khảo sát",
        "Give the survey a new version",
    ),
    "HL5010": Kind(
        404,
        "Không có mã truy cập này",
        "There is no such token",
        "Xem `hailong-central tokens list`",
        "See `hailong-central tokens list`",
    ),
    "HL5011": Kind(
        404,
        "Không có đơn vị này trong danh mục đơn vị",
        "The list of units has no such unit",
        "Nhập danh mục bằng `hailong-central units import`, hoặc sửa mã đơn vị",
        "Take the list in with `hailong-central units import`, or mend the code",
    ),
    "HL5012": Kind(
        404,
        "Không có phiếu này",
        "There is no such response",
        "Kiểm tra mã phiếu; phiếu đã xóa thì không còn",
        "Check the response's id; what was deleted is gone",
    ),
    "HL5013": Kind(
        409,
        "Phiếu này đã được hủy trước đó",
        "This response was voided before",
        "Không cần làm gì thêm; nếu đã gán lại, hãy sửa phiếu mới",
        "Nothing is left to do; where it was re-attributed, correct the new one",
    ),
    "HL5016": Kind(
        422,
        "Nội dung đính chính không hợp lệ",
        "The correction is not valid",
        "Nêu ít nhất một thay đổi, với mã có trong danh mục",
        "Name at least one change, with codes that are known",
    ),
    "HL5017": Kind(
        422,
        "Danh sách khóa hoặc yêu cầu ký không dùng được",
        "The key list, or the request for one, cannot be used",
        "Làm lại yêu cầu bằng `hailong-central keys request`, rồi ký lại ở máy giữ khóa gốc",
        "Make the request again with `hailong-central keys request`, and sign it on the root's machine",
    ),
    "HL5018": Kind(
        422,
        "Khóa gốc chép từ giấy bị sai",
        "The root copied from paper is wrong",
        "So từng nhóm chữ với tờ giấy",
        "Compare each group of letters with the paper",
    ),
    "HL5019": Kind(
        422,
        "Không đọc được địa chỉ cơ sở dữ liệu",
        "The address of the database cannot be read",
        "Viết theo mẫu `postgresql://người-dùng:mật-khẩu@máy/cơ-sở-dữ-liệu`; ký tự đặc biệt viết dạng %",
        "Write it like `postgresql://user:password@host/database`, with special characters as %",
    ),
    "HL5020": Kind(
        422,
        "Chưa gói cấu hình nào có kế hoạch này",
        "No bundle has had such a plan",
        "Xem `hailong-central plan list`; kế hoạch là một tệp trong thư mục `plans` của gói",
        "See `hailong-central plan list`; a plan is a file in the bundle's folder `plans`",
    ),
    "HL5021": Kind(
        422,
        "Cây đơn vị không có đơn vị mà kế hoạch nêu",
        "The tree of units lacks what the plan names",
        "Sửa `unit`, `unit_kind` hoặc `id` của phần trong tệp kế hoạch, hoặc nhập danh sách đơn vị: "
        "`hailong-central units import`",
        "Correct `unit`, `unit_kind` or a part's `id` in the plan's file, or import the list of units: "
        "`hailong-central units import`",
    ),
    "HL5022": Kind(
        422,
        "Ngày này ngoài thời gian của kế hoạch",
        "This day is outside the plan",
        "Chọn một ngày trong thời gian được nêu, hoặc bỏ `--on`",
        "Choose a day between the two that are named, or leave `--on` out",
    ),
    "HL5023": Kind(
        422,
        "Ngày đầu sau ngày cuối",
        "The first day is after the last",
        "Đổi chỗ hai ngày, hoặc sửa ngày sai",
        "Swap the two days, or correct the wrong one",
    ),
    "HL5025": Kind(
        422,
        "Đây không phải mã phiếu",
        "This is not the id of a response",
        "Chép lại đủ 36 ký tự của mã phiếu, ví dụ từ cột id của bảng đã tải",
        "Copy all 36 characters of the response's id, for example from the column id of a table",
    ),
    "HL5026": Kind(
        500,
        "Phiếu đã xóa khỏi bảng, nhưng chưa làm sạch được tệp dữ liệu",
        "The response is deleted, but the database files are not cleaned yet",
        "Kiểm tra đĩa còn chỗ và giới hạn cỡ tệp, rồi chạy `hailong-central purge`; không cần xóa lại",
        "Check disk space and file-size limits, then run `hailong-central purge`; do not delete again",
    ),
    "HL5027": Kind(
        409,
        "Đã có máy chủ khác đang chạy trên thư mục hoặc cổng này",
        "Another server runs on this folder or port",
        "Dừng máy chủ kia (`systemctl status hailong-central`) hoặc chọn `--port` khác",
        "Stop the other server (`systemctl status hailong-central`) or choose another `--port`",
    ),
    "HL5028": Kind(
        500,
        "Cơ sở dữ liệu của phiên bản mới hơn chương trình này",
        "The database is of a newer version than this program",
        "Cài lại phiên bản mới của chương trình; hoặc khôi phục bản sao lưu có trước khi nâng cấp",
        "Install the newer program again, or restore a backup from before the upgrade",
    ),
    "HL5029": Kind(
        500,
        "Cơ sở dữ liệu PostgreSQL không dùng bảng mã UTF-8",
        "The PostgreSQL database is not encoded in UTF-8",
        "Tạo lại: `createdb --encoding=UTF8 --template=template0 TÊN`",
        "Make it anew: `createdb --encoding=UTF8 --template=template0 NAME`",
    ),
    "HL5030": Kind(
        500,
        "Máy này chưa cài phần của lệnh này",
        "The part of this command is not installed on this machine",
        "Cài phần được nêu, hoặc chạy lệnh trên máy có phần đó",
        "Install the part named, or run the command on a machine that has it",
    ),
    "HL5034": Kind(
        422,
        "Chữ viết bằng phông cũ (TCVN3 hoặc VNI), không phải Unicode",
        "The text is in an old font (TCVN3 or VNI), not in Unicode",
        "Chuyển mã tệp sang Unicode (thí dụ bằng UniKey, Ctrl+Shift+F6) rồi nhập lại",
        "Convert the file to Unicode (such as with UniKey, Ctrl+Shift+F6) and import it again",
    ),
    "HL5035": Kind(
        422,
        "Không rõ ngày viết theo ngày/tháng hay tháng/ngày, chưa nhập gì",
        "Whether the days have the day or the month first is not clear; nothing was imported",
        'Xuất lại ngày dạng 2026-11-30, hoặc ghi `day_order = "day-first"` (hay "month-first") vào tệp cột',
        'Export the days like 2026-11-30, or map with `day_order = "day-first"` (or "month-first")',
    ),
    "HL5036": Kind(
        422,
        "Loại tệp này không nhập được",
        "This kind of file cannot be imported",
        "Mở bằng bảng tính rồi lưu dạng .xlsx hoặc “CSV UTF-8”",
        "Open it in a spreadsheet and save it as .xlsx or “CSV UTF-8”",
    ),
    "HL5037": Kind(
        409,
        "Danh sách này làm giảm số kết quả đã đếm, chưa nhập gì",
        "The list would lower what was counted as returned; nothing was imported",
        "Kiểm tra ngày trong tệp; nếu danh sách mới đúng hơn, thêm `--replace-returned`",
        "Check the days in the file; where the new list is right, add `--replace-returned`",
    ),
    "HL5038": Kind(
        409,
        "Hai đơn vị dùng chung một khóa hồ sơ",
        "Two units share one key for dossier codes",
        "Xóa tệp của đơn vị không đúng trong keys/case-lists/ (tệp đã chép từ đơn vị khác), rồi chạy lại",
        "Remove the wrong unit's file from keys/case-lists/ (the one that was copied), then run it again",
    ),
    "HL5040": Kind(
        422,
        "Thời hạn của mã truy cập không hợp lệ",
        "A token can't be given this many days",
        "Ghi số ngày trong khoảng được nêu",
        "Give a number of days in the range named",
    ),
    "HL5041": Kind(
        500,
        "Chữ ký của nhật ký quản trị không phải của khóa nào còn được tin",
        "The audit log is not signed by a key that counts",
        "So với dòng đã ghi trên giấy bằng `audit --seen`; đúng thì ký lại bằng `audit --sign`",
        "Compare with the line on paper by `audit --seen`; if it holds, sign again by `audit --sign`",
    ),
    "HL5050": Kind(
        422,
        "Không cộng kết quả của các thang đo khác nhau",
        "Answers on different scales are not added",
        "Xem riêng kết quả của từng thang đo",
        "Look at each scale by itself",
    ),
    "HL5051": Kind(
        422,
        "Điểm đánh giá không hợp lệ",
        "A score is not valid",
        "Sửa điểm của chỉ số được nêu, từ 0 đến 2",
        "Mend the score of the indicator named, from 0 to 2",
    ),
}
