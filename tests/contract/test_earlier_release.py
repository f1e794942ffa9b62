"""Terminals of release 0.1.0 and of today work with the bundles of each other's release.

`vectors/bundle-schemas-0.1.0.json` has the JSON schema of each file as that release reads it: an unknown key
is refused there, an unknown file is ignored. `vectors/bundle-0.1.0.json` is a bundle of that release, and
`vectors/wire-0.1.0.json` what its agent sends and reads.
"""

import base64
import json
from datetime import date, time
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from litestar.testing import TestClient

from sync.agent.identity import load_identity
from sync.agent.sending import Answer, Wire
from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.compose import compose
from sync.central.office.configuration.rows import OfficeRow, Rows
from sync.central.office.software import add_software, stage_software
from sync.central.office.units.tree import CENTRE
from sync.contract.assignment import Assignment
from sync.contract.bundle import PublicKey, load_bundle, read_bundle
from sync.contract.canonical import canonical_bytes
from sync.contract.catalogue import Counter, Device, Officer, Procedure, Unit
from sync.contract.code_rules import CodeRules
from sync.contract.opening import Hours, Opening, SpecialDay
from tests.support.assets import load_plan, load_survey
from tests.support.releases import make_release, publisher
from tests.support.wire import NOW, ROOT, CentreUnderTest, numbered

VECTORS = Path(__file__).parent / "vectors"
SCHEMAS: dict[str, dict[str, Any]] = json.loads((VECTORS / "bundle-schemas-0.1.0.json").read_text("utf-8"))
EARLIER: dict[str, str] = json.loads((VECTORS / "bundle-0.1.0.json").read_text("utf-8"))
NEW = {"assignments.toml", "office.toml", "organisations.json", "citizens.json"}

SURVEYS = [load_survey(path) for path in sorted((ROOT / "assets" / "surveys").glob("*.toml"))]
PLANS = [load_plan(path, SURVEYS) for path in sorted((ROOT / "assets" / "plans").glob("*.toml"))]
KEY = base64.b64encode(bytes(range(32))).decode()

# Everything that rows can hold is in here.
ROWS = Rows(
    unit="xa",
    above=("tinh", CENTRE),
    today=date(2026, 3, 2),
    units=(
        Unit("xa", {"vi": "Xã"}, "commune", "tinh", date(2025, 7, 1), date(2030, 1, 1)),
        Unit("tinh", {"vi": "Tỉnh", "en": "Province"}, "province"),
    ),
    procedures=(Procedure("1.001193", {"vi": "Đăng ký khai sinh"}, "Hộ tịch"),),
    officers=(Officer("cb-01", "Cán bộ Một", "xa", "Công chức"),),
    counters=(Counter("quay-1", "xa", {"vi": "Quầy 1"}),),
    devices=(
        Device(id="may-01", kind="terminal", unit="xa", counter="quay-1"),
        Device(id="ban-01", kind="desk", unit="xa"),
    ),
    offices={
        "xa": OfficeRow(
            name={"vi": "UBND xã"},
            primary="#0A3D62",
            accent="#FFC300",
            results_url="https://xa.example.vn",
            emblem="iVBORw0KGgo=",
            opening=(Opening(("mon", "tue"), time(7, 30), time(11, 30)),),
            special_days=(SpecialDay(date(2026, 4, 30), "Ngày Giải phóng"),),
            languages=("vi", "en"),
            repeat_days=7,
            codes=CodeRules(procedure=(r"\d\.\d{6}",)),
            badges=(PublicKey("badges-cu", KEY),),
        ),
        "tinh": OfficeRow(
            special_days=(SpecialDay(date(2026, 5, 2), "Làm bù", (Hours(time(8), time(11)),)),)
        ),
    },
    surveys=tuple(SURVEYS),
    plans=tuple(PLANS),
    assignments=(
        Assignment(
            id="hoi",
            unit="xa",
            counter="quay-1",
            device="may-01",
            survey="thach-ha-ben-ngoai",
            plan="thach-ha-2021",
            respondents=("citizen", "organisation"),
            starts=date(2026, 3, 1),
            ends=date(2026, 3, 31),
            hours=(Opening(("sat",), time(8), time(11)),),
        ),
    ),
    revoked_serials=("0a1b2c3d",),
)
COMPOSED = compose(ROWS, 12, NOW)


def schema_of(name: str) -> dict[str, Any] | None:
    return next((schema for pattern, schema in SCHEMAS.items() if fnmatch(name, pattern)), None)


