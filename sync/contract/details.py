"""The details of problems in English, by the Vietnamese that the program says.

A detail is made, sent and kept in Vietnamese; its English is looked up where somebody asks for it. `{0}` and
`{1}` are what varies, such as a name, a number, or another wording of this list; it may be nothing. To add
one: a line in `ENGLISH` (tests/unit/test_details.py finds a detail that has none).
"""

import re
from collections.abc import Mapping
from functools import cache

ENGLISH: dict[str, str] = {
    # --- people ------------------------------------------------------------------------------------------
    "còn {0} phút": "{0} more minutes",
    "người giữ mã không còn vai trò này": "the token's person no longer holds this role",
    "vai trò {0} không có quyền này": "the role {0} does not permit this",
    "có ký tự không nhìn thấy được": "has a character that cannot be seen",
    "địa chỉ bắt đầu bằng https://": "an address begins with https://",
    "địa chỉ bắt đầu bằng https://, chỉ có tên máy chủ": "an address begins with https:// and has no path",
    "không phải số": "not a number",
    "Đã trả lời trên điện thoại": "answered on a phone",
    "tám chữ cái và chữ số, như in trên thẻ": "eight letters and digits, as printed on the card",
    "ngày này đã qua": "this day is over",
    "đã có ở {0}": "is in {0} already",
    "chưa chọn tệp": "no file was chosen",
    "chưa có giờ nào": "there are no hours yet",
    "“{0}” không phải giờ: viết 07:30": "“{0}” is no time: write 07:30",
    "không có đơn vị này, hoặc ngoài quyền của bạn": "there is no such unit, or it is not yours",
    "không có cán bộ này, hoặc ngoài quyền của bạn": "there is no such officer, or not at a unit of yours",
    "từ {0} đến {1}": "from {0} to {1}",
    # --- paper forms --------------------------------------------------------------------------------------
    "không có bản phát hành này": "there is no such release",
    "kế hoạch không có nhóm này, hoặc nhóm dùng mẫu phiếu khác": (
        "the plan has no such group, or the group uses another form"
    ),
    "nhóm này không thu phiếu giấy": "this group is not asked on paper",
    "kế hoạch không gồm đơn vị này": "the unit does not take part in the plan",
    "ngày này chưa tới": "this day has not come yet",
    "đếm được {0}, lô ghi {1}": "counted {0}, the lot has {1}",
    "phải là hai người khác nhau": "they have to be two people",
    "đã nhập {0} phiếu": "{0} forms were keyed",
    "số {0}; đã in số {1}": "number {0}; printed are {1}",
    "nhóm này không thu phiếu trên điện thoại": "this group is not asked on phones",
    "một hồ sơ có một giấy": "a dossier has one slip",
    "cơ quan chưa ghi địa chỉ để người dân mở từ ngoài": (
        "the office has no address that citizens can open from outside"
    ),
    "đơn vị này chưa có khóa của mã hồ sơ": "this unit has no key for dossier codes yet",
    "có {0} tên như vậy: gõ thêm": "{0} names are like this: type more of it",
    "không có trong danh mục": "not in the catalogue",
    "số {0} đã in cho phiếu khác: {1}": "number {0} was printed for another form: {1}",
    "số {0} đã in ở bản phát hành {1}": "number {0} was printed in release {1}",
    "nhiều nhất {0} giấy": "at most {0} slips",
    "số {0}": "number {0}",
    "số {0}, {1} nhập lúc {2} ngày {3}/{4}/{5}": "number {0}, keyed by {1} at {2} on {5}-{4}-{3}",
    "máy chủ": "the server",
    "đã nhập lần hai: số {0}": "keyed twice already: number {0}",
    "nhập hai lần": "keyed twice",
    "hơn {0} phiếu: chia thành nhiều tệp": "more than {0} forms: split the file",
    "thiếu cột “{0}”": "the column “{0}” is missing",
    "có chữ ở cột không có tên": "there is text in a column without a heading",
    "ghi một trong: {0}": "write one of: {0}",
    "chưa chọn": "nothing was chosen",
    "gõ một số từ {0} đến {1}": "type a number from {0} to {1}",
    "gõ một trong các số {0}": "type one of {0}",
    "gõ số in trên phiếu, hoặc quét mã": "type the number on the form, or scan its code",
    "không phải số, hoặc là mã của phiếu khác": "not a number, or the code of another form",
    "không có trong danh mục: chọn ở ô này": "not in the catalogue: choose in this field",
    "có {0} tên như vậy: chọn ở ô này": "there are {0} such names: choose in this field",
    "phiếu trống: ghi là không hợp lệ": "the form is blank: note it as invalid",
    "sau ngày {0}, khi phiếu đã về": "after {0}, when the form had come back",
    "các mức của mẫu {0}": "the levels of the form {0}",
    "câu của mẫu {0} bị bỏ": "a question of the form {0} is dropped",
    "câu của mẫu {0} bị sửa": "a question of the form {0} is changed",
    "nhiều nhất {0} dự thảo, mỗi tên {1} ký tự": "at most {0} drafts, each name {1} characters",
    "Chỉ số {0}": "indicator {0}",
    "không có cột nào trong: {0}": "has none of the columns {0}",
    # --- letters ----------------------------------------------------------------------------------------
    "ghi như 45/STP-VP": "write it like 45/STP-VP",
    "Gửi qua bưu điện": "by post",
    # --- plans ------------------------------------------------------------------------------------------
    "không dòng nào có số": "no line has a number",
    "không phải tỷ lệ từ 0 đến 100": "not a share from 0 to 100",
    "bản {0}": "version {0}",
    "điều tra bổ sung": "a top-up",
    "dài hơn {0} ngày": "longer than {0} days",
    "còn {0} người": "{0} people are left",
    "“{0}” là chữ của địa chỉ trang": "“{0}” is a word of the addresses of pages",
    "chưa chọn mẫu kế hoạch": "no template was chosen",
    "ban hành {0}": "issued as {0}",
    "chọn đơn vị của nhóm {0}": "units chosen for the group {0}",
    "từ 1 đến {0}": "from 1 to {0}",
    "mỗi dòng: họ tên; đơn vị": "a line each: name; office",
    "năm phải từ 2000": "the year is 2000 or later",
    "người đóng không tự xác nhận": "who closed the plan does not confirm it",
    "ít nhất {0} ký tự": "at least {0} characters",
    "còn lấy phiếu đến hết {0}": "forms are collected until {0}",
    "{0} phiếu vừa đến trong ngày": "{0} forms have arrived today",
    "việc chưa xong: {0}": "a task that is not done: {0}",
    "vướng mắc chưa đóng: {0}": "obstacles that are not closed: {0}",
    "còn phiếu phải nhập, lô về ngày {0}": "forms are left to key, lot of {0}",
    "công văn chưa gửi: {0}": "letters that were not sent: {0}",
    "ghi như 125/KH-UBND": "write it like 125/KH-UBND",
    # --- releases ---------------------------------------------------------------------------------------
    "không phải tệp bản phát hành": "not a release file",
    "phần đầu bị cắt": "its head is cut off",
    "phần đầu không đọc được": "its head can't be read",
    "máy không biết khóa này": "the machine does not know this key",
    "chữ ký sai": "the signature is wrong",
    "danh sách tệp không đọc được": "the list of its files can't be read",
    "đường dẫn nằm ngoài bản phát hành": "the path leads out of the release",
    "quá lớn, hoặc một tệp có hai lần": "too large, or a file is in it twice",
    "phần nén khác với khi ký": "the packed part is not the one that was signed",
    "chỉ có tệp thường trong một bản phát hành": "a release has only plain files",
    "có tệp mà danh sách không nêu": "there is a file that its list does not name",
    "phần nén không mở được": "the packed part can't be unpacked",
    "thiếu tệp": "a file is missing",
    "nội dung khác với khi ký": "the content is not the one that was signed",
    "khác với khi ký": "not what was signed",
    "không phải tệp thường": "not a plain file",
    "đang dùng {0}": "{0} is in use",
    "đã có bản khác cùng số này": "there is another one of this number",
    "đang mời; tạm dừng rồi thêm": "it is offered; pause it, then add",
    # --- messages -----------------------------------------------------------------------------------------
    "không phải địa chỉ thư": "not an e-mail address",
    "chỉ dùng được với máy chủ thư ngay trên máy này": "only for a mail server on this very machine",
    "không phải whsec_ và base64": "not whsec_ and base64",
    "ngắn hơn 24 byte": "shorter than 24 bytes",
    "có chữ có dấu, là điều máy chủ thư không nhận": "has accents, which mail servers don't take",
    "người nhận không còn quyền xem đơn vị này": "the recipient may no longer see this unit",
    "không viết được thành thư": "it can't be written as an e-mail",
    "máy chủ thư trả lời {0}": "the mail server answers {0}",
    "máy chủ thư không nhận tài khoản gửi ({0})": "the mail server refuses the sending account ({0})",
    "máy chủ thư không nhận địa chỉ gửi ({0})": "the mail server refuses the sender's address ({0})",
    "máy chủ thư không có STARTTLS hoặc cách đăng nhập này": (
        "the mail server has no STARTTLS, or not this way to sign in"
    ),
    "chứng thư của máy chủ thư không đúng": "the mail server's certificate is wrong",
    "máy chủ thư không trả lời kịp": "the mail server does not answer in time",
    "không nối được với máy chủ thư": "the mail server cannot be reached",
    "máy chủ thư không trả lời sau khi nhận hết thư": "the mail server did not answer after the whole e-mail",
    "chứng thư của chương trình nhận không đúng": "the receiving program's certificate is wrong",
    "chương trình nhận không trả lời kịp": "the receiving program does not answer in time",
    "không gọi được chương trình nhận": "the receiving program cannot be called",
    "chương trình nhận trả lời {0}": "the receiving program answers {0}",
    "chưa biết nơi nhận đã nhận chưa": "it is unknown whether it arrived",
    "có thể đã gửi trước khi khôi phục bản sao": "may have been sent before a backup was restored",
    "không còn địa chỉ thư": "there is no e-mail address any more",
    # --- reports ----------------------------------------------------------------------------------------
    "không có phần “{0}”": "there is no part “{0}”",
    "báo cáo chưa được phê duyệt": "the report is not approved yet",
    "ghi như 125/BC-UBND": "write it like 125/BC-UBND",
    "ngày này chưa đến": "this day is not there yet",
    "mới đến hết ngày {0}": "only up to {0}",
    "loại văn bản này không có bảng nào để công bố": "this kind of document has no table to publish",
    "năm phải từ {0} đến {1}": "the year must be from {0} to {1}",
    "kỳ này chưa bắt đầu": "this period has not begun",
    "trước ngày đầu của kỳ": "before the first day of the period",
    "trước ngày đầu của kỳ, hoặc chưa đến": "before the first day of the period, or not there yet",
    "ngày cuối trước ngày đầu": "the last day is before the first",
    # --- files and what they say ------------------------------------------------------------------------
    "mọi chạm sẽ rơi vào một đường thẳng": "every touch would fall on one line",
    "không có tệp hay thư mục này": "there is no such file or folder",
    "tài khoản đang chạy lệnh không có quyền": "the account that runs the command lacks the permission",
    "đây là thư mục, không phải tệp": "this is a folder, not a file",
    "một phần của đường dẫn không phải thư mục": "a part of the path is not a folder",
    "ổ đĩa chỉ cho đọc": "the disk is read-only",
    "ổ đĩa đã đầy": "the disk is full",
    "ổ đĩa lỗi": "the disk fails",
    "đã có tệp này": "the file is there already",
    "đã có tệp tên này": "there is a file of this name already",
    "không đọc được": "cannot be read",
    "không đọc được: {0}": "cannot be read: {0}",
    "không đọc được tệp PEM": "the PEM file cannot be read",
    "không đọc được, hoặc không phải chứng thư PEM": "cannot be read, or is no PEM certificate",
    "người khác đọc được: chmod 600": "others can read it: chmod 600",
    "quyền không phải 600": "its mode is not 600",
    "quyền tệp không phải 600": "the file's mode is not 600",
    "không phải ảnh PNG": "no PNG picture",
    "ghi như “{0}”": "write it like “{0}”",
    "“{0}” không phải giờ: viết 07:30-11:30": "“{0}” is no span of hours: write 07:30-11:30",
    "“{0}” không phải thứ trong tuần: viết T2 … T7, CN": "“{0}” is no day of the week: write T2 … T7, CN",
    "“{0}” đi ngược thứ tự trong tuần": "“{0}” runs against the order of the week",
    "ngày này đã có ở dòng trên": "this day is in a row above",
    "thiếu cột “ngày”": "the column of the day is missing",
    "không phải ảnh PNG ở dạng base64": "no PNG picture in base64",
    "không có tệp *.toml": "no *.toml file",
    "thiếu {0}: pip install 'hailong[{1}]'": "{0} is missing: pip install 'hailong[{1}]'",
    # --- documents whose form is checked ------------------------------------------------------------------
    "tệp .doc cũ, hoặc văn bản có mật khẩu": "an old .doc file, or a document with a password",
    "không phải tệp .docx": "no .docx file",
    "quá nhiều phần": "too many parts",
    "quá nhiều đoạn hoặc chữ": "too many paragraphs or letters",
    "thiếu phần chính, hoặc tệp hỏng": "its main part is missing, or the file is broken",
    "tệp hỏng: một phần không phải XML": "the file is broken: a part is no XML",
    "có khai báo DTD, không văn bản nào của Word có": "it declares a DTD, as no document of Word does",
    "lớn hơn {0} MB": "larger than {0} MB",
    "lớn hơn {0} MB khi giải nén": "larger than {0} MB when unpacked",
    # --- what a decoder expects -------------------------------------------------------------------------
    "danh sách": "a list",
    "true hoặc false": "true or false",
    "ngày": "a date",
    "thời điểm": "a moment",
    "bảng": "a table",
    "khoảng thời gian": "a duration",
    "số": "a number",
    "số nguyên": "a whole number",
    "trống": "empty",
    "chữ": "text",
    "giờ": "a time",
    "{0} hoặc {1}": "{0} or {1}",
    "màu ghi như #0B5D63": "a colour is written like #0B5D63",
    "mã thủ tục ghi như 1.001193": "a procedure's code is written like 1.001193",
    "không đúng dạng {0}": "does not match {0}",
    "phải chia hết cho {0}": "must be a multiple of {0}",
    "{0} phải có múi giờ": "{0} needs a time zone",
    "{0} không được có múi giờ": "{0} must have no time zone",
    "{0} phải dài từ {1} trở lên": "{0} must have a length of at least {1}",
    "{0} dài nhất là {1}": "{0} has a length of at most {1}",
    "{0} phải dài từ {1} đến {2}": "{0} must have a length from {1} to {2}",
    "{0} phải dài đúng {1}": "{0} must have a length of {1}",
    "số phải {0} {1}": "the number must be {0} {1}",
    "cần {0}, không phải {1}": "{0} is needed, not {1}",
    "cần {0}": "{0} is needed",
    "thiếu mục “{0}”": "“{0}” is missing",
    "có mục lạ “{0}”": "“{0}” is unknown here",
    "không có giá trị {0}": "there is no value {0}",
    "số quá lớn": "the number is too large",
    "không phải thời điểm, ghi như 2026-11-01T08:00:00+07:00": (
        "not a moment; write it like 2026-11-01T08:00:00+07:00"
    ),
    "không phải ngày, ghi như 2026-11-01": "not a date; write it like 2026-11-01",
    "chưa chọn ngày nào": "no day was chosen",
    "loại này không lập riêng cho một nhóm": "this kind is not made for one group",
    "không phải giờ, ghi như 08:00:00": "not a time; write it like 08:00:00",
    "không phải khoảng thời gian": "not a duration",
    "không phải thời điểm": "not a moment",
    "không phải mã UUID": "not a UUID",
    "không phải dạng base64": "not base64",
    "không phải số thập phân": "not a decimal number",
    "nội dung bị cắt ngang": "the content is cut off",
    "không phải JSON đúng, từ byte thứ {0}": "not valid JSON, from byte {0} on",
    "tên mục bắt đầu bằng ký tự không được phép": "a key begins with a character that is not allowed",
    "có ký tự không được phép {0}": "has a character that is not allowed: {0}",
    "chuỗi chưa đóng ngoặc kép ở cuối dòng": "a text without its closing quote at the end of the line",
    "bảng {0} ghi hai lần": "the table {0} is there twice",
    "mục {0} ghi hai lần": "the key {0} is there twice",
    "bảng {0} đã ghi xong ở trên": "the table {0} is complete further up",
    "mục này đã có ở trên": "the key is there already, further up",
    "thiếu dấu = sau tên mục": "= is missing after the key",
    "thiếu {0} ở cuối tên bảng": "{0} is missing after the table's name",
    "thừa chữ ở cuối dòng": "there is more at the end of the line than belongs there",
    "thiếu {0}": "{0} is missing",
    "sau dấu \\ không phải một ký tự": "what follows \\ is no character",
    "sau dấu \\ không phải số hex": "what follows \\ is not hexadecimal",
    "dấu \\ trong chuỗi phải ghi thành \\\\": "\\ in a text is written \\\\",
    "danh sách thiếu dấu ]": "a list without its ]",
    "bảng thiếu dấu }": "a table without its }",
    "chuỗi thiếu dấu ngoặc kép đóng": "a text without its closing quote",
    "không phải ngày hay thời điểm": "neither a date nor a moment",
    "giá trị sai; chữ phải nằm trong ngoặc kép": "a wrong value; text must be in quotes",
    "dòng này không phải “mục = giá trị”": "this line is not “key = value”",
    "dòng {0}, cột {1}": "line {0}, column {1}",
    "cuối tệp": "end of the file",
    "nội dung không đúng dạng": "the content has the wrong form",
    # --- bundles, surveys, plans ------------------------------------------------------------------------
    "không phải 32 byte ở dạng base64": "not 32 bytes in base64",
    "không phải base64": "not base64",
    "thiếu 'vi'": "'vi' is missing",
    "không có máy “{0}”": "there is no device “{0}”",
    "không có đơn vị “{0}”": "there is no unit “{0}”",
    "danh mục không có máy “{0}”": "the catalogue has no device “{0}”",
    "không có kế hoạch “{0}”": "there is no plan “{0}”",
    "phải là “{0}”": "has to be “{0}”",
    "các nhóm {0} có ngày hoặc giờ khác nhau": "the groups {0} have other days or hours",
    "cùng nơi “{0}”, cùng lúc": "the same place “{0}”, the same time",
    "{0} (nhóm {1})": "{0} (group {1})",
    "đã hết hạn": "has expired",
    "phiên bản {0}": "version {0}",
    "phiên bản {0} đã hết hạn": "version {0} has expired",
    "bản cũ": "an older one",
    "gói cấu hình không có đường dẫn này": "no bundle has this path",
    "mẫu sai: {0}": "a wrong pattern: {0}",
    "mẫu này có thể chạy mãi với một mã dài; bỏ các phần lặp lồng nhau như (…+)+": (
        "the pattern can take without end on a long code; leave out nested repetition such as (…+)+"
    ),
    "phiếu hỏi cần ít nhất một câu hỏi": "a form needs at least one question",
    "mọi ý kiến tự viết có thể dài {0} ký tự khi mã hóa, nhiều nhất {1}: giảm maximum": (
        "all free text can have {0} characters when it is sealed, at most {1}: lower maximum"
    ),
    "thang đo cần ít nhất hai mức": "a scale needs at least two levels",
    "câu chọn cần ít nhất hai lựa chọn": "a choice needs at least two options",
    "“{0}” dành cho “không áp dụng”": "“{0}” is kept for “not applicable”",
    "lớn hơn maximum": "larger than maximum",
    "“{0}” không thuộc {1}": "“{0}” is not one of {1}",
    "phía trên không có câu hỏi “{0}”": "there is no question “{0}” further up",
    "phía trên không có câu đánh giá “{0}”": "there is no rating “{0}” further up",
    "phụ thuộc câu đánh giá “{0}”": "depends on the rating “{0}”",
    "chỉ câu chọn một hoặc câu có/không làm điều kiện được": "only a choice of one or yes/no is a condition",
    "“{0}” không có câu trả lời “{1}”": "“{0}” has no answer “{1}”",
    "có levels thì phải có about: câu đánh giá nào": "levels needs about: which rating",
    "không có mức {0}": "there is no level {0}",
    "số lựa chọn theo mức: {0}": "options by level: {0}",
    "{0} mục, nhiều nhất {1}": "{0} entries, at most {1}",
    "“{0}” ghi {1} lần": "“{0}” is there {1} times",
    "luôn phải có tiếng Việt (“vi”)": "Vietnamese (“vi”) is always needed",
    "thiếu lời bằng “{0}”": "has no text in “{0}”",
    "thiếu lời bằng “vi”": "has no text in “vi”",
    "kế hoạch cần ít nhất một nhóm": "a plan needs at least one group",
    "chọn mẫu ngẫu nhiên phải ghi share, margin và z": "a random sample needs share, margin and z",
    "chỉ chọn mẫu ngẫu nhiên mới có, “{0}” thì không": "for a random sample alone, not for “{0}”",
    "không nhóm nào đặt số phiếu để tính tỷ lệ phúc tra": (
        "no group says how many forms the share of rechecks is of"
    ),
    "trước ngày đầu của kế hoạch": "before the plan's first day",
    "sau ngày cuối của kế hoạch": "after the plan's last day",
    "chỉ ghi một trong per_unit, total và parts": "only one of per_unit, total and parts",
    "chỉ tiêu cần per_unit, total hoặc parts": "a quota needs per_unit, total or parts",
    "“{0}” cần danh sách người được hỏi": "“{0}” needs a list of the people asked",
    "số người ít hơn số phiếu cần": "fewer people than forms that are needed",
    "không có phiếu hỏi “{0}”": "there is no form “{0}”",
    "“{0}” không hỏi “{1}”": "“{0}” does not ask “{1}”",
    "“{0}” không có câu đánh giá “{1}”": "“{0}” has no rating “{1}”",
    "không có nhóm “{0}”": "there is no group “{0}”",
    "chỉ ghi ngày cuối hoặc `before`": "either the last day or `before`",
    "từ ngày đầu đến ngày cuối không có thứ nào như thế": (
        "no such weekday between the first and the last day"
    ),
    "trước ngày đầu": "before the first day",
    # --- forms that an office writes --------------------------------------------------------------------
    "phiên bản {0}, đã phát hành {1}": "version {0}, released {1}",
    "begin_group không có end_group": "begin_group without end_group",
    "end_group không có begin_group": "end_group without begin_group",
    "chỉ ghi `yes` hoặc `no`": "only `yes` or `no`",
    "chỉ giới hạn số: . >= 0 and . <= 9": "limits of a number alone: . >= 0 and . <= 9",
    "chỉ giới hạn độ dài: string-length(.) <= 500": "limits of the length alone: string-length(.) <= 500",
    "chỉ lọc theo mức đánh giá: string(levels) = '' or selected(levels, ${result})": (
        "options are filtered by a rating alone: string(levels) = '' or selected(levels, ${result})"
    ),
    "chỉ một điều kiện cho mỗi câu hỏi": "a question has one condition at most",
    "chỉ số nguyên, từng đơn vị: start=0 end=10 step=1": "whole numbers, one by one: start=0 end=10 step=1",
    "câu hỏi loại này không có mục này": "questions of this type have no such key",
    "nhóm câu hỏi không có mục này": "groups have no such key",
    "từng mục liên hệ không có mục này; ghi ở dòng begin_group": (
        "single contact details have no such key; write it in the row begin_group"
    ),
    "ghi các mức là số nguyên, cách nhau bằng dấu cách": "write the levels as whole numbers with spaces",
    "ghi người trả lời: {0}": "write who answers: {0}",
    "không rõ ngôn ngữ: ghi như label::English (en)": (
        "the language is unknown: write it like label::English (en)"
    ),
    "máy không chèn câu trả lời vào lời": "terminals put no answers into texts",
    "máy không có câu chỉ đọc": "terminals have no read-only questions",
    "máy không có loại câu hỏi “{0}”": "terminals have no questions of the type “{0}”",
    "máy không hiện dòng chữ riêng; đặt lời vào label hoặc hint của câu hỏi": (
        "terminals show no text by itself; put it into the label or hint of a question"
    ),
    "máy không lặp lại câu hỏi": "terminals repeat no questions",
    "máy không tính toán": "terminals calculate nothing",
    "máy không tự thêm lựa chọn “khác”: thêm nó vào trang choices": (
        "terminals add no option “other” by themselves: add it to the sheet choices"
    ),
    "máy không điền sẵn câu trả lời": "terminals fill in no answers",
    "mã chỉ gồm a–z, 0–9, - _ . và không dài quá 64 ký tự": (
        "ids have a–z, 0–9, - _ . alone, and 64 characters at most"
    ),
    "mỗi phiếu một thang đo; phía trên là “{0}”": "a form has one scale; further up it is “{0}”",
    "mức của thang đo là số nguyên, thí dụ 5 cho “Rất hài lòng”": (
        "levels of the scale are whole numbers, such as 5 for the best"
    ),
    "phiên bản là số nguyên, nhiều nhất {0}": "a version is a whole number, {0} at most",
    "phiếu chỉ có chữ, không có hình, tiếng hay phim": "forms have texts alone: no pictures, sounds or films",
    "thiếu dòng note: {0}; hoặc lấy của phiếu khác bằng --like": (
        "rows of the type note are missing: {0}; or take those of another form by --like"
    ),
    "thiếu loại câu hỏi": "the type of the question is missing",
    "trang choices không có danh sách “{0}”": "the sheet choices has no list “{0}”",
    "điều kiện chỉ là câu trả lời của một câu phía trên: ${way} = 'a' or ${way} = 'b'": (
        "a condition names answers to one earlier question: ${way} = 'a' or ${way} = 'b'"
    ),
    # --- responses that do not fit their form -----------------------------------------------------------
    "survey: không phải {0} phiên bản {1}": "survey: not {0} version {1}",
    "respondent: phiếu hỏi này không dành cho đối tượng đó": "respondent: the form is not for them",
    "{0}: nêu câu hỏi mà phiếu hỏi không có": "{0}: names a question that the form does not have",
    "{0}: có trả lời dù không đủ điều kiện để hỏi": "{0}: answered although its condition does not hold",
    "{0}: bắt buộc, mà phiếu ghi là đã trả lời đủ": "{0}: is required, and the response says it is complete",
    "answers: có trả lời dù kết quả là {0}": "answers: there are some although the outcome is {0}",
    "void: chỉ và luôn đi cùng kết quả voided": "void: always and only with the outcome voided",
    "finished_at: trước started_at": "finished_at: before started_at",
    "sealed: dài hơn mọi ý kiến mà phiếu hỏi này cho viết": "sealed: longer than all the text of this form",
    "không có lựa chọn 'na'": "'na' is not offered",
    "không phải câu trả lời được đưa ra": "not an answer that is offered",
    "phải mã hóa, không được nằm trong answers": "must be sealed, not be in answers",
    "{0} byte, nhiều nhất {1}": "{0} bytes, at most {1}",
    "0: kho phiếu của máy chưa đánh số": "0: the device's outbox has not numbered it",
    "ngày {0}, nhận ngày {1}": "of {0}, received on {1}",
    "{0}, thiết bị ở {1}": "{0}, the device is at {1}",
    "{0}: hơn {1} đoạn": "{0}: more than {1} ranges",
    "{0}: {1} byte, nhiều nhất {2}": "{0}: {1} bytes, at most {2}",
    # --- the wire and who calls -------------------------------------------------------------------------
    "không có dạng của một mã": "does not have the form of a code",
    "không bắt đầu bằng http:// hay https://": "begins neither with http:// nor with https://",
    "không có dạng của một tên máy": "does not have the form of a host's name",
    "số cổng không đúng": "the port is wrong",
    "không có khóa “{0}”": "there is no key “{0}”",
    "phần đầu này bị bỏ đi hoặc thêm vào sau khi ký: có thiết bị ở giữa sửa yêu cầu": (
        "this header was dropped or added after signing: something in between changes requests"
    ),
    "không phải mã của một máy": "not a device's token",
    "mã của một máy": "a device's token",
    "máy này phải ký": "this device must sign",
    "quá {0} phiếu": "more than {0} responses",
    "quá {0} byte": "more than {0} bytes",
    "không phải dạng {0}": "not {0}",
    "{0} byte thừa ở cuối": "{0} bytes too many at the end",
    "một mục có hai lần": "a key is there twice",
    "có ký tự NUL (%00)": "has a NUL character (%00)",
    "tham số lạ hoặc ghi hai lần": "a parameter that is unknown or there twice",
    "giá trị ngoài phạm vi": "a value out of range",
    "con trỏ có dạng như 1-412": "a cursor looks like 1-412",
    "ghi ngày như 2026-11-01 hoặc 01/11/2026": "write a day like 2026-11-01 or 01/11/2026",
    "hơn {0} phiếu: chọn một đơn vị hoặc ít ngày hơn": (
        "more than {0} responses: choose one unit, or fewer days"
    ),
    "mã {0}": "status {0}",
    "mã {0}, không có chữ ký: {1} {2}": "status {0}, not signed: {1} {2}",
    "trả lời cho việc khác": "answers something else",
    "không phải địa chỉ http(s)": "not an http(s) address",
    "phải lớn hơn 0": "must be greater than 0",
    "đã ghi danh là {0}": "is enrolled as {0}",
    "không có mã truy cập trong đó": "there is no token in it",
    # --- what goes by a USB stick ------------------------------------------------------------------------
    "không có câu trả lời": "there is no answer",
    "{0}/{1} phần": "{0} of {1} parts",
    "không đúng như bảng kê": "not as the manifest says",
    "chữ ký không đúng": "the signature is wrong",
    "quá {0} phần": "more than {0} parts",
    "không phải máy của trung tâm này": "no terminal of this centre",
    "không phải do máy này chép": "not copied by this terminal",
    "không phải lô phiếu": "not a batch of responses",
    # --- figures, filters and feeds ---------------------------------------------------------------------
    "không có hồ sơ nào": "there are no cases",
    "nhiều nhất hai cách chia khác nhau": "at most two different groupings",
    "từ 1 đến {0} ngày": "from 1 to {0} days",
    "theo cán bộ: đúng một tháng đã qua, không kèm thủ tục hay kế hoạch": (
        "by officer: exactly one past month, without a procedure or a plan"
    ),
    "theo quầy: nêu đơn vị, và nhiều nhất {0} ngày": "by counter: name a unit, and at most {0} days",
    "theo cán bộ: một mình, hoặc cùng đơn vị": "by officer: alone, or with the unit",
    "thủ tục cùng cán bộ: tháng tròn, hoặc nhiều nhất {0} ngày": (
        "procedure with officer: whole months, or at most {0} days"
    ),
    "kế hoạch bắt đầu hoặc kết thúc giữa tháng: không tính được cùng lúc theo thủ tục và cán bộ": (
        "the plan begins or ends within a month: it cannot be counted by procedure and officer at once"
    ),
    "không có “{0}”; gần nhất: {1}": "there is no “{0}”; nearest: {1}",
    "không có “{0}”; hiện có: {1}": "there is no “{0}”; there are: {1}",
    "chưa có gì": "nothing yet",
    "ghi hai lần": "is there twice",
    "cần một số nguyên": "a whole number is needed",
    "không có cột “{0}”": "there is no column “{0}”",
    "dài quá {0} ký tự": "longer than {0} characters",
    "thừa ở “{0}”; cần: and, or": "too much at “{0}”; needed: and, or",
    "quá {0} lớp ngoặc, not và hàm": "more than {0} levels of brackets, not and functions",
    "{0} cần một cột chữ và một chữ": "{0} needs a text column and a text",
    "{0}(…) eq true hoặc false": "{0}(…) eq true or false",
    "{0} cần {1}, không phải {2}": "{0} needs {1}, not {2}",
    "“{0}” không phải cột so sánh được": "“{0}” is not a column that can be compared",
    "cần phép so sánh sau “{0}”": "a comparison is needed after “{0}”",
    "kết thúc quá sớm": "ends too early",
    "cần “{0}”": "“{0}” is needed",
    "không hiểu từ ký tự thứ {0}": "cannot be understood from character {0} on",
    "hàm {0}": "the function {0}",
    "không có ngày {0}": "there is no day {0}",
    "{0}: giá trị không thuộc kiểu {1}": "{0}: a value that is not of the type {1}",
    # --- what an office does ----------------------------------------------------------------------------
    "để trống": "is empty",
    "không có dòng nào": "there is no line",
    "còn câu chưa trả lời": "a question is not answered",
    "đã quá lâu: chọn lại tệp": "too long ago: choose the file again",
    "chưa chọn cột tên": "no column is chosen for the name",
    "chưa chọn cột số điện thoại hoặc địa chỉ": "no column is chosen for the telephone or the address",
    "cột '{0}' được chọn {1} lần": "the column '{0}' is chosen {1} times",
    "không phải số điện thoại": "is no telephone number",
    "chưa có sự đồng ý của người ấy": "without the person's consent",
    "giống số điện thoại, không phải lĩnh vực": "looks like a telephone number, which is no field",
    "{0} giá trị khác nhau, lĩnh vực nhiều nhất {1}": "{0} different values; a list has at most {1} fields",
    "giống số căn cước, không nhận": "looks like the number of an identity card, which is not taken in",
    "không có số điện thoại lẫn địa chỉ": "has neither a telephone number nor an address",
    "{0}; từ {1} đến {2}": "{0}; from {1} to {2}",
    "đang được dùng: dừng trung tâm trước": "is in use: stop the centre first",
    "{0}: tài khoản này có quyền tạo cơ sở dữ liệu, và trung tâm đã dừng chưa?": (
        "{0}: may this account create databases, and is the centre stopped?"
    ),
    "không có {0}": "there is no {0}",
    "phiếu này không có": "the response has none",
    "dài hơn {0} ký tự": "longer than {0} characters",
    "làm được bây giờ: {0}": "possible now: {0}",
    "dùng con trỏ mà trang trước đưa": "use the cursor that the page before gave",
    "máy chưa được ghi danh": "the device is not enrolled",
    "đã dùng": "was used",
    "không có yêu cầu xóa nào cho '{0}'; xem `hailong-central erasures`": (
        "nothing was forgotten for '{0}'; see `hailong-central erasures`"
    ),
    "{0}; nếu máy chưa gửi: --not-here-yet": "{0}; where the device has not sent it yet: --not-here-yet",
    "khóa không đủ {0} byte": "the key does not have {0} bytes",
    "không có khóa nào còn giá trị": "there is no key that counts",
    "không có khóa nào trong đó": "there is no key in it",
    "có: {0}": "there are: {0}",
    "không": "none",
    "không có phiếu nào": "there are no responses",
    "{0}: {1} phiếu {2} {3}": "{0}: {1} responses {2} {3}",
    "'{0}': ghi SỐ:MÃ như lệnh này đã in": "'{0}': write NUMBER:DIGEST as this command printed it",
    "thiếu mục `returned`": "`returned` is missing",
    "ghi --to hoặc --into": "give --to or --into",
    "cần kèm --device": "needs --device",
    "ghi --role hoặc --device, không cả hai": "give --role or --device, not both",
    "kế hoạch từ {0} đến {1}": "the plan lasts from {0} to {1}",
    "không có loại nào": "there are none",
    "nhóm {0} cần {1} đơn vị loại “{2}”, có {3}; các loại đang có: {4}": (
        "group {0} needs {1} units of the kind “{2}”, there are {3}; kinds there are: {4}"
    ),
    # --- lists that an office brings --------------------------------------------------------------------
    "chỉ một ký tự: ',', ';' hoặc '\\t'": "one character alone: ',', ';' or '\\t'",
    "không có cột '{0}'": "there is no column '{0}'",
    "dòng {0}": "line {0}",
    "{0} bảng": "{0} tables",
    "cần quyền root": "root is needed",
    "đã có trung tâm ở cơ sở dữ liệu khác: chuyển bằng hailong-central migrate-db": (
        "there is a centre in another database: move it by hailong-central migrate-db"
    ),
    "chưa có người dùng “{0}”: cài gói hailong-central": "there is no user “{0}”: install the package",
    "chưa cài {0}: apt install {1}": "{0} is not installed: apt install {1}",
    "{0} cần địa chỉ https://": "{0} needs an address with https://",
    "mã thoát {0}": "exit code {0}",
    "chứng thư HTTPS khác với mã": "the HTTPS certificate is not the one of the code",
    "một trong: {0}": "one of: {0}",
    "chưa có bản sao lưu nào": "there is no backup yet",
    "dòng {0}: {1}": "line {0}: {1}",
    "dòng {0}: {1}: trùng với một dòng khác nội dung": (
        "line {0}: {1}: the same as in a line with other content"
    ),
    "và {0} dòng khác": "and {0} more lines",
    "và {0} ô khác": "and {0} more cells",
    "{0} và {1} ô khác": "{0} and {1} more cells",
    "{0} và {1} dòng khác": "{0} and {1} more lines",
    "{0} cột, tiêu đề có {1}": "{0} columns, the headings have {1}",
    "ngày không tồn tại": "there is no such day",
    "không phải mã hồ sơ": "not a dossier code",
    "không phải mã thủ tục": "not a procedure's code",
    "{0}: không phải ngày": "{0}: not a day",
    "{0}: không rõ cá nhân hay tổ chức, ghi vào [applicants]": (
        "{0}: neither clearly a person nor an organisation; list it in [applicants]"
    ),
    "{0}: sau hôm nay": "{0}: after today",
    "{0}: trước ngày của hồ sơ": "{0}: before the day of the dossier",
    "dòng {0}: {1}: '{2}' không có trong danh mục{3}": "line {0}: {1}: '{2}' is not in the catalogue{3}",
    "{0} ({1} dòng)": "{0} ({1} lines)",
    "gần nhất: {0}": "nearest: {0}",
    "{0}; {1} ngày ít hơn trước": "{0}; {1} days with fewer than before",
    "không có kết quả đã trả nào: ghi --first và --last": "there are no returns: give --first and --last",
    "{0} dài {1} ngày: sửa ngày gõ nhầm, hoặc ghi --first và --last": (
        "{0} is {1} days long: correct the mistyped day, or give --first and --last"
    ),
    "--first, --last: danh sách không nằm trong {0} – {1}": (
        "--first, --last: the list is not within {0} – {1}"
    ),
    "{0} có ngày đứng trước, {1} có tháng đứng trước": "{0} has the day first, {1} has the month first",
    "{0} là ngày thật, {1} là chữ: bảng tính đã đổi chỗ ngày và tháng": (
        "{0} is a date, {1} is text: the spreadsheet has swapped day and month"
    ),
    "đọc theo ngày/tháng thì {0} trả trước ngày của hồ sơ hoặc sau hôm nay; đọc theo tháng/ngày thì hợp": (
        "as day/month {0} was returned before the dossier's day or after today; as month/day it fits"
    ),
    "không phải văn bản": "not a text",
    "giống TCVN3 (ABC) hoặc VNI": "looks like TCVN3 (ABC) or VNI",
    "giống windows-1258": "looks like windows-1258",
    "không rõ bảng mã": "the encoding is not clear",
    "là số nên đã mất số 0: đặt định dạng cột là chữ (Text)": (
        "is a number and has lost its zeros: format the column as text"
    ),
    "tệp .xls của Excel cũ, hoặc sổ tính có mật khẩu": "an old Excel's .xls, or a workbook with a password",
    "là sổ tính mang tên {0}": "is a workbook under the name {0}",
    "tệp trống": "the file is empty",
    "cột '{0}' có {1} lần": "the column '{0}' is there {1} times",
    "hơn {0} dòng": "more than {0} lines",
    "quá {0} dòng": "more than {0} lines",
    "dấu nháy kép sai ({0})": "a double quote in the wrong place ({0})",
    "không có trang tính": "there is no sheet",
    "không phải sổ tính .xlsx": "not an .xlsx workbook",
    "ô gộp {0}: bỏ gộp ô rồi điền vào từng ô": "merged cells {0}: unmerge them and fill in each",
    "quá lớn khi giải nén": "too large when it is unpacked",
    "không biết cột '{0}'": "the column '{0}' is unknown",
    "hai cột cùng là '{0}'": "two columns are '{0}'",
    "thiếu cột '{0}'": "the column '{0}' is missing",
    "nhiều ô hơn tiêu đề": "more cells than headings",
    "mã chỉ gồm a–z, 0–9, '.', '-', '_' và bắt đầu bằng chữ hoặc số": (
        "a code has only a–z, 0–9, '.', '-', '_' and begins with a letter or a digit"
    ),
    "không phải ngày: viết 2025-07-01 hoặc 01/07/2025": "not a day: write 2025-07-01 or 01/07/2025",
    "trước ngày bắt đầu": "before the first day",
    "'{0}' trùng ngày với {1}": "'{0}' has days in common with {1}",
    "không có đơn vị '{0}'": "there is no unit '{0}'",
    "không có đơn vị '{0}'{1}": "there is no unit '{0}'{1}",
    "{0} vào ngày {1}": "{0} on {1}",
    "đứng trên chính nó: {0}": "is above itself: {0}",
    # --- the terminal -----------------------------------------------------------------------------------
    "{0} lần trong 24 giờ qua": "{0} times in the last 24 hours",
    "không phải phông TrueType hoặc OpenType (.ttf, .otf)": "not a TrueType or OpenType font (.ttf, .otf)",
    "không phải ảnh PNG hoặc JPEG": "not a PNG or JPEG picture",
    "{0} × {1} điểm ảnh, tối đa {2} mỗi cạnh": "{0} × {1} pixels, at most {2} on a side",
    "ảnh bị hỏng": "the picture is damaged",
    "cần ít nhất một": "at least one is needed",
    "trùng với máy quét: mã trên giấy sẽ bấm thay người dân": (
        "the same as the scanner: a code on paper would press keys for the citizen"
    ),
    "thiếu {file}, tệp WAV mà chương trình ghi": "{file} is missing, the WAV file that the program writes",
    "không sau giờ bắt đầu": "not after the first hour",
    "trùng với một khung giờ khác": "within another span of hours",
    "phiếu hỏi “{0}” không hỏi “{1}”": "the form “{0}” does not ask “{1}”",
    "mục này vừa được sửa ở nơi khác": "this entry was changed elsewhere meanwhile",
    "ngày này đã có: mở ngày đó để sửa": "this day is there already: open it to change it",
    "hai lần nhập khác nhau": "the two entries differ",
    "{0} không nêu tệp này": "{0} does not name this file",
    "máy không còn đọc lời “{0}”": "the terminal no longer reads “{0}” aloud",
    "máy này đọc: {0}": "this terminal reads: {0}",
    "cần hai cột: {0}": "two columns are needed: {0}",
    "không phải UTF-8": "not UTF-8",
    "{0} tương phản với nền trắng {1}:1, cần 4.5:1": "{0} has a contrast of {1}:1 on white, 4.5:1 is needed",
    "SDL chỉ có trình điều khiển '{0}'": "SDL has the driver '{0}' alone",
    "máy chủ X từ chối kết nối, hoặc thiếu OpenGL": "the X server refuses to connect, or OpenGL is missing",
    "không dùng được '{0}'": "'{0}' cannot be used",
    "biến này chưa được đặt": "this variable is not set",
    "không có máy chủ X nào trả lời": "no X server answers",
    "máy chủ X đã ngừng": "the X server has stopped",
    "hai lần nhập mật khẩu mới không giống nhau": "the new password was typed in two different ways",
}

