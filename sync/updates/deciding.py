"""What the helper does next. Pure.

Promises (each has a test of this name):
- the newest version on the disk is switched to, unless it failed here, was withdrawn, or isn't newer;
- what came with a package is switched to by dpkg alone: who goes back to an older package stays there;
- a switch, and going back from a withdrawn version, wait until the terminal rests;
- while one version is judged no other is switched to;
- the version in use, the one before it and the one that is next are kept; all others are deleted,
  those of packages while the terminal rests.
"""

from collections.abc import Collection

from msgspec import Struct

from sync.updates.release import newest, number
from sync.updates.watch import State


class Facts(Struct, frozen=True, kw_only=True):
    """What is there now.

    current: the version in use. unpacked: the whole ones on the disk. packaged: those of them that came with
    a package. withdrawn: versions that the centre took back. resting: closed, and nobody is at the glass.
    """

    current: str
    unpacked: tuple[str, ...]
    packaged: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    resting: bool = False


class SwitchTo(Struct, frozen=True):
    """Use this version."""

    version: str


class GoBack(Struct, frozen=True):
    """Use the version before again."""


class Start(Struct, frozen=True):
    """The link leads to a new version, but the services were not started with it."""


class Delete(Struct, frozen=True):
    """Delete these versions."""

    versions: tuple[str, ...]


Step = SwitchTo | GoBack | Start | Delete


def is_wanted(version: str, current: str, failed: Collection[str]) -> bool:
    """Whether a release of this version is worth taking."""
    return version not in failed and (not current or number(version) > number(current))


def next_step(state: State, facts: Facts) -> Step | None:
    """What to do now; None: nothing, until something changes."""
    if state.trial is not None and state.trial.version == facts.current:
        return Start() if state.trial.begun is None and facts.resting else None
    refused = {*state.failed, *facts.withdrawn}
    if facts.current in facts.withdrawn and state.before in facts.unpacked and state.before not in refused:
        return GoBack() if facts.resting else None
    handed_over = set(facts.unpacked) - set(facts.packaged)
    following = newest(each for each in handed_over if is_wanted(each, facts.current, refused))
    others = set(facts.unpacked) - {facts.current, state.before, following}
    if not facts.resting:
        others -= set(facts.packaged)  # after dpkg the terminal runs from its release until nobody is there
    if others:
        return Delete(tuple(sorted(others, key=number)))
    return SwitchTo(following) if following and facts.resting else None
