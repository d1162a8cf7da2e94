"""What an app server imports: ``gunicorn wsgi:app``."""

from guestbook import create_app

app = create_app()
