"""HL434x: letters that ask organisations to answer, and the links on them."""

from sync.contract.problem import Kind

LETTER_LINK_UNKNOWN = Kind(
    number="HL4340",
    status=404,
    title="Không có công văn nào có đường dẫn này",
    title_en="No letter has this address",
    remedy="Gõ lại đúng địa chỉ in trên công văn, hoặc quét lại mã; không được thì gửi phiếu giấy",
    remedy_en="Type the address as it is printed on the letter, or scan it again; else send the form back",
)
LETTER_LINK_OVER = Kind(
    number="HL4341",
    status=410,
    title="Ngoài thời gian trả lời của đợt khảo sát này",
    title_en="This survey is not open for answers today",
    remedy="Thời gian trả lời ghi trong công văn; cần hỏi thì gọi số điện thoại của cơ quan",
    remedy_en="The days are in the letter; call the office if you have a question",
)
LETTER_ANSWERED = Kind(
    number="HL4342",
    status=409,
    title="Phiếu của công văn này đã có câu trả lời",
    title_en="The form of this letter was answered already",
    remedy="Không cần làm gì thêm: cơ quan đã nhận câu trả lời đầu tiên",
    remedy_en="There is nothing to do: the office has the first answer",
)
GROUP_NOT_BY_POST = Kind(
    number="HL4343",
    status=422,
    title="Nhóm này không thu phiếu qua bưu điện",
    title_en="This group is not asked by post",
    remedy="Thêm hình thức bưu điện cho nhóm vào kế hoạch, rồi gửi công văn",
    remedy_en="Add the post to the channels of the group in the plan, then send letters",
)
LETTER_STATE_WRONG = Kind(
    number="HL4344",
    status=409,
    title="Công văn này không ở bước đó",
    title_en="This letter is not at that step",
    remedy="Tải lại trang rồi xem công văn đang ở bước nào",
    remedy_en="Load the page again and look at which step the letter is",
)
LETTER_UNKNOWN = Kind(
    number="HL4345",
    status=404,
    title="Kế hoạch không có công văn này",
    title_en="The plan has no such letter",
    remedy="So lại số phiếu in trên công văn",
    remedy_en="Compare the number of the form that is printed on the letter",
)
LETTER_ENTRY_WRONG = Kind(
    number="HL4346",
    status=422,
    title="Có chỗ điền chưa đúng về công văn",
    title_en="Something about the letters is filled in wrongly",
    remedy="Sửa chỗ được nêu, rồi gửi lại",
    remedy_en="Correct what is named, then send it again",
)
LETTER_CLOSED = Kind(
    number="HL4347",
    status=409,
    title="Không mở được địa chỉ của công văn",
    title_en="The address of a letter can't be opened",
    remedy="Địa chỉ đã xóa theo hạn, hoặc khóa mở không ở máy chủ này",
    remedy_en="They were removed after their time, or the key that opens them is not on this server",
)
NO_LETTERS = Kind(
    number="HL4348",
    status=409,
    title="Không có công văn nào để làm việc này",
    title_en="There is no letter to do this with",
    remedy="Tải lại trang rồi xem công văn đang ở bước nào",
    remedy_en="Load the page again and look at which step the letters are",
)
