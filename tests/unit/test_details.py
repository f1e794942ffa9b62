"""The detail of a problem is the whole message for anyone who made the mistake.

It is Vietnamese, and has an English wording for who asks for one.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sync.contract.details import ENGLISH, in_english
from sync.contract.problem.files import ID_REPEATED

ROOT = Path(__file__).parents[2]
VIETNAMESE = re.compile("[À-ÖØ-öø-ỹ]")
# Modules that say other things in Vietnamese than details: names, headings, tables, notes on figures.
OTHER_TEXTS = {
    *("central/commands", "central/__main__.py", "central/app.py", "central/figures/scoring.py"),
    *("central/presenting", "central/web"),
    *("central/office/forms/previewing.py", "central/office/forms/xlsform/vocabulary.py"),
    *("central/office/forms/scenes.py", "central/office/forms/terminal_words.py", "contract/addressing.py"),
    *(
        "central/figures/statistics.py",
        "central/figures/said.py",
        "central/figures/today.py",
        "central/figures/deadlines.py",
        "central/http/noted.py",
        "central/office/cards/paper.py",
        "central/office/configuration/shipped_holidays.py",
        "central/office/setting_up.py",
        "central/office/sheets/old_letters.py",
    ),
    # What documents say, and how their form is described.
    *("central/office/letterheads.py", "central/reports/model.py"),
    *("central/reports/kinds", "central/reports/writing"),
    *("central/reports/official_form/elements.py", "central/reports/official_form/findings.py"),
    *("central/reports/official_form/rules", "central/reports/official_form/widths.py"),
    "central/office/configuration/special_days.py",
    "central/office/configuration/from_lists.py",
    "central/office/people/second_factor.py",
    *("central/office/sample/people_list.py", "central/office/planning/returned_table.py"),
    *("central/duties", "central/office/messages/feed.py", "central/office/messages/identity.py"),
    *("central/office/messages/subscribing.py", "central/office/messages/plain_text.py"),
    *("central/office/units/importing.py", "central/office/units/stored.py", "central/pulling/exports"),
    "central/pulling/handing_over.py",
    "central/reports",
    *("central/pulling/rows", "central/store/disk.py", "contract/details.py", "contract/masking.py"),
    *(
        "contract/moments.py",
        "contract/official.py",
        "contract/problem",
        "contract/text.py",
        "agent/logs.py",
        "agent/status.py",
    ),
    *("agent/__main__.py", "pull/__main__.py", "outbox/__main__.py", "outbox/caretaker.py"),
}
# English words that are neither Vietnamese words nor operators, settings, commands or standards.
ENGLISH_WORDS = frozenset(
    re.findall(
        r"[a-z]+",
        """
        any are as at been before but by does exists from had has have into is it its last left level like
        looks more most must named needed needs neither no none nothing of on only other others out read
        readable should that the their them then there they this times too two used was what where which
        with without wrong zero above after already again enrolled goes people question questions fewer
        larger shorter longer unknown missing invalid expired
        """,
    )
)


def details(tree: ast.AST) -> Iterator[ast.expr]:
    """What this module's calls of a kind of problem, or of a helper that makes one, give as a detail."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        nodes = list(ast.walk(function))
        assigned: dict[str, list[ast.expr]] = {}
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, []).append(node.value)
        for node in nodes:
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
                helper = name in ("_wrong", "wrong")
                if not (helper or name.isupper() or name == "kind"):
                    continue
                given = [word.value for word in node.keywords if word.arg == "detail"]
                given += node.args[1:] if helper else []
                for value in given:
                    yield value
                    if isinstance(value, ast.Name):
                        yield from assigned.get(value.id, [])


def english(text: str) -> frozenset[str]:
    """The English words of a text; what is in backquotes or an option is a name."""
    plain = re.sub(r"`[^`]*`|--[a-z-]+|[a-z]+_[a-z_]+", " ", text)
    return ENGLISH_WORDS & set(re.findall(r"(?<![\w-])[a-z]+(?![\w-])", plain.lower()))


