"""An empty Debian in a folder, booted: its own systemd runs the services as on a separate machine.

It has its own namespaces for processes, mounts, host name, IPC and control groups, and shares the network
and the clock with this machine. Its processes lack CAP_SYS_TIME: the first time zone that a kernel is told
moves its clock. As in any container it can't reach the kernel's settings and devices, except the first
console, where the screen of the counter is drawn, so one runs at a time: the next one waits. When the `with`
ends, its processes and mounts are gone.
"""

import fcntl
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.chroot import Chroot, environment, pip_folders
from tests.support.office import until

PACKAGES = ("systemd-sysv", "dbus")
"""Packages that every installed Debian has, and the base system of a chroot doesn't."""

LOCK = Path(tempfile.gettempdir(), "hailong-booted.lock")

KEEP_CLOCK = ("setpriv", "--bounding-set", "-sys_time")

BOOT = """set -eu
root=$1 folders=$2
mount --bind "$root" "$root"
cd "$root"
for folder in $folders; do
    mkdir -p ".$folder"
    mount --bind "$folder" ".$folder"
done
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t tmpfs -o mode=755,nosuid dev dev
for name in null zero full random urandom tty; do
    touch "dev/$name"
    mount --bind "/dev/$name" "dev/$name"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mknod -m 620 dev/tty0 c 4 0
mknod -m 620 dev/tty1 c 4 1
mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
mkdir -p .before
pivot_root . .before
umount -l .before
rmdir .before
exec setpriv --bounding-set -sys_time \
    env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd
"""


class Booted:
    """The machine in `chroot`, from its start to its end."""

    def __init__(self, chroot: Chroot) -> None:
        self._chroot = chroot

    def __enter__(self) -> Self:
        self._lock = LOCK.open("a")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._chroot.run("apt-get", "update", "-qq")
        self._chroot.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES)
        (self._chroot.root / "usr/sbin/policy-rc.d").unlink()  # here packages do start their services
        namespaces = ("--mount", "--pid", "--ipc", "--uts", "--cgroup", "--propagation", "private")
        where = (str(self._chroot.root), " ".join(pip_folders()))
        self._unshare = subprocess.Popen(
            ["unshare", *namespaces, "--fork", "--kill-child", "sh", "-c", BOOT, "sh", *where]
        )
        try:
            self.pid = self._first_process()
            until(lambda: self._proc("comm") == "systemd\n", "systemd")
            until((Path(f"/proc/{self.pid}/root") / "run/systemd/private").exists, "systemctl")
            self.run("systemctl is-system-running --wait || systemctl --failed")
        except BaseException:
            self._unshare.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unshare.kill()
        self._unshare.wait()
        self._lock.close()

    def _first_process(self) -> int:
        children = Path(f"/proc/{self._unshare.pid}/task/{self._unshare.pid}/children")
        until(lambda: children.read_text("ascii"), "a process")
        return int(children.read_text("ascii"))

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.pid}/{name}").read_text("utf-8")

    def run(self, script: str) -> str:
        """Run lines of shell as root in the repository, and return what they print.

        Raises CalledProcessError if a line fails; its output is on the standard error.
        """
        spaces = ("--mount", "--pid", "--ipc", "--uts", "--cgroup")
        enter = ["nsenter", "-t", str(self.pid), *spaces, f"--wdns={self._chroot.folder}"]
        done = subprocess.run(
            [*enter, *KEEP_CLOCK, "sh", "-euc", script],
            check=True,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout
