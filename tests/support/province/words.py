"""What citizens of an invented province write, some of whom ask to be called. Pure; all of it is invented."""

import random

from sync.contract.sealing import Words

UNHAPPY = (
    "Phải chờ hơn một tiếng mới được gọi số.",
    "Giấy hẹn ghi thứ hai, đến nơi lại bảo thứ năm quay lại.",
    "Cán bộ trả lời cộc lốc, hỏi thêm thì không giải thích.",
    "Đi lại ba lần vì mỗi lần được yêu cầu thêm một giấy tờ khác.",
    "Không ai hướng dẫn điền tờ khai, viết sai phải làm lại từ đầu.",
    "Quầy đóng trước giờ, người dân đứng chờ ngoài nắng.",
    "Hồ sơ quá hạn mười ngày mà không có thông báo.",
    "Chỗ ngồi chờ ít, người già phải đứng.",
    "Sai tên con trong giấy khai sinh, xin sửa mãi chưa xong.",
    "Được bảo ra ngoài photo rồi xếp hàng lại từ đầu.",
    "Máy lấy số hỏng, ai chen được thì làm trước.",
    "Nộp trên mạng rồi vẫn phải mang giấy lên nộp lại.",
)
SUGGESTIONS = (
    "Nên có thêm một quầy vào sáng thứ hai.",
    "Cán bộ nhiệt tình, xin cảm ơn.",
    "Nên gửi tin nhắn khi hồ sơ xong.",
    "Bảng hướng dẫn chữ nhỏ quá.",
    "Có nước uống cho người chờ thì tốt.",
    "Thủ tục nhanh hơn trước nhiều.",
)
_CALLED = ("Ông Nguyễn Văn Mẫu", "Bà Trần Thị Mẫu", "Anh Lê Mẫu", "Chị Phạm Thu Mẫu")


def daily_words(chance: random.Random, worst: int) -> Words:
    """What somebody whose lowest answer was `worst` writes on the daily form; mostly nothing."""
    words: Words = {}
    if chance.random() < (0.42 if worst <= 2 else 0.015):
        words["unsatisfied"] = chance.choice(UNHAPPY)
        if chance.random() < 0.3:
            number = f"0900 000 {chance.randrange(1000):03}"
            words["contact"] = {"name": chance.choice(_CALLED), "phone": number}
    elif worst >= 3 and chance.random() < 0.03:
        words["suggestion"] = chance.choice(SUGGESTIONS)
    return words


def round_words(chance: random.Random, worst: int) -> Words:
    """The same on the form of the plan with a target."""
    if chance.random() < (0.35 if worst <= 2 else 0.03):
        return {"suggestion": chance.choice(UNHAPPY if worst <= 2 else SUGGESTIONS)}
    return {}
