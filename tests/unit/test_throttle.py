"""Wrong tries, and the address of a browser behind proxies."""

from ipaddress import ip_network

import pytest

from sync.central.office.people.throttle import (
    MOST,
    MOST_OF_ADDRESS,
    WINDOW,
    client_address,
    of_address,
    of_login,
    wait_seconds,
)

PROXIES = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("::1/128"))


def test_five_tries_in_a_quarter_of_an_hour_and_then_a_wait() -> None:
    tries = [1000, 1010, 1020, 1030]
    assert wait_seconds(tries, 1040) == 0
    tries.append(1040)
    assert len(tries) == MOST
    assert wait_seconds(tries, 1040) == 1000 + WINDOW - 1040
    assert wait_seconds(tries, 1000 + WINDOW - 1) == 1
    assert wait_seconds(tries, 1000 + WINDOW) == 0
    assert wait_seconds([*tries, 1050], 1000 + WINDOW) == 10
    assert wait_seconds(tries, 1040, most=MOST_OF_ADDRESS) == 0


@pytest.mark.parametrize(
    ("peer", "header", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # no proxy of ours: not believed
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.7, 198.51.100.1", "198.51.100.1"),  # the left part is the browser's own
        ("127.0.0.1", "192.0.2.7,198.51.100.1 , 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.7, junk", "127.0.0.1"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", ", ,", "127.0.0.1"),
        ("::1", "2001:db8::5", "2001:db8::5"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("not an address", "198.51.100.1", "not an address"),
    ],
)
def test_a_forwarded_address_is_believed_only_from_our_proxies(peer: str, header: str, address: str) -> None:
    assert client_address(peer, header, PROXIES) == address


def test_without_a_proxy_no_header_is_believed() -> None:
    assert client_address("127.0.0.1", "198.51.100.1", ()) == "127.0.0.1"


def test_a_customer_with_ipv6_has_one_subject_and_a_login_any_letters() -> None:
    assert of_address("2001:db8::1") == of_address("2001:db8::ffff:1")
    assert of_address("2001:db8:0:1::1") != of_address("2001:db8::1")
    assert of_login(" Vi.Du") == of_login("vi.du") != of_login("vi-du")
