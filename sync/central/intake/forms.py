"""Every survey, prepared for judging responses."""

from collections.abc import Mapping

from sqlalchemy import Connection

from sync.central.intake.judge import Form
from sync.central.store.surveys import load_surveys

Forms = Mapping[tuple[str, int], Form]


def load_forms(connection: Connection) -> Forms:
    """Every survey in every version, prepared for judging."""
    return {key: Form(survey) for key, survey in load_surveys(connection).items()}
