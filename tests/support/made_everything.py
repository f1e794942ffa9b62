"""All that an invented province can be filled with, so that no page is without content."""

from tests.support.made_interviews import make_interviews
from tests.support.made_letters import make_mailings
from tests.support.made_paper import make_paper
from tests.support.made_people import make_people
from tests.support.made_plans import make_plans
from tests.support.made_reports import make_reports
from tests.support.made_samples import make_samples
from tests.support.province import Province


def make_everything(province: Province) -> None:
    """Reports, plans, paper forms, samples, letters, interviews, and the people for them."""
    make_reports(province)
    make_plans(province)
    make_paper(province)
    make_samples(province)
    make_mailings(province)
    make_interviews(province)
    make_people(province)
