"""Who asks, and whether they may."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from segmentation.api.problems import Problem
from segmentation.api.tokens import Tokens

# What proxies add: behind one, everybody comes from its address.
PROXY_HEADERS = frozenset(
    {
        "forwarded",
        "via",
        "client-ip",
        "true-client-ip",
        "fastly-client-ip",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-proxyuser-ip",
        "x-appengine-user-ip",
        "x-azure-clientip",
    }
)
PROXY_SUFFIXES = ("client-ip", "connecting-ip", "forwarded-for", "remote-addr", "nginx-proxy")
PROXY_PREFIXES = ("x-forwarded", "x-original-", "x-envoy-", "x-amzn-", "cf-", "tailscale-")


def caller(headers: Headers, address: str, tokens: Tokens, *, is_open: bool = False) -> str:
    """Tell callers apart, for their limits, and turn away those who may not ask.

    Where no token was configured, only this machine itself is answered.

    Parameters
    ----------
    headers : Headers
        Of the request.
    address : str
        Where the connection comes from.
    tokens : Tokens
        Those let in.
    is_open : bool
        Whether the path needs no token, where there are any.

    Raises
    ------
    Problem
        401 without a token, or with a wrong one; 403 from elsewhere while there are none.

    Examples
    --------
    >>> caller(Headers({"host": "localhost:8501"}), "127.0.0.1", Tokens())
    'address 127.0.0.1'
    >>> caller(Headers({"host": "evil.example"}), "127.0.0.1", Tokens())
    Traceback (most recent call last):
    segmentation.api.problems.Problem: Without a token the API answers only on this machine...
    """
    here = f"address {_network(address)}"
    if not tokens.digests:
        if not _from_this_machine(headers, address):
            raise Problem(
                403,
                "Without a token the API answers only on this machine itself. Whoever runs it can "
                "make one with python -m segmentation token.",
            )
        return here
    place = _place(headers, tokens)
    if place is not None:
        return f"token {place}"
    if is_open:
        return here
    raise Unknown(here)


class Unknown(Problem):
    """No token, or one that nobody knows.

    Parameters
    ----------
    caller : str
        Who asked, so that guessing has its limits too.
    """

    def __init__(self, caller: str) -> None:
        self.caller = caller
        super().__init__(
            401,
            "Send a token that is known here, as Authorization: Bearer TOKEN.",
            {"WWW-Authenticate": "Bearer"},
        )


def _place(headers: Headers, tokens: Tokens) -> int | None:
    given = headers.getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    return tokens.place_of(token.strip()) if scheme.lower() == "bearer" else None


def _from_this_machine(headers: Headers, address: str) -> bool:
    """Tell whether nobody else can be behind a request: no proxy, and no page of another site.

    A browser here can be made to ask by any page it shows. It then tells where the page is from,
    or, if that name was made to lead here, asks for a name that is not this machine's.
    """
    if any(_is_a_proxys(name) for name in headers):
        return False
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _is_loopback_name(hosts[0]):
        return False
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = headers.get("origin")
    if origin is not None and origin != f"{urlsplit(origin).scheme}://{hosts[0]}":
        return False
    return _is_loopback(address)


def _is_loopback_name(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    inner = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (inner or found).is_loopback


def _network(address: str) -> str:
    """Return an address, or of IPv6 the half that one customer of a provider has to themselves."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found)


def _is_a_proxys(name: str) -> bool:
    return name in PROXY_HEADERS or name.startswith(PROXY_PREFIXES) or name.endswith(PROXY_SUFFIXES)