@cache
def sources(folder: str) -> list[tuple[str, ast.Module]]:
    """The modules of a part of the product, by their path in it."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return [(str(path.relative_to(ROOT / folder)), ast.parse(path.read_text("utf-8"))) for path in paths]


def wording(node: ast.JoinedStr | ast.Constant) -> str:
    """What a text says, its places numbered as in the catalogue.

    Places side by side are one; a part that begins or ends with a space or "; " is put to something else.
    """
    parts = [node] if isinstance(node, ast.Constant) else node.values
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts)
    if isinstance(node, ast.Constant):
        text = text.replace("}}", "}")  # a template of str.format
    text = re.sub("\0+", "\0", text).removeprefix("; ")
    text = re.sub("^ ", "\0 ", re.sub(" $", " \0", text))
    places = iter(range(10))
    return re.sub("\0", lambda _: f"{{{next(places)}}}", text)


def wordings(tree: ast.AST) -> Iterator[str]:
    """Every Vietnamese wording in a tree, docstrings aside."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        ):
            said = wording(node)
            if VIETNAMESE.search(said):
                yield said
        if isinstance(node, ast.JoinedStr):
            todo += [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        else:
            todo += ast.iter_child_nodes(node)


@cache
def all_wordings(folder: str) -> list[tuple[str, list[str]]]:
    """Every Vietnamese wording of a part of the product, with its module."""
    return [(name, list(wordings(tree))) for name, tree in sources(folder)]


@cache
def all_details() -> list[tuple[str, ast.expr]]:
    """Every detail in the product, with its module."""
    return [
        (f"{folder}/{name}", detail)
        for folder in ("sync", "kiosk")
        for name, tree in sources(folder)
        for detail in details(tree)
    ]


def said() -> Iterator[tuple[str, str]]:
    """Every wording that may be part of a detail, with its module: a detail is no sentence of its own."""
    for name, detail in all_details():
        yield from ((name, each) for each in wordings(detail))
    for name, texts in all_wordings("sync"):
        if not any(name == other or name.startswith(f"{other}/") for other in OTHER_TEXTS):
            for text in texts:
                if not (text[0].isupper() and text.endswith(".")):
                    yield f"sync/{name}", text


def test_every_detail_has_an_english_wording() -> None:
    assert sorted({f"{name}: {each}" for name, each in said() if each not in ENGLISH}) == []


def test_every_english_wording_is_of_a_detail() -> None:
    said_anywhere = {
        each
        for folder in ("sync", "kiosk")
        for name, texts in all_wordings(folder)
        if name != "contract/details.py"
        for each in texts
    }
    assert sorted(set(ENGLISH) - said_anywhere) == []


def test_an_english_wording_has_the_places_of_the_vietnamese_and_no_vietnamese() -> None:
    for vietnamese, english in ENGLISH.items():
        assert sorted(re.findall(r"\{\d\}", vietnamese)) == sorted(re.findall(r"\{\d\}", english)), vietnamese
        assert not VIETNAMESE.search(english), english


def test_no_wording_is_taken_for_another() -> None:
    def filled(text: str) -> str:
        return re.sub(r"\{(\d)\}", r"k\1", text)

    wrong = {
        vietnamese: in_english(filled(vietnamese))
        for vietnamese, english in ENGLISH.items()
        if in_english(filled(vietnamese)) != filled(english)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("detail", "english"),
    [
        ("", ""),
        ("kiosk-1", "kiosk-1"),
        ("đã hết hạn", "has expired"),
        ("12 mục, nhiều nhất 10", "12 entries, at most 10"),
        ("dòng 3, cột 7: thiếu dấu = sau tên mục", "line 3, column 7: = is missing after the key"),
        ("cần số nguyên hoặc trống, không phải chữ", "a whole number or empty is needed, not text"),
        (
            "result: không phải câu trả lời được đưa ra; comment: phải mã hóa, không được nằm trong answers",
            "result: not an answer that is offered; comment: must be sealed, not be in answers",
        ),
        (
            "dòng 2: Cán bộ: 'Hoa' không có trong danh mục (3 dòng); gần nhất: Hòa (cb-01); và 4 dòng khác",
            "line 2: Cán bộ: 'Hoa' is not in the catalogue (3 lines); nearest: Hòa (cb-01); and 4 more lines",
        ),
        (
            "dòng 9: Mã: là số nên đã mất số 0: đặt định dạng cột là chữ (Text)",
            "line 9: Mã: is a number and has lost its zeros: format the column as text",
        ),
        ("không có đơn vị 'x' vào ngày 01/07/2025", "there is no unit 'x' on 01/07/2025"),
        (
            "ô gộp A2:A3, A5:A6 và 2 ô khác: bỏ gộp ô rồi điền vào từng ô",
            "merged cells A2:A3, A5:A6 and 2 more cells: unmerge them and fill in each",
        ),
        (
            "dòng 4, 5 và 3 dòng khác có ngày đứng trước, dòng 8 có tháng đứng trước",
            "line 4, 5 and 3 more lines has the day first, line 8 has the month first",
        ),
        ("giá trị sai; chữ phải nằm trong ngoặc kép", "a wrong value; text must be in quotes"),
    ],
)
def test_a_detail_is_given_in_english(detail: str, english: str) -> None:
    assert in_english(detail) == english


def test_a_problem_is_vietnamese_first_and_english_where_it_is_asked_for() -> None:
    found = ID_REPEATED(where="catalogue.toml", detail="“a01” ghi 2 lần")
    assert found.rfc9457()["detail"] == "“a01” ghi 2 lần"
    assert found.rfc9457("en")["detail"] == "“a01” is there 2 times"
    first, second = found.lines()
    assert "(“a01” ghi 2 lần)" in first
    assert "(“a01” is there 2 times)" in second


def test_no_detail_in_the_product_is_english() -> None:
    found = [
        f"{name}:{part.lineno}: {part.value}"
        for name, detail in all_details()
        for part in ast.walk(detail)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and english(part.value)
    ]
    assert found == []


def test_the_control_finds_a_detail_without_an_english_wording() -> None:
    source = '''def f():
        """Tài liệu."""
        yield f"{x}: {y} mục lạ{more}"
        raise ProblemError(ENTRY_INVALID(detail="; ".join(a) + (f" và {n} ô khác" if n else "")))
    '''
    assert set(wordings(ast.parse(source))) == {"{0}: {1} mục lạ{2}", "{0} và {1} ô khác"}


def test_the_control_finds_english() -> None:
    source = 'def f():\n    raise ProblemError(ENTRY_INVALID(where="x", detail=f"no unit {x}"))'
    assert [
        part.value for part in ast.walk(next(details(ast.parse(source)))) if isinstance(part, ast.Constant)
    ] == ["no unit "]
    assert english("no unit ") == frozenset({"no"})
    assert english("từ 1 đến 31 ngày, `not` --no-gap") == frozenset()
