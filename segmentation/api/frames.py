"""How the server and a process that scores talk: a line of facts and a body, with their lengths."""

from __future__ import annotations

import json
import struct
from typing import Any

LENGTHS = struct.Struct(">IQ")


def pack(facts: dict[str, Any], body: bytes) -> bytes:
    """Return a message.

    Examples
    --------
    >>> message = pack({"status": 200}, b"{}")
    >>> LENGTHS.unpack(message[: LENGTHS.size])
    (14, 2)
    """
    line = json.dumps(facts, separators=(",", ":")).encode()
    return LENGTHS.pack(len(line), len(body)) + line + body
