"""HL423x, HL424x, and HL4270 on: what the centre answers to people in a browser."""

from sync.contract.problem import Kind

SIGN_IN_WRONG = Kind(
    number="HL4230",
    status=401,
    title="Tên đăng nhập hoặc mật khẩu không đúng",
    title_en="The sign-in name or the password is wrong",
    remedy="Nhập lại; nếu quên, nhờ người quản trị cấp liên kết đặt lại mật khẩu",
    remedy_en="Type them again; if forgotten, ask an administrator for a link that sets a new password",
)
TOO_MANY_TRIES = Kind(
    number="HL4231",
    status=429,
    title="Đã nhập sai quá nhiều lần",
    title_en="There were too many wrong tries",
    remedy="Chờ hết thời gian nêu trong chi tiết rồi thử lại",
    remedy_en="Wait as long as the detail says, then try again",
)
LINK_INVALID = Kind(
    number="HL4232",
    status=410,
    title="Liên kết này đã dùng hoặc đã hết hạn",
    title_en="This link was used already or has expired",
    remedy="Nhờ người quản trị cấp liên kết mới",
    remedy_en="Ask an administrator for a new link",
)
CODE_WRONG = Kind(
    number="HL4233",
    status=401,
    title="Mã xác thực không đúng hoặc đã dùng",
    title_en="The code is wrong or was used already",
    remedy="Chờ ứng dụng hiện mã mới rồi nhập, hoặc dùng một mã dự phòng",
    remedy_en="Wait until the app shows a new code and type that, or use a recovery code",
)
SIGN_IN_NEEDED = Kind(
    number="HL4234",
    status=401,
    title="Phiên làm việc đã kết thúc",
    title_en="The session has ended",
    remedy="Đăng nhập lại",
    remedy_en="Sign in again",
)
STEP_UP_NEEDED = Kind(
    number="HL4235",
    status=403,
    title="Việc này cần xác nhận lại bạn là ai",
    title_en="This needs a new confirmation of who you are",
    remedy="Nhập lại mã xác thực, hoặc mật khẩu nếu chưa cài mã",
    remedy_en="Type a code of your app again, or the password if there is no app yet",
)
NOT_PERMITTED = Kind(
    number="HL4236",
    status=403,
    title="Vai trò của bạn không có quyền này",
    title_en="Your role does not permit this",
    remedy="Nhờ người quản trị làm, hoặc xin thêm vai trò",
    remedy_en="Ask an administrator to do it, or for another role",
)
FORM_NOT_OURS = Kind(
    number="HL4240",
    status=403,
    title="Biểu mẫu không được gửi từ trang của phiên làm việc này",
    title_en="The form was not sent from a page of this session",
    remedy="Mở lại trang rồi gửi lần nữa; nếu vừa đăng nhập lại ở cửa sổ khác thì tải lại trang này",
    remedy_en="Open the page again and send it once more; if you signed in again elsewhere, reload it",
)
FORM_INVALID = Kind(
    number="HL4241",
    status=400,
    title="Ô nhập không đúng",
    title_en="A field is wrong",
    remedy="Sửa ô được nêu rồi gửi lại",
    remedy_en="Correct the field that is named and send the form again",
)
CONNECTION_OPEN = Kind(
    number="HL4242",
    status=403,
    title="Kết nối chưa được mã hóa nên không đăng nhập được",
    title_en="The connection is not encrypted, so nobody can sign in over it",
    remedy="Mở địa chỉ bắt đầu bằng https://; hướng dẫn cài đặt máy chủ nói cách làm",
    remedy_en="Open the address that begins with https://; the server guide says how to set it up",
)
PHONE_CODE_UNREADABLE = Kind(
    number="HL4270",
    status=404,
    title="Mã này không mở được phiếu nào",
    title_en="This code opens no form",
    remedy="Quét lại mã trên màn hình ở quầy, hoặc trả lời ngay trên màn hình đó",
    remedy_en="Scan the code at the counter again, or answer on the screen there",
)
PHONE_CODE_OVER = Kind(
    number="HL4271",
    status=410,
    title="Mã này đã hết hạn",
    title_en="This code has expired",
    remedy="Mỗi mã dùng được bảy ngày; lần làm thủ tục sau, ông/bà sẽ có mã mới",
    remedy_en="A code lasts seven days; the next time you are served there is a new one",
)
PHONE_ANSWERED = Kind(
    number="HL4272",
    status=409,
    title="Lượt này đã có câu trả lời",
    title_en="This visit was answered already",
    remedy="Không cần làm gì thêm: cơ quan đã nhận câu trả lời đầu tiên",
    remedy_en="There is nothing to do: the office has the first answer",
)
PHONE_ANSWER_UNTAKEN = Kind(
    number="HL4273",
    status=409,
    title="Chưa nhận được câu trả lời này",
    title_en="This answer can't be taken now",
    remedy="Mời ông/bà trả lời trên màn hình ở quầy, hoặc mở lại mã này sau vài ngày",
    remedy_en="Answer on the screen at the counter, or open this code again in some days",
)
SLIPS_WRONG = Kind(
    number="HL4274",
    status=422,
    title="Chưa làm được giấy mã QR",
    title_en="The slips can't be made",
    remedy="Sửa chỗ được nêu rồi làm lại",
    remedy_en="Correct what is named and make them again",
)
