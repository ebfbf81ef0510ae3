"""What the descriptions of all faces share: an OpenAPI 3.1 document from the wire types, and a page that shows it."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from posixpath import dirname, relpath
from typing import Any

import msgspec
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from swagger_ui_bundle import swagger_ui_path

from trackway.web.http import json_response

Json = dict[str, Any]
Meanings = Mapping[str, Mapping[str, Json]]
_REFERENCE = "#/components/schemas/{name}"
_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="{assets}/favicon-32x32.png">
<link rel="stylesheet" href="{assets}/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="{assets}/swagger-ui-bundle.js"></script>
<script src="{assets}/swagger-initializer.js"></script>
</html>
"""
_SCRIPT = """SwaggerUIBundle({{
  url: new URL("{document}", document.currentScript.src).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: "none",
}});
"""


def schemas(asked: Iterable[Any], told: Iterable[Any], meanings: Meanings) -> Json:
    """The schemas of what is asked and told; `meanings` adds to the fields what their types do not say.

    What is told has all of its fields, save those that may be unset, and no others.
    """
    answers = _components(told)
    for schema in (one for one in answers.values() if "properties" in one):
        fields = schema["properties"]
        schema["required"] = [name for name in fields if name in schema["required"] or "default" in fields[name]]
        schema["additionalProperties"] = False
        for field in fields.values():
            field.pop("default", None)
    found = _components(asked) | answers
    for name, fields in meanings.items():
        for field, more in fields.items():
            found[name]["properties"][field].update(more)
    return found


def _components(kinds: Iterable[Any]) -> Json:
    return msgspec.json.schema_components(kinds, ref_template=_REFERENCE)[1]


def reference(*kinds: Any) -> Json:
    """A schema that points to the type's own, or to any of several."""
    found, _ = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    return found[0] if len(found) == 1 else {"anyOf": list(found)}


def body(description: str, schema: Json, example: object, **more: Any) -> Json:
    """A request body or a response of JSON."""
    content = {"schema": schema, "example": msgspec.to_builtins(example)}
    return {"description": description, "content": {"application/json": content}, **more}


def document(*, title: str, description: str, server: str, paths: Json, components: Json) -> Json:
    """The whole document; every operation wants the one security scheme that there is, save where it says otherwise."""
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version("trackway"), "description": description},
        "servers": [{"url": server}],
        "security": [{name: []} for name in components["securitySchemes"]],
        "paths": paths,
        "components": components,
    }


def routes(described: Json, *, page: str, path: str) -> list[BaseRoute]:
    """The page, the document at `path`, and what the page needs below it; nothing comes from another host."""
    assets = page.removesuffix("/index.html")
    html = _PAGE.format(title=described["info"]["title"], assets=relpath(assets, dirname(page)))
    script = _SCRIPT.format(document=relpath(path, assets))
    served: dict[str, Response] = {
        page: Response(html, headers=_HEADERS, media_type="text/html"),
        path: json_response(msgspec.json.encode(described)),
        f"{assets}/swagger-initializer.js": Response(script, media_type="text/javascript"),
    } | {f"{assets}/{name}": FileResponse(swagger_ui_path / name) for name in _ASSETS}
    return [Route(address, response, methods=["GET"]) for address, response in served.items()]
