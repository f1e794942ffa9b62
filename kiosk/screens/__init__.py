"""One screen a file; a screen is chosen by the type of its view. A new question kind is one line here."""

from kiosk.screens.choice import ChoiceScreen
from kiosk.screens.closed import ClosedScreen
from kiosk.screens.contact import ContactScreen
from kiosk.screens.first_start import FirstStartScreen
from kiosk.screens.gate import GateScreen
from kiosk.screens.idle import IdleScreen
from kiosk.screens.language_list import LanguageListScreen
from kiosk.screens.number import NumberScreen
from kiosk.screens.out_of_order import OutOfOrderScreen
from kiosk.screens.privacy import PrivacyScreen
from kiosk.screens.rating import RatingScreen
from kiosk.screens.ready import ReadyScreen
from kiosk.screens.respondent import RespondentScreen
from kiosk.screens.saving import SavingScreen
from kiosk.screens.screen import Screen
from kiosk.screens.staff_home import StaffHomeScreen
from kiosk.screens.staff_lock import StaffLockScreen
from kiosk.screens.staff_tag import StaffTagScreen
from kiosk.screens.staff_void import StaffVoidScreen
from kiosk.screens.still_there import StillThereScreen
from kiosk.screens.text import TextScreen
from kiosk.screens.thanks import ThanksScreen
from kiosk.screens.unconfigured import UnconfiguredScreen
from kiosk.screens.wiping import WipingScreen
from kiosk.screens.wireless import WirelessScreen
from kiosk.screens.yes_no import YesNoScreen
from kiosk.view import (
    ChoiceView,
    ClosedView,
    ContactView,
    FirstStartView,
    GateView,
    IdleView,
    LanguageListView,
    NumberView,
    OutOfOrderView,
    PrivacyView,
    RatingView,
    ReadyView,
    RespondentView,
    SavingView,
    StaffHomeView,
    StaffLockView,
    StaffTagView,
    StaffVoidView,
    StillThereView,
    TextView,
    ThanksView,
    UnconfiguredView,
    View,
    WipingView,
    WirelessView,
    YesNoView,
)

SCREENS: dict[type[View], type[Screen]] = {
    IdleView: IdleScreen,
    ClosedView: ClosedScreen,
    WipingView: WipingScreen,
    ReadyView: ReadyScreen,
    RespondentView: RespondentScreen,
    PrivacyView: PrivacyScreen,
    LanguageListView: LanguageListScreen,
    RatingView: RatingScreen,
    ChoiceView: ChoiceScreen,
    YesNoView: YesNoScreen,
    NumberView: NumberScreen,
    TextView: TextScreen,
    ContactView: ContactScreen,
    GateView: GateScreen,
    StillThereView: StillThereScreen,
    SavingView: SavingScreen,
    ThanksView: ThanksScreen,
    OutOfOrderView: OutOfOrderScreen,
    UnconfiguredView: UnconfiguredScreen,
    FirstStartView: FirstStartScreen,
    WirelessView: WirelessScreen,
    StaffLockView: StaffLockScreen,
    StaffHomeView: StaffHomeScreen,
    StaffTagView: StaffTagScreen,
    StaffVoidView: StaffVoidScreen,
}
