"""The four sentences of the morning: what they say, with which n, and what they never say."""

import ast
import string
from datetime import date, datetime, time
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.central.figures import said
from sync.central.figures.deadlines import Reported, deadlines
from sync.central.figures.said import ENGLISH, Said, in_words, say
from sync.central.figures.summary import SummaryRow
from sync.central.figures.summary_query import HandoverFigures, SummaryReply
from sync.central.figures.today import (
    Asked,
    Due,
    Machines,
    Sentence,
    Silent,
    Today,
    low_answers,
    overall,
    today,
)
from sync.central.figures.working_days import last_worked
from sync.central.office.remarks.listing import RemarkCounts
from sync.central.presenting.language import NBSP, Language
from sync.contract.opening import Hours, Opening, SpecialDay
from sync.contract.plan import VIET_NAM, Plan, Step, Task
from tests.support.counting import Count, summarise
from tests.support.plans import shipped_plans, shipped_surveys

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, tzinfo=VIET_NAM)
WEEK = (Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17)),)
HOLIDAY = SpecialDay(date(2026, 11, 20), "Nghỉ")
ASKED = Asked(unit="phuong-mau", today=MONDAY, first=MONDAY, last=MONDAY)
SURVEY = shipped_surveys()["kien-hung"]
SENDING, NO_REMARKS = Machines(all=3), RemarkCounts()


def words(sentence: Sentence) -> list[str]:
    return [plain(each) for each in (sentence.sentence, *sentence.figures)]


def plain(words: Said, language: Language = "vi") -> str:
    """The words with ordinary spaces."""
    return in_words(words, language, NOW).replace(NBSP, " ")


def answered(levels: dict[int, int], **handovers: int | None) -> SummaryReply:
    """The summary of one day."""
    counts = [Count(question="result", answer=level, forms=n) for level, n in levels.items()]
    counts += [Count(question="service", answer=1, forms=n) for n in levels.values()]
    figures = {"visits": 0, "answered": 0, "untagged": 0, "tagged": 0, "returned": None, **handovers}
    visits, there = figures["visits"] or 0, figures["answered"] or 0
    percent = f"{100 * there / visits:.1f}" if visits else None
    return SummaryReply(
        first=MONDAY,
        last=MONDAY,
        handovers=HandoverFigures(
            **figures,  # type: ignore[arg-type]
            tagged_percent=None,
            percent=percent,
            voided=0,
            outcomes={},
            unlisted=(),
            rows=(),
        ),
        surveys=(summarise(SURVEY, counts),) if counts else (),
    )


def said_on(
    reply: SummaryReply | None = None,
    machines: Machines = SENDING,
    remarks: RemarkCounts | None = NO_REMARKS,
    due: tuple[Due, ...] | None = (),
    paper: int | None = None,
    asked: Asked = ASKED,
) -> Today:
    found = answered({}) if reply is None else reply
    return today(asked, machines=machines, reply=found, remarks=remarks, due=due, paper=paper)


SINCE = datetime(2026, 11, 20, 16, 40, tzinfo=VIET_NAM)


@pytest.mark.parametrize(
    ("machines", "wanted"),
    [
        (Machines(all=0), ["Chưa có máy nào."]),
        (Machines(all=0, waiting=1), ["Chưa có máy nào đang dùng.", "1 máy chờ ghi danh"]),
        (Machines(all=1), ["Máy đang gửi."]),
        (Machines(all=3), ["Cả 3 máy đang gửi."]),
        (Machines(all=3, closed=3), ["Ngoài giờ làm việc, không máy nào phải gửi."]),
        (
            Machines(all=3, silent=(Silent("Quầy 3", SINCE),), unsent=12),
            ["2 trong 3 máy đang gửi.", "Quầy 3 im từ 16:40 thứ Sáu", "còn 12 phiếu trên máy"],
        ),
        (
            Machines(all=2, silent=(Silent("Quầy 1", SINCE), Silent("Quầy 2", None))),
            ["Không máy nào đang gửi.", "Quầy 1 im từ 16:40 thứ Sáu", "Quầy 2 chưa gửi lần nào"],
        ),
        (
            Machines(all=9, closed=2, silent=tuple(Silent(f"Quầy {n}", SINCE) for n in range(5))),
            [
                "2 trong 9 máy đang gửi.",
                *(f"Quầy {n} im từ 16:40 thứ Sáu" for n in range(3)),
                "và 2 máy khác",
                "2 máy ngoài giờ làm việc",
            ],
        ),
    ],
)
def test_machines_that_do_not_send_are_named_and_the_others_counted(
    machines: Machines, wanted: list[str]
) -> None:
    found = said_on(machines=machines).machines
    assert words(found) == wanted
    assert (found.n, found.urgent) == (machines.all, bool(machines.silent))


