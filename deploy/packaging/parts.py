"""The two packages: what each is made of, and what it puts where."""

from msgspec import Struct

BUILDS = frozenset({"hatchling", "packaging", "pathspec", "pluggy", "tomlkit", "trove-classifiers"})
"""Locked for `pip install .` alone: no part runs them."""

PRUNED = (
    "*.a",
    "*.c",
    "*.cpp",
    "*.h",
    "*.pxd",
    "*.pxi",
    "*.pyi",
    "*.pyx",
    "*/py.typed",
    "*/tests/*",
)
"""Files of wheels that nothing reads when the program runs."""


class Conffile(Struct, frozen=True):
    """A file of `deploy/sample` in /etc/hailong, which one service's group reads."""

    name: str
    group: str


class Part(Struct, frozen=True, kw_only=True):
    """One package.

    name: also the name of its folder in /opt/hailong.
    summary, description: for people who look for the package; English, as Debian's are.
    commands: each command with the module and the function it calls.
    locks: of `requirements/`.
    left_out: packages of the locks that the part never imports.
    pruned: files of wheels and of our own that it never reads.
    updates: whether it takes signed releases by itself (`sync/updates/`).
    folder: of `deploy/`, with its units and with what is put where its path says (`etc/…`, `usr/…`).
    depends, recommends: packages of Debian, besides Python and the C library.
    """

    name: str
    summary: str
    description: str
    commands: dict[str, str]
    locks: tuple[str, ...]
    left_out: frozenset[str]
    pruned: tuple[str, ...]
    folder: str
    updates: bool = False
    conffiles: tuple[Conffile, ...] = ()
    depends: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """Its name for dpkg."""
        return f"hailong-{self.name}"


KIOSK = Part(
    name="kiosk",
    summary="satisfaction terminal of a public service counter",
    description=(
        "The terminal that citizens touch, its display server, and the agent that sends\n"
        "what they answered to the centre. The machine starts into the terminal;\n"
        "everything else is decided at the centre."
    ),
    commands={
        "hailong-kiosk": "kiosk.__main__:main",
        "hailong-agent": "sync.entry:agent",
        "hailong-update": "sync.entry:update",
    },
    locks=("kiosk",),
    left_out=BUILDS | {"charset-normalizer", "docutils", "kivy-garden", "requests", "urllib3"},
    pruned=(
        *PRUNED,
        "kivy/include/*",
        "kivy/tools/*",
        "sync/central/*",
        "sync/pull/*",
    ),
    folder="tablet",
    updates=True,
    conffiles=(Conffile("kiosk.toml", "hailong"), Conffile("agent.toml", "hailong-agent")),
    # Spoken prompts; drawing, also without a graphics card; a way in for who looks after the machine, because
    # its console is closed; the display server with touch.
    depends=(
        "espeak-ng",
        "libegl1",
        "libgl1",
        "libgl1-mesa-dri",
        "libgles2",
        "libmtdev1 | libmtdev1t64",
        "openssh-server",
        "xauth",
        "xserver-xorg-core",
        "xserver-xorg-input-libinput",
    ),
    recommends=("fonts-noto-core", "network-manager"),
)
CENTRAL = Part(
    name="central",
    summary="centre of the satisfaction terminals of public service counters",
    description=(
        "The server that collects what citizens answered at the counters, shows it to\n"
        "the offices and gives the terminals their forms and hours."
    ),
    commands={"hailong-central": "sync.entry:central", "hailong-pull": "sync.entry:pull"},
    locks=("central", "xlsform"),
    left_out=BUILDS,
    pruned=(*PRUNED, "sync/agent/*"),
    folder="server",
    depends=("openssl",),  # a certificate of its own
    recommends=("caddy", "postgresql-client"),
)
PARTS = {part.name: part for part in (KIOSK, CENTRAL)}
ALWAYS = ("systemd-timesyncd | time-daemon", "tzdata", "xz-utils")
"""What every part needs of Debian: the time, the zone, and what unpacks its release."""
