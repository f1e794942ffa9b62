"""The machines that packages are made for: a Debian release and an architecture."""

from msgspec import Struct

ELF_MACHINES = {"amd64": 62, "arm64": 183}
"""The number of each architecture in the head of its programs and libraries (e_machine)."""

WHEEL_NAMES = {"amd64": "x86_64", "arm64": "aarch64"}
STRIP = {"amd64": "x86_64-linux-gnu-strip", "arm64": "aarch64-linux-gnu-strip"}


class Suite(Struct, frozen=True):
    """A Debian release: its number, its Python and the minor version of its glibc."""

    name: str
    number: int
    python: str
    glibc: int


SUITES = {suite.name: suite for suite in (Suite("bookworm", 12, "3.11", 36), Suite("trixie", 13, "3.13", 41))}


class Target(Struct, frozen=True):
    """One kind of machine."""

    suite: Suite
    arch: str

    @property
    def next_python(self) -> str:
        """The first version of Python that these packages are not for."""
        major, minor = self.suite.python.split(".")
        return f"{major}.{int(minor) + 1}"

    @property
    def platforms(self) -> list[str]:
        """The platform tags of wheels that run there, newest first."""
        machine = WHEEL_NAMES[self.arch]
        named = [f"manylinux_2_{minor}_{machine}" for minor in range(self.suite.glibc, 4, -1)]
        older = (
            ["manylinux2014", "manylinux2010", "manylinux1"] if self.arch == "amd64" else ["manylinux2014"]
        )
        return [*named, *(f"{name}_{machine}" for name in older), f"linux_{machine}"]

    @property
    def environment(self) -> dict[str, str]:
        """What the markers of a lock are compared with."""
        return {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": WHEEL_NAMES[self.arch],
            "platform_python_implementation": "CPython",
            "platform_system": "Linux",
            "python_full_version": f"{self.suite.python}.0",
            "python_version": self.suite.python,
            "sys_platform": "linux",
        }
