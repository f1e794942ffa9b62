"""The .deb of a part: the release as one archive, units, users, folders, settings and the three scripts.

`files` and `control` decide, `write` does it; dpkg-deb makes the file of the folder that `write` has filled.
"""

import gzip
import hashlib
import os
import re
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from deploy.packaging.parts import ALWAYS, Part
from deploy.packaging.target import Target
from deploy.packaging.tree import files_of

SCRIPTS = Path(__file__).parent / "scripts"
UNIT = re.compile(r".*\.(service|timer|path|mount|socket|target)")
MAINTAINER = "Hài Lòng <maintainers@hailong.example.vn>"
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Hài Lòng
Comment: The release also holds Python packages under licences of their own; each has its text in
 /opt/hailong/{part}/current/lib/<package>.dist-info.

Files: *
Copyright: 2026 The authors of Hài Lòng
License: Apache-2.0
 On Debian systems the text of this licence is in /usr/share/common-licenses/Apache-2.0.
"""


class Item(Struct, frozen=True):
    """A file of the package, or with `link` a symbolic link, at its path without the leading slash."""

    path: str
    content: bytes = b""
    link: str = ""

    @property
    def conffile(self) -> bool:
        """Whether an upgrade keeps what the office has changed in it."""
        return self.path.startswith("etc/") and not self.link


def debian_version(version: str, target: Target) -> str:
    """The version for dpkg: newer on a newer Debian, so that who upgrades Debian gets the right package."""
    return f"{version}+deb{target.suite.number}"


def file_name(part: Part, version: str, target: Target) -> str:
    """The name of the package's file."""
    return f"{part.package}_{debian_version(version, target)}_{target.arch}.deb"


def units(part: Part, sources: Path) -> list[Path]:
    """The units of `part`, by name; with those that are started by another for each of its connections."""
    return sorted(path for path in (sources / "deploy" / part.folder).iterdir() if UNIT.fullmatch(path.name))


def enabled(part: Part, sources: Path) -> list[str]:
    """The units that are started with the machine: those that say when."""
    return [path.name for path in units(part, sources) if "\n[Install]\n" in path.read_text("utf-8")]


def files(
    part: Part, version: str, target: Target, *, sources: Path, moment: int, publisher: str = ""
) -> list[Item]:
    """What the package holds besides the release itself.

    publisher: the line of who may publish updates of a terminal, "" nobody.
    """
    deploy = sources / "deploy"
    items = [Item(f"usr/lib/systemd/system/{path.name}", path.read_bytes()) for path in units(part, sources)]
    # Both parts may be on one machine: what they share has a name of each.
    for path in files_of(deploy / "hailong-.service.d"):
        name = f"usr/lib/systemd/system/hailong-.service.d/{part.name}-{path.name}"
        items.append(Item(name, path.read_bytes()))
    for kind in ("sysusers", "tmpfiles"):
        content = (deploy / part.folder / f"{kind}.conf").read_bytes()
        items.append(Item(f"usr/lib/{kind}.d/{part.package}.conf", content))
    for path in sorted((deploy / part.folder).glob("*.rules")):
        items.append(Item(f"usr/lib/udev/rules.d/{path.name}", path.read_bytes()))
    for folder in ("etc", "usr"):
        for path in files_of(deploy / part.folder / folder):
            name = re.sub("^etc/udev/", "usr/lib/udev/", str(path.relative_to(deploy / part.folder)))
            link = str(path.readlink()) if path.is_symlink() else ""
            items.append(Item(name, b"" if link else path.read_bytes(), link))
    for file in part.conffiles:
        items.append(Item(f"etc/hailong/{file.name}", (deploy / "sample" / file.name).read_bytes()))
    if publisher and part.updates:
        items.append(Item("etc/hailong/release-keys", f"{publisher}\n".encode()))
    for command in part.commands:
        items.append(Item(f"usr/bin/{command}", link=f"/opt/hailong/{part.name}/current/bin/{command}"))
    documents = f"usr/share/doc/{part.package}"
    items.append(Item(f"{documents}/copyright", COPYRIGHT.format(part=part.name).encode()))
    changed = changelog(part, debian_version(version, target), moment).encode()
    items.append(Item(f"{documents}/changelog.gz", gzip.compress(changed, 9, mtime=0)))
    return sorted(items, key=lambda item: item.path)


