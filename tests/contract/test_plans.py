"""The five plans over the whole way: a real outbox, a signed wire, the centre, a pull, and the figures."""

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import httpx
import msgspec
import pytest
from litestar.testing import TestClient
from typer.testing import CliRunner

from sync.agent.pushing import Idle, Pusher
from sync.central.__main__ import app
from sync.central.commands.plan_document import sections
from sync.central.figures.statistics import PlanFigures
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.set_aside import rejudge
from sync.central.office.units.tree import UnitTree
from sync.contract.canonical import decode_response
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.response import Response, Tag
from sync.outbox import Outbox, OutboxReader, Receipts
from tests.support.counting import plan_figures_of, row_of
from tests.support.plan_visits import all_at, keyed, terminal, visit
from tests.support.plans import ASSETS, shipped_plans, shipped_surveys
from tests.support.wire import NOW, CentreUnderTest, write_bundle

DEVICES = ("may-01", "ban-nhap-phieu")


class PulledItem(msgspec.Struct):
    response: msgspec.Raw


class PulledPage(msgspec.Struct):
    items: list[PulledItem]


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre that was given all shipped forms and plans."""
    centre = CentreUnderTest(tmp_path / "centre", devices=DEVICES)
    folder = write_bundle(tmp_path / "bundle", version=2, devices=DEVICES)
    for name in ("surveys", "plans"):
        shutil.copytree(ASSETS / name, folder / name, dirs_exist_ok=True)
    with acting(centre.engine, By("test", NOW)) as act:
        import_bundle(act, folder)
    centre.open()
    yield centre
    centre.close()


def responses_of(plan: Plan) -> list[Response]:
    """Six of every group: from the terminal where the group is asked there, else keyed in."""
    made = []
    for place, group in enumerate(plan.groups):
        first, _ = plan.window(group)
        assert first is not None
        at = datetime.combine(first, time(8, place), UTC)  # groups differ in their minute, so ids differ
        flow = terminal(plan, group.id, at, group.respondents[0])
        for number in range(6):
            answers = all_at(5 - number % 3, group.survey)
            if "kiosk" in group.channels:
                made.append(visit(flow, Tag(unit=plan.unit, officer="cb-01"), answers))
            else:
                made.append(
                    keyed(
                        plan,
                        group.id,
                        1 + number + 100 * place,
                        at,
                        answers,
                        channel=group.channels[0],
                        respondent=group.respondents[0],
                    )
                )
    return made


def send(client: httpx.Client, central: CentreUnderTest, folder: Path, responses: list[Response]) -> None:
    """Every response through the outbox and the agent of its device, and a person vouches for old plans."""
    for device in DEVICES:
        outbox = Outbox(folder / device / "outbox", device, clock=lambda: NOW)
        for response in responses:
            if response.device == device:
                outbox.append(response)
        outbox.close()
        sender = central.enrolled(client, device, folder / device / "agent")
        receipts = Receipts(folder / device / "agent")
        pusher = Pusher(OutboxReader(folder / device / "outbox"), receipts, sender, lambda: NOW)
        while not isinstance(pusher.step(), Idle):
            pass
        assert {each.status for each in receipts.view.set_aside.values()} <= {"held"}
        receipts.close()
        rejudge(
            central.engine, By("test", NOW), reason="kế hoạch cũ", device=device, held=True, dry_run=False
        )


@pytest.mark.parametrize("plan", shipped_plans().values(), ids=shipped_plans().keys())
def test_a_plan_goes_from_the_terminal_to_the_administrators_figures(
    plan: Plan, central: CentreUnderTest, tmp_path: Path
) -> None:
    made = responses_of(plan)
    with TestClient(central.app) as client:
        send(client, central, tmp_path, made)
        token = central.token(role="admin")
        reply = client.get("/v1/responses", headers={"Authorization": f"Bearer {token}"})
    page = msgspec.json.decode(reply.content, type=PulledPage)
    pulled = [decode_response(bytes(item.response)) for item in page.items]
    # Single forms of staff are given to nobody; they count all the same.
    singly = [response for response in made if response.respondent != "staff"]
    assert sorted(response.id for response in pulled) == sorted(response.id for response in singly)
    surveys = {(survey.id, survey.version): survey for survey in shipped_surveys().values()}
    figures = plan_figures_of(plan, surveys, map(row_of, made), UnitTree(()))
    assert [group.figures.forms for group in figures.groups] == [6] * len(plan.groups)
    for group in figures.groups:
        satisfied = [rating.satisfied for rating in group.figures.ratings]
        assert {(share.count, share.n) for share in satisfied if share} == {(4, 6)}
    assert_the_command_says_the_same(plan, figures, command(central, "figures", plan.id))
    with pytest.raises(ProblemError, match=plan.unit) as refused:
        command(central, "progress", plan.id)
    assert refused.value.problem.number == "HL5021"  # the bundle's only unit is another
    listed = {row["Kế hoạch"] for row in command(central, "list")}
    assert plan.id in listed
    assert all(section.heading in whole_plan(central, plan.id).splitlines() for section in sections(plan))


def whole_plan(central: CentreUnderTest, id: str) -> str:
    """What `hailong-central plan show` prints."""
    database = ["--database", central.url] if central.url else []
    words = ["plan", "show", "--data", str(central.folder), id, *database]
    return CliRunner().invoke(app, words, catch_exceptions=False).stdout


def command(central: CentreUnderTest, name: str, *words: str) -> list[dict[str, str]]:
    """What `hailong-central plan …` writes as CSV."""
    database = ["--database", central.url] if central.url else []
    said = CliRunner().invoke(
        app, ["plan", name, "--data", str(central.folder), *words, "--csv", *database], catch_exceptions=False
    )
    assert (said.exit_code, said.stdout[:1]) == (0, "\ufeff")  # for Excel
    return list(csv.DictReader(said.stdout.removeprefix("\ufeff").splitlines()))


def assert_the_command_says_the_same(plan: Plan, figures: PlanFigures, rows: list[dict[str, str]]) -> None:
    ratings = [(group, rating) for group in figures.groups for rating in group.figures.ratings]
    assert len(rows) == len(ratings)
    for row, (group, rating) in zip(rows, ratings, strict=True):
        assert (row["Nhóm"], row["Câu hỏi"]) == (group.group, rating.question)
        assert (int(row["Phiếu"]), int(row["n"])) == (6, rating.n)
        assert row["Hài lòng"] == ("" if rating.satisfied is None else str(rating.satisfied.count))
        assert bool(row["Khoảng tin cậy (%)"]) == (rating.interval is not None)


def test_a_plan_that_is_not_there_is_refused_and_the_others_are_named(central: CentreUnderTest) -> None:
    with pytest.raises(ProblemError, match="kien-hung-2020") as refused:
        command(central, "progress", "khong-co")
    assert refused.value.problem.number == "HL5020"