def plain(name: str, text: str) -> Any:
    """What a file holds, with days and times as JSON has them."""
    found = msgspec.json.decode(text) if name.endswith(".json") else msgspec.toml.decode(text)
    return msgspec.json.decode(msgspec.json.encode(found))


@pytest.mark.parametrize("name", sorted(COMPOSED))
def test_a_terminal_of_release_0_1_0_accepts_every_file_of_a_composed_bundle_that_it_knows(name: str) -> None:
    schema = schema_of(name)
    if schema is None:
        assert name in NEW
    else:
        jsonschema_rs.validator_for(schema).validate(plain(name, COMPOSED[name]))


def test_the_schemas_are_those_of_that_release() -> None:
    """A bundle of it satisfies them, and a key that it does not know is refused in every file."""
    for name, text in EARLIER.items():
        validator = jsonschema_rs.validator_for(schema_of(name) or {})
        validator.validate(plain(name, text))
        assert not validator.is_valid({**plain(name, text), "of_a_later_release": 1}), name
    assert {name for name in SCHEMAS if "*" not in name} <= set(EARLIER)


def test_a_composed_bundle_has_every_file_there_is() -> None:
    """So that a new field is noticed here."""
    served = {"cases.json", "organisations.json", "citizens.json"}  # added where the bundle is served
    names = {name for name in SCHEMAS if "*" not in name} | NEW
    assert {name for name in COMPOSED if "/" not in name} == names - served
    bundle = read_bundle(COMPOSED)
    assert (len(bundle.surveys), len(bundle.plans)) == (len(SURVEYS), len(PLANS))
    assert len(bundle.assignments or ()) == 1


def test_a_bundle_of_release_0_1_0_loads_in_a_terminal_of_today(tmp_path: Path) -> None:
    for name, text in EARLIER.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    bundle = load_bundle(tmp_path)
    assert bundle.version.version == 7
    assert [device.id for device in bundle.catalogue.devices] == ["may-01"]
    assert [(survey.id, survey.version) for survey in bundle.surveys] == [("kien-hung", 1)]
    assert [plan.id for plan in bundle.plans] == ["kien-hung-2020"]
    assert [case.rated for case in bundle.cases.case] == [False, True]
    assert (bundle.settings.repeat_days, bundle.revoked.serials) == (7, ("0a1b2c3d",))
    assert (bundle.assignments, bundle.organisations) == (None, frozenset())


WIRE: dict[str, dict[str, Any]] = json.loads((VECTORS / "wire-0.1.0.json").read_text("utf-8"))
"""Bodies as an agent of that release writes them, and the members of answers that it reads, by their kind."""

KINDS_OF_MEMBERS: dict[str, type[Any]] = {"integer": int, "string": str, "array": list, "object": dict}


def test_an_agent_of_release_0_1_0_is_served_as_before(central: CentreUnderTest, tmp_path: Path) -> None:
    """Also with a release on offer: what it does not know in an answer it ignores, as its decoder does."""
    key = publisher(tmp_path)
    with acting(central.engine, By("test", NOW)) as act:
        add_software(act, central.folder, make_release(tmp_path, "9.0.0", key), {})
        stage_software(act, "9.0.0", "all", "thử")
    response = canonical_bytes(numbered(1)[0])
    batch = b'{"device":"kiosk-1","responses":[%b]}' % response
    calls = {
        "heartbeat": ("POST", "/v1/heartbeat", msgspec.json.encode(WIRE["heartbeat"])),
        "batches": ("POST", "/v1/batches", batch),
        "forgotten": ("POST", "/v1/forgotten", msgspec.json.encode(WIRE["forgotten"])),
        "config": ("GET", "/v1/config", b""),
    }
    with TestClient(central.app) as client:
        central.enrolled(client, "kiosk-1", tmp_path / "agent")
        identity = load_identity(tmp_path / "agent")
        wire = Wire(client, lambda: NOW)
        for name, (method, target, body) in calls.items():
            answer = wire.ask(
                method,
                target,
                body,
                key=identity.key,
                key_id="kiosk-1",
                trusted=lambda _: identity.centre(NOW),
                headers={"Content-Type": "application/json"} if body else {},
            )
            assert isinstance(answer, Answer), answer
            said = msgspec.json.decode(answer.body)
            for member, kind in WIRE["replies"][name].items():
                assert isinstance(said[member], KINDS_OF_MEMBERS[kind]), (name, member)
