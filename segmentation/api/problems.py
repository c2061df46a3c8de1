"""Errors as RFC 9457 has them: problem+json."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"
FAILED = "The server failed. Tell whoever runs it to look at its log."
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


class Problem(Exception):  # noqa: N818
    """A request is not answered as it was meant.

    Parameters
    ----------
    status : int
        HTTP status.
    detail : str
        What happened and what to do.
    headers : mapping, optional
        Further headers of the answer.
    """

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        super().__init__(detail)


def problem_facts(status: int, detail: str) -> dict[str, Any]:
    """Return the members of a problem; its type is told by its status alone.

    Examples
    --------
    >>> problem_facts(404, "There is no model called 'x'")["title"]
    'Not Found'
    """
    title = TITLES.get(status) or HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def problem_response(problem: Problem) -> JSONResponse:
    """Return a problem as an answer."""
    return JSONResponse(
        problem_facts(problem.status, problem.detail),
        status_code=problem.status,
        headers={"Cache-Control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )


def place_of(error: BaseException) -> str:
    """Tell what kind of error happened and where in the program, without its words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    code = trace.tb_frame.f_code
    return f"{type(error).__name__} in {code.co_qualname}, line {trace.tb_lineno}"


class OnlyProblems:
    """Middleware: below a path, whatever refuses a request does so with a problem.

    A server has guards of its own, which answer before any route does.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    below : str
        The path.
    """

    def __init__(self, app: ASGIApp, below: str) -> None:
        self._app = app
        self._below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._below):
            await self._app(scope, receive, send)
            return
        replaced = False

        async def instead(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                if message["status"] >= 400 and not kind.startswith(MEDIA_TYPE):
                    replaced = True
                    problem = Problem(message["status"], "The server refuses this address.")
                    await problem_response(problem)(scope, receive, send)
            if not replaced:
                await send(message)

        await self._app(scope, receive, instead)