def test_answers_have_their_n_and_what_was_returned_is_unknown_without_a_list() -> None:
    reply = answered({5: 30, 4: 7, 1: 4}, visits=63, answered=41, returned=70, tagged=63)
    assert words(said_on(reply).answers) == [
        "41 trong 63 lượt đã trả lời.",
        "65,1 % (n = 63)",
        "đã trả 70 · đã quét 63",
    ]
    unknown = replace(reply, handovers=replace(reply.handovers, returned=None, untagged=2))
    assert words(said_on(unknown).answers)[2:] == [
        "chưa biết đã trả bao nhiêu kết quả (chưa nhập danh sách)",
        "2 lượt trả lời không quét",
    ]


@pytest.mark.parametrize("returned", [None, 8])
def test_where_nobody_answered_there_is_no_share(returned: int | None) -> None:
    nobody = said_on(answered({}, visits=8, answered=0, returned=returned, tagged=8))
    untagged = said_on(answered({5: 3}, untagged=3))
    nothing = said_on(answered({}))
    for found in (nobody, nothing):
        assert not [line for sentence in found.every for line in words(sentence) if "%" in line]
    assert words(nobody.answers)[0] == "Chưa có lượt trả lời nào trong 8 lượt."
    assert words(untagged.answers)[0] == "Có 3 lượt trả lời, chưa quét lượt nào."
    assert words(nothing.answers)[0] == "Chưa có lượt nào."
    assert words(nothing.unhappy) == ["Không còn ý kiến nào cần xử lý.", "chưa có lượt trả lời"]


def test_without_a_machine_it_is_unknown_whether_people_answer() -> None:
    found = said_on(machines=Machines(all=0)).answers
    assert (found.n, words(found)) == (None, ["Chưa biết: không có máy nào."])


def test_a_day_off_is_named_together_with_the_working_day_before_it() -> None:
    friday, sunday = date(2026, 11, 27), date(2026, 11, 29)
    asked = replace(ASKED, today=sunday, first=friday, last=friday, off=sunday)
    answers = said_on(answered({5: 1}, visits=1, answered=1), asked=asked).answers
    assert words(answers)[-1] == "Chủ nhật 29/11 là ngày nghỉ: số liệu của ngày làm việc trước đó"
    assert answers.link.query == {"unit": "phuong-mau", "from": "2026-11-27", "to": "2026-11-27"}
    due = said_on(due=(Due(name="báo cáo", day=sunday, working=friday),)).due
    assert words(due) == [
        "Đến hạn thứ Sáu 27/11: báo cáo.",
        "Chủ nhật 29/11 là ngày nghỉ: ngày làm việc trước đó là thứ Sáu 27/11",
    ]


