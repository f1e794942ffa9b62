"""Why a file could not be used, in Vietnamese: translates the errors of the operating system."""

import errno

NO_FILE = "không có tệp hay thư mục này"

_SYSTEM = {
    errno.ENOENT: NO_FILE,
    errno.EACCES: "tài khoản đang chạy lệnh không có quyền",
    errno.EPERM: "tài khoản đang chạy lệnh không có quyền",
    errno.EISDIR: "đây là thư mục, không phải tệp",
    errno.ENOTDIR: "một phần của đường dẫn không phải thư mục",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.ENOSPC: "ổ đĩa đã đầy",
    errno.EIO: "ổ đĩa lỗi",
    errno.EEXIST: "đã có tệp này",
}


def system_reason(error: OSError) -> str:
    """An error of the operating system, explained to a person."""
    return _SYSTEM.get(error.errno or 0, error.strerror or "")
