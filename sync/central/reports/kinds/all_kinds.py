"""Every kind of document that the centre can make."""

from collections.abc import Mapping
from typing import Any

from sync.central.reports.kinds.chain import OF_OFFICE, OF_SECRETARIAT
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.factors import FACTORS
from sync.central.reports.kinds.final import FINAL
from sync.central.reports.kinds.improvement import IMPROVEMENT
from sync.central.reports.kinds.letters import INVITATION, URGING
from sync.central.reports.kinds.minutes import BALLOT_BOX, HANDOVER, RECHECK, SAMPLE
from sync.central.reports.kinds.monthly import MONTHLY, QUARTERLY
from sync.central.reports.kinds.notices import INTERNAL_NOTICE, PUBLIC_NOTICE
from sync.central.reports.kinds.survey_plan import PLAN

_KINDS: tuple[Kind[Any], ...] = (
    MONTHLY,
    QUARTERLY,
    FINAL,
    FACTORS,
    OF_OFFICE,
    OF_SECRETARIAT,
    PLAN,
    IMPROVEMENT,
    INTERNAL_NOTICE,
    PUBLIC_NOTICE,
    INVITATION,
    URGING,
    BALLOT_BOX,
    SAMPLE,
    RECHECK,
    HANDOVER,
)

KINDS: Mapping[str, Kind[Any]] = {kind.name: kind for kind in _KINDS}
"""The kinds by name, in the order in which an office is offered them."""
