"""How long progress, figures and pages of a plan take: 60 units with 3,270 forms, among 1,000,000 others.

Counts are kept as a centre keeps them. The responses behind them are left out, for none of this reads any.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import tomli_w
from sqlalchemy import Engine

from sync.central.figures.plans import read_figures, read_forms, read_outside
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.store.database import reading, writing
from sync.central.store.rollups import Visit, change
from sync.contract.plan import Plan
from tests.bench.results import Progress, Row, below, median
from tests.support.browsing import Browser
from tests.support.plans import ASSETS, shipped_plans
from tests.support.postgres import postgres, programs
from tests.support.wire import NOW, CentreUnderTest, write_bundle

OTHERS = 1_000_000
ALIKE = 8  # others that are the same in all that is counted
UNITS, OTHER_UNITS = 60, 38
FIRST, DAYS = date(2023, 1, 1), 365
LIMIT, PAGE = 100, 200  # milliseconds
TIMES = 9


def run(progress: Progress) -> list[Row]:
    """Measure SQLite, and PostgreSQL where it is installed."""
    found = []
    for name in ("SQLite", *(("PostgreSQL",) if programs() else ())):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            url = stack.enter_context(postgres()).fresh() if name == "PostgreSQL" else None
            central = CentreUnderTest(Path(folder) / "centre", url=url)
            stack.callback(central.close)
            progress(f"{name}: {OTHERS:,} responses of others are counted first")
            _fill(central, Path(folder))
            found += [*_measure(name, central.engine), *_pages(name, central)]
    return found


def _fill(central: CentreUnderTest, folder: Path) -> None:
    plan = shipped_plans()["nha-trang-2023"]
    bundle = write_bundle(folder / "bundle", version=2)
    for form in {group.survey for group in plan.groups}:
        (bundle / "surveys" / f"{form}.toml").write_bytes((ASSETS / "surveys" / f"{form}.toml").read_bytes())
    (bundle / "plans").mkdir()
    (bundle / "plans" / f"{plan.id}.toml").write_bytes((ASSETS / "plans" / f"{plan.id}.toml").read_bytes())
    units = [{"code": plan.unit, "name": {"vi": "Thành phố"}}]
    units += [
        {"code": code, "name": {"vi": code}, "kind": kind, "parent": plan.unit}
        for code, kind, _ in _wanted(plan)
    ]
    with (bundle / "catalogue.toml").open("ab") as catalogue:
        tomli_w.dump({"units": units}, catalogue)
    with acting(central.engine, By("bench", NOW)) as act:
        import_bundle(act, bundle)
    for visits in (Counter(_forms(plan)), *_others(plan)):
        with writing(central.engine) as connection:
            change(connection, visits)


def _wanted(plan: Plan) -> Iterator[tuple[str, str, int]]:
    """The code, kind and number of forms of each of the plan's units."""
    for group in plan.groups:
        for number in range(group.units):
            yield f"{group.unit_kind}-{number}", group.unit_kind, group.per_unit


def _forms(plan: Plan) -> Iterator[Visit]:
    chance = random.Random(1)
    for group in plan.groups:
        first, last = plan.window(group)
        assert first
        assert last
        for number in range(group.units):
            for _ in range(group.per_unit):
                day = first + timedelta(days=chance.randrange((last - first).days + 1))
                yield Visit(
                    day=day.isoformat(),
                    unit=f"{group.unit_kind}-{number}",
                    survey=group.survey,
                    version=2,
                    respondent="citizen",
                    channel="interview",
                    procedure="",
                    officer="",
                    tagged=True,
                    outcome="complete",
                    cells=",".join(str(chance.randint(1, 5)) for _ in range(6)),
                    handovers=1,
                    closes="",
                    plan=plan.id,
                )


def _others(plan: Plan) -> Iterator[Counter[Visit]]:
    """Visits to the terminals of the plan's units and of others, day by day, all year long."""
    chance = random.Random(2)
    units = [code for code, _, _ in _wanted(plan)] + [f"khac-{number}" for number in range(OTHER_UNITS)]
    for number in range(DAYS):
        day = (FIRST + timedelta(days=number)).isoformat()
        found: Counter[Visit] = Counter()
        for _ in range(OTHERS // DAYS // ALIKE + 1):
            unit = chance.choice(units)
            visit = Visit(
                day=day,
                unit=unit,
                survey="kien-hung",
                version=1,
                respondent="citizen",
                channel="kiosk",
                procedure=f"1.{chance.randrange(3):06}",
                officer=f"{unit}-1",
                tagged=True,
                outcome="complete",
                cells=f"{chance.randint(1, 5)},{chance.randint(1, 5)}",
                handovers=1,
                closes="",
                plan="ca-nam",
            )
            found[visit] += ALIKE
        yield found


def _measure(name: str, engine: Engine) -> list[Row]:
    plan = shipped_plans()["nha-trang-2023"]

    def progress() -> None:
        with reading(engine) as connection:
            assert sum(read_forms(connection, plan).values()) == plan.wanted
            read_outside(connection, plan)

    def figures() -> None:
        with reading(engine) as connection:
            read = read_figures(connection, plan)
            assert sum(group.figures.forms for group in read.groups) == plan.wanted
            read_outside(connection, plan)

    return [
        below(f"plan {what}, {name}", 1000 * _median(read), LIMIT, "ms")
        for what, read in (("progress", progress), ("figures", figures))
    ]


def _pages(name: str, central: CentreUnderTest) -> Iterator[Row]:
    """The pages of the plan, as a browser of the city gets them."""
    plan = shipped_plans()["nha-trang-2023"]
    with Browser(central, "thanh-pho", ("admin", plan.unit)) as browser:
        for what, path in (("page", ""), ("progress page", "/tien-do"), ("closing page", "/dong")):
            address = f"/ke-hoach/{plan.id}{path}"

            def read(address: str = address) -> None:
                assert browser.get(address).status_code == 200

            read()  # templates are compiled once
            yield below(f"plan {what}, {name}", 1000 * _median(read), PAGE, "ms")


def _median(read: Callable[[], None]) -> float:
    spent = []
    for _ in range(TIMES):
        started = time.perf_counter()
        read()
        spent.append(time.perf_counter() - started)
    return median(spent)
