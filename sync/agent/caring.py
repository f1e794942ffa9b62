"""Between batches: heartbeats, key lists, tombstones and the configuration.

Promises:
- if a machine between centre and device holds back answers to heartbeats (HL4113), or a newer configuration
  or key list (HL4114), that is shown as a problem after a set time;
- a configuration that can't be used, here or by the terminal, is reported with the next heartbeat: its
  version, the number of the reason, and the place;
- a configuration that was refused for its content is not fetched again while the centre has no other;
- a clock of this machine that is too wrong for certificates is named (HL4215), while everything is sent.
"""

import shutil
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sync.agent.centre_clock import TOLERANCE, read_centre_time, write_centre_time
from sync.agent.configuration import BundleKeeper
from sync.agent.fetching import ReleaseFetcher
from sync.agent.identity import keep_keys
from sync.agent.overdue import Expected, Overdue
from sync.agent.pushing import Pusher, as_problem
from sync.agent.retry import Verdict
from sync.agent.sending import UNSIGNED, Refused, Sender
from sync.agent.status import clock_words, read_status
from sync.agent.tombstones import TombstoneKeeper
from sync.agent.trusting import RootFollower
from sync.agent.uptime import Uptime, uptime
from sync.contract.bundle import PublicKeys, keys_toml
from sync.contract.heartbeat import WHERE_LIMIT, Heartbeat, HeartbeatReply
from sync.contract.issue import BundleDocument
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.agent import HEARTBEAT_UNANSWERED, KEY_LIST_UNTRUSTED, UPDATE_OVERDUE
from sync.contract.problem.files import BUNDLE_PLACED_BY_HAND
from sync.contract.problem.offline import MACHINE_CLOCK_WRONG
from sync.contract.problem.wire import BODY_UNREADABLE
from sync.outbox import OutboxReader, ReceiptsReader
from sync.outbox.report import TerminalReport

SILENCE = 3600.0  # seconds


class _Circumstances(Struct, frozen=True):
    """What decides about a configuration next to its texts: the keys that go with it, and any doubt."""

    keys: PublicKeys | None
    doubted: bool


class _Refusal(Struct, frozen=True):
    """A configuration that can't be used: its version (0: none), the number of the reason, and the place."""

    version: int
    number: str
    where: str