@pytest.mark.parametrize(
    ("levels", "remarks", "wanted"),
    [
        (
            {5: 37, 1: 4},
            RemarkCounts(open=2, overdue=1, longest=1),
            ["2 ý kiến cần xử lý.", "1 quá hạn, lâu nhất 1 ngày", "90,2 % hài lòng (n = 41)"],
        ),
        (
            {5: 37, 1: 4},
            RemarkCounts(open=0),
            ["Không còn ý kiến nào cần xử lý; 4 lượt chọn mức 1\u2060–\u20602.", "90,2 % hài lòng (n = 41)"],
        ),
        ({5: 8, 2: 2}, None, ["2 trong 10 lượt chọn mức 1\u2060–\u20602.", "80,0 % hài lòng (n = 10)"]),
        (
            {5: 8, 3: 2},
            RemarkCounts(open=0),
            ["Không ai chọn mức 1\u2060–\u20602.", "80,0 % hài lòng (n = 10)"],
        ),
        ({}, None, ["Chưa có lượt trả lời."]),
        ({}, RemarkCounts(open=3), ["3 ý kiến cần xử lý.", "chưa có lượt trả lời"]),
    ],
)
def test_who_is_unhappy_is_what_people_wrote_and_low_levels(
    levels: dict[int, int], remarks: RemarkCounts | None, wanted: list[str]
) -> None:
    found = said_on(answered(levels), remarks=remarks).unhappy
    assert words(found) == wanted
    assert found.n == sum(levels.values())
    assert found.urgent == (remarks is not None and remarks.open > 0)


def test_the_overall_rating_is_the_first_of_the_form_with_the_most_answers() -> None:
    (form,) = answered({5: 3, 1: 2}).surveys
    rare = replace(form, survey="khac", rows=tuple(replace(row, n=1) for row in form.rows))
    row = overall(replace(answered({}), surveys=(rare, form)))
    assert row
    assert (row.question, row.n, low_answers(row)) == ("result", 5, 2)
    three = SummaryRow(by={}, question="q", n=6, counts={1: 1, 2: 2, 3: 3})
    assert low_answers(three) == 1


def test_if_all_is_well_nothing_is_urgent_and_each_sentence_says_so() -> None:
    found = said_on(answered({5: 9}, visits=9, answered=9, returned=9, tagged=9))
    assert found.calls == ()
    assert [words(each)[0] for each in found.every] == [
        "Cả 3 máy đang gửi.",
        "Cả 9 lượt đã trả lời.",
        "Không ai chọn mức 1\u2060–\u20602.",
        "Không có việc nào đến hạn trong 14 ngày tới.",
    ]


def test_a_short_message_says_only_what_somebody_has_to_do() -> None:
    due = (Due(name="báo cáo", day=MONDAY, working=MONDAY),)
    silent = Machines(all=3, silent=(Silent("Quầy 3", SINCE),))
    found = said_on(answered({5: 9}), silent, RemarkCounts(open=2), due)
    assert [plain(each) for each in found.calls] == [
        "2 trong 3 máy đang gửi.",
        "2 ý kiến cần xử lý.",
        "Hôm nay đến hạn: báo cáo.",
    ]


def test_what_is_due_names_a_few_and_counts_the_others() -> None:
    due = tuple(
        Due(name=f"việc {n}", day=date(2026, 11, n), working=date(2026, 11, n)) for n in range(20, 30)
    )
    found = said_on(due=due).due
    assert words(found) == [
        "Hôm nay đến hạn: việc 23.",
        "việc 24: ngày mai",
        "việc 25: thứ Tư 25/11",
        "và 4 việc khác",
    ]
    assert found.n == 7
    assert words(said_on(due=None).due) == ["Chưa có kế hoạch nào."]
    assert said_on(due=None).due.n is None
    assert words(said_on(due=None, paper=14).due) == ["Nhập 14 phiếu giấy."]


def test_what_plans_ask_for_is_due_on_the_working_day_before_a_day_off() -> None:
    shipped = shipped_plans()["nha-trang-2023"]
    plan: Plan = replace(
        shipped,
        starts=date(2026, 11, 1),
        ends=date(2026, 12, 6),
        groups=(replace(shipped.groups[0], starts=None, ends=None),),
        report_day=20,
        steps=(Step(kind="report", name={"vi": "Báo cáo kết quả"}, before=date(2026, 11, 29)),),
        tasks=(Task(name="Tổng hợp", owner="Văn phòng", due=date(2026, 11, 20)),),
    )
    assert [(each.day.day, each.working.day) for each in deadlines([plan], date(2026, 11, 19), WEEK, [])] == [
        (20, 20),
        (20, 20),
        (28, 27),
    ]
    found = deadlines([plan], date(2026, 11, 23), WEEK, [])
    assert [(each.day.day, each.working.day, each.plan) for each in found] == [
        (20, 20, plan.id),  # a report that nobody has begun is late; what became of the task is not known
        (28, 27, plan.id),
        (6, 4, plan.id),
    ]


