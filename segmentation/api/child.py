"""The process that scores: jobs on stdin, answers to stdout, until stdin ends."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import IO, Any

from segmentation.api.answers import Answers
from segmentation.api.frames import LENGTHS, pack
from segmentation.api.problems import FAILED, Problem, place_of, problem_facts

# The browser's users come first.
NICENESS = 5


def limit_memory(most_bytes: int) -> None:
    """Bound the address space where the system can."""
    try:
        import resource
    except ImportError:
        return
    _, ceiling = resource.getrlimit(resource.RLIMIT_AS)
    if ceiling == resource.RLIM_INFINITY or ceiling > most_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(jobs: IO[bytes], out: IO[bytes], answers: Answers) -> None:
    """Answer one job after the other."""
    while lengths := jobs.read(LENGTHS.size):
        facts_bytes, body_bytes = LENGTHS.unpack(lengths)
        job = json.loads(jobs.read(facts_bytes))
        body = jobs.read(body_bytes)
        facts: dict[str, Any] = {"status": 200, "counts": {}, "failure": ""}
        try:
            done, facts["counts"] = answers.do(job, body)
        except Problem as problem:
            facts["status"] = problem.status
            done = problem_facts(problem.status, problem.detail)
        except MemoryError:
            # A process that ran out once may be short ever after; the server starts another.
            raise
        except Exception as error:  # noqa: BLE001
            facts |= {"status": 500, "failure": place_of(error)}
            done = problem_facts(500, FAILED)
        answered = json.dumps(done, allow_nan=False, separators=(",", ":")).encode()
        out.write(pack(facts, answered))
        out.flush()


def main() -> None:
    """Score within limits."""
    folder, memory_bytes, rows = sys.argv[1:]
    limit_memory(int(memory_bytes))
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    # Whatever else is written to stdout must not stand among the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # With the server gone, nobody reads.
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(sys.stdin.buffer, out, Answers(folder, int(rows)))


if __name__ == "__main__":
    main()
