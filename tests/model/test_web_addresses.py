import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magazie.model.web_addresses import is_public, may_be_looked_up

INSIDE = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/128", "::1/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64"),
    *("2001::/32", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "188.214.17.1", "2606:4700::1111", "2a02:2f0c::1"]


@st.composite
def addresses_in(draw: st.DrawFn, networks: list[str]) -> str:
    network = ipaddress.ip_network(draw(st.sampled_from(networks)))
    place = draw(st.integers(0, network.num_addresses - 1))
    return str(network[place])


@given(addresses_in(INSIDE))
def test_no_address_of_an_inside_network_is_public(address: str) -> None:
    assert not is_public(address)
    assert not may_be_looked_up(address)


@given(st.ip_addresses())
def test_what_is_public_is_global_unicast(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved
        assert getattr(address, "ipv4_mapped", None) is None
        assert getattr(address, "sixtofour", None) is None
        assert getattr(address, "teredo", None) is None


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_no_more_public_inside_an_ipv6_one(
    address: ipaddress.IPv4Address,
) -> None:
    number = int(address)
    mapped, compatible = 0xFFFF << 32 | number, number
    nat64 = 0x64FF9B << 96 | number
    for wrapped in (mapped, compatible, nat64, 0x2002 << 112 | number << 80):
        assert not is_public(str(ipaddress.IPv6Address(wrapped)))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)
    assert may_be_looked_up(address)


def spellings(number: int) -> list[str]:
    """How resolvers also let an IPv4 address be written."""
    a, b, c, d = number.to_bytes(4, "big")
    return [
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:04d}.{b}.{c}.{d}",
        f"{a}.{b}.{c}.{d}.",
        f"::ffff:{a}.{b}.{c}.{d}",
        f"{a}.{b}.{c}.0x{d:x}",
        f"{a}.{b}.{c}.{d}%lo",
    ]


@given(st.integers(0, 2**32 - 1), st.data())
def test_an_odd_spelling_of_an_address_is_never_looked_up(number: int, data: st.DataObject) -> None:
    assert not may_be_looked_up(data.draw(st.sampled_from(spellings(number))))


@pytest.mark.parametrize(
    "host",
    ["", " ", ".", "..", "a b", "a\x00b", "exämplu.ro", "１２７.0.0.1", "fe80::1%eth0", "0x"],
)
def test_what_is_no_host_is_not_looked_up(host: str) -> None:
    assert not may_be_looked_up(host)


@pytest.mark.parametrize("host", ["www.magazin.ro", "xn--exmplu-eua.ro", "cdn-1.a.b", "a.ro."])
def test_a_name_is_looked_up(host: str) -> None:
    assert may_be_looked_up(host)
