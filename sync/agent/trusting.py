"""Which keys are the centre's, according to the key lists that its offline root signs.

Promises:
- once a root is known only its lists decide; a new signing key of a centre that has lost its old one is
  trusted without enrolling again, and nothing unsent is lost meanwhile;
- if a list revokes a key that was ever trusted here, everything that key has signed is doubted: receipts are
  compared with what the centre holds, as after a restore; its tombstones are dropped, and all are fetched
  again; an older configuration may replace the one in use. The same holds if the list came with another
  enrolment;
- the consequences of a list are on disk before the list is: an agent killed in between repeats them.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sync.agent.identity import keep_trust
from sync.agent.sending import Refused, Sender
from sync.contract.key_list import Trust, follow
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.agent import KEY_LIST_UNTRUSTED
from sync.outbox import Receipts


class RootFollower:
    """Follows the centre's root.

    Args:
        sender: sends requests to the centre; it gets the keys that are trusted from here.
        receipts: the agent's own memory.
        folder: the agent's own folder, with its identity.
        now: the time, with its offset.

    """

    def __init__(self, sender: Sender, receipts: Receipts, folder: Path, now: Callable[[], datetime]) -> None:
        self._sender = sender
        self._receipts = receipts
        self._folder = folder
        self._now = now

    @property
    def version(self) -> int:
        """The newest list that is trusted; 0 without a root."""
        return self._sender.trust.version if self._sender.trust else 0

    @property
    def rooted(self) -> bool:
        """Whether a root is known."""
        return self._sender.trust is not None

    @property
    def doubted(self) -> bool:
        """True while the configuration in use may be signed with a revoked key."""
        return self._receipts.view.notes.doubted

    def trusted_again(self) -> None:
        """Note that the configuration is signed with a valid key. Raises StorageFailed."""
        if self.doubted:
            self._receipts.note(doubted=False)

    def settle(self) -> None:
        """Doubt what a revoked key has signed, if that is not done yet. Raises OSError, StorageFailed."""
        trust = self._sender.trust
        if trust is not None and self._sender.believed.intersection(trust.revoked):
            self._take(trust)

    def learn(self) -> bool | Problem:
        """Fetch the lists: True if other keys are trusted from now on, else False, or what went wrong.

        After True discard every earlier answer: it may be signed with a key that was revoked.

        Raises OSError, StorageFailed.
        """
        reply = self._sender.keys()
        if isinstance(reply, Refused):
            return reply.problem
        before = self._sender.trust
        if reply.root is None:
            return False
        try:
            trust = follow(before or Trust(root=reply.root), reply.lists)
        except ProblemError as error:
            return error.problem
        if trust.version > self.version:
            self._take(trust)
            return True
        return self._expired() or False

    def _take(self, trust: Trust) -> None:
        if self._sender.believed.intersection(trust.revoked):
            self._receipts.disown(trust.revoked, epoch=None, doubted=True, forgotten_through=0)
        self._sender.become(keep_trust(self._folder, trust))

    def _expired(self) -> Problem | None:
        trust = self._sender.trust
        if trust is None or trust.believed("centre", self._now()):
            return None
        return KEY_LIST_UNTRUSTED(where="keys", detail=f"phiên bản {trust.version} đã hết hạn")
