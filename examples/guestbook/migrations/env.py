"""How ``flask db`` reaches the database: through the app, so that both always mean the same one."""

from alembic import context
from flask import current_app

db = current_app.extensions["migrate"].db

with db.engine.connect() as connection:
    # SQLite cannot change a table in place: "batch" makes a new one and copies the rows.
    context.configure(connection=connection, target_metadata=db.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