_PLACE = re.compile(r"\{(\d)\}")


def in_english(detail: str) -> str:
    """A detail in English; what has no English in it, such as a name or a number, stays as it is.

    A list of wordings ("…; …") and a wording after the place that it is about ("…: …") are read part by part.
    """
    if detail in ENGLISH:
        return ENGLISH[detail]
    for pattern, places, english in _patterns():
        found = pattern.fullmatch(detail)
        # A value reaches over two wordings only where the wording itself has two parts.
        if found and ("; " in english or not any("; " in value for value in found.groups())):
            return _filled(english, dict(zip(places, map(in_english, found.groups()), strict=True)))
    for sign in ("; ", ": "):
        first, _, rest = detail.partition(sign)
        if rest:
            return f"{in_english(first)}{sign}{in_english(rest)}"
    return detail


def _filled(english: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[0]], english)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]:
    """What each wording with places matches; the one that says most comes first."""
    wordings = [wording for wording in ENGLISH if _PLACE.search(wording)]
    wordings.sort(key=lambda wording: len(_PLACE.sub("", wording)), reverse=True)
    return tuple(
        (
            re.compile("(.*?)".join(map(re.escape, re.split(r"\{\d\}", wording))), re.DOTALL),
            tuple(place[0] for place in _PLACE.finditer(wording)),
            ENGLISH[wording],
        )
        for wording in wordings
    )
