"""Every core busy, and each computation on one thread, so that no bit depends on their number."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_lock = threading.Lock()
_held: list[Any] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the numerical libraries to one thread.

    Sums taken by several threads come in another order, and so with other last digits. Each
    computation is short; what is spread over cores is whole computations.

    Examples
    --------
    >>> with one_thread():
    ...     pass
    """
    # OpenMP's number is the calling thread's own. That of BLAS is the process's: the first to come
    # sets it and the last to go gives it back, or one would take it from another's hands.
    libraries, _ = _libraries()
    openmp = libraries.select(user_api="openmp").limit(limits=1)
    with _lock:
        if not _held:
            _take_blas()
        _held.append(_held[0] if _held else libraries.select(user_api="blas").limit(limits=1))
    try:
        yield
    finally:
        with _lock:
            blas = _held.pop()
            if not _held:
                _take_blas()
                blas.restore_original_limits()
        openmp.restore_original_limits()


def _take_blas() -> None:
    """Make this the thread that may set the number of BLAS.

    threadpoolctl lets only one thread do so, and says nothing to the others.
    """
    from threadpoolctl import OpenBLASController

    OpenBLASController.clear_controlling_thread(force=True)


def spread(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    progress: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """Work on the items on all cores, and return the results in the items' order.

    Parameters
    ----------
    work : callable
        Takes an item; it runs in a thread of its own, which holds the libraries to one.
    items : sequence
        The longest work first leaves no core idle at the end.
    progress : callable, optional
        Called in the calling thread with (items done, items in all); what it raises ends the work
        once the items at hand are done.

    Examples
    --------
    >>> spread(abs, [-3, 2])
    [3, 2]
    """

    def alone(item: Item) -> Result:
        with one_thread():
            return work(item)

    _, cores = _libraries()
    pool = ThreadPoolExecutor(max(1, min(cores, len(items))))
    try:
        futures = [pool.submit(alone, item) for item in items]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            if progress is not None:
                progress(done, len(items))
        return [future.result() for future in futures]
    finally:
        pool.shutdown(cancel_futures=True)


@cache
def _libraries() -> tuple[Any, int]:
    """Look for the libraries once, which takes longer than a small computation.

    With them comes the number of threads they use when nobody holds them, which heeds what the
    process may and was told.
    """
    import sklearn.cluster  # noqa: F401
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController()
    return found, max([library["num_threads"] for library in found.info()], default=1)
