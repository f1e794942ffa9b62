"""What a centre prints, and a person scans or types: the code and the centre's address."""

import pytest

from sync.contract.enrolment import Invitation, fingerprint, make_code, read_invitation, spelled_invitation
from sync.contract.problem import ProblemError

CODE = make_code(bytes(range(8)), bytes(32))


@pytest.mark.parametrize(
    ("printed", "address"),
    [
        ("hailong.example.vn", "https://hailong.example.vn"),
        ("hailong.example.vn:8443", "https://hailong.example.vn:8443"),
        ("http://10.0.0.5:8700", "http://10.0.0.5:8700"),
        ("http://[fd00::5]:8700", "http://[fd00::5]:8700"),
    ],
)
def test_what_is_printed_is_read_back(printed: str, address: str) -> None:
    invitation = Invitation(CODE, address)
    assert str(invitation) == f"{CODE}@{printed}"
    assert read_invitation(str(invitation)) == invitation


@pytest.mark.parametrize("typed", ["{}@HAILONG.EXAMPLE.VN", "  {}@https://hailong.example.vn/ "])
def test_it_may_be_typed_in_any_letters(typed: str) -> None:
    text = typed.format(str(CODE).lower().replace("-", " "))
    assert read_invitation(text) == Invitation(CODE, "https://hailong.example.vn")


def test_a_code_may_carry_the_fingerprint_of_a_certificate_and_an_old_one_carries_none() -> None:
    certificate = fingerprint(b"a certificate")
    code = make_code(bytes(range(8)), bytes(32), certificate)
    text = f"{code}@10.0.0.5"
    assert text.startswith(f"{CODE}-{certificate[:4]}-")
    assert read_invitation(text.lower().replace("-", "")).code == code
    assert read_invitation(str(CODE)).code.certificate == ""


def test_a_code_alone_names_no_centre() -> None:
    assert read_invitation(str(CODE)) == Invitation(CODE)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", "HL4021"),
        ("@hailong.example.vn", "HL4021"),
        ("000.00.12.H29-260302-0004", "HL4021"),
        ("{}X@hailong.example.vn", "HL4021"),
        ("{}@", "HL4116"),
        ("{}@@hailong.example.vn", "HL4116"),
        ("{}@ftp://hailong.example.vn", "HL4116"),
        ("{}@hailong.example.vn/v1", "HL4116"),
        ("{}@hailong.example.vn:", "HL4116"),
        ("{}@hailong.example.vn:0", "HL4116"),
        ("{}@hailong.example.vn:99999", "HL4116"),
        ("{}@name@hailong.example.vn", "HL4116"),
        ("{}@hải-lòng.vn", "HL4116"),
        ("{}@hailong.example.vn?x", "HL4116"),
    ],
)
def test_what_is_no_invitation_is_refused(text: str, number: str) -> None:
    with pytest.raises(ProblemError, match=number):
        read_invitation(text.format(CODE))


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("", ""),
        ("o0il1", "0011-1"),
        ("k3qf", "K3QF"),
        ("k3qf9", "K3QF-9"),
        ("K3QF-9M2T", "K3QF-9M2T"),
        ("k3qf9m2t@HaiLong.VN", "K3QF-9M2T@hailong.vn"),
        ("k3qf@http://10.0.0.5-a", "K3QF@http://10.0.0.5-a"),
    ],
)
def test_what_is_typed_is_spelled_as_it_is_printed(typed: str, spelled: str) -> None:
    assert spelled_invitation(typed) == spelled
