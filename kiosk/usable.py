"""What the terminal needs of a bundle, made whole before any of it counts.

Promises:
- anything wrong with a bundle (a key, a pattern, a file that can't be read, a survey that is missing) is a
  problem with a number, and the configuration in use goes on: no bundle ends a terminal;
- colours that could not be read on the glass are no reason to refuse the rest: kiosk.toml's are shown;
- a terminal that starts with such a bundle serves with the one before it, which the agent keeps;
- what the office decides comes before the lines of kiosk.toml, which count where it says nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kiosk.asking import Agenda, agenda_of
from kiosk.identity import Identity, agent_folder, identify
from kiosk.renewal import Mark, mark_of
from kiosk.settings import Office, Settings
from kiosk.tagging import ServicePoint, service_point
from kiosk.widgets.theme import check_office_colours
from sync.contract.bundle import Bundle, PublicKey, load_bundle
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.files import FILE_UNREADABLE, TERMINAL_UNCONFIGURED, TEXT_MISSING
from sync.contract.problem.terminal import NEW_BUNDLE_UNUSABLE, PICTURE_UNUSABLE
from sync.contract.reasons import system_reason
from sync.contract.sealing import seal_words
from sync.host.first_start import read_enrolled


class Usable(Struct, frozen=True, kw_only=True):
    """A bundle that this terminal can serve with.

    settings: of the device, with the office's look of the bundle. here: which terminal this is.
    agenda: what is asked here, and when. sealing: the key for words, None where there is none.
    seen: the mark of the bundle in place, taken before the reading. colours: why the office's are not shown.
    """

    bundle: Bundle
    settings: Settings
    here: Identity
    place: ServicePoint
    agenda: Agenda
    sealing: PublicKey | None
    seen: Mark = Mark()
    colours: Problem | None = None


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
    """All that is made of a bundle; raises ProblemError where it does not fit this terminal.

    HL1003, HL1006: an entry can't be used. HL1005, HL1011: it does not say who this terminal is, or lacks
    what kiosk.toml asks. Call it within `refused`: what only one use of the bundle would meet may raise
    anything.
    """
    here = identify(settings, read_enrolled(agent_folder(settings)), bundle.catalogue)
    place = service_point(bundle, here.unit, here.counter)
    sealing = bundle.keys.sealing[-1] if bundle.keys.sealing else None
    if sealing:
        seal_words({"thử": ""}, sealing.id, sealing.public)
    office, colours = _readable(_look_of(bundle, settings, here), settings)
    return Usable(
        bundle=bundle,
        settings=replace(settings, office=office),
        here=here,
        place=place,
        agenda=agenda_of(bundle, settings, here, place.units),
        sealing=sealing,
        colours=colours,
    )


def _look_of(bundle: Bundle, settings: Settings, here: Identity) -> Office:
    """The office's look: of the bundle, else of kiosk.toml; its name at last the unit's.

    An emblem of the bundle is a file only once it is shown, see `emblem.py`.
    """
    decided, fallback = bundle.office, settings.office
    if decided.name and "vi" not in decided.name:
        where = f"{settings.bundle / 'office.toml'}: name"
        raise ProblemError(TEXT_MISSING(where=where, detail="thiếu lời bằng “vi”"))
    unit = bundle.catalogue.unit(here.unit)
    return replace(
        fallback,
        name=decided.name or fallback.name or (unit.name if unit else {}),
        primary=decided.primary or fallback.primary,
        accent=decided.accent or fallback.accent,
        results_url=decided.results_url or fallback.results_url,
    )


def _readable(office: Office, settings: Settings) -> tuple[Office, Problem | None]:
    """The look with colours that can be read: where one of the office's can't, both are kiosk.toml's."""
    try:
        check_office_colours(office.primary, office.accent, f"{settings.bundle / 'office.toml'}: ")
    except ProblemError as error:
        wrong, own = error.problem, settings.office
        colours = PICTURE_UNUSABLE(where=wrong.where, detail=wrong.detail)
        return replace(office, primary=own.primary, accent=own.accent), colours
    return office, None


def needs_code(settings: Settings) -> bool:
    """Whether this terminal has to be enrolled first.

    One that is not may go on where kiosk.toml names its device and a configuration was copied there by hand.
    """
    if read_enrolled(agent_folder(settings)) is not None:
        return False
    try:
        return not settings.device or _nothing_in(settings.bundle)
    except OSError:
        return False  # the reading of the bundle says why


def usable_bundle(settings: Settings) -> Usable:
    """The bundle, if this terminal can serve with it.

    Raises:
        ProblemError: HL1011 where there is none yet, or the device is not enrolled; HL1001 … HL1007, HL2012
            where it can't be used.
    """
    folder = settings.bundle
    with refused(folder):
        seen = mark_of(folder)
        if _nothing_in(folder):
            raise ProblemError(TERMINAL_UNCONFIGURED(where=str(folder)))
        return replace(checked(settings, load_bundle(folder)), seen=seen)


def first_usable(settings: Settings) -> tuple[Usable, Problem | None]:
    """What a terminal that starts serves with, and why that is not the bundle in place.

    Raises ProblemError as `usable_bundle` where none before it can be used either.
    """
    with refused(settings.bundle):
        seen = mark_of(settings.bundle)
    try:
        return usable_bundle(settings), None
    except ProblemError as error:
        for folder in _others(settings.bundle):
            try:
                with refused(folder):
                    return replace(checked(settings, load_bundle(folder)), seen=seen), error.problem
            except ProblemError:
                continue
        raise


def _nothing_in(folder: Path) -> bool:
    """Whether no bundle is there; raises OSError where that can't be seen."""
    try:
        return not any(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return True


def _others(link: Path) -> list[Path]:
    """The bundles that the agent keeps next to the one in place, the newest first."""
    if not link.is_symlink():
        return []
    used = link.resolve()
    kept = [path for path in used.parent.glob("*-*") if path != used and not path.name.endswith(".new")]
    return sorted(kept, key=lambda path: path.stat().st_mtime_ns, reverse=True)