def changelog(part: Part, version: str, moment: int) -> str:
    """The changelog as Debian writes it; the real one is in the sources."""
    day = datetime.fromtimestamp(moment, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"{part.package} ({version}) stable; urgency=medium\n\n"
        f"  * See CHANGELOG.md of the sources.\n\n -- {MAINTAINER}  {day}\n"
    )


def control(part: Part, version: str, target: Target, installed: int) -> str:
    """The control file; `installed` is the size on the disk in bytes."""
    depends = [
        f"python3 (>= {target.suite.python})",
        f"python3 (<< {target.next_python})",
        f"libc6 (>= 2.{target.suite.glibc})",
        "systemd",
        *ALWAYS,
        *part.depends,
    ]
    fields = {
        "Package": part.package,
        "Version": debian_version(version, target),
        "Architecture": target.arch,
        "Maintainer": MAINTAINER,
        "Section": "misc",
        "Priority": "optional",
        "Installed-Size": str(-(-installed // 1024)),
        "Depends": ", ".join(sorted(depends)),
        "Recommends": ", ".join(part.recommends),
        "Description": "\n ".join([part.summary, *part.description.splitlines()]),
    }
    return "".join(f"{key}: {value}\n" for key, value in fields.items() if value)


def md5sums(items: Iterable[Item]) -> str:
    """What `dpkg --verify` compares with."""
    return "".join(
        f"{hashlib.md5(item.content, usedforsecurity=False).hexdigest()}  {item.path}\n"
        for item in sorted(items, key=lambda item: item.path)
    )


def scripts(part: Part, version: str, sources: Path) -> dict[str, str]:
    """The scripts that dpkg runs, for this part and version."""
    words = {
        "@part@": part.name,
        "@version@": version,
        "@enabled@": " ".join(enabled(part, sources)),
        "@units@": " ".join(path.name for path in units(part, sources) if "@." not in path.name),
        "@settings@": " ".join(f"{file.name}:{file.group}" for file in part.conffiles),
    }
    made = {}
    for name in ("postinst", "prerm", "postrm"):
        text = (SCRIPTS / f"{name}.sh").read_text("utf-8")
        made[name] = re.sub(r"@\w+@", lambda match: words[match[0]], text)
    return made


def write(
    part: Part,
    version: str,
    target: Target,
    *,
    sources: Path,
    archive: Path,
    installed: int,
    moment: int,
    staging: Path,
    publisher: str = "",
) -> None:
    """Fill the folder `staging` for dpkg-deb; `installed` is the size of the release in bytes.

    publisher: as for `files`.
    """
    release = Item(f"usr/lib/hailong/{part.name}.tar.xz", archive.read_bytes())
    items = [
        *files(part, version, target, sources=sources, moment=moment, publisher=publisher),
        release,
    ]
    for item in items:
        path = staging / item.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if item.link:
            path.symlink_to(item.link)
        else:
            path.write_bytes(item.content)
            path.chmod(0o644)
    size = installed + sum(len(item.content) for item in items)
    information = {
        "control": control(part, version, target, size),
        "md5sums": md5sums(item for item in items if not (item.link or item.conffile)),
        "conffiles": "".join(f"/{item.path}\n" for item in items if item.conffile),
        **scripts(part, version, sources),
    }
    (staging / "DEBIAN").mkdir()
    for name, text in information.items():
        if not text:
            continue
        path = staging / "DEBIAN" / name
        path.write_text(text, "utf-8")
        path.chmod(0o755 if text.startswith("#!") else 0o644)
    for path in (staging, *staging.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


def make(staging: Path, package: Path, moment: int) -> None:
    """Make the file `package`. What is inside is compressed already."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment)}
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--threads-max=1", "--build"]
    subprocess.run(
        [*command, str(staging), str(package)], check=True, env=environment, stdout=subprocess.DEVNULL
    )
