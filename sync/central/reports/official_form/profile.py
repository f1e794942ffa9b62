"""What a decree on the form of documents says, as data: sizes, lengths, names, and the rules by number."""

import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

# The decree in force.
ND30 = Path(__file__).parent / "nd30.toml"

# From and to, both allowed.
Range = tuple[float, float]


class RuleName(Struct, frozen=True, kw_only=True):
    """A rule. clause: of the decree's appendix I, part I; "" for what is usage alone."""

    number: int
    clause: str
    title: str
    title_en: str


class Paper(Struct, frozen=True):
    """The paper's sides in mm, and how far a file may be off."""

    width: float
    height: float
    slack: float


class Margins(Struct, frozen=True, kw_only=True):
    """Margins in mm."""

    top: Range
    bottom: Range
    left: Range
    right: Range
    slack: float


class Font(Struct, frozen=True):
    """Names of fonts; colours as RGB, next to the automatic one."""

    names: tuple[str, ...]
    colours: tuple[str, ...]


class Sizes(Struct, frozen=True, kw_only=True):
    """Sizes of letters in pt, by element."""

    page_number: Range
    country: Range
    motto: Range
    above: Range
    body: Range
    number: Range
    place: Range
    type: Range
    letter_subject: Range
    text: Range
    recipients_word: Range
    recipients: Range
    appendix: Range
    appendix_title: Range


class LineLengths(Struct, frozen=True, kw_only=True):
    """How long the line under a text is, as a share of the text; slack: what measuring may be wrong by."""

    motto: Range
    motto_slack: float
    other: Range
    other_slack: float


class TextForm(Struct, frozen=True, kw_only=True):
    """The body text. first_line: one of these, mm. between, letter_subject_above: pt. leading: lines.

    longest_title: letters of a heading. one_page: letters of a document that may have one page.
    """

    first_line: tuple[float, ...]
    first_line_slack: float
    between: float
    letter_subject_above: float
    leading: Range
    leading_slack: float
    longest_title: int
    one_page: int
    ending: str


class Words(Struct, frozen=True, kw_only=True):
    """The words by which elements are recognised, or that they must have."""

    country: str
    motto: str
    number: str
    letter_subject: str
    addressed_to: str
    recipients: str
    as_above: str
    kept: str
    appendix: str
    attached: str
    grounds: tuple[str, ...]
    committee: tuple[str, ...]
    offices: tuple[str, ...]
    authorities: tuple[str, ...]
    wrong_authorities: tuple[str, ...]
    honours: tuple[str, ...]
    captions: tuple[str, ...]
    units: tuple[str, ...]


class TypeRules(Struct, frozen=True):
    """Types by abbreviation that differ: addressed to somebody, without “./.”, with several signers, without
    a subject.
    """

    addressed: tuple[str, ...]
    plain_end: tuple[str, ...]
    several_signers: tuple[str, ...]
    no_subject: tuple[str, ...]


class Profile(Struct, frozen=True, kw_only=True):
    """A decree. types: abbreviations by name."""

    name: str
    name_en: str
    rules: tuple[RuleName, ...]
    paper: Paper
    margins: Margins
    font: Font
    sizes: Sizes
    line: LineLengths
    text: TextForm
    words: Words
    types: dict[str, str]
    type_rules: TypeRules

    def rule(self, number: int) -> RuleName:
        """The rule with this number, which the profile has."""
        return next(rule for rule in self.rules if rule.number == number)


def read_profile(path: Path = ND30) -> Profile:
    """The profile in this file, which comes with the program."""
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Profile)
