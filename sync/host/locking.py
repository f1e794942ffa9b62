"""Locks on files: the only place that asks the operating system for one (POSIX).

`fcntl` is imported with the first lock, so that everything else imports where there is none.
"""


def lock_file(fd: int) -> bool:
    """Take the file's exclusive lock without waiting; False if another process has it. Raises OSError.

    The kernel releases it when the process ends, also after a crash.
    """
    import fcntl

    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
