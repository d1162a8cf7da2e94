"""A guestbook: pages for people, a REST API for programs."""

import os

from flask import Flask

from . import api, commands, pages
from .models import db, migrate


def create_app(settings=None):
    """Make the app. SETTINGS (a dict) go over those from the environment; the tests use that."""
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ.get("SECRET_KEY"),
        # A relative SQLite path lies in the instance folder: instance/guestbook.db
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///guestbook.db"),
        # Other sites cannot make a signed-in visitor delete a message.
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.config.update(settings or {})
    if not app.config["SECRET_KEY"]:
        raise RuntimeError("SECRET_KEY is not set. It signs the cookies; for a try-out: export SECRET_KEY=dev")
    app.json.ensure_ascii = False  # 你好 stays readable in the API's answers

    db.init_app(app)
    migrate.init_app(app, db)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(api.blueprint)
    app.cli.add_command(commands.create_admin)
    return app