class HeartbeatSender:
    """Sends heartbeats and applies configurations.

    Args:
        sender: speaks to the centre.
        pusher: notified when the centre was restored.
        outbox, receipts: what the heartbeat counts.
        reported: reads what the terminal reports about itself; None: it reports nothing.
        folder: the agent's own folder.
        forgetting: the tombstones of this device.
        trusting: which keys are the centre's.
        configuration: the bundles; None if the device gets none.
        now: the time, with its offset.
        app: the version of this program.
        fetching: fetches releases of the software; None if the device gets none.
        silence: seconds without a heartbeat's answer, or without news that was announced, until that is a
            problem.
        monotonic: a clock in seconds, to measure `silence`.
        running: how long this machine has run.

    """

    def __init__(
        self,
        sender: Sender,
        pusher: Pusher,
        *,
        outbox: OutboxReader,
        receipts: ReceiptsReader,
        reported: Callable[[], TerminalReport | None] = lambda: None,
        folder: Path,
        forgetting: TombstoneKeeper,
        trusting: RootFollower,
        configuration: BundleKeeper | None,
        now: Callable[[], datetime],
        app: str,
        fetching: ReleaseFetcher | None = None,
        silence: float = SILENCE,
        monotonic: Callable[[], float] = time.monotonic,
        running: Callable[[], Uptime] = uptime,
    ) -> None:
        self._sender = sender
        self._uptime = running
        self._pusher = pusher
        self._outbox = outbox
        self._receipts = receipts
        self._reported = reported
        self._folder = folder
        self._forgetting = forgetting
        self._trusting = trusting
        self._configuration = configuration
        self._now = now
        self._app = app
        self._fetching = fetching
        self._overdue = Overdue(silence, monotonic)
        self._tag = ""  # of the configuration that was used or refused last
        self._circumstances: _Circumstances | None = None  # of that decision
        self._refusal: _Refusal | None = None
        self._asked_for = 0  # the newest version that a heartbeat has asked for

    def is_news(self) -> bool:
        """Whether a batch's answer has announced a newer configuration than any heartbeat asked for."""
        return self._pusher.announced > self._asked_for

    def beat(self) -> Problem | None:
        """Send one heartbeat, fetch the configuration if it is new; returns what went wrong, if anything."""
        self._asked_for = max(self._asked_for, self._pusher.announced)
        try:
            return self._beat()
        except (OSError, ProblemError) as error:  # the disk; it may have recovered by the next heartbeat
            return as_problem(error)

    def _beat(self) -> Problem | None:
        self._trusting.settle()
        answer, offset = self._tell(self._offset())
        self._watch_clock()
        unlearned = None
        if self._is_news(answer):
            # Perhaps a new key that is unknown here: the list that names it is signed by the root.
            learned = self._trusting.learn()
            if learned is True:
                # The answer may be signed with a key that the list revokes, so it is discarded.
                answer, _ = self._tell(offset)
            elif isinstance(learned, Problem):
                unlearned = learned
        if unlearned is not None and unlearned.kind is KEY_LIST_UNTRUSTED:
            self._pusher.stand("keys", unlearned)
        if isinstance(answer, Refused):
            self._note_refused(answer)
            return unlearned or answer.problem
        self._asked_for = max(self._asked_for, answer.bundle)
        self._overdue.came("heartbeat")
        self._pusher.stand("heartbeat", None)
        if unlearned is None and answer.keys <= self._trusting.version:
            self._overdue.came("keys")
            self._pusher.stand("keys", None)
        elif self._overdue.is_overdue("keys") and (
            unlearned is None or unlearned.kind is not KEY_LIST_UNTRUSTED
        ):
            self._pusher.stand("keys", _held_back("keys", unlearned))
        self._pusher.begin_after(answer.made)
        self._pusher.reconcile(answer.epoch, answer.held)
        if answer.aside is not None:
            self._pusher.reconsider(answer.held, answer.aside)
        if self._fetching is not None:
            self._fetching.answered(answer)
        # The configuration first: it may bring the key that the tombstones are signed with.
        found = self._configure() if self._configuration else None
        unproven = self._forgetting.learn(answer.epoch, answer.forgotten)
        self._pusher.stand("forgotten", unproven)
        return unlearned or unproven or found

    def _note_refused(self, answer: Refused) -> None:
        """Remember that the centre refused a heartbeat, or has not answered one for too long."""
        if answer.signed and answer.verdict is Verdict.PAUSE:
            self._pusher.stand("heartbeat", answer.problem)
        elif self._overdue.is_overdue("heartbeat") and not self._pusher.failing:
            detail = f"{answer.problem.number} {answer.problem.detail}"
            self._pusher.stand("heartbeat", HEARTBEAT_UNANSWERED(where="heartbeat", detail=detail))

    def _is_news(self, answer: HeartbeatReply | Refused) -> bool:
        """Whether the centre may have other keys than those known here."""
        if isinstance(answer, Refused):
            return answer.problem.kind in UNSIGNED and self._trusting.rooted
        return answer.keys > self._trusting.version

    def _tell(self, offset: timedelta) -> tuple[HeartbeatReply | Refused, timedelta]:
        """Send this device's state; returns the answer, and how far the centre's clock is ahead."""
        beat = self._heartbeat()
        answer = self._sender.heartbeat(beat, offset)
        if isinstance(answer, Refused) and answer.server_time is not None:
            offset = answer.server_time - self._now()
            answer = self._sender.heartbeat(beat, offset)
        if isinstance(answer, Refused) and answer.problem.kind is BODY_UNREADABLE:
            # A centre of an earlier release refuses members that it does not know.
            known = replace(
                beat,
                refused=0,
                refused_problem="",
                refused_where="",
                crashes=0,
                release="",
                release_problem="",
            )
            if known != beat:
                answer = self._sender.heartbeat(known, offset)
        return answer, offset

    def _offset(self) -> timedelta:
        if self._sender.clock.is_known:
            return self._sender.clock.ahead
        return timedelta(seconds=self._receipts.view().notes.clock_offset_seconds or 0)

    def _watch_clock(self) -> None:
        """Name a clock that is so wrong that the centre's certificate was not valid by it.

        Raises OSError, StorageFailed.
        """
        clock = self._sender.clock
        if not clock.corrects:
            self._pusher.stand("clock", None)
            return
        self._pusher.clock_is(clock.ahead)
        self._pusher.stand("clock", MACHINE_CLOCK_WRONG(where="clock", detail=clock_words(clock.ahead)))
        named = read_centre_time(self._folder)
        at = named.now(self._uptime()) if named else None
        if at is None or abs(at - clock.now()) > TOLERANCE:
            write_centre_time(self._folder, clock.now(), self._uptime())

    def _heartbeat(self) -> Heartbeat:
        status = read_status(self._outbox, self._receipts)
        epoch, erased = self._forgetting.done()
        wrong = self._pusher.stuck or status.problem
        report = self._reported() or TerminalReport(bundle=self._placed())
        refusal = _Refusal(report.refused, report.refused_problem, report.refused_where)
        if self._refusal is not None and self._refusal.version >= refusal.version:
            refusal = self._refusal
        release, release_problem = self._fetching.standing().trouble() if self._fetching else ("", "")
        return Heartbeat(
            at=self._now(),
            made=status.made,
            queue=status.queue,
            oldest_unsent=status.oldest_unsent,
            set_aside=len(status.set_aside),
            disk_free=shutil.disk_usage(self._folder).free,
            app=self._app,
            bundle=report.bundle,
            problem=wrong.number if wrong is not None else "",
            epoch=epoch,
            erased=erased,
            refused=refusal.version,
            refused_problem=refusal.number,
            refused_where=refusal.where[:WHERE_LIMIT],
            crashes=report.crashes,
            release=release,
            release_problem=release_problem,
        )

    def _placed(self) -> int:
        return self._configuration.version() if self._configuration else 0

    def _configure(self) -> Problem | None:
        assert self._configuration is not None
        trust = self._sender.trust
        keys = trust.public(self._sender.now()) if trust else None
        # The kiosk gets its keys from the configuration: fetch it when keys change, and when one expires.
        circumstances = _Circumstances(keys, self._trusting.doubted)
        found = self._sender.config(self._tag if circumstances == self._circumstances else "")
        if isinstance(found, Refused):
            if found.signed:
                self._overdue.came("configuration")
            elif self._overdue.is_overdue("configuration"):
                self._pusher.stand("configuration", _held_back("configuration", found.problem))
            return found.problem
        self._overdue.came("configuration")
        if found is None:
            if self._refusal is None:
                self._pusher.stand("configuration", None)
            return None
        document, tag = found
        try:
            bundle = self._configuration.apply(with_keys(document, keys), older=circumstances.doubted)
        except ProblemError as error:
            wrong = error.problem
            self._refusal = _Refusal(document.version, wrong.number, wrong.where)
            if wrong.kind is not BUNDLE_PLACED_BY_HAND:  # a person removes that on this device
                self._tag, self._circumstances = tag, circumstances
            self._pusher.stand("configuration", wrong)
            return wrong
        self._refusal = None
        self._pusher.stand("configuration", None)
        self._trusting.trusted_again()
        self._tag, self._circumstances = tag, _Circumstances(keys, doubted=False)
        self._sender.become(keep_keys(self._folder, bundle.keys))
        return None


def with_keys(document: BundleDocument, keys: PublicKeys | None) -> BundleDocument:
    """A configuration with the keys that the centre's root names; None: with those it came with."""
    if keys is None:
        return document
    files = {**document.files, "keys.toml": keys_toml(keys)}
    return BundleDocument(document.version, document.issued, files)


def _held_back(what: Expected, found: Problem | None) -> Problem:
    return UPDATE_OVERDUE(where=what, detail=f"{found.number} {found.detail}" if found else "bản cũ")
