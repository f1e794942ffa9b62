"""HL4290 and on: plans that an office writes and carries out."""

from sync.contract.problem import Kind

PLAN_ENTRY_WRONG = Kind(
    number="HL4290",
    status=422,
    title="Nội dung ghi cho kế hoạch không đúng",
    title_en="What was written for the plan is wrong",
    remedy="Sửa chỗ được nêu rồi gửi lại",
    remedy_en="Correct what is named and send it again",
)
PLAN_CHANGED = Kind(
    number="HL4291",
    status=409,
    title="Có người vừa đổi nội dung này",
    title_en="Somebody has just changed this",
    remedy="Mở lại trang, đọc bản mới rồi sửa",
    remedy_en="Open the page again, read the new version, then change it",
)
PLAN_DRAFT_UNKNOWN = Kind(
    number="HL4292",
    status=404,
    title="Kế hoạch này không có bản nháp",
    title_en="This plan has no draft",
    remedy="Mở kế hoạch và bấm “Sửa kế hoạch” để có bản nháp",
    remedy_en="Open the plan and press “Change the plan” for a draft",
)
PLAN_CODE_TAKEN = Kind(
    number="HL4293",
    status=409,
    title="Mã kế hoạch này đã được dùng",
    title_en="This code of a plan is in use",
    remedy="Chọn mã khác, thí dụ thêm năm ở cuối",
    remedy_en="Choose another code, for example with the year at its end",
)
TASK_STEP_WRONG = Kind(
    number="HL4294",
    status=409,
    title="Việc này bây giờ không làm bước đó được",
    title_en="This step is not possible for the task now",
    remedy="Mở lại trang để xem việc đang ở đâu",
    remedy_en="Open the page again to see where the task is",
)
TASK_UNKNOWN = Kind(
    number="HL4295",
    status=404,
    title="Kế hoạch không có việc này",
    title_en="The plan has no such task",
    remedy="Mở lại kế hoạch; lời của việc có thể vừa được sửa",
    remedy_en="Open the plan again; the wording of the task may have changed",
)
OBSTACLE_UNKNOWN = Kind(
    number="HL4296",
    status=404,
    title="Kế hoạch không có vướng mắc này",
    title_en="The plan has no such obstacle",
    remedy="Mở lại kế hoạch",
    remedy_en="Open the plan again",
)
PLAN_BLOCKED = Kind(
    number="HL4297",
    status=409,
    title="Chưa đóng được kế hoạch",
    title_en="The plan can't be closed yet",
    remedy="Làm xong điều được nêu, rồi đóng",
    remedy_en="Finish what is named, then close it",
)
PLAN_CLOSED = Kind(
    number="HL4298",
    status=409,
    title="Kế hoạch đã đóng",
    title_en="The plan is closed",
    remedy="Mở lại kế hoạch nếu còn phải sửa",
    remedy_en="Reopen the plan if something has to be changed",
)
PLAN_NOT_CLOSED = Kind(
    number="HL4299",
    status=409,
    title="Kế hoạch chưa đóng",
    title_en="The plan is not closed",
    remedy="Đóng kế hoạch trước",
    remedy_en="Close the plan first",
)
PACKAGE_DIFFERS = Kind(
    number="HL4300",
    status=409,
    title="Mã không phải của gói đã bàn giao",
    title_en="The code is not that of the package handed over",
    remedy="Tính lại SHA-256 của tệp ban-ke.json; nếu vẫn khác thì xin bên giao gửi lại gói",
    remedy_en="Compute the SHA-256 of ban-ke.json again; if it still differs, ask for the package once more",
)
LOT_HELD_BY_ANOTHER = Kind(
    number="HL4301",
    status=409,
    title="Lô phiếu này do người khác giữ",
    title_en="Somebody else holds this lot of forms",
    remedy="Để người đang giữ lô bàn giao",
    remedy_en="Let the person who holds it hand it over",
)
LOT_OFFERED = Kind(
    number="HL4302",
    status=409,
    title="Lô phiếu này đang chờ một người xác nhận đã nhận",
    title_en="This lot of forms waits for somebody to confirm it",
    remedy="Chờ người ấy xác nhận, hoặc rút lại rồi giao cho người khác",
    remedy_en="Wait for that person, or take it back and offer it to another one",
)
NOT_OFFERED_TO_YOU = Kind(
    number="HL4303",
    status=409,
    title="Không có bàn giao nào của lô này đang chờ bạn",
    title_en="No handing over of this lot waits for you",
    remedy="Tải lại trang bàn giao của lô",
    remedy_en="Load the page of the lot's handing over again",
)
FORMS_COUNTED_OTHERWISE = Kind(
    number="HL4304",
    status=409,
    title="Số phiếu bạn đếm khác số của lô",
    title_en="You have counted another number of forms than the lot has",
    remedy="Hai người đếm lại; lô ghi sai thì ghi số đã đếm lại, thiếu phiếu thì không nhận và nêu lý do",
    remedy_en="Count together; correct the number of the lot, or refuse it and say why if forms are missing",
)
INHERITED_CHANGED = Kind(
    number="HL4305",
    status=422,
    title="Câu hỏi của cấp trên bị khóa: chỉ được thêm câu của mình",
    title_en="Questions of the upper unit are locked: only own ones may be added",
    remedy="Giữ nguyên câu, lựa chọn và mức của mẫu cấp trên; đề nghị cấp trên sửa mẫu nếu cần",
    remedy_en="Keep questions, options and levels of the upper unit's form, or ask it to change its form",
)
FORM_OF_UPPER_UNIT = Kind(
    number="HL4306",
    status=409,
    title="Mẫu phiếu này của cấp trên và bị khóa",
    title_en="This form is of the upper unit and locked",
    remedy="Mở mẫu, chép thành phiếu của mình rồi thêm câu",
    remedy_en="Open the form, copy it to one of your own and add questions there",
)
NOTICE_NOWHERE = Kind(
    number="HL4361",
    status=409,
    title="Không còn đơn vị nào chưa được gửi thông báo này",
    title_en="Every unit has got this notice already",
    remedy="Xem đơn vị nào chưa đọc ở trang phổ biến; nhắc bằng công văn hoặc điện thoại",
    remedy_en="See on the page of the notice who has not read it; remind them by letter or telephone",
)
