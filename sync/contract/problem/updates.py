"""HL4243 and up: updates of a terminal's software, see sync/updates/."""

from sync.contract.problem import Kind

RELEASE_UNTRUSTED = Kind(
    number="HL4243",
    status=422,
    title="Bản phát hành không có chữ ký mà máy tin",
    title_en="The release has no signature that the machine trusts",
    remedy="Lấy lại tệp từ nơi phát hành; khóa được tin nằm trong /etc/hailong/release-keys",
    remedy_en="Get the file from who publishes it; trusted keys are in /etc/hailong/release-keys",
)
RELEASE_UNSUITABLE = Kind(
    number="HL4244",
    status=422,
    title="Bản phát hành làm cho loại máy khác",
    title_en="The release is made for another kind of machine",
    remedy="Dùng bản có đúng phần, kiến trúc và bản Python của máy này",
    remedy_en="Use the one for this part, architecture and Python",
)
RELEASE_DAMAGED = Kind(
    number="HL4245",
    status=422,
    title="Tệp bản phát hành bị hỏng hoặc không đúng dạng",
    title_en="The release file is damaged, or has another format",
    remedy="Chép lại tệp từ nơi phát hành",
    remedy_en="Copy the file again from who publishes it",
)
RELEASE_NOT_NEWER = Kind(
    number="HL4246",
    status=409,
    title="Bản phát hành không mới hơn bản đang dùng",
    title_en="The release is not newer than the one in use",
    remedy="Không cần làm gì; muốn về bản trước thì rút bản đang dùng tại trung tâm",
    remedy_en="Nothing to do; to go back, withdraw the present one at the centre",
)
RELEASE_TAKEN_BACK = Kind(
    number="HL4247",
    status=409,
    title="Phiên bản mới không chạy tốt, máy đã tự về phiên bản trước",
    title_en="The new version did not run well, and the terminal went back to the one before",
    remedy="Máy vẫn phục vụ; rút phiên bản đó tại trung tâm và báo cho nơi phát hành",
    remedy_en="The terminal serves; withdraw that version at the centre and report it to who publishes it",
)
RELEASE_PIECE_MISSING = Kind(
    number="HL4248",
    status=404,
    title="Trung tâm không có phần này của bản phát hành",
    title_en="The centre does not have this piece of the release",
    remedy="Máy tự hỏi lại; nếu kéo dài, thêm lại tệp bằng `hailong-central releases add`",
    remedy_en="The terminal asks again; if it lasts, add the file again by `hailong-central releases add`",
)
