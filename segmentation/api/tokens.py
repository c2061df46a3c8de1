"""Bearer tokens, of which only digests are kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from segmentation.errors import SettingsError

PREFIX = "sha256:"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def make_token() -> str:
    """Return a new token: 256 random bits, so that its plain digest can't be guessed back."""
    return f"seg_{secrets.token_urlsafe(32)}"


def digest_of_token(token: str) -> str:
    """Return what is kept of a token.

    Examples
    --------
    >>> digest_of_token("a")[:20]
    'sha256:ca978112ca1bb'
    """
    return PREFIX + hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The digests of the tokens that are let in.

    Parameters
    ----------
    digests : tuple of str
        Each ``sha256:`` and 64 hexadecimal digits; none if no token was configured.

    Raises
    ------
    SettingsError
        If one is anything else, such as a token itself.
    """

    digests: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for number, digest in enumerate(self.digests, start=1):
            if not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
                raise SettingsError(
                    f"Token {number} of the API is not written as a digest",
                    remedy="Make one with python -m segmentation token, and write its sha256: line",
                )

    @classmethod
    def told(cls, digests: object) -> Tokens:
        """Take them from a configuration, in which anything may stand."""
        if isinstance(digests, str) or not isinstance(digests, Iterable):
            raise SettingsError(
                "The tokens of the API are not a list", remedy='Write tokens = ["sha256:..."]'
            )
        return cls(digests=tuple(digests))

    def place_of(self, token: str) -> int | None:
        """Tell which of the tokens it is, None if it is none.

        Every digest is compared in full, so that the time taken tells nothing.

        Examples
        --------
        >>> Tokens(digests=(digest_of_token("a"), digest_of_token("b"))).place_of("b")
        1
        """
        given = digest_of_token(token)
        found = None
        for place, digest in enumerate(self.digests):
            if hmac.compare_digest(digest, given):
                found = place
        return found