def test_a_special_day_is_decided_by_its_own_hours() -> None:
    saturday = date(2026, 11, 21)
    assert last_worked(date(2026, 11, 22), WEEK, [HOLIDAY]) == date(2026, 11, 19)
    worked = SpecialDay(saturday, "Làm bù", (Hours(time(8), time(11)),))
    assert last_worked(date(2026, 11, 22), WEEK, [worked]) == saturday
    # Where nobody has decided the hours, from Monday to Friday.
    assert last_worked(date(2026, 11, 22), (), []) == date(2026, 11, 20)
    assert last_worked(date(2026, 11, 22), (), [worked]) == saturday
    closed = [SpecialDay(date(2026, 11, day)) for day in range(1, 31)]
    assert last_worked(date(2026, 11, 30), WEEK, [*closed, *[SpecialDay(date(2026, 10, 31))]]) == date(
        2026, 10, 30
    )


def test_every_sentence_has_its_english_wording_with_the_same_places() -> None:
    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for vietnamese, english in ENGLISH.items():
        assert places(vietnamese) == places(english)
    texts = set()
    for path in Path(said.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                texts |= {
                    each.value
                    for each in ast.walk(node.args[0])
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
    assert texts == set(ENGLISH)
    report = say("báo cáo định kỳ, {plan}", plan={"vi": "Kế hoạch", "en": "Plan"})
    both = say("Hôm nay đến hạn: {name}.", name=report)
    assert plain(both) == "Hôm nay đến hạn: báo cáo định kỳ, Kế hoạch."
    assert plain(both, "en") == "Due today: regular report, Plan."


def test_a_regular_report_is_late_until_it_was_sent_and_leads_to_its_page() -> None:
    report = Due(name="báo cáo", day=date(2026, 11, 20), working=date(2026, 11, 20), regular=True)
    late = said_on(due=(replace(report, report=7),)).due
    assert words(late) == ["Quá hạn từ thứ Sáu 20/11: báo cáo.", "đã lập, chưa gửi"]
    assert (late.link.target, late.link.query) == ("report", {"report": "7"})
    assert late.urgent
    ahead = said_on(due=(replace(report, day=MONDAY, working=MONDAY),)).due
    assert words(ahead) == ["Hôm nay đến hạn: báo cáo.", "chưa lập"]
    assert ahead.link.target == "reports"
    sent = said_on(due=(replace(report, report=7, sent=True),)).due
    assert words(sent) == [
        "Không có việc nào đến hạn trong 14 ngày tới.",
        "đã gửi: báo cáo, hạn thứ Sáu 20/11",
    ]
    assert not sent.urgent


def test_of_a_plan_each_report_day_finds_the_report_of_its_month() -> None:
    plan = replace(shipped_plans()["kien-hung-2020"], starts=None, ends=None, steps=(), tasks=())
    plan = replace(plan, groups=tuple(replace(each, starts=None, ends=None) for each in plan.groups))
    day = date(2026, 11, plan.report_day)

    def found(*reported: Reported) -> list[tuple[date, int, bool]]:
        return [(each.day, each.report, each.sent) for each in deadlines([plan], MONDAY, WEEK, [], reported)]

    assert found() == [(day, 0, False)]
    assert deadlines([replace(plan, issued=MONDAY)], MONDAY, WEEK, []) == ()
    drafted = Reported(plan.id, day, 7, False)
    assert found(drafted) == [(day, 7, False)]
    assert found(drafted, Reported(plan.id, day, 8, True)) == [(day, 8, True)]
    assert found(Reported(plan.id, date(2026, 10, 20), 6, False)) == [(day, 0, False)]
    assert found(Reported("khac", day, 9, False)) == [(day, 0, False)]
    revised = (Reported(plan.id, day, 8, True), Reported(plan.id, day, 9, False))
    assert found(*revised) == [(day, 8, True)]
    assert found(Reported(plan.id, date(2026, 11, 3), 5, True), drafted) == [(day, 7, False)]
