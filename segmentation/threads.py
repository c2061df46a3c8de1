"""One thread for what must not depend on the number of cores."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Hold the numerical libraries to one thread.

    Sums taken by several threads come in another order, and so with other last digits. Each
    computation is short; what is spread over cores is whole computations.

    Examples
    --------
    >>> with one_thread():
    ...     pass
    """
    return _controller().limit(limits=1)  # type: ignore[no-any-return]


@cache
def _controller() -> Any:
    """Look for the libraries once: going through them takes longer than a small computation."""
    import sklearn.cluster  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
