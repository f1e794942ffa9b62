"""What the terminal needs of a bundle, made whole before any of it counts.

Promises:
- whatever is wrong with a bundle (a key, a pattern, a file that can't be read, a survey that is missing) is a
  problem with a number, and the configuration in use goes on: no bundle ends a terminal;
- a terminal that starts with such a bundle serves with the one before it, which the agent keeps.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from kiosk.settings import Settings, chosen_survey
from kiosk.tagging import Place, place
from sync.contract.bundle import Bundle, PublicKey, load_bundle
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.files import FILE_UNREADABLE, TERMINAL_UNCONFIGURED
from sync.contract.problem.terminal import NEW_BUNDLE_UNUSABLE
from sync.contract.reasons import system_reason
from sync.contract.sealing import seal_words
from sync.contract.survey import Survey


class Usable(Struct, frozen=True):
    """A bundle that this terminal can serve with. `sealing`: the key for words, None where there is none."""

    bundle: Bundle
    survey: Survey
    place: Place
    sealing: PublicKey | None


@contextmanager
def refused(where: Path) -> Iterator[None]:
    """Within the block every failure is a ProblemError: HL2012 where nobody foresaw it."""
    try:
        yield
    except ProblemError:
        raise
    except OSError as error:
        path = str(error.filename or where)
        raise ProblemError(FILE_UNREADABLE(where=path, detail=system_reason(error))) from error
    except Exception as error:
        raise ProblemError(NEW_BUNDLE_UNUSABLE(where=str(where), detail=type(error).__name__)) from error


def checked(settings: Settings, bundle: Bundle) -> Usable:
    """All that is made of a bundle; raises ProblemError HL1003, HL1005 where it does not fit this terminal.

    Call it within `refused`: what only one use of the bundle would meet may raise anything.
    """
    survey = chosen_survey(settings, bundle)
    here = place(bundle, settings.unit, settings.counter)
    sealing = bundle.keys.sealing[-1] if bundle.keys.sealing else None
    if sealing:
        seal_words({"thử": ""}, sealing.id, sealing.public)
    return Usable(bundle, survey, here, sealing)


def usable_bundle(settings: Settings) -> Usable:
    """The bundle, if this terminal can serve with it.

    Raises:
        ProblemError: HL1011 where there is none yet; HL1001 … HL1007, HL2012 where it can't be used.
    """
    folder = settings.bundle
    with refused(folder):
        try:
            empty = not any(folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            empty = True
        if empty:
            raise ProblemError(TERMINAL_UNCONFIGURED(where=str(folder)))
        return checked(settings, load_bundle(folder))


def first_usable(settings: Settings) -> tuple[Usable, Problem | None]:
    """What a terminal that starts serves with, and why that is not the bundle in place.

    Raises ProblemError as `usable_bundle` where none before it can be used either.
    """
    try:
        return usable_bundle(settings), None
    except ProblemError as error:
        for folder in _others(settings.bundle):
            try:
                with refused(folder):
                    return checked(settings, load_bundle(folder)), error.problem
            except ProblemError:
                continue
        raise


def _others(link: Path) -> list[Path]:
    """The bundles that the agent keeps next to the one in place, the newest first."""
    if not link.is_symlink():
        return []
    used = link.resolve()
    kept = [path for path in used.parent.glob("*-*") if path != used and not path.name.endswith(".new")]
    return sorted(kept, key=lambda path: path.stat().st_mtime_ns, reverse=True)
