"""The acts that close a plan and hand it over once more: refused by name while there is work left."""

from msgspec.structs import replace

from sync.central.figures.closing import Blocking, what_blocks
from sync.central.figures.plan_rounds import read_round, read_work
from sync.central.office.audit.acts import Act
from sync.central.office.planning.closed_plans import (
    Manifest,
    check_open,
    closing_of,
    put_closing,
    renew_package,
)
from sync.central.office.plans import plan_named
from sync.central.store.database import one_at_a_time
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemsError
from sync.contract.problem.planning import PLAN_BLOCKED


def close_plan(act: Act, id: str, manifest: Manifest, *, account: int) -> None:
    """Close the plan in force. manifest: of the package that is handed over.

    Raises ProblemsError with one HL4297 for each thing that keeps it open; ProblemError HL4298, HL5020.
    """
    one_at_a_time(act.connection)
    check_open(act.connection, id)
    plan = _unblocked(act, id)
    put_closing(act, id, plan.unit, manifest, account=account)


def hand_over_again(act: Act, id: str, manifest: Manifest, why: str, *, account: int) -> None:
    """Hand a closed plan over as a new package with what came since. manifest: of all data of today.

    Raises as `close_plan`, but for HL4298, and as `renew_package`.
    """
    one_at_a_time(act.connection)
    _unblocked(act, id)
    there = closing_of(act.connection, id)
    before = there.digest if there else ""
    number = there.manifest.package + 1 if there else 1
    renewed = replace(manifest, package=number, before=before, why=why)
    renew_package(act, id, renewed, account=account)


def _unblocked(act: Act, id: str) -> Plan:
    """The plan in force; raises ProblemsError HL4297."""
    plan = plan_named(act.connection, id)
    today = act.now.astimezone(VIET_NAM).date()
    now = read_round(act.connection, plan, today)
    blocking = what_blocks(plan, read_work(act.connection, plan, now, today))
    if blocking:
        raise ProblemsError([PLAN_BLOCKED(where=each.cause, detail=_detail(each)) for each in blocking])
    return plan


def _detail(each: Blocking) -> str:
    match each.cause:
        case "window":
            return f"còn lấy phiếu đến hết {each.until}"
        case "late":
            return f"{each.there} phiếu vừa đến trong ngày"
        case "task":
            return f"việc chưa xong: {each.name}"
        case "obstacle":
            return f"vướng mắc chưa đóng: {each.there}"
        case "batch":
            return f"còn phiếu phải nhập, lô về ngày {each.name}"
        case "letters":
            return f"công văn chưa gửi: {each.there}"
        case "unit":
            return f"không có đơn vị “{each.name}”"
        case _:
            return f"{each.name or each.cause}: {each.there}/{each.wanted}"
