"""The draft of a form: edited as fields or as TOML next to a preview, released, or discarded.

Nothing is stored that is not a whole form: what is wrong is shown at its place, with what was typed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct, field
from msgspec.structs import replace

from sync.central.http.queries import query
from sync.central.office.configuration.handed_over import Source, sources_of
from sync.central.office.forms.asking_units import asking_units
from sync.central.office.forms.drafts import change_draft, discard_draft, find_draft
from sync.central.office.forms.editing import NEW, NEW_KINDS, NEW_OPTIONS, Checked, name_of, read_fields
from sync.central.office.forms.form_file import form_of_toml
from sync.central.office.forms.locked_forms import inherited_questions
from sync.central.office.forms.release_act import objections, release
from sync.central.office.forms.releases import releases_of
from sync.central.office.forms.writing import form_toml
from sync.central.office.people.permissions import PermittedAct
from sync.central.web.form_changes import ChangeRow, change_rows
from sync.central.web.form_preview import DEVICES, Device, Preview, preview_of
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.centre import FORM_ASKED_ELSEWHERE
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.survey import Choice, Choices, Privacy, Question, Survey
from sync.contract.text import Text, pick

FORMS = "/mau-phieu"
CHANGE: PermittedAct = "change-configuration"
SAVE = "luu"
# Bytes of a form as it is sent, as fields, as text or as a workbook.
MOST_BYTES = 2 * 1024 * 1024
PRIVACY = {
    "summary": "Một câu ở trang đầu",
    "purpose": "Mục đích",
    "data": "Thông tin được ghi",
    "controller": "Cơ quan chịu trách nhiệm",
    "rights": "Quyền của người trả lời",
}
KINDS = {
    "rating": "Mức hài lòng",
    "yes_no": "Có / không",
    "choice": "Chọn một",
    "choices": "Chọn nhiều",
    "number": "Số",
    "text": "Ý kiến tự viết",
    "contact": "Thông tin liên hệ",
}


class DraftAsked(Struct, frozen=True):
    """as_text: the form as TOML, not as fields."""

    as_text: bool = field(default=False, name="toml")
    device: Device = field(default="may", name="xem")
    language: str = field(default="vi", name="ngon_ngu")


class TextField(Struct, frozen=True, kw_only=True):
    """One text in one language."""

    name: str
    label: str
    language: str
    value: str
    long: bool = False


class QuestionFields(Struct, frozen=True, kw_only=True):
    """One question as fields. kind: in words. wrong: what is wrong with it.

    locked_by: the form of an upper unit that it is of, "" for an own question.
    """

    id: str
    kind: str
    place: str
    texts: tuple[TextField, ...]
    options: tuple[TextField, ...]
    optional: bool
    none: bool
    drop: bool
    wrong: tuple[ProblemPage, ...]
    locked_by: str


class NewQuestion(Struct, frozen=True, kw_only=True):
    """The fields of a question that is added; wrong: what is wrong with it."""

    kinds: tuple[Link, ...]
    kind: str
    texts: tuple[TextField, ...]
    options: str
    wrong: tuple[ProblemPage, ...]


class DraftPage(Struct, frozen=True, kw_only=True):
    """A draft.

    saved: when it was last changed, "" if there is none. before: the same when the page was first opened.
    elsewhere: why the visitor may not release it. source: of one that another body has handed over, which
    nobody edits. toml: the form as text, if that is edited. stale: the preview shows the last whole form, for
    what was typed is none.
    """

    id: str
    version: int
    before: str
    saved: str
    as_text: bool
    toml: str
    form: tuple[TextField, ...]
    privacy: tuple[TextField, ...]
    levels: tuple[TextField, ...]
    questions: tuple[QuestionFields, ...]
    new: NewQuestion
    wrong: tuple[ProblemPage, ...]
    faults: int
    preview: Preview
    stale: bool
    elsewhere: tuple[ProblemPage, ...]
    source: Source | None
    languages: tuple[Link, ...]


class Base(Struct, frozen=True, kw_only=True):
    """What editing begins with: the draft, or else the newest release as the next version.

    inherited: the questions that it may not change, with the forms that they are of.
    unit: who writes it. before: when the draft was last changed, "" for none. earlier: the releases.
    """

    survey: Survey
    unit: str
    before: str
    earlier: tuple[Survey, ...]
    inherited: Mapping[str, str] = {}


def base_of(look: Look, id: str) -> Base:
    """What the visitor edits; raises ProblemError HL4010 for a form that there is not, or a foreign draft."""
    earlier, draft = releases_of(look.connection, id), find_draft(look.connection, id)
    if draft is not None and look.may(CHANGE, draft.unit):
        return Base(
            survey=draft.survey,
            unit=draft.unit,
            before=draft.changed_at,
            earlier=earlier,
            inherited=inherited_questions(look.connection, id, draft.unit, look.today),
        )
    if draft is not None or not earlier:
        raise ProblemError(ADDRESS_UNKNOWN())
    survey = replace(earlier[0], version=earlier[0].version + 1)
    unit = look.place(CHANGE).code
    inherited = inherited_questions(look.connection, id, unit, look.today)
    return Base(survey=survey, unit=unit, before="", earlier=earlier, inherited=inherited)


class Typed(Struct, frozen=True):
    """What was sent: fields by their names."""

    fields: Mapping[str, str]

    @property
    def as_text(self) -> bool:
        """Whether the form was edited as TOML."""
        return "toml" in self.fields


def checked(base: Base, typed: Typed) -> Checked:
    """What was typed as a form, or what is wrong with it."""
    if not typed.as_text:
        taken = {question.id for survey in base.earlier for question in survey.questions}
        newest = base.earlier[0].version if base.earlier else 0
        survey = replace(base.survey, version=max(base.survey.version, newest + 1))
        return read_fields(survey, typed.fields, taken)
    incoming = form_of_toml(typed.fields["toml"], f"{base.survey.id}.toml")
    written = incoming.survey
    if written is not None and written.id != base.survey.id:
        wrong = ENTRY_INVALID(where="id", detail=f"phải là “{base.survey.id}”")
        return Checked(None, (("", wrong),))
    return Checked(written, tuple(("", problem) for problem in incoming.faults))


def draft_page(
    look: Look, id: str, asked: DraftAsked, typed: Typed | None = None, refused: Sequence[Problem] = ()
) -> Shown:
    """The page to edit a draft on; typed: what was sent, refused: why it was not kept."""
    base = base_of(look, id)
    result = checked(base, typed) if typed else Checked(base.survey, ())
    device = asked.device if asked.device in DEVICES else "may"
    wrong = [*(("", problem) for problem in refused), *result.wrong]
    preview = preview_of(result.survey or base.survey, device, asked.language)
    page = _page(look, base, asked, typed, wrong, preview)
    page = replace(page, stale=result.survey is None)
    status = 400 if wrong else 200
    title = look.say("Soạn %(form)s", form=pick(base.survey.title, look.translation.language))
    return Shown(template="form_draft.html", title=title, page=page, crumbs=crumbs(look), status=status)


def crumbs(look: Look) -> tuple[Link, ...]:
    """The way back to all forms."""
    return (Link(FORMS, look.say("Mẫu phiếu")),)


def _page(
    look: Look,
    base: Base,
    asked: DraftAsked,
    typed: Typed | None,
    wrong: Sequence[tuple[str, Problem]],
    preview: Preview,
) -> DraftPage:
    survey, language = base.survey, look.translation.language
    given = typed.fields if typed else {}
    places = {question.id for question in survey.questions}
    at: dict[str, list[ProblemPage]] = {}
    for place, problem in wrong:
        at.setdefault(place, []).append(problem_page(problem, language))
    new = [each for place, found in at.items() if place and place not in places for each in found]
    as_text = typed.as_text if typed else asked.as_text
    maker = _Fields(look, survey.languages, given, base.inherited)
    return DraftPage(
        id=survey.id,
        version=survey.version,
        before=given.get("truoc", base.before),
        saved=base.before,
        as_text=as_text,
        toml=(given.get("toml") or form_toml(survey)) if as_text else "",
        form=(*maker.texts("title", "Tên phiếu", survey.title), *maker.thanks(survey)),
        privacy=tuple(
            each
            for part in Privacy.__struct_fields__
            for each in maker.texts(
                name_of("privacy", part), PRIVACY[part], getattr(survey.privacy, part), long=True
            )
        ),
        levels=tuple(
            each
            for level in (() if base.inherited else survey.levels)
            for each in maker.texts(name_of("level", str(level.value)), str(level.value), level.label)
        ),
        questions=tuple(
            maker.question(question, number, at.get(question.id, ()))
            for number, question in enumerate(survey.questions, start=1)
        ),
        new=maker.new(tuple(new)),
        wrong=tuple(at.get("", ())),
        faults=len(wrong),
        preview=preview,
        stale=False,
        elsewhere=tuple(problem_page(problem, language) for problem in elsewhere(look, survey.id)),
        source=_source_of(look, survey.id),
        languages=tuple(Link(each, LANGUAGES.get(each, each)) for each in survey.languages),
    )


def _source_of(look: Look, id: str) -> Source | None:
    """Where the newest version that was handed over came from; None for a form that is edited here."""
    sources = sources_of(look.connection, id)
    return sources[max(sources)] if sources else None


LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


class _Fields:
    """Makes fields; what was typed goes before what is stored."""

    def __init__(
        self,
        look: Look,
        languages: tuple[str, ...],
        typed: Mapping[str, str],
        inherited: Mapping[str, str],
    ) -> None:
        self._look, self._languages, self._typed, self._inherited = look, languages, typed, inherited

    def texts(self, name: str, label: str, text: Text, *, long: bool = False) -> Iterator[TextField]:
        """A field for each language."""
        for language in self._languages:
            of_language = name_of(name, language)
            yield TextField(
                name=of_language,
                label=f"{self._look.say(label)} ({language})",
                language=language,
                value=self._typed.get(of_language, text.get(language, "")),
                long=long,
            )

    def thanks(self, survey: Survey) -> Iterator[TextField]:
        """The optional words at the end."""
        return self.texts("thanks", "Lời cảm ơn", survey.thanks)

    def question(self, question: Question, number: int, wrong: Sequence[ProblemPage]) -> QuestionFields:
        """All that can be changed of a question by fields."""
        id = question.id
        options = question.options if isinstance(question, Choice | Choices) else ()
        sent = name_of(id, "order") in self._typed

        def ticked(name: str, stored: bool) -> bool:
            return name_of(id, name) in self._typed if sent else stored

        return QuestionFields(
            id=id,
            kind=self._look.say(KINDS[str(question.__struct_config__.tag)]),
            place=self._typed.get(name_of(id, "order"), str(number)),
            texts=(
                *self.texts(name_of(id, "text"), "Câu hỏi", question.text, long=True),
                *self.texts(name_of(id, "help"), "Lời giải thích", question.help),
            ),
            options=tuple(
                each
                for option in options
                for each in self.texts(name_of(id, "option", option.id), option.id, option.label)
            ),
            optional=ticked("optional", not question.required),
            none=ticked("none", question.not_applicable),
            drop=ticked("drop", False),
            wrong=tuple(wrong),
            locked_by=self._inherited.get(id, ""),
        )

    def new(self, wrong: tuple[ProblemPage, ...]) -> NewQuestion:
        """The fields for one more question."""
        return NewQuestion(
            kinds=tuple(Link(kind, self._look.say(KINDS[kind])) for kind in NEW_KINDS),
            kind=self._typed.get(name_of(NEW, "kind"), NEW_KINDS[0]),
            texts=tuple(self.texts(NEW, "Câu hỏi", {}, long=True)),
            options=self._typed.get(NEW_OPTIONS, ""),
            wrong=wrong,
        )


@get(FORMS + "/{id:str}/soan", opt=needs(CHANGE), dependencies={"asked": query(DraftAsked)})
async def draft(
    visit: NamedDependency[Visit], asked: NamedDependency[DraftAsked], id: FromPath[str]
) -> Response[Any]:
    """The page to edit a draft on."""
    return await visit.show(draft_page, id, asked)


@post(FORMS + "/{id:str}/soan", opt=needs(CHANGE), request_max_body_size=MOST_BYTES)
async def edits_draft(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Keep what was typed as the draft, or only show it."""
    typed = await typed_fields(visit)
    asked = DraftAsked(
        device=typed.fields.get("xem", "may"),  # type: ignore[arg-type]
        language=typed.fields.get("ngon_ngu", "vi"),
    )
    if typed.fields.get("viec") != SAVE:
        return await visit.show(draft_page, id, asked, typed)
    base = await visit.read(base_of, id)
    result = checked(base, typed)
    if result.survey is None:
        return await visit.show(draft_page, id, asked, typed)
    try:
        await visit.act(change_draft, result.survey, base.unit, typed.fields.get("truoc", ""))
    except ProblemError as error:
        problems = error.problems if isinstance(error, ProblemsError) else (error.problem,)
        return await visit.show(draft_page, id, asked, typed, problems)
    address = f"{FORMS}/{id}/soan?xem={asked.device if asked.device in DEVICES else 'may'}"
    return visit.go(address + ("&toml=true" if typed.as_text else ""), visit.say("Đã lưu bản nháp."))


