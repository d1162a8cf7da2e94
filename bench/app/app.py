# mypy: ignore-errors
"""The small Flask app that is deployed again and again, with another greeting each time."""

from flask import Flask

GREETING = "version 0"

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """The page that the stream of requests asks for."""
    return f"<!doctype html><title>bench</title><p>A good answer: {GREETING}</p>"
