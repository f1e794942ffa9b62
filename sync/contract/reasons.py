"""Why a file was refused, in Vietnamese: what the operating system says in English."""

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
    """What an error of the operating system is, in words for a person."""
    return _SYSTEM.get(error.errno or 0, error.strerror or "")
