"""The paths of the API, and what is done before and after any of them answers."""

from __future__ import annotations

import asyncio
import logging
import math
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from segmentation.api.access import Unknown, caller
from segmentation.api.arrivals import Arrivals
from segmentation.api.asking import Answer, Children
from segmentation.api.bodies import media_type, read_body
from segmentation.api.limits import ApiLimits, OpenRequests, Rates
from segmentation.api.openapi import describe
from segmentation.api.problems import (
    FAILED,
    MEDIA_TYPE,
    OnlyProblems,
    Problem,
    place_of,
    problem_response,
)
from segmentation.api.tokens import Tokens

BELOW = "/api/v1"
# They tell nothing that is anybody's own.
OPEN_PATHS = (f"{BELOW}/health", f"{BELOW}/openapi.json")
SAID_BESIDE = ("as_of", "dates", "decimal")

logger = logging.getLogger(__name__)


class Api:
    """All of the API, to be mounted beside the app.

    Parameters
    ----------
    folder : path
        Of the models.
    tokens : Tokens
        Those let in; without any, only this machine is answered.
    limits : ApiLimits
        What requests may cost.
    arrivals : Arrivals
        Where scored customers are counted.

    Attributes
    ----------
    routes : list of Mount
        To be served.
    middleware : list of Middleware
        To stand before the server's own guards.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        tokens: Tokens,
        limits: ApiLimits,
        arrivals: Arrivals,
    ) -> None:
        self._children = Children(folder, limits)
        self._limits = limits
        self._open = OpenRequests(limits)
        self._arrivals = arrivals
        self._description = describe(BELOW, limits, with_tokens=bool(tokens.digests))
        paths = Starlette(
            routes=[
                Route("/health", _health),
                Route("/openapi.json", self._describe),
                Route("/models", self._models),
                Route("/models/{name}", self._model),
                Route("/models/{name}/score", self._score, methods=["POST"]),
            ],
            exception_handlers={Problem: _as_problem, HTTPException: _as_problem},
        )
        paths.router.redirect_slashes = False
        self.routes = [Mount(BELOW, Guarded(paths, tokens, limits))]
        self.middleware = [Middleware(OnlyProblems, below=f"{BELOW}/")]

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """Get ready while the server starts, and leave nothing running when it stops."""
        allow_many_connections()
        warming = asyncio.create_task(self._children.warm_up())
        try:
            yield
        finally:
            warming.cancel()
            with suppress(asyncio.CancelledError, Problem):
                await warming
            await self._children.close()

    async def _describe(self, _: Request) -> Response:
        return JSONResponse(self._description)

    async def _models(self, request: Request) -> Response:
        with self._open.one_more(request.state.caller):
            return _response(await self._children.ask({"do": "list"}))

    async def _model(self, request: Request) -> Response:
        with self._open.one_more(request.state.caller):
            job = {"do": "model", "name": request.path_params["name"]}
            return _response(await self._children.ask(job))

    async def _score(self, request: Request) -> Response:
        media, charset = media_type(request)
        pairs = parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=20)
        job = {
            "do": "score",
            "name": request.path_params["name"],
            "media": media,
            "charset": charset,
            "query": {name: value for name, value in pairs if name in SAID_BESIDE},
        }
        with self._open.one_more(request.state.caller):
            body = await read_body(request, self._limits)
            answer = await self._children.ask(job, body)
        if answer.counts:
            self._arrivals.count(job["name"], answer.counts)
        return _response(answer)


class Guarded:
    """Lets a request through if its caller is known and has not asked too often.

    Whatever goes wrong beyond is answered plainly; the log has the place in the program and no word
    of the request.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    tokens, limits
        As for `Api`.
    """

    def __init__(self, app: ASGIApp, tokens: Tokens, limits: ApiLimits) -> None:
        self._app = app
        self._tokens = tokens
        self._rates = Rates(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            who = self._admitted(scope)
            scope.setdefault("state", {})["caller"] = who
            await self._app(scope, receive, noting)
        except Problem as problem:
            await problem_response(problem)(scope, receive, send)
        except Exception as error:  # noqa: BLE001
            logger.error("The API failed: %s", place_of(error))
            if not begun:
                await problem_response(Problem(500, FAILED))(scope, receive, send)

    def _admitted(self, scope: Scope) -> str:
        address = scope["client"][0] if scope.get("client") else ""
        is_open = scope["path"] in OPEN_PATHS
        refused: Problem | None = None
        try:
            who = caller(Headers(scope=scope), address, self._tokens, is_open=is_open)
        except Unknown as unknown:
            who, refused = unknown.caller, unknown
        wait = self._rates.wait_seconds(who, asyncio.get_running_loop().time())
        if wait:
            raise Problem(
                429,
                "You ask too often. Wait as long as Retry-After says.",
                {"Retry-After": str(math.ceil(wait))},
            )
        if refused is not None:
            raise refused
        return who


def allow_many_connections() -> None:
    """Let the process hold as many as the system would: idle ones must not keep others out."""
    try:
        import resource
    except ImportError:
        return
    _, ceiling = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, ceiling))


def _response(answer: Answer) -> Response:
    if answer.failure:
        logger.error("The API failed: %s", answer.failure)
    kind = "application/json" if answer.status == 200 else MEDIA_TYPE
    return Response(
        answer.body, answer.status, media_type=kind, headers={"Cache-Control": "no-store"}
    )


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _as_problem(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        error = Problem(error.status_code, DETAILS.get(error.status_code, ""), error.headers)
    assert isinstance(error, Problem)
    return problem_response(error)


DETAILS = {
    404: f"There is nothing at this address. {BELOW}/openapi.json tells what there is.",
    405: "This address can't be asked in this way. The header Allow says how.",
}
