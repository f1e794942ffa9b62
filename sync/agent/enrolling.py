"""Enrolment: a code becomes this device's identity, from the command line or from the kiosk's screen.

Promises:
- the agent that waits for a code becomes the agent that sends, without a restart;
- what may pass by itself (no network, a busy centre, a Wi-Fi sign-in page) is tried again with the same code;
  a code that can't become right is tried once, and the kiosk shows what to do;
- what the kiosk reads holds neither the code nor a key.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

from msgspec.structs import replace

from sync.agent.identity import keep_identity, own_key
from sync.agent.network import Connect, network_state, own_certificate
from sync.agent.retry import Verdict
from sync.agent.sending import Refused, enrol, make_wire
from sync.agent.settings import AgentSettings
from sync.contract.address import check_encrypted
from sync.contract.enrolment import NEWCOMER, EnrolReply, Invitation, read_invitation
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.agent import CENTRE_ADDRESS_MISSING, DEVICE_NOT_ENROLLED
from sync.host.clock import local_now
from sync.host.first_start import Progress, Stage, read_code_file, read_progress, write_progress

LOOK_AGAIN = 1.0  # seconds between two looks for a code
TRY_AGAIN = 5.0  # seconds between two attempts with the same code
NETWORK_AGAIN = 10.0  # seconds between two looks at the network

Breakable = Callable[[], AbstractContextManager[object]]
# Becomes the device of an invitation at the centre with this address.
Join = Callable[[Invitation, str], EnrolReply | Refused]


def address_for(invitation: Invitation, settings: AgentSettings) -> str:
    """The centre's address: that of the invitation, else of agent.toml. Raises HL4117, HL4101."""
    address = invitation.address or settings.centre
    if not address:
        raise ProblemError(CENTRE_ADDRESS_MISSING(where="code"))
    check_encrypted(address, "code", plain_http=settings.plain_http)
    return address


def join(
    invitation: Invitation,
    address: str,
    settings: AgentSettings,
    *,
    breakable: Breakable = nullcontext,
    alive: Callable[[], None] = lambda: None,
) -> EnrolReply | Refused:
    """Exchange an invitation for an identity, which is durable on return; else why the centre did not.

    A device that agent.toml does not name gets its id from the centre. breakable, alive: see `Wire`.
    Raises OSError, StorageFailed, ProblemError HL4109, HL4110.
    """
    folder, patience = Path(settings.folder), settings.timeout_seconds
    own = ""
    if invitation.code.certificate and not settings.ca:
        with breakable():
            learnt = own_certificate(address, invitation.code.certificate, patience)
        if isinstance(learnt, Problem):
            return Refused(learnt, Verdict.AGAIN)
        own = learnt
    wire = make_wire(
        address, local_now, ca=settings.ca, own=own, timeout=patience, breakable=breakable, alive=alive
    )
    with closing(wire):
        reply = enrol(wire, invitation.code, settings.device or NEWCOMER, own_key(folder))
    if isinstance(reply, EnrolReply):
        keep_identity(folder, reply, invitation.address, own)
    return reply


class Enroller:
    """Takes codes from the kiosk while this device is not enrolled.

    Args:
        settings: of the agent.
        join: asks the centre, and keeps the identity.
        connect, has_route: what there is of a network.
        monotonic: a clock in seconds.

    """

    def __init__(
        self,
        settings: AgentSettings,
        join: Join,
        *,
        connect: Connect,
        has_route: Callable[[], bool],
        monotonic: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._folder = Path(settings.folder)
        self._outbox = Path(settings.outbox)
        self._join = join
        self._connect = connect
        self._has_route = has_route
        self._monotonic = monotonic
        self._progress = Progress(address=settings.centre)
        self._due = self._network_due = monotonic()

    @property
    def problem(self) -> Problem:
        """Why this device does not send yet."""
        return self._progress.problem or DEVICE_NOT_ENROLLED(where=str(self._folder))

    def step(self) -> None:
        """Look for a code and try it, when it is time to. Raises OSError, StorageFailed."""
        code = read_code_file(self._outbox)
        known = self._progress
        if code is None and known.mark:
            known = Progress(address=self._settings.centre, network=known.network)
        elif code is not None and code.mark != known.mark:
            known = Progress(stage="working", mark=code.mark, network=known.network)
            self._due = self._monotonic()
        if self._monotonic() >= self._network_due:
            network = network_state(known.address, self._connect, self._has_route)
            known = replace(known, network=network)
            self._network_due = self._monotonic() + NETWORK_AGAIN
        self._show(known)
        if code is not None and known.stage == "working" and self._monotonic() >= self._due:
            self._try(code.text)
            self._due = self._monotonic() + TRY_AGAIN
            self._network_due = self._monotonic()

    def _try(self, text: str) -> None:
        try:
            invitation = read_invitation(text)
            address = address_for(invitation, self._settings)
            self._show(replace(self._progress, address=address))
            reply = self._join(invitation, address)
        except ProblemError as error:
            self._wrong(error.problem, "refused")
        else:
            if isinstance(reply, Refused):
                self._wrong(reply.problem, "working" if reply.verdict is Verdict.AGAIN else "refused")

    def _wrong(self, problem: Problem, stage: Stage) -> None:
        self._show(replace(self._progress, stage=stage, problem=problem))

    def _show(self, progress: Progress) -> None:
        self._progress = progress
        if read_progress(self._folder) != progress:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_progress(self._folder, progress)
