"""The description of the API, as OpenAPI 3.1 has it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, get_args

from segmentation.api.bodies import CSV, JSON
from segmentation.api.limits import ApiLimits
from segmentation.api.problems import MEDIA_TYPE
from segmentation.results import Rule
from segmentation.settings import DateOrder, DecimalMark, Role
from segmentation.values import LARGEST_NUMBER

VERSION = "1.0.0"
# What any path may answer instead of what it is for.
ALWAYS = (400, 401, 403, 405, 429)
SCORING = (404, 408, 409, 413, 415, 422, 503)

Schema = dict[str, Any]


def describe(below: str, limits: ApiLimits, *, with_tokens: bool) -> Schema:
    """Return the description.

    Parameters
    ----------
    below : str
        Path that all others begin with.
    limits : ApiLimits
        What is told of them.
    with_tokens : bool
        Whether a token is asked for.

    Examples
    --------
    >>> sorted(describe("/api/v1", ApiLimits(), with_tokens=False)["paths"])[:2]
    ['/api/v1/health', '/api/v1/models']
    """
    secured: Schema = {"security": [{"token": []}]} if with_tokens else {}
    name: Schema = {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "What the model is called in the list.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 80},
    }
    paths: Schema = {
        "/health": {
            "get": {
                "operationId": "health",
                "summary": "Tell whether the server answers",
                "responses": _answers("Health", ()),
            }
        },
        "/openapi.json": {
            "get": {
                "operationId": "describe",
                "summary": "This description",
                "responses": {
                    "200": {
                        "description": "OpenAPI 3.1",
                        "content": {JSON: {"schema": {"type": "object"}}},
                    },
                    **_problems(()),
                },
            }
        },
        "/models": {
            "get": {
                "operationId": "listModels",
                "summary": "List the saved models",
                "responses": _answers("Models", (503,)),
                **secured,
            }
        },
        "/models/{name}": {
            "parameters": [name],
            "get": {
                "operationId": "readModel",
                "summary": "Tell what a model needs, and what its segments are",
                "responses": _answers("Model", (404, 409, 503)),
                **secured,
            },
        },
        "/models/{name}/score": {
            "parameters": [name],
            "post": {
                "operationId": "score",
                "summary": "Tell the segments of customers",
                "description": f"At most {limits.rows:,} customers and {limits.body_bytes:,} bytes "
                "at once. Order lines, for models made from such, are sent as CSV. Rows of this "
                "form that don't fit the model are a conflict (409).",
                "parameters": _said_beside(),
                "requestBody": {"required": True, "content": _bodies(limits)},
                "responses": _answers("Scores", SCORING),
                **secured,
            },
        },
    }
    parts: Schema = {"schemas": _schemas()}
    if with_tokens:
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Customer segments",
            "version": VERSION,
            "description": "Which segment a customer is in, by the saved models of the workbench.",
        },
        "paths": {below + path: item for path, item in paths.items()},
        "components": parts,
    }


def _answers(schema: str, problems: tuple[int, ...]) -> Schema:
    answer = {"$ref": f"#/components/schemas/{schema}"}
    return {
        "200": {"description": "Done", "content": {JSON: {"schema": answer}}},
        **_problems(problems),
    }


def _problems(statuses: tuple[int, ...]) -> Schema:
    schema = {"$ref": "#/components/schemas/Problem"}
    described: Schema = {}
    for status in sorted({*ALWAYS, *statuses}):
        answer: Schema = {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        if status in (429, 503):
            answer["headers"] = {
                "Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}
            }
        described[str(status)] = answer
    return described


def _said_beside() -> list[Schema]:
    return [
        {
            "name": "as_of",
            "in": "query",
            "description": "Date that days are counted to, of order lines; the day after the last "
            "order if it is left out.",
            "schema": {"type": "string", "format": "date"},
        },
        {
            "name": "dates",
            "in": "query",
            "description": "What comes first in 03/04/2026, in CSV.",
            "schema": {"enum": list(get_args(DateOrder))},
        },
        {
            "name": "decimal",
            "in": "query",
            "description": "What a lone mark in 1.234 or 1,234 is, in CSV.",
            "schema": {"enum": list(get_args(DecimalMark))},
        },
    ]


def _bodies(limits: ApiLimits) -> Schema:
    return {
        JSON: {
            "schema": _object(
                {
                    "rows": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": limits.rows,
                        "description": "For each customer its features, by name, in original "
                        "units; what is left out is missing. Either every row has its id, by the "
                        "name of the column that the model has for it, or none; these are "
                        "numbered from 1.",
                        "items": {
                            "type": "object",
                            "additionalProperties": {
                                "type": ["number", "string", "null"],
                                "minimum": -LARGEST_NUMBER,
                                "maximum": LARGEST_NUMBER,
                            },
                        },
                    },
                }
            ),
            "example": {"rows": [{"CustomerID": "c7", "Age": 31, "Annual Income (k$)": 84.5}]},
        },
        CSV: {
            "schema": {"type": "string"},
            "example": "CustomerID,Age,Annual Income (k$)\nc7,31,84.5\n",
        },
    }


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _schemas() -> Schema:
    text, whole, number = {"type": "string"}, {"type": "integer"}, {"type": "number"}
    count = {"type": "integer", "minimum": 0}
    kind = {"enum": ["customers", "transactions"], "description": "What a row of its files is."}
    short = {"kind": kind, "made_at": text, "customers": count, "k": {**whole, "minimum": 1}}
    role = {"enum": [*get_args(Role), None]}
    return {
        "Health": _object({"status": {"const": "ok"}}),
        "Problem": _object(
            {"type": text, "title": text, "status": {**whole, "minimum": 400}, "detail": text}
        ),
        "Models": _object(
            {
                "models": _list(
                    {
                        "oneOf": [
                            _object({"name": text, "usable": {"const": True}, **short}),
                            _object({"name": text, "usable": {"const": False}, "problem": text}),
                        ]
                    }
                )
            }
        ),
        "Model": _object(
            {
                "name": text,
                **short,
                "features": _list(
                    {"oneOf": [_feature("quantiles", number), _feature("values", text)]}
                ),
                "columns": _list(_object({"name": text, "type": text, "role": role})),
                "segments": _list(
                    _object(
                        {
                            "id": {**whole, "minimum": 1},
                            "name": text,
                            "description": text,
                            "action": text,
                            "customers": count,
                        }
                    )
                ),
                "trust": _object({"level": text, "sentence": text}),
            }
        ),
        "Scores": _object(
            {
                "model": text,
                "made_at": text,
                "as_of": {"type": ["string", "null"], "format": "date"},
                "scores": _list(_score()),
                "set_aside": _list(_object({"id": text, "reason": {"enum": list(get_args(Rule))}})),
                "doubts": _list(_object({"kind": text, "column": text, "text": text})),
                "notes": _list(text),
            }
        ),
    }


def _feature(known: str, of: Schema) -> Schema:
    kind = {"quantiles": "number", "values": "category"}[known]
    return _object({"name": {"type": "string"}, "type": {"const": kind}, known: _list(of)})


def _score() -> Schema:
    text, at_least_one = {"type": "string"}, {"type": "integer", "minimum": 1}
    return _object(
        {
            "id": {**text, "description": "As sent, or the number of the row where none has one."},
            "segment_id": at_least_one,
            "segment": text,
            "runner_up_id": at_least_one,
            "runner_up": text,
            "margin": {
                "type": "number",
                "minimum": 0,
                "maximum": 1,
                "description": "0 on the border to the runner-up; the nearer to 1, the clearer.",
            },
            "outside": {
                "type": "boolean",
                "description": "Farther off than 99% of the segment's customers when it was made.",
            },
            "missing": {
                "type": "integer",
                "minimum": 0,
                "description": "How many of the model's features have no value, and are filled in.",
            },
        }
    )
