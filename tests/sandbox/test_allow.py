import pytest
from patchwright.sandbox.allow import Allowed, canonical, parse_allow, public, refusal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("pypi.org", (Allowed("pypi.org"),)),
        (
            " PyPI.org. , files.pythonhosted.org:443",
            (Allowed("pypi.org"), Allowed("files.pythonhosted.org", (443,))),
        ),
        ("*.example.org:8443", (Allowed("*.example.org", (8443,)),)),
        ("10.0.0.5:8080", (Allowed("10.0.0.5", (8080,)),)),
        (
            "[::1]:80,[fe80::1],2001:DB8::0:1",
            (Allowed("::1", (80,)), Allowed("fe80::1"), Allowed("2001:db8::1")),
        ),
        ("[::ffff:127.0.0.1]:80", (Allowed("127.0.0.1", (80,)),)),
    ],
)
def test_hosts_and_ports_are_understood(text: str, expected: tuple[Allowed, ...]) -> None:
    assert parse_allow(text) == expected
    assert parse_allow(",".join(map(str, expected))) == expected


@pytest.mark.parametrize(
    "item",
    [
        *(
            "https://pypi.org",
            "pypi.org/simple",
            "user@pypi.org",
            "pypi org",
            "pypi.org\x00.evil.org",
            "a_b.org",
        ),
        *(
            "*",
            "*.",
            "*.10.0.0.1",
            "a.*.org",
            "pypi.org:",
            "pypi.org:0",
            "pypi.org:65536",
            "pypi.org:http",
            ":80",
        ),
        *(
            "127.1",
            "0x7f.1",
            "2130706433",
            "0177.0.0.1",
            "1.2.3.4.5",
            "[1.2.3.4]:80",
            "[::1",
            "[::1]80",
            "fe80::1%lo",
        ),
        *("-a.org", "a-.org", "a..org", ".org", "a" * 64 + ".org", "a." * 127 + "org", "pypi.org\n", "é.org"),
    ],
)
def test_what_is_no_host_is_named(item: str) -> None:
    with pytest.raises(ValueError, match="is no HOST or HOST:PORT") as e:
        parse_allow(f"good.org,{item}x" if item.endswith("\n") else f"good.org,{item}")
    assert str(e.value).startswith(repr(item + "x" if item.endswith("\n") else item))


def test_an_item_may_not_be_forgotten() -> None:
    with pytest.raises(ValueError, match="''"):
        parse_allow("pypi.org,,example.org")


@pytest.mark.parametrize(
    ("host", "port", "is_open"),
    [
        *[("pypi.org", 443, True), ("pypi.org", 80, True), ("pypi.org", 22, False)],
        *[("PYPI.ORG.", 443, True), ("evilpypi.org", 443, False), ("pypi.org.evil.org", 443, False)],
        *[("a.example.org", 443, True), ("a.b.example.org", 443, True), ("example.org", 443, False)],
        *[("badexample.org", 443, False), ("10.0.0.5", 8080, True), ("10.0.0.5", 80, False)],
        *[("::ffff:10.0.0.5", 8080, True), ("10.0.0.50", 8080, False)],
    ],
)
def test_exactly_what_is_named_is_open(host: str, port: int, is_open: bool) -> None:
    allowed = parse_allow("pypi.org,*.example.org:443,10.0.0.5:8080")
    reason = refusal(allowed, canonical(host), port)
    assert (reason == "") is is_open
    assert is_open or reason.endswith("open: pypi.org, *.example.org:443, 10.0.0.5:8080")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "nonsense",
        ),
    ],
)
def test_a_name_may_not_lead_to_what_is_not_public(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "151.101.0.223", "2606:4700::1111", "64:ff9b::101:101"])
def test_a_name_may_lead_to_what_is_public(address: str) -> None:
    assert public(address)
