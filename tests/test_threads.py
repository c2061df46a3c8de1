"""Work spread over the cores, with the libraries held to one thread meanwhile."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from segmentation.threads import one_thread, spread


def held() -> set[int]:
    """Number of threads of each library, as this thread sees it."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return {library["num_threads"] for library in threadpool_info()}


def blas() -> set[int]:
    return {x["num_threads"] for x in threadpool_info() if x["user_api"] == "blas"}


def test_results_come_in_the_order_of_the_items() -> None:
    assert spread(lambda x: x * x, range(50)) == [x * x for x in range(50)]
    assert spread(str, []) == []


def test_each_work_has_one_thread_and_all_come_back() -> None:
    before = held()
    assert all(each == {1} for each in spread(lambda _: held(), range(20)))
    assert held() == before


def test_the_last_to_go_gives_the_threads_back() -> None:
    before = blas()
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with one_thread():
            inside.set()
            leave.wait(30)

    other = threading.Thread(target=stay)
    other.start()
    inside.wait(30)
    with one_thread():
        assert blas() == {1}
    assert blas() == {1}
    leave.set()
    other.join()
    assert blas() == before


def test_progress_is_told_here_and_counts_to_the_end() -> None:
    told = []
    spread(abs, range(5), lambda *now: told.append((*now, threading.get_ident())))
    assert told == [(i, 5, threading.get_ident()) for i in range(1, 6)]


def test_what_progress_raises_ends_the_work() -> None:
    started = []

    def work(item: int) -> None:
        started.append(item)

    def stop(done: int, _: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    before = blas()
    slow = threading.Event()
    with pytest.raises(KeyboardInterrupt):
        spread(lambda item: (work(item), slow.wait(0.05)), range(200), stop)
    assert len(started) < 200
    assert blas() == before


def test_an_error_in_the_work_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        spread(lambda x: 1 / x, [2, 0, 1])
