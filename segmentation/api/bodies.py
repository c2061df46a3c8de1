"""The body of a request, as far as it is within limits."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from segmentation.api.limits import ApiLimits
from segmentation.api.problems import Problem

JSON, CSV = "application/json", "text/csv"
# Of what is too large so much is still taken in, so that a client who writes first reads why.
PATIENCE = 4


def media_type(request: Request) -> tuple[str, str]:
    """Return the media type of a body and its character set, empty if it doesn't say.

    Raises
    ------
    Problem
        415 if it is neither JSON nor CSV, or is compressed.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(415, "Send the body as it is, not compressed.", {"Accept-Encoding": ""})
    kind, *parameters = request.headers.get("content-type", "").split(";")
    kind = kind.strip().lower()
    if kind not in (JSON, CSV):
        raise Problem(415, f"Send the rows as {JSON} or {CSV}, and say so in Content-Type.")
    said = dict(parameter.strip().lower().partition("=")[::2] for parameter in parameters)
    return kind, said.get("charset", "").strip('"')


async def read_body(request: Request, limits: ApiLimits) -> bytes:
    """Take in a body.

    Raises
    ------
    Problem
        413 if it is too large, 408 if it takes too long.
    """
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _read(request, limits)
    except TimeoutError:
        raise Problem(
            408,
            f"The body took longer than {limits.body_seconds:,} seconds to come in. Send less at "
            "once.",
            {"Connection": "close"},
        ) from None
    except ClientDisconnect:
        raise Problem(400, "The body ended early.") from None


async def _read(request: Request, limits: ApiLimits) -> bytes:
    told = request.headers.get("content-length", "")
    size = 0
    parts: list[bytes] = []
    is_too_large = told.isascii() and told.isdigit() and int(told[:18]) > limits.body_bytes
    async for part in request.stream():
        size += len(part)
        is_too_large |= size > limits.body_bytes
        if is_too_large:
            parts.clear()
        else:
            parts.append(part)
        if size > PATIENCE * limits.body_bytes:
            break
    if is_too_large:
        raise Problem(
            413,
            f"The body has more than the {limits.body_bytes:,} bytes that are taken at once. "
            "Send the rows in several requests.",
            {"Connection": "close"},
        )
    return b"".join(parts)
