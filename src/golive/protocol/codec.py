"""Plans, steps and frames as bytes.

JSON in UTF-8; a frame is one header line ``{"frame": NAME, "size": BYTES}`` and that many bytes.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import json
from typing import Any, BinaryIO, Dict, Iterator, Tuple

from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import KINDS, Endpoint, HostPlan, Ref, Secret, SharedPath, Step, kind_of

FORMAT = 1
"""Raised when the shape of plans or of the host's folders changes; a host with a higher one is refused."""

MAX_FRAME = 4 * 1024 * 1024 * 1024


class MalformedMessage(ValueError):
    """Bytes that are no message of this protocol."""


_NESTED = {"$ref": Ref, "$secret": Secret, "$endpoint": Endpoint, "$shared": SharedPath}
_TAGS = {nested: tag for tag, nested in _NESTED.items()}


def _freeze(value):
    # type: (Any) -> Any
    """JSON value -> immutable value with references restored."""
    if isinstance(value, list):
        return tuple(_freeze(item) for item in value)
    if isinstance(value, dict):
        if len(value) == 1:
            tag = next(iter(value))
            if tag in _NESTED:
                return _NESTED[tag](*_freeze(value[tag]))
        raise MalformedMessage("unexpected object in a step")
    return value


def _thaw(value):
    # type: (Any) -> Any
    """Immutable value -> JSON value."""
    if type(value) in _TAGS:
        return {_TAGS[type(value)]: [_thaw(item) for item in value]}
    if isinstance(value, (tuple, list)):
        return [_thaw(item) for item in value]
    return value


def encode_step(step):
    # type: (Step) -> Dict[str, Any]
    """A step as a JSON object."""
    fields = {name: _thaw(getattr(step.action, name)) for name in step.action._fields}
    return {
        "id": step.id,
        "kind": kind_of(step.action),
        "action": fields,
        "phase": step.phase,
        "why": step.why,
        "needs": list(step.needs),
        "lease": step.lease,
        "repeat": step.repeat,
        "keep": step.keep,
    }


def decode_step(data):
    # type: (Dict[str, Any]) -> Step
    """The reverse of encode_step. Raises MalformedMessage for an unknown kind or field."""
    try:
        action_type = KINDS[data["kind"]]
        action = action_type(**{name: _freeze(value) for name, value in data["action"].items()})
        return Step(
            id=data["id"],
            action=action,
            phase=data["phase"],
            why=data["why"],
            needs=tuple(data["needs"]),
            lease=data["lease"],
            repeat=data["repeat"],
            keep=data["keep"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedMessage("not a step: {!r}".format(error))


def encode_request(request):
    # type: (ProbeRequest) -> Dict[str, Any]
    """A probe request as a JSON object."""
    return {name: _thaw(getattr(request, name)) for name in request._fields}


def decode_request(data):
    # type: (Dict[str, Any]) -> ProbeRequest
    """The reverse of encode_request. Raises MalformedMessage."""
    try:
        return ProbeRequest(**{name: _freeze(value) for name, value in data.items()})
    except TypeError as error:
        raise MalformedMessage("not a probe request: {!r}".format(error))


def encode_plan(plan):
    # type: (HostPlan) -> bytes
    """A plan as bytes: the same plan gives the same bytes."""
    data = plan._asdict()
    data["steps"] = [encode_step(step) for step in plan.steps]
    data["probe"] = encode_request(plan.probe)
    data["consulted"] = [list(pair) for pair in plan.consulted]
    data["format"] = FORMAT
    return json.dumps(data, sort_keys=True, ensure_ascii=False).encode("utf-8")


def decode_plan(content):
    # type: (bytes) -> HostPlan
    """The reverse of encode_plan. Raises MalformedMessage."""
    try:
        data = json.loads(content.decode("utf-8"))
        if data.pop("format") != FORMAT:
            raise MalformedMessage("a plan of another format")
        data["steps"] = tuple(decode_step(step) for step in data["steps"])
        data["probe"] = decode_request(data["probe"])
        data["consulted"] = tuple((path, digest) for path, digest in data["consulted"])
        return HostPlan(**data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedMessage("not a plan: {!r}".format(error))


def write_frame(stream, name, content):
    # type: (BinaryIO, str, bytes) -> None
    """One frame on STREAM."""
    stream.write(frame_header(name, len(content)))
    stream.write(content)


def frame_header(name, size):
    # type: (str, int) -> bytes
    """The line that precedes SIZE bytes of content."""
    return json.dumps({"frame": name, "size": size}).encode("ascii") + b"\n"


def read_header(stream):
    # type: (BinaryIO) -> Tuple[str, int]
    """Name and size of the frame that comes next; its content follows on STREAM. Raises MalformedMessage."""
    line = stream.readline(1024)
    try:
        header = json.loads(line.decode("ascii"))
        name, size = header["frame"], header["size"]
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedMessage("not a frame: {!r}".format(error))
    if not isinstance(name, str) or not isinstance(size, int) or not 0 <= size <= MAX_FRAME:
        raise MalformedMessage("a frame of impossible size")
    return name, size


def read_frames(stream):
    # type: (BinaryIO) -> Iterator[Tuple[str, bytes]]
    """Frames up to one called ``end`` (not returned). Raises MalformedMessage when the stream stops early."""
    while True:
        name, size = read_header(stream)
        content = stream.read(size)
        if len(content) != size:
            raise MalformedMessage("the stream ended inside a frame")
        if name == "end":
            return
        yield name, content