async def typed_fields(visit: Visit) -> Typed:
    """The fields that were sent, the last of each name; raises ProblemError HL4241 for a file among them."""
    sent = await visit.request.form()
    fields: dict[str, str] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            raise ProblemError(FORM_INVALID(where="form"))
        fields[name] = value.strip()
    return Typed(fields)


# --- releasing, and discarding ----------------------------------------------------------------------------


class ReleasePage(Struct, frozen=True, kw_only=True):
    """What a release changes, and what is against it. earlier: the version before it, 0 for none.

    why: what was typed.
    """

    id: str
    title: str
    version: int
    earlier: int
    changes: tuple[ChangeRow, ...]
    against: tuple[ProblemPage, ...]
    why: str
    wrong: tuple[ProblemPage, ...]


def release_page(look: Look, id: str, why: str = "", refused: Sequence[Problem] = ()) -> Shown:
    """The page that a draft is released from."""
    draft = kept_draft(look, id)
    earlier = draft.earlier[0] if draft.earlier else None
    language = look.translation.language
    against = [*objections(look.connection, draft.survey, look.today), *elsewhere(look, id)]
    shown = {(problem.number, problem.where) for problem in against}
    page = ReleasePage(
        id=id,
        title=pick(draft.survey.title, look.translation.language),
        version=draft.survey.version,
        earlier=earlier.version if earlier else 0,
        changes=change_rows(look, earlier, draft.survey) if earlier else (),
        against=tuple(problem_page(problem, language) for problem in against),
        why=why,
        wrong=tuple(
            problem_page(problem, language)
            for problem in refused
            if (problem.number, problem.where) not in shown
        ),
    )
    return Shown(
        template="form_release.html",
        title=look.say("Phát hành %(form)s", form=page.title),
        page=page,
        crumbs=(*crumbs(look), Link(f"{FORMS}/{id}/soan", look.say("Bản nháp"))),
        status=409 if refused else 200,
    )


