"""Who may do what: the whole table, and how a role at a unit counts."""

from datetime import date

import pytest

from sync.central.office.people.permissions import (
    ROLES,
    RULES,
    Held,
    Person,
    grants,
    is_about,
    is_within,
    may,
    may_anywhere,
    needs_second_factor,
    needs_step_up,
    only_months_over,
)

DAY = date(2026, 3, 2)

# a: admin, n: analyst, v: viewer, k: keyer, i: interviewer; +: with the approver's mark; !: only after a
# step-up; (n): only of months that are over.
TABLE = """
see-figures           a n v
see-rows              a n
export                a n
see-officers          a (n)
see-words             a
see-remarks           a
handle-remarks        a
reveal-contact        a !
key-forms             a k
reveal-paper          a !
see-device-state      a n v
see-devices           a n
change-devices        a
see-configuration     a n
change-configuration  a
correct               a !
forget                a !
see-audit             a
see-system            a
handle-messages       a
manage-people         a !
see-reports           a n v
see-alerts            a
handle-alerts         a
change-alert-rules    a
see-remedies          a n v
handle-remedies       a
draft-report          a n
approve-report        a n v k +
publish-report        a
check-document        a n v k
see-plans             a n v
change-plans          a
answer-obstacles      a n v k +
handle-samples        a
reveal-drawn          a !
interview             a i
handle-letters        a
print-letters         a !
"""


def person(*roles: Held, approver: bool = False, officer: str = "") -> Person:
    return Person(account=1, login="vi.du", name="Ví Dụ", roles=roles, approver=approver, officer=officer)


def held(role: str, unit: str = "", first: date | None = None, last: date | None = None) -> Held:
    return Held(role=role, unit=unit, first=first, last=last)


def test_the_table_is_this_one() -> None:
    letters = {"admin": "a", "analyst": "n", "viewer": "v", "keyer": "k", "interviewer": "i"}
    lines = []
    for act in RULES:
        words = []
        for role in ROLES:
            if may(person(held(role), approver=True), act, "phuong-mot", DAY, ()):
                months = act == "see-officers" and only_months_over(person(held(role)), "phuong-mot", DAY, ())
                words.append(f"({letters[role]})" if months else letters[role])
        if not any(may(person(held(role)), act, "phuong-mot", DAY, ()) for role in ROLES):
            words.append("+")
        if needs_step_up(act):
            words.append("!")
        lines.append(f"{act:<21} {' '.join(words)}")
    assert "\n".join(lines) == TABLE.strip()


@pytest.mark.parametrize("act", RULES)
def test_nobody_without_a_role_may_do_anything(act: str) -> None:
    assert not may(person(approver=True), act, "phuong-mot", DAY, ("tinh-a",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "asked", "above", "allowed"),
    [
        ("", "", (), True),
        ("", "phuong-mot", ("tinh-a",), True),
        ("tinh-a", "phuong-mot", ("tinh-a",), True),
        ("tinh-a", "tinh-a", (), True),
        ("tinh-a", "", (), False),
        ("tinh-a", "tinh-b", (), False),
        ("phuong-mot", "tinh-a", (), False),
        ("phuong-mot", "phuong-hai", ("tinh-a",), False),
    ],
)
def test_a_role_counts_for_its_unit_and_what_is_below(
    at: str, asked: str, above: tuple[str, ...], allowed: bool
) -> None:
    assert may(person(held("admin", at)), "see-rows", asked, DAY, above) is allowed


def test_a_role_counts_from_its_first_to_its_last_day() -> None:
    dated = person(held("viewer", "phuong-mot", date(2026, 3, 1), date(2026, 3, 31)))
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
    assert [may(dated, "see-figures", "phuong-mot", day, ()) for day in days] == [False, True, True, False]
    assert may_anywhere(dated, "see-figures", DAY) == ("phuong-mot",)
    assert may_anywhere(dated, "see-figures", date(2026, 4, 1)) == ()


def test_of_several_roles_each_counts_where_it_is_held() -> None:
    both = person(held("admin", "phuong-mot"), held("viewer", "tinh-a"))
    assert may(both, "see-words", "phuong-mot", DAY, ("tinh-a",))
    assert not may(both, "see-words", "phuong-hai", DAY, ("tinh-a",))
    assert may(both, "see-figures", "phuong-hai", DAY, ("tinh-a",))
    assert may_anywhere(both, "see-figures", DAY) == ("phuong-mot", "tinh-a")
    assert only_months_over(person(held("analyst")), "phuong-mot", DAY, ())
    assert not only_months_over(person(held("analyst"), held("admin", "phuong-mot")), "phuong-mot", DAY, ())


def test_a_report_is_approved_only_by_a_marked_person_with_a_role_there() -> None:
    marked = person(held("viewer", "phuong-mot"), approver=True)
    assert may(marked, "approve-report", "phuong-mot", DAY, ())
    assert not may(marked, "approve-report", "phuong-hai", DAY, ())
    assert not may(person(held("admin")), "approve-report", "phuong-mot", DAY, ())
    assert may_anywhere(person(held("admin")), "approve-report", DAY) == ()
    assert not grants("admin", "approve-report")


def test_an_officer_manages_no_accounts() -> None:
    marked = person(held("admin"), officer="a01")
    assert not may(marked, "manage-people", "phuong-mot", DAY, ())
    assert may_anywhere(marked, "manage-people", DAY) == ()
    assert may(marked, "handle-remarks", "phuong-mot", DAY, ())


def test_no_role_hands_on_more_than_itself() -> None:
    for own in ROLES:
        for role in ROLES:
            acts = {act for act in RULES if grants(role, act)}
            own_acts = {act for act in RULES if grants(own, act)}
            assert is_within(role, own) <= (acts <= own_acts), (role, own)
    assert is_within("admin", "admin")
    assert not is_within("admin", "analyst")
    assert not is_within("keyer", "viewer")


def test_a_password_alone_is_too_little_for_who_reveals_or_approves() -> None:
    assert needs_second_factor(person(held("admin", "phuong-mot")))
    assert needs_second_factor(person(held("viewer"), approver=True))
    assert not needs_second_factor(person(held("analyst"), held("keyer")))


def test_what_is_about_oneself_as_an_officer_is_known() -> None:
    assert is_about(person(officer="a01"), "a01")
    assert not is_about(person(officer="a01"), "a02")
    assert not is_about(person(), None)
    assert not is_about(person(), "")
