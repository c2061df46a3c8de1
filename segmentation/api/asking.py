"""Processes that score for the server: what a request costs is paid there, and not by the app."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segmentation.api.frames import LENGTHS, pack
from segmentation.api.limits import ApiLimits
from segmentation.api.problems import Problem

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a child answered.

    Parameters
    ----------
    status : int
        HTTP status.
    body : bytes
        JSON; a problem unless the status is 200.
    counts : dict of str to int
        Customers scored, by the name of their segment.
    failure : str
        Where in the program something went wrong; empty if nothing did.
    """

    status: int
    body: bytes
    counts: dict[str, int]
    failure: str


class Children:
    """A few processes, started when first needed, that are ended when they take too long.

    Parameters
    ----------
    folder : path
        Of the models.
    limits : ApiLimits
        How many there are and what each may use.
    """

    def __init__(self, folder: str | os.PathLike[str], limits: ApiLimits) -> None:
        self._folder = os.fspath(folder)
        self._limits = limits
        self._places = asyncio.Semaphore(limits.children)
        self._idle: list[Process] = []
        self._all: set[Process] = set()

    async def ask(self, job: dict[str, Any], body: bytes = b"") -> Answer:
        """Have a job done.

        Raises
        ------
        Problem
            503 if it takes too long, or the child dies of it.
        """
        async with self._places:
            child = self._idle.pop() if self._idle else await self._start()
            try:
                async with asyncio.timeout(self._limits.answer_seconds):
                    answer = await _exchange(child, job, body)
            except (TimeoutError, OSError, asyncio.IncompleteReadError):
                raise Problem(
                    503,
                    "Scoring this needs more time or memory than it is given. Send fewer rows at "
                    "once.",
                    {"Retry-After": "10"},
                ) from None
            else:
                self._idle.append(child)
                return answer
            finally:
                if child not in self._idle:
                    await self._end(child)

    async def warm_up(self) -> None:
        """Start one, so that the first request need not wait for it."""
        await self.ask({"do": "list"})

    async def close(self) -> None:
        """End all of them."""
        self._idle.clear()
        for child in tuple(self._all):
            await self._end(child)

    async def _start(self) -> Process:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "segmentation.api.child",
            self._folder,
            str(self._limits.child_memory_bytes),
            str(self._limits.rows),
            stdin=PIPE,
            stdout=PIPE,
            # What went wrong with someone's rows may show them.
            stderr=DEVNULL,
            cwd=ROOT,
        )
        self._all.add(child)
        return child

    async def _end(self, child: Process) -> None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        self._all.discard(child)


async def _exchange(child: Process, job: dict[str, Any], body: bytes) -> Answer:
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(pack(job, body))
    await child.stdin.drain()
    facts_bytes, body_bytes = LENGTHS.unpack(await child.stdout.readexactly(LENGTHS.size))
    facts = json.loads(await child.stdout.readexactly(facts_bytes))
    answered = await child.stdout.readexactly(body_bytes)
    return Answer(body=answered, **facts)
