"""The detail of a problem is the whole message for anyone who made the mistake: it is Vietnamese."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# English words that are neither Vietnamese words nor operators, settings, commands or standards.
ENGLISH = frozenset(
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
        if not isinstance(function, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                assigned.setdefault(node.targets[0].id, []).append(node.value)
        if isinstance(function, ast.Module):
            continue
        for node in ast.walk(function):
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
    return ENGLISH & set(re.findall(r"(?<![\w-])[a-z]+(?![\w-])", plain.lower()))


def test_no_detail_in_the_product_is_english() -> None:
    found = []
    for path in sorted([*(ROOT / "sync").rglob("*.py"), *(ROOT / "kiosk").rglob("*.py")]):
        for detail in details(ast.parse(path.read_text("utf-8"))):
            for part in ast.walk(detail):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and english(part.value):
                    found.append(f"{path.relative_to(ROOT)}:{part.lineno}: {part.value}")
    assert found == []


def test_the_control_finds_english() -> None:
    source = 'def f():\n    raise ProblemError(ENTRY_INVALID(where="x", detail=f"no unit {x}"))'
    assert [
        part.value for part in ast.walk(next(details(ast.parse(source)))) if isinstance(part, ast.Constant)
    ] == ["no unit "]
    assert english("no unit ") == frozenset({"no"})
    assert english("từ 1 đến 31 ngày, `not` --no-gap") == frozenset()
