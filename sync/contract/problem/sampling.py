"""HL431x to HL433x, HL436x: lists of people, samples, interviews and re-checks."""

from sync.contract.problem import Kind

SEED_NOT_PUBLISHED = Kind(
    number="HL4310",
    status=409,
    title="Chưa công bố mã của hạt giống cho nhóm này",
    title_en="The digest of this group's seed is not published yet",
    remedy="Công bố mã hạt giống ở trang danh sách trước, rồi mới nhận danh sách",
    remedy_en="Publish the digest on the page of lists first, then take the list in",
)
SEED_PUBLISHED = Kind(
    number="HL4311",
    status=409,
    title="Nhóm này đã công bố mã hạt giống",
    title_en="The digest of this group's seed was published already",
    remedy="Dùng mã đã công bố; một lần rút chỉ có một hạt giống",
    remedy_en="Use the one that was published; a draw has one seed",
)
SEED_LOST = Kind(
    number="HL4312",
    status=409,
    title="Tệp hạt giống của nhóm này không còn, hoặc không đúng mã đã công bố",
    title_en="The seed file of this group is gone, or does not match the published digest",
    remedy="Chép lại `keys/samples` từ bản lưu khóa; không có thì công bố mã mới, nhận lại danh sách",
    remedy_en="Copy `keys/samples` back from the copy of the keys; else publish another digest",
)
SAMPLE_DRAWN = Kind(
    number="HL4313",
    status=409,
    title="Nhóm này đã rút mẫu",
    title_en="The sample of this group is drawn already",
    remedy="Danh sách và mẫu không đổi được nữa; người không hỏi được thì thay bằng người dự phòng",
    remedy_en="Lists and sample can't change any more; replace those who can't be asked by the reserve",
)
LIST_MISSING = Kind(
    number="HL4314",
    status=409,
    title="Chưa đủ danh sách để rút mẫu",
    title_en="Lists are missing for the draw",
    remedy="Nhận danh sách của các đơn vị còn thiếu, rồi rút",
    remedy_en="Take in the lists of the units that are named, then draw",
)
SAMPLE_SIZE_MISSING = Kind(
    number="HL4315",
    status=409,
    title="Kế hoạch không ghi số phiếu của nhóm này",
    title_en="The plan sets no number of forms for this group",
    remedy="Ghi số phiếu vào kế hoạch, rồi rút mẫu",
    remedy_en="Write the number into the plan, then draw the sample",
)
PERSON_CLOSED = Kind(
    number="HL4316",
    status=409,
    title="Không mở được người này",
    title_en="This person can't be opened",
    remedy="Danh sách đã xóa theo hạn, hoặc khóa mở không ở máy chủ này",
    remedy_en="The list was removed after its time, or the key that opens it is not on this server",
)
DRAWN_CHANGED = Kind(
    number="HL4318",
    status=409,
    title="Người này vừa được ghi ở nơi khác",
    title_en="Somebody else has just recorded something about this person",
    remedy="Tải lại trang rồi xem lại",
    remedy_en="Load the page again and look",
)
INTERVIEWER_UNUSABLE = Kind(
    number="HL4319",
    status=409,
    title="Tài khoản này không giao được",
    title_en="This account can't be given people to ask",
    remedy="Chọn người có vai trò điều tra viên ở đơn vị của kế hoạch, có ngày cuối của vai trò",
    remedy_en="Choose an interviewer of the plan's unit whose role has a last day",
)
INTERVIEW_REFUSED = Kind(
    number="HL4321",
    status=422,
    title="Phiếu phỏng vấn không đúng mẫu phiếu",
    title_en="The interview does not fit its form",
    remedy="Tải lại trang, trả lời lại theo mẫu phiếu đang dùng",
    remedy_en="Load the page again and answer the form that is in use",
)
FIELD_WORK_OPEN = Kind(
    number="HL4322",
    status=409,
    title="Còn người phải hỏi, chưa rút phiếu phúc tra được",
    title_en="Somebody is still to be asked, so no re-checks are drawn yet",
    remedy="Rút sau khi mọi phiếu đã thu, để không ai biết trước người nào bị phúc tra",
    remedy_en="Draw them after all forms are in, so that nobody knows beforehand whom it will be",
)
OWN_INTERVIEW = Kind(
    number="HL4323",
    status=403,
    title="Không ai phúc tra phiếu của chính mình",
    title_en="Nobody checks their own interviews",
    remedy="Để người khác phúc tra phiếu này",
    remedy_en="Let somebody else check this one",
)
SHARE_UNUSABLE = Kind(
    number="HL4324",
    status=409,
    title="Không lấy được tỷ lệ này làm p",
    title_en="This share can't be taken as p",
    remedy="Tải lại trang; tỷ lệ 0 % hay 100 % không tính được cỡ mẫu, hãy gõ p",
    remedy_en="Load the page again; of 0 % or 100 % no size can be calculated, so type p",
)
UNITS_FIXED = Kind(
    number="HL4325",
    status=409,
    title="Không chọn đơn vị cho nhóm này được nữa",
    title_en="The units of this group can't be chosen any more",
    remedy="Có bản nháp thì ban hành hoặc bỏ trước; đã công bố mã hạt giống thì giữ các đơn vị đã chọn",
    remedy_en="Issue or discard the draft first; once the digest of a seed is published, the units stay",
)
UNITS_WRONG = Kind(
    number="HL4326",
    status=422,
    title="Số đơn vị không đúng như kế hoạch ghi",
    title_en="This is not the number of units that the plan sets",
    remedy="Lấy đúng số đơn vị của nhóm, và không quá số đơn vị có trong danh mục của từng loại",
    remedy_en="Take as many units as the group needs, and of each kind no more than there are",
)
MET_QUOTA_FULL = Kind(
    number="HL4327",
    status=409,
    title="Đơn vị này đã đủ phiếu, hoặc đủ số phiếu của hôm nay",
    title_en="This unit has all its forms, or those of today",
    remedy="Hỏi tiếp ngày khác: phiếu của một đơn vị phải rải ra nhiều ngày",
    remedy_en="Go on another day: the forms of a unit are spread over several days",
)
NOT_PROMISED = Kind(
    number="HL4360",
    status=403,
    title="Chưa cam kết giữ bí mật",
    title_en="Confidentiality is not promised yet",
    remedy="Đọc và nhận cam kết ở trang Đi hỏi, rồi mới mở người đầu tiên",
    remedy_en="Read and accept the promise on the page “Đi hỏi”, then open the first person",
)
SAMPLE_NOT_DRAWN = Kind(
    number="HL4362",
    status=409,
    title="Nhóm này chưa rút mẫu",
    title_en="The sample of this group is not drawn yet",
    remedy="Rút mẫu trước; điều tra bổ sung hỏi thêm người trong cùng danh sách",
    remedy_en="Draw the sample first; a top-up asks more people of the same list",
)
TOP_UP_WRONG = Kind(
    number="HL4363",
    status=422,
    title="Nội dung điều tra bổ sung không đúng",
    title_en="What was written for the top-up is wrong",
    remedy="Sửa chỗ được nêu rồi gửi lại",
    remedy_en="Correct what is named and send it again",
)
TOP_UP_TOO_LARGE = Kind(
    number="HL4364",
    status=409,
    title="Danh sách không còn đủ người để hỏi thêm",
    title_en="The list has not so many people left",
    remedy="Ghi số nhỏ hơn; danh sách đã xóa theo hạn thì không hỏi thêm được",
    remedy_en="Ask fewer; of a list that was removed after its time nobody can be asked any more",
)
