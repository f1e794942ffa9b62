"""Which commands of the guides are executed by which test, and which are not, and why.

Of the server's guide `make guides` executes those in FOLLOWED, on the machine of deploy/README.md.
"""

import re

GUIDES = {
    "README.md": "make guides, word by word",
    "cap-nhat.md": "tests/contract/test_update_guide.py",
    "the-va-ma.md": "make guides",
    "cau-hinh.md": "make guides (officers change), tests/contract/test_configuration_guide.py",
    "phieu-hoi.md": "tests/contract/test_form_guide.py",
    "chon-mau.md": "repeated by tests/unit/test_selecting.py",
    "loi-doc.md": "not executed: a voice is recorded by a person",
    "container/README.md": "not executed: tests/unit/test_container.py compares its names",
    "server/README.md": "make guides, as far as FOLLOWED says",
    "server/cluster/README.md": "not executed: tests/faults/test_failover.py runs such a cluster",
}
"""Every guide with blocks of commands, by who executes them."""

FOLLOWED = (
    r"systemctl restart hailong-central$",
    r"hailong-central (units|tokens|people|plan|set-aside) +list",
    r"hailong-central people +(add|role|change|link|reset-factor|end)",
    r"hailong-central backup +--data",
    r"systemctl start hailong-central-check",
    r"hailong-central (tick|erasures|keys show)",
    r"hailong-central purge +--data DATA --dry-run",
)
NOT_FOLLOWED = {
    r"timedatectl|apt-get": "README.md's are executed: the same packages, without a question",
    r"hailong-central (setup|doctor)": "README.md's setup is executed; a doctor finds work to do",
    r"runuser -u postgres|hailong-central (migrate-db|months)|echo 'HAILONG_DATABASE": "tests of PostgreSQL",
    r"systemctl (stop|start) hailong-central-backup.timer": "goes with migrate-db",
    r"hailong-central backup --into": "goes with migrate-db",
    r"hailong-central units import": "needs an office's list; tests/unit/test_unit_import.py",
    r"hailong-central tokens (create|expire|revoke)": "names the number of a token",
    r"curl|    'https": "names a token; tests/contract/test_summary.py",
    r"hailong-central plan +(check|show|progress|figures)": "of a plan that this machine has not",
    r"hailong-central plan +(issue|close)": "of a draft that this machine has not",
    r"hailong-central check-document": "needs a document; tests/web/test_form_check.py",
    r"hailong-central restore|systemctl (stop|start) hailong-central$": "names a copy",
    r"hailong-central status": "ends with 1 on a machine that has work to do",
    r"install -|systemctl edit|systemctl enable|hailong-central try-mail": "needs a mail server",
    r"hailong-central (void|retag|find-contact|forget)": "names a response",
    r"hailong-central set-aside (judge|take)": "nothing is set aside on a new machine",
    r"hailong-central keys (root|request|import)": "of another machine; tests/contract/test_root.py",
    r"#|$": "no command",
}
"""Patterns of the other commands of the server's guide, and why they are not executed there."""

OFFICE = {"phuong-mot": "phuong-mau", "tinh-a": "phuong-mau", "hailong.example.vn": "localhost"}
"""What the guide's examples are called on that machine."""


def is_followed(line: str) -> bool:
    """Whether `make guides` executes this command of the server's guide."""
    return any(re.match(pattern, line) for pattern in FOLLOWED)


def as_typed(line: str, data: str) -> str:
    """The command as it is typed on the machine of deploy/README.md; data: its data folder."""
    for theirs, ours in {"DATA": data, **OFFICE}.items():
        line = line.replace(theirs, ours)
    return line
