"""HL4365 to HL4368: forms that an upper body hands over, and tables that come back of a plan's data."""

from sync.contract.problem import Kind

FORM_LOCKED = Kind(
    number="HL4365",
    status=409,
    title="Mẫu phiếu này do cơ quan khác chuyển giao nên không sửa được",
    title_en="This form was handed over by another body, so nobody edits it here",
    remedy="Nhận tệp mới của cơ quan ấy và ghi lại tên cơ quan, hoặc chép thành một mẫu phiếu khác",
    remedy_en="Take in a new file of that body with its name, or copy the form under another code",
)
SOURCE_WRONG = Kind(
    number="HL4366",
    status=422,
    title="Tên cơ quan chuyển giao không đúng",
    title_en="The name of the body that handed it over is wrong",
    remedy="Ghi tên cơ quan trong một dòng, thí dụ Sở Nội vụ tỉnh Khánh Hòa",
    remedy_en="Write the name of the body in one line",
)
RETURNED_EMPTY = Kind(
    number="HL4367",
    status=422,
    title="Bảng trả về không dùng được",
    title_en="The table that came back can't be used",
    remedy="Dùng mẫu bảng tải ở trang này: mỗi dòng một nội dung, có số phiếu hoặc tỷ lệ",
    remedy_en="Use the table of this page: a line for each item, with a number of forms or a share",
)
PACKAGE_SAME = Kind(
    number="HL4368",
    status=409,
    title="Dữ liệu không khác gói đã bàn giao",
    title_en="The data do not differ from the package handed over",
    remedy="Không cần lập gói mới",
    remedy_en="No new package is needed",
)
