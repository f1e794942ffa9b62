"""The words of the terminal around the questions of a form, for previews and for phones. Pure.

The terminal has them in a catalogue of its own, which the centre does not read; a test holds both together.
"""

from collections.abc import Callable, Mapping

from sync.contract.addressing import address_of, addressing
from sync.contract.response import Respondent
from sync.contract.survey import Survey

ENGLISH: Mapping[str, str] = {
    "Ý kiến của ông/bà được dùng thế nào": "How your answers are used",
    "Mục đích": "Purpose",
    "Thông tin được ghi": "What is recorded",
    "Cơ quan chịu trách nhiệm": "Who is responsible",
    "Quyền của ông/bà": "Your rights",
    "Tôi đã rõ": "I understand",
    "Không áp dụng": "Not applicable",
    "Có": "Yes",
    "Không": "No",
    "Có thể chọn nhiều ô": "You may choose several",
    "Chạm vào các phím để viết": "Touch the keys to write",
    "Có, tôi để lại liên hệ": "Yes, leave my details",
    "Không để lại": "No, leave none",
    "Họ và tên": "Full name",
    "Số điện thoại": "Telephone",
    "Địa chỉ": "Address",
    "Bỏ qua": "Skip",
    "Gửi": "Send",
    "Góp ý": "Add a comment",
    "Đánh giá thêm": "Rate more",
    "Ông/bà có muốn góp ý thêm không?": "Would you like to add anything?",
    "Ông/bà có muốn đánh giá thêm một số nội dung không?": "Would you like to rate a few more things?",
    "Xin cảm ơn ông/bà.": "Thank you.",
    "Ý kiến của ông/bà đã được ghi nhận.": "Your answers have been recorded.",
    "Quay lại": "Back",
    "Gọi cán bộ": "Call staff",
    "Tiếp": "Next",
    "Kết quả vừa trao": "You have just received",
    "Người phục vụ: {name}": "Served by {name}",
    "Tìm hiểu thêm": "Learn more",
    "Ông/bà làm thủ tục cho ai?": "Who are you here for?",
    "Cho bản thân, gia đình": "Myself or my family",
    "Cho cơ quan, tổ chức, doanh nghiệp": "An office, organisation or company",
    "Tôi làm việc tại cơ quan này": "I work at this office",
}
WHOM_FOR = "Ông/bà làm thủ tục cho ai?"
RESPONDENTS: Mapping[Respondent, str] = {
    "citizen": "Cho bản thân, gia đình",
    "organisation": "Cho cơ quan, tổ chức, doanh nghiệp",
    "staff": "Tôi làm việc tại cơ quan này",
}


def terminal_words(survey: Survey, language: str) -> Callable[[str], str]:
    """Says a text of the terminal in this language, to the respondents of this form."""
    english = ENGLISH if language == "en" else {}
    return addressing(lambda text: english.get(text, text), address_of(survey.respondents[0], survey))
