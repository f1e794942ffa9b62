"""HL5220 and on: paper forms, which are printed, counted and keyed in at the centre."""

from sync.contract.problem import Kind

PRINT_RUN_UNKNOWN = Kind(
    number="HL5220",
    status=404,
    title="Không có đợt in phiếu này",
    title_en="There is no such print run",
    remedy="Xem danh sách các đợt in",
    remedy_en="See the list of print runs",
)
LOT_UNKNOWN = Kind(
    number="HL5221",
    status=404,
    title="Không có lô phiếu này",
    title_en="There is no such lot of forms",
    remedy="Xem danh sách các lô ở trang Nhập phiếu",
    remedy_en="See the list of lots on the page for keying",
)
FORM_NUMBER_TAKEN = Kind(
    number="HL5222",
    status=409,
    title="Số phiếu này đã nhập",
    title_en="The form with this number was keyed before",
    remedy="So lại số trên tờ phiếu; nếu lần trước nhập sai thì chọn nhập lại số này",
    remedy_en="Compare the number on the form; if it was keyed wrongly, choose to key this number again",
)
FORM_NUMBER_OUTSIDE = Kind(
    number="HL5223",
    status=422,
    title="Số phiếu ngoài các số của lô",
    title_en="The number is not among those of the lot",
    remedy="So lại số trên tờ phiếu; nếu đúng thì sửa các số của lô",
    remedy_en="Compare the number on the form; if it is right, correct the numbers of the lot",
)
PAPER_ENTRY_WRONG = Kind(
    number="HL5224",
    status=422,
    title="Điều đã ghi về phiếu giấy không đúng",
    title_en="What was noted about paper forms is wrong",
    remedy="Sửa chỗ được nêu rồi gửi lại",
    remedy_en="Correct what is named and send it again",
)
ANSWERED_OUTSIDE_WINDOW = Kind(
    number="HL5225",
    status=422,
    title="Ngày trả lời ngoài thời gian thu phiếu của kế hoạch",
    title_en="The day of the answer is outside the plan's window",
    remedy="So lại ngày trên tờ phiếu; nếu đúng thì ghi phiếu là không hợp lệ, lý do ngoài thời gian",
    remedy_en="Compare the day on the form; if it is right, note the form as invalid, outside the window",
)
LOT_COMPLETE = Kind(
    number="HL5226",
    status=409,
    title="Lô này đã đủ số phiếu đã đếm",
    title_en="The lot has as many forms as were counted",
    remedy="Đếm lại các tờ phiếu của lô và sửa số đã đếm",
    remedy_en="Count the forms of the lot again and correct the count",
)
PAPER_FORM_REFUSED = Kind(
    number="HL5227",
    status=422,
    title="Phiếu đã nhập không khớp mẫu phiếu",
    title_en="What was keyed does not fit the form",
    remedy="So lại tờ phiếu và sửa câu được nêu",
    remedy_en="Compare with the paper form and correct the question that is named",
)
WORDS_CANT_BE_SEALED = Kind(
    number="HL5228",
    status=409,
    title="Không có khóa để mã hóa lời viết của người dân",
    title_en="There is no key to seal a citizen's words with",
    remedy="Nhờ người quản trị máy chủ tạo khóa; chưa có gì được lưu",
    remedy_en="Ask the server's administrator to make a key; nothing was stored",
)
PAPER_FORM_UNKNOWN = Kind(
    number="HL5229",
    status=404,
    title="Số phiếu này chưa nhập",
    title_en="No form with this number was keyed",
    remedy="So lại số trên tờ phiếu",
    remedy_en="Compare the number on the form",
)
PAPER_FORM_SENT_BEFORE = Kind(
    number="HL5230",
    status=409,
    title="Trang nhập này đã lưu một phiếu khác",
    title_en="This page has stored another form before",
    remedy="Mở lại trang nhập của lô rồi nhập phiếu này",
    remedy_en="Open the page of the lot again and key this form",
)
SAME_PERSON = Kind(
    number="HL5231",
    status=403,
    title="Người này đã nhập chính phiếu ấy",
    title_en="This person has keyed that very form",
    remedy="Để người khác nhập lần hai, và người thứ ba quyết định",
    remedy_en="Let another person key it the second time, and a third one decide",
)
NOT_KEYED_TWICE = Kind(
    number="HL5232",
    status=409,
    title="Phiếu này không phải nhập lần hai",
    title_en="This form is not to be keyed a second time",
    remedy="Nhập phiếu có số mà trang nêu",
    remedy_en="Key the form whose number the page names",
)
NOTHING_DIFFERS = Kind(
    number="HL5233",
    status=409,
    title="Phiếu này không có chỗ khác nhau phải quyết định",
    title_en="There is nothing to decide about this form",
    remedy="Tải lại trang đối chiếu",
    remedy_en="Load the page of differences again",
)
NUMBER_NOT_PRINTED = Kind(
    number="HL5234",
    status=422,
    title="Số phiếu này không có trong các phiếu đã in",
    title_en="No form with this number was printed",
    remedy="So lại số trên tờ phiếu; nếu là phiếu khác thì ghi vào lô của phiếu ấy",
    remedy_en="Compare the number on the form; if it is another form, note it in a lot of that form",
)
PAPER_WORDS_CLOSED = Kind(
    number="HL5235",
    status=409,
    title="Không mở được lời đã niêm phong của phiếu",
    title_en="The sealed words of a form can't be opened",
    remedy="Khóa mở không ở máy chủ này: nhờ người giữ khóa, hoặc xem trên tờ phiếu",
    remedy_en="The key is not on this server: ask who keeps it, or look at the paper form",
)
