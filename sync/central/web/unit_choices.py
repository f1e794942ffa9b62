"""Units as a choice of a filter or a form: those below the visitor's own, by name."""

from collections.abc import Iterable, Sequence

from sync.central.office.configuration.scope import scope_of
from sync.central.web.choices import Option
from sync.central.web.look import Look

# Units that are offered in a list; with more, the code is typed.
MOST_LISTED = 400


def units_below(look: Look, roots: Iterable[str]) -> frozenset[str]:
    """These units and all below them today."""
    return frozenset().union(*(scope_of(look.connection, root, look.today) for root in roots))


def usual_unit(roots: Sequence[str], units: frozenset[str]) -> str:
    """The unit that a form begins with: the only one, or the one at which the visitor has the role. Pure.

    roots: where the visitor has it; units: these and those below. "" where nobody can say.
    """
    if len(units) == 1:
        return next(iter(units))
    return roots[0] if len(roots) == 1 and roots[0] in units else ""


def unit_choices(look: Look, units: frozenset[str], every: str = "") -> tuple[Option, ...] | None:
    """These units by name; none where there is one; None where there are too many to list.

    every: the words of the first choice, which is all of them; "" for no such choice.
    """
    if len(units) > MOST_LISTED:
        return None
    if len(units) < 2:
        return ()
    names = look.names.units
    options = sorted((names.get(code, code), code) for code in units)
    first = (Option("", every),) if every else ()
    return (*first, *(Option(code, name) for name, code in options))
