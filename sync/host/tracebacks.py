"""What may be logged of an unexpected exception: its text can quote what a citizen wrote, or a row."""


def type_and_place(error: Exception) -> str:
    """The exception's type, and the file and line that raised it."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    return f"{type(error).__name__} at {place}"
