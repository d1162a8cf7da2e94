"""Commands for the person who runs the site: ``flask --app wsgi create-admin NAME``."""

import click
from flask.cli import with_appcontext

from .models import Admin, db


@click.command("create-admin")
@click.argument("name")
@click.password_option(help="Asked for when it is not given.")
@with_appcontext
def create_admin(name, password):
    """Make an admin, or give an existing one a new password."""
    admin = db.session.scalar(db.select(Admin).filter_by(name=name)) or Admin(name=name)
    admin.set_password(password)
    db.session.add(admin)
    db.session.commit()
    click.echo(f"{name} may sign in at /login now.")
