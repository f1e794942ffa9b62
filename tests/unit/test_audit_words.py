"""Every act that the audit log may name has words, and what its lines say is in the reader's language."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import sync.central
from sync.central.web.audit_words import ACT_WORDS, detail_words, subject_words, who_words
from sync.central.web.translation import load_translations


def acts_in_the_source() -> Iterator[str]:
    """The first argument of every `….note("…"`, and `act=` of every `chain.record(…)`."""
    for module in sorted(Path(next(iter(sync.central.__path__))).rglob("*.py")):
        for call in ast.walk(ast.parse(module.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr in ("note", "_refused"):
                named = call.args[:1]
            elif call.func.attr == "record":
                named = [keyword.value for keyword in call.keywords if keyword.arg == "act"]
            else:
                continue
            for node in named:
                for value in ast.walk(node):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield value.value


def test_every_act_of_the_source_has_words() -> None:
    stems = ("remark-", "remedy-", "report-", "alert-", "letter-", "plan-task-")
    acts = {act for act in acts_in_the_source() if act not in stems}
    assert len(acts) > 60
    assert acts - set(ACT_WORDS) == set()


def test_no_two_acts_have_the_same_words_but_one_act_under_two_names() -> None:
    assert [words for words, count in Counter(ACT_WORDS.values()).items() if count > 1] == []


@pytest.mark.parametrize(
    ("act", "detail", "vi", "en"),
    [
        ("sign-in", "link once", "bằng liên kết vào một lần", "by a link to sign in once"),
        ("sign-in", "second factor", "bằng mã xác thực", "by the second factor"),
        ("session-end", "others: 1", "các phiên khác: 1", "other sessions: 1"),
        ("role-give", "admin * ..", "quản trị, toàn trung tâm", "administrator, the whole centre"),
        (
            "role-give",
            "keyer xa-1 2026-01-02..2026-03-04",
            "nhập phiếu, xa-1, từ 2026-01-02, đến hết 2026-03-04",
            "keying, xa-1, from 2026-01-02, until 2026-03-04",
        ),
        ("config-import", "units +xa-1, ~xa-2; no version", "đơn vị +xa-1, ~xa-2; không ghi bản", None),
        ("counters-import", "2 added, 0 changed; 12/QĐ", "thêm 2, đổi 0; 12/QĐ", "2 added, 0 changed; 12/QĐ"),
        ("office", "opening, name; name", "giờ làm việc, tên; name", "working hours, name; name"),
        ("form-release", "version 3; password", "bản 3; password", "version 3; password"),
        ("revoke", "password", "password", "password"),
    ],
)
def test_fixed_words_are_in_the_readers_language_and_reasons_stay(
    act: str, detail: str, vi: str, en: str | None
) -> None:
    translations = load_translations()
    assert detail_words(act, detail, translations["vi"].gettext) == vi
    if en is not None:
        assert detail_words(act, detail, translations["en"].gettext) == en


def test_a_program_and_a_version_are_named() -> None:
    say = load_translations()["vi"].gettext
    assert who_words("token 3 admin *", say) == "chương trình, mã 3 (quản trị, toàn trung tâm)"
    assert who_words("Nguyễn Văn A", say) == "Nguyễn Văn A"
    assert subject_words("bundle", "no version", say) == "không ghi bản"
    assert subject_words("officer-add", "password", say) == "password"
