"""All letters of a mailing in one file: DOCX to be changed, PDF with the form behind each letter.

Addresses are opened here and held in memory alone.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from sync.central.office.post.addressed import AddressedLetter, ClosedLetter, open_letters
from sync.central.reports.printing.content import PrintedForm
from sync.central.reports.printing.letters import LetterWords, letter_document
from sync.central.reports.printing.sheet import define_pages, draw_page
from sync.central.reports.writing import docx, pdf

LetterFile = Literal["docx", "pdf"]


def write_letters(
    words: LetterWords, closed: Sequence[ClosedLetter], keys: Mapping[str, bytes], kind: LetterFile
) -> bytes:
    """The file. keys: the sealing keys. Raises ProblemError HL4347 if an address can't be opened."""
    opened = open_letters(closed, keys)
    if kind == "docx":
        return docx.write_together([letter_document(words, each) for each in opened])
    forms = _Forms(words.forms)
    return pdf.write_together([(letter_document(words, each), forms.of(each)) for each in opened])


class _Forms:
    """Forms that are drawn behind letters: what all copies have is in the file once."""

    def __init__(self, forms: Mapping[str, PrintedForm]) -> None:
        self._forms = forms
        self._pages = {run: define_pages(Canvas(BytesIO()), form) for run, form in forms.items()}
        self._defined: set[str] = set()

    def of(self, addressed: AddressedLetter) -> pdf.Enclosed:
        """The form of a letter."""
        run, number = addressed.letter.run, addressed.letter.form

        def draw(canvas: Canvas, page: int) -> None:
            if run not in self._defined:
                self._defined.add(run)
                define_pages(canvas, self._forms[run], run)
            draw_page(canvas, self._forms[run], number, page, self._pages[run], run)

        return pdf.Enclosed(self._pages[run], draw)
