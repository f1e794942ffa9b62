"""Opens what citizens wrote, for administrators: numbers masked, and texts cut to what a form allows.

The centre can't check a sealed box when it arrives, so a box can hold a text of any length. The work on a
text here is bounded by the longest answer of any form, however long the text is.
"""

from collections.abc import Mapping

from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.response import Sealed
from sync.contract.sealing import Words, open_words
from sync.contract.survey import OpenText, Survey


class Opener:
    """Opens sealed boxes. surveys: every form there is. keys: the sealing keys at hand, by id."""

    def __init__(self, surveys: Mapping[tuple[str, int], Survey], keys: Mapping[str, bytes]) -> None:
        self.surveys = surveys
        self.keys = keys
        questions = (question for survey in surveys.values() for question in survey.questions)
        self._longest = max((one.maximum for one in questions if isinstance(one, OpenText)), default=0)

    def words(self, key: str | None, box: str | None) -> Words:
        """The words in a box; none if there is no box, or it cannot be opened here.

        Long runs of digits in free text are masked for every role, also if no terminal did so (forms keyed
        in). Contact details are not masked, because the citizen wanted to leave them.
        """
        if key is None or box is None or key not in self.keys:
            return {}
        try:
            words = open_words(Sealed(key, box), self.keys)
        except ProblemError:
            return {}
        return {name: self._shown(said) if isinstance(said, str) else said for name, said in words.items()}

    def _shown(self, text: str) -> str:
        """The masked text; one longer than any form allows is cut, and ends in "…"."""
        cut = text if len(text) <= self._longest else text[: self._longest] + "…"
        return mask_digits(cut)
