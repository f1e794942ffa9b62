"""One survey or plan from its file, for tests; the product reads whole bundles."""

from collections.abc import Iterable
from pathlib import Path

from sync.contract.files import read_text
from sync.contract.plan import Plan, decode_plan
from sync.contract.survey import Survey, decode_survey


def load_survey(path: Path) -> Survey:
    """The survey in the TOML file `path`; raises ProblemError (HL1001 … HL1007)."""
    return decode_survey(read_text(path), str(path))


def load_plan(path: Path, surveys: Iterable[Survey]) -> Plan:
    """The plan in the TOML file `path`, which may use these forms; raises ProblemError (HL1001 … HL1006)."""
    return decode_plan(read_text(path), surveys, str(path))
