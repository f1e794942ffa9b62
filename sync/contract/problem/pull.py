"""HL42xx: hailong-pull."""

from sync.contract.problem import Kind

TOKEN_MISSING = Kind(
    number="HL4201",
    status=401,
    title="Không có mã truy cập dùng được",
    title_en="There is no usable token",
    remedy="Ghi mã truy cập vào một tệp quyền 600 (--token-file) hoặc biến HAILONG_TOKEN",
    remedy_en="Put the token into a file of mode 600 (--token-file) or into HAILONG_TOKEN",
)
FOLDER_OF_OTHER_PULL = Kind(
    number="HL4202",
    status=409,
    title="Thư mục này thuộc về một lần tải khác",
    title_en="This folder belongs to another pull",
    remedy="Giữ nguyên địa chỉ và bộ lọc, hoặc chọn tên tệp khác",
    remedy_en="Keep address and filters as they were, or choose another file name",
)
CENTRE_UNAVAILABLE = Kind(
    number="HL4203",
    status=503,
    title="Chưa kết nối được với trung tâm",
    title_en="The centre cannot be reached now",
    remedy="Không mất gì; chạy lại sau, sẽ tải tiếp từ chỗ dừng",
    remedy_en="Nothing is lost; run it again later, it goes on where it stopped",
)
PULL_ANSWER_FOREIGN = Kind(
    number="HL4204",
    status=502,
    title="Câu trả lời không phải của trung tâm Hài Lòng",
    title_en="The answer is not one of a Hài Lòng centre",
    remedy="Kiểm tra địa chỉ và máy chủ trung gian",
    remedy_en="Check the address and what stands in between",
)
PULL_LOCKED = Kind(
    number="HL4205",
    status=409,
    title="Một lần tải khác đang chạy",
    title_en="Another pull is running",
    remedy="Chờ nó xong, hoặc chọn tên tệp khác",
    remedy_en="Wait for it, or choose another file name",
)
PULL_UNWRITABLE = Kind(
    number="HL4206",
    status=507,
    title="Không ghi được tệp tải về",
    title_en="What was pulled cannot be written",
    remedy="Kiểm tra đĩa, quyền ghi, và tệp có đang mở trong chương trình khác không",
    remedy_en="Check the disk, the permission, and whether another program has the file open",
)
OUTPUT_SHORTENED = Kind(
    number="HL4207",
    status=409,
    title="Tệp kết quả ngắn hơn lúc ghi xong, hoặc không còn",
    title_en="The output is shorter than when it was finished, or gone",
    remedy="Tệp được ghi lại đủ từ các dòng đã tải; hỏng nhiều lần thì kiểm tra đĩa",
    remedy_en="It is written anew from the rows that are here; if it happens again, check the disk",
)
ROWS_MISSING = Kind(
    number="HL4208",
    status=409,
    title="Các dòng đã tải bị thiếu trên đĩa",
    title_en="Rows that were pulled are missing on the disk",
    remedy="Mọi dòng được tải lại từ đầu vào cùng tệp; hỏng nhiều lần thì kiểm tra đĩa",
    remedy_en="All rows are fetched again into the same file; if it happens again, check the disk",
)
PULL_CA_UNUSABLE = Kind(
    number="HL4210",
    status=422,
    title="Không dùng được tệp chứng thư (--ca)",
    title_en="The file of a certificate authority (--ca) cannot be used",
    remedy="Kiểm tra đường dẫn và quyền đọc; tệp phải là chứng thư dạng PEM",
    remedy_en="Check the path and the permission; the file has to be a certificate in PEM",
)
PROXY_UNUSABLE = Kind(
    number="HL4211",
    status=422,
    title="Không dùng được cài đặt proxy của máy này",
    title_en="The proxy settings of this machine cannot be used",
    remedy="Sửa hoặc bỏ biến được nêu; chỉ dùng được proxy http:// và https://, không dùng SOCKS",
    remedy_en="Mend or unset the variable named; proxies are http:// or https://, not SOCKS",
)
PULL_LACKS_PARQUET = Kind(
    number="HL4214",
    status=422,
    title="Máy này chưa cài thư viện để ghi tệp Parquet",
    title_en="This machine lacks the library that writes Parquet",
    remedy="Cài requirements/parquet.lock vào môi trường Python được nêu, hoặc dùng .csv, .jsonl, .xlsx",
    remedy_en=(
        "Install requirements/parquet.lock into the Python environment named, or use .csv, .jsonl or .xlsx"
    ),
)
