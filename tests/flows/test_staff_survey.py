"""A survey of staff speaks to staff from the idle screen to the thanks, and asks for nobody's badge."""

from msgspec.structs import replace

from kiosk.events import Answered, Start, Touched
from kiosk.facts import Facts
from kiosk.i18n import Catalogues
from kiosk.settings import ASSETS
from kiosk.staff_desk import Desk, Page
from kiosk.tagging import Counter
from kiosk.view import IdleView, Shown, StaffHomeView, StaffLockView, look_at_desk
from sync.contract.addressing import CITIZENS, addressing
from tests.flows.flow import CATALOGUE, SETTINGS, Flow, rules_for
from tests.support.assets import load_survey

SURVEY = load_survey(ASSETS / "surveys" / "thach-ha-noi-bo.toml")
RULES = rules_for(SURVEY, respondents=("staff",), start_by_touch=True)
AT_A_COUNTER = replace(SETTINGS, counter="quay-1")


def test_everybody_who_answers_is_addressed_as_the_form_does() -> None:
    flow = Flow(RULES)
    assert isinstance(flow.shown.view, IdleView)
    words = addressing(lambda text: text, flow.shown.frame.address)
    assert words(flow.shown.view.invitation) == "Mời anh/chị cho biết mức độ hài lòng của mình."
    pages = [flow.send(Touched(), Start()).shown]
    for question in SURVEY.questions:
        pages.append(flow.send(Answered(question.id, 4)).shown)
    assert flow.screen == "GateView"
    pages.append(flow.wait(9).shown)
    assert flow.screen == "ThanksView"
    assert {page.frame.address for page in pages} == {"anh/chị"}
    assert CITIZENS not in "".join(str(page.view) for page in pages).lower()


def test_no_word_of_the_interface_is_left_for_a_citizen() -> None:
    words = addressing(lambda text: text, "anh/chị")
    interface = Catalogues(ASSETS / "locales").words("en")
    said = [words(vietnamese) for vietnamese in interface]
    assert any("anh/chị" in sentence for sentence in said)
    assert [sentence for sentence in said if CITIZENS in sentence.lower()] == []


def desk(page: Page) -> Shown:
    flow = Flow(RULES)
    return look_at_desk(
        Desk(page=page),
        Counter(),
        flow.state,
        Facts(),
        RULES,
        AT_A_COUNTER,
        CATALOGUE,
    )


def test_no_officer_is_asked_to_sign_in() -> None:
    lock, home = desk("lock").view, desk("home").view
    assert isinstance(lock, StaffLockView)
    assert isinstance(home, StaffHomeView)
    assert (lock.officer_missing, home.handovers) == (False, False)
