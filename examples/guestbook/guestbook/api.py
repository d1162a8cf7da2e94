"""The REST API: the same messages as JSON."""

from flask import Blueprint, jsonify, request

from .models import MessageError, add_message, latest_messages

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/messages")
def list_messages():
    """``{"messages": [...]}``, newest first. ``?limit=10`` for fewer."""
    limit = request.args.get("limit", default=100, type=int)
    return jsonify(messages=[message.as_dict() for message in latest_messages(max(1, min(limit, 100)))])


@blueprint.post("/messages")
def create_message():
    """Takes ``{"name": ..., "text": ...}``; 201 and the message, or 400 and ``{"error": ...}``."""
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        return jsonify(error="Send a JSON object with name and text."), 400
    try:
        message = add_message(data.get("name", ""), data.get("text", ""))
    except MessageError as reason:
        return jsonify(error=str(reason)), 400
    return jsonify(message.as_dict()), 201