def kept_draft(look: Look, id: str) -> Base:
    """The draft, if it is kept; raises ProblemError HL4010."""
    base = base_of(look, id)
    if not base.before:
        raise ProblemError(ADDRESS_UNKNOWN())
    return base


def elsewhere(look: Look, id: str) -> tuple[Problem, ...]:
    """What is against a release because units ask the form where the visitor decides nothing."""
    asking = asking_units(look.connection, id)
    return () if all(look.may(CHANGE, unit) for unit in asking) else (FORM_ASKED_ELSEWHERE(where=id),)


def _may_release(look: Look, id: str) -> None:
    kept_draft(look, id)
    for problem in elsewhere(look, id):
        raise ProblemError(problem)


@get(FORMS + "/{id:str}/phat-hanh", opt=needs(CHANGE))
async def releasing(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What a release would change, and the field for its reason."""
    return await visit.show(release_page, id)


class WhyFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is done."""

    why: str = field(default="", name="ly_do")


@post(FORMS + "/{id:str}/phat-hanh", opt=needs(CHANGE))
async def releases_draft(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Release the draft."""
    fields = await visit.fields(WhyFields)
    await visit.read(kept_draft, id)
    try:
        await visit.read(_may_release, id)
        survey = await visit.act(release, id, fields.why)
    except ProblemError as error:
        problems = error.problems if isinstance(error, ProblemsError) else (error.problem,)
        return await visit.show(release_page, id, fields.why, problems)
    return visit.go(
        f"{FORMS}/{id}/{survey.version}",
        visit.say("Đã phát hành bản %(version)s. Máy nhận ở lần cập nhật tới.", version=survey.version),
    )


@post(FORMS + "/{id:str}/bo-nhap", opt=needs(CHANGE))
async def discards_draft(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Remove the draft; releases stay."""
    fields = await visit.fields(WhyFields)
    await visit.read(kept_draft, id)
    try:
        await visit.act(discard_draft, id, fields.why)
    except ProblemError as error:
        return await visit.show(release_page, id, fields.why, (error.problem,))
    return visit.go(FORMS, visit.say("Đã bỏ bản nháp."))


ROUTES = (draft, edits_draft, releasing, releases_draft, discards_draft)
