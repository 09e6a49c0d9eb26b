"""The OpenAPI document of the API."""

from collections.abc import Mapping
from typing import Any, get_args

from kalette.types import Format, __version__
from kalette.web.archive import MAX_FILES
from kalette.web.endpoints import PAGE_HEADER, PALETTE_TYPES
from kalette.web.options import (
    COMPARE_OPTIONS,
    COMPRESS_OPTIONS,
    PALETTE_OPTIONS,
    PICTURES_OPTIONS,
    Option,
)
from kalette.web.problems import MEDIA_TYPE, STATUS_OF

_IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff", "image/avif")
_IMAGE = {"schema": {"type": "string", "contentEncoding": "binary"}}
_IMAGE_OUT = {f"image/{name}": _IMAGE for name in get_args(Format)}
_PALETTE_OUT: dict[str, Any] = {media_type: {} for media_type in PALETTE_TYPES.values()}
_TEXT = {"schema": {"type": "string"}}
_OBJECT = {"schema": {"type": "object"}}
_PAGE_PARAMETER = {
    "name": PAGE_HEADER,
    "in": "header",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    "description": "Marks the requests of a page: a newer one abandons an older one on the same route.",
}
_COMMON_STATUSES = frozenset({400, 403, 405, 408, 409, 413, 415, 422, 429, 500, 503, 504})
_ARCHIVE_SCHEMA = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_FILES,
            "items": {
                "type": "object",
                "required": ["picture"],
                "additionalProperties": False,
                "properties": {
                    "picture": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                    "name": {"type": "string"},
                    "options": {"type": "string", "description": "A query as of /v1/compress."},
                },
            },
        }
    },
}


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kalette",
            "version": __version__,
            "description": "Image compression by K-Means.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/v1/compress": _takes_image(
                "Compress an image",
                COMPRESS_OPTIONS,
                _IMAGE_OUT,
            ),
            "/v1/palette": _takes_image("Find the palette of an image", PALETTE_OPTIONS, _PALETTE_OUT),
            "/v1/compare": _takes_image(
                "Compare numbers of colours", COMPARE_OPTIONS, {"application/json": _OBJECT}
            ),
            "/v1/pictures": _takes_image(
                "Keep an image for further requests", PICTURES_OPTIONS, {"application/json": _OBJECT}, "201"
            ),
            "/v1/archive": {"post": _archive()},
            "/v1/health": _gives("Version and limits", {"application/json": _OBJECT}),
            "/v1/ready": _gives("Whether requests are taken", {"application/json": _OBJECT}, {503}),
            "/v1/metrics": _gives("Figures for Prometheus", {"text/plain": _TEXT}),
            "/v1/openapi.json": _gives("This document", {"application/json": _OBJECT}),
        },
        "components": {"schemas": {"Problem": _problem_schema()}},
    }


def _takes_image(
    summary: str, options: Mapping[str, Option], content: Mapping[str, Any], status: str = "200"
) -> dict[str, Any]:
    return {
        "post": {
            "summary": summary,
            "parameters": [*(_parameter(name, option) for name, option in options.items()), _PAGE_PARAMETER],
            "requestBody": {
                "description": "The image itself; nothing with the option picture.",
                "content": dict.fromkeys((*_IMAGE_TYPES, "application/octet-stream"), _IMAGE),
            },
            "responses": {
                status: {"description": summary, "content": content},
                **_problems({*_COMMON_STATUSES, 404}),
            },
        }
    }


def _archive() -> dict[str, Any]:
    return {
        "summary": "Compress several pictures into a zip",
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ARCHIVE_SCHEMA}}},
        "responses": {
            "200": {"description": "A zip", "content": {"application/zip": _IMAGE}},
            **_problems({*_COMMON_STATUSES, 404}),
        },
    }


def _gives(
    summary: str, content: Mapping[str, Any], statuses: frozenset[int] | set[int] = frozenset()
) -> dict[str, Any]:
    return {
        "get": {
            "summary": summary,
            "responses": {
                "200": {"description": summary, "content": content},
                **_problems({400, 405, *statuses}),
            },
        }
    }


def _parameter(name: str, option: Option) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": option.schema, "description": option.text}


def _problems(statuses: frozenset[int] | set[int]) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    kinds = {status: [kind for kind, of in STATUS_OF.items() if of == status] for status in sorted(statuses)}
    return {
        str(status): {"description": ", ".join(names), "content": {MEDIA_TYPE: schema}}
        for status, names in kinds.items()
    }


def _problem_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "Problem details (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
    }
