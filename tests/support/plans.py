"""The shipped plans and forms, for tests that walk through them."""

from functools import cache
from pathlib import Path

from sync.contract.plan import Plan
from sync.contract.survey import Survey
from tests.support.assets import load_plan, load_survey

ASSETS = Path(__file__).parents[2] / "assets"


@cache
def shipped_surveys() -> dict[str, Survey]:
    """Every form in assets/surveys by its id."""
    surveys = [load_survey(path) for path in sorted((ASSETS / "surveys").glob("*.toml"))]
    return {survey.id: survey for survey in surveys}


@cache
def shipped_plans() -> dict[str, Plan]:
    """Every plan in assets/plans by its id."""
    plans = [
        load_plan(path, shipped_surveys().values()) for path in sorted((ASSETS / "plans").glob("*.toml"))
    ]
    return {plan.id: plan for plan in plans}
