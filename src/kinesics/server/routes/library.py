"""Models of taught actions, exercises, persons: look at them, bring them, take them away, mend them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from ...errors import UsageError
from ..refusals import Busy
from ..service import held
from .answers import asked_bytes, asked_json, told
from .openapi import Operation, Parameter

if TYPE_CHECKING:
    from ..crew.supervisor import Stream

__all__ = ["library_operations"]

BUNDLE = "application/octet-stream"
Ask = Callable[[Request], Awaitable[Response]]


async def _answer(request: Request, do: str, *bodies: bytes, **args: Any) -> Response:
    return told((await held(request).supervisor.library(do, *bodies, **args)).args)


def _name(request: Request) -> str:
    return str(request.path_params["name"])


def _list(do: str) -> Ask:
    async def ask(request: Request) -> Response:
        return await _answer(request, do)

    return ask


def _of_model(do: str) -> Ask:
    async def ask(request: Request) -> Response:
        return await _answer(request, do, model=_name(request))

    return ask


def _of_name(do: str) -> Ask:
    async def ask(request: Request) -> Response:
        return await _answer(request, do, name=_name(request))

    return ask


def _of_example(do: str) -> Ask:
    async def ask(request: Request) -> Response:
        return await _answer(request, do, model=_name(request), example=request.path_params["n"])

    return ask


async def _body(request: Request) -> bytes:
    data = await asked_bytes(request, held(request).config.limits.bundle_bytes)
    if not data:
        raise UsageError("expected the bytes of a .kin file as the body, got nothing")
    return data


async def _create(request: Request) -> Response:
    wanted = await asked_json(request)
    if set(wanted) != {"model"} or not isinstance(wanted["model"], str):
        raise UsageError('expected {"model": its name}')
    answer = await held(request).supervisor.library("create", model=wanted["model"])
    return told(answer.args, 201)


async def _export(request: Request) -> Response:
    answer = await held(request).supervisor.library("export", model=_name(request))
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="model.kin"'}
    return Response(answer.bodies[0], media_type=BUNDLE, headers=headers)


async def _import(request: Request) -> Response:
    replace = request.query_params.get("replace", "0") in ("1", "true")
    return await _answer(request, "import", await _body(request), model=_name(request), replace=replace)


async def _rename(request: Request) -> Response:
    wanted = await asked_json(request)
    if set(wanted) != {"label", "to"} or not all(isinstance(value, str) for value in wanted.values()):
        raise UsageError('expected {"label": the present name, "to": the new one}')
    return await _answer(request, "rename", model=_name(request), **wanted)


async def _delete_label(request: Request) -> Response:
    return await _answer(request, "delete_label", model=_name(request), label=request.path_params["label"])


async def _record_exercise(request: Request) -> Response:
    service, wanted = held(request), await asked_json(request)
    if not isinstance(wanted.get("stream"), str):
        raise UsageError('expected {"stream": id}: the stream on which the exercise was just shown')
    clip = await _shown(service.stream(wanted["stream"]), last=wanted.get("last") is True)
    return await _answer(request, "exercise", clip, name=_name(request))


async def _shown(stream: Stream, *, last: bool) -> bytes:
    """The clip of what a stream is being shown, which ends with this, or of what it was shown last."""
    if not last:
        return (await stream.ask("teach", do="end", learn=False)).bodies[0]
    if stream.taught is None:
        raise Busy("this stream was shown nothing yet: ask it to teach, do: begin; then ask for this, without last")
    return stream.taught


async def _remove_exercise(request: Request) -> Response:
    return await _answer(request, "remove_exercise", name=_name(request))


async def _export_person(request: Request) -> Response:
    answer = await held(request).supervisor.library("export_person", name=_name(request))
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="person.kin"'}
    return Response(answer.bodies[0], media_type=BUNDLE, headers=headers)


async def _import_person(request: Request) -> Response:
    return await _answer(request, "import_person", await _body(request), name=_name(request))


def library_operations() -> list[Operation]:
    """What can be asked about the library."""
    model, example = "/v1/models/{name}", "/v1/models/{name}/examples/{n:int}"
    return [
        Operation("GET", "/v1/models", _list("models"), "Models of taught actions."),
        Operation(
            "POST",
            "/v1/models",
            _create,
            "Make a model that knows nothing yet.",
            takes="application/json",
            body='{"model": its name}',
            status=201,
        ),
        Operation("GET", model, _export, "A model as a .kin file.", gives=(BUNDLE,)),
        Operation(
            "PUT",
            model,
            _import,
            "Bring a model.",
            (Parameter("replace", "boolean", "in place of the one of that name; else that is refused"),),
            takes=BUNDLE,
            body="a .kin file",
        ),
        Operation("DELETE", model, _of_model("remove_model"), "Remove a model."),
        Operation("GET", f"{model}/examples", _of_model("examples"), "The examples of a model."),
        Operation("GET", example, _of_example("film"), "The joints of an example, moment by moment."),
        Operation("DELETE", example, _of_example("delete"), "Forget an example."),
        Operation("DELETE", f"{model}/labels/{{label:path}}", _delete_label, "Forget an action and all its examples."),
        Operation("POST", f"{model}/undo", _of_model("undo"), "Take the last change back."),
        Operation(
            "POST",
            f"{model}/rename",
            _rename,
            "Give an action another name.",
            takes="application/json",
            body='{"label": the present name, "to": the new one}',
        ),
        Operation("GET", f"{model}/confusions", _of_model("confusions"), "What is taken for what."),
        Operation("GET", "/v1/exercises", _list("exercises"), "Exercises that can be counted."),
        Operation(
            "PUT",
            "/v1/exercises/{name}",
            _record_exercise,
            "Make an exercise of what a stream was shown between teach begin and now.",
            takes="application/json",
            body='{"stream": id}; with "last": true what the last teach end gave',
        ),
        Operation("DELETE", "/v1/exercises/{name}", _remove_exercise, "Remove an exercise of one's own."),
        Operation("DELETE", "/v1/exercises/{name}", _of_name("remove_exercise"), "Remove an exercise of one's own."),
        Operation("GET", "/v1/persons", _list("persons"), "Persons that can be driven."),
        Operation("GET", "/v1/persons/{name}", _export_person, "A person as a .kin file.", gives=(BUNDLE,)),
        Operation("PUT", "/v1/persons/{name}", _import_person, "Bring a person.", takes=BUNDLE, body="a .kin file"),
        Operation("DELETE", "/v1/persons/{name}", _of_name("remove_person"), "Remove a person."),
    ]
