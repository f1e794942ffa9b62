"""Whether results are handed over at this terminal, so that an officer has to sign in. Pure."""

from kiosk.session import Rules
from kiosk.tagging import Counter
from sync.contract.catalogue import Catalogue


def has_handovers(rules: Rules, catalogue: Catalogue) -> bool:
    """Whether a visit can follow a handover.

    Where a touch starts a visit, there is none for staff, without a counter, or without procedures.
    """
    if not rules.start_by_touch:
        return True
    return rules.respondents != ("staff",) and bool(rules.counter and catalogue.procedures)


def officer_missing(counter: Counter, rules: Rules, catalogue: Catalogue) -> bool:
    """Whether handovers are nobody's, because no officer is signed in."""
    return counter.officer is None and has_handovers(rules, catalogue)
