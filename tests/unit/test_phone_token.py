"""The code for the citizen's own phone: what it says arrives whole, and nobody else can have said it."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import qrcode
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from nacl.signing import SigningKey

from sync.contract.case_box import open_case, seal_case
from sync.contract.phone_token import (
    CASES,
    DAYS,
    LONGEST,
    PhoneToken,
    as_text,
    check_days,
    check_token,
    pack,
    phone_address,
    phone_token,
    read_text,
    sign_token,
)
from sync.contract.problem import ProblemError
from sync.contract.response import SurveyRef, Tag

KEY, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(32))
NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
VISIT = "019ad000-0000-7000-8000-000000000001"
BOX = base64.b64encode(bytes(range(64))).decode()


def made(cases: int = 1) -> PhoneToken:
    token = phone_token(
        device="may-001",
        visit=VISIT,
        tag=Tag(
            unit="phuong-mau",
            counter="quay-1",
            procedure="2.000908",
            officer="cb-01",
            cases=(BOX,) * cases,
            source="case",
        ),
        survey=SurveyRef("kien-hung-2020", 3),
        plan="kien-hung-2020",
        respondents=("citizen",),
        expires=int((NOW + timedelta(days=DAYS)).timestamp()),
    )
    assert token is not None
    return token


def text_of(token: PhoneToken, key: SigningKey = KEY) -> str:
    return as_text(pack(token), sign_token(pack(token), key))


def checked(text: str) -> None:
    _, packed, signature = read_text(text)
    check_token(packed, signature, bytes(KEY.verify_key))


def refused(text: str) -> str:
    with pytest.raises(ProblemError) as caught:
        checked(text)
    return caught.value.problem.number


def test_what_a_code_says_arrives_as_it_was_said() -> None:
    token = made()
    read, packed, signature = read_text(text_of(token))
    check_token(packed, signature, bytes(KEY.verify_key))
    assert read == token
    assert (read.visit_id, read.form) == (VISIT, SurveyRef("kien-hung-2020", 3))
    assert read.tag == Tag(
        unit="phuong-mau",
        counter="quay-1",
        procedure="2.000908",
        officer="cb-01",
        cases=(BOX,),
        source="case",
    )


def test_cases_are_as_the_response_has_them() -> None:
    private = SigningKey(bytes(32)).to_curve25519_private_key()
    public = base64.b64encode(bytes(private.public_key)).decode()
    case = "0123456789abcdef0123456789abcdef"
    token = replace(made(0), cases=(base64.b64decode(seal_case(case, public)),))
    (box,) = read_text(text_of(token))[0].tag.cases
    assert open_case(box, [bytes(private)]) == case


@given(st.data())
def test_a_code_that_was_changed_anywhere_is_refused(data: st.DataObject) -> None:
    text = text_of(made())
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567-a0%/"))
    changed = text[:place] + letter + text[place + 1 :]
    assert changed == text or refused(changed) == "HL4270"


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: base64.b32encode(raw).decode()))
def test_whatever_is_typed_is_refused(text: str) -> None:
    assert refused(text) == "HL4270"


def test_a_longer_text_is_not_even_decoded() -> None:
    assert refused("A" * (LONGEST + 1)) == "HL4270"


def test_another_key_or_another_purpose_signs_no_code() -> None:
    assert refused(text_of(made(), OTHER)) == "HL4270"
    packed = pack(made())
    assert refused(as_text(packed, KEY.sign(packed).signature)) == "HL4270"


def test_another_form_in_the_code_needs_another_signature() -> None:
    token = made()
    swapped = replace(token, survey="noi-bo", survey_version=1)
    assert refused(as_text(pack(swapped), sign_token(pack(token), KEY))) == "HL4270"


@pytest.mark.parametrize("days", [-DAYS, DAYS + 1.01, 4000])
def test_a_code_is_valid_for_its_days_and_no_longer(days: float) -> None:
    token = made()
    check_days(token, NOW)
    with pytest.raises(ProblemError, match="HL4271"):
        check_days(replace(token, expires=int((NOW + timedelta(days=days)).timestamp())), NOW)


def test_a_visit_with_many_cases_has_no_code() -> None:
    tag = Tag(unit="phuong-mau", cases=(BOX,) * (CASES + 1))
    survey = SurveyRef("kien-hung-2020", 3)
    assert (
        phone_token(
            device="may-001",
            visit=VISIT,
            tag=tag,
            survey=survey,
            plan=None,
            respondents=("citizen",),
            expires=1,
        )
        is None
    )


def test_the_longest_names_fit_a_code() -> None:
    long = "a" * 64
    token = replace(
        made(CASES),
        device=long,
        unit=long,
        counter="Ạ" * 64,
        procedure="1" * 40,
        officer=long,
        survey=long,
        plan=long,
        respondents=("citizen", "organisation", "staff"),
    )
    assert len(text_of(token)) <= LONGEST


@pytest.mark.parametrize(("cases", "modules"), [(0, 53), (1, 61), (3, 73)])
def test_the_code_is_small_and_an_independent_decoder_reads_it(cases: int, modules: int) -> None:
    address = phone_address("https://danhgia.phuongmau.gov.vn", text_of(made(cases)))
    code = qrcode.QRCode(border=4, box_size=3, error_correction=qrcode.ERROR_CORRECT_L)
    code.add_data(address)
    code.make(fit=True)
    assert len(code.modules) <= modules
    (read,) = zxingcpp.read_barcodes(code.make_image().get_image().convert("L"))
    assert read.text == address == address.upper()
