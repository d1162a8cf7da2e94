"""What the database holds. After a change here: ``flask --app wsgi db migrate -m "what changed"``."""

from datetime import datetime, timezone

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import check_password_hash, generate_password_hash

db = SQLAlchemy()
migrate = Migrate()

LONGEST_NAME = 40
LONGEST_TEXT = 1000


class MessageError(Exception):
    """A message that cannot be taken. Its text says why, for the visitor."""


class Message(db.Model):
    """One entry of the guestbook."""

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(LONGEST_NAME), nullable=False)
    text = db.Column(db.Text, nullable=False)
    written_at = db.Column(db.DateTime, nullable=False, index=True)

    def as_dict(self):
        """The message as the API shows it. Times are UTC."""
        written_at = self.written_at.isoformat(timespec="seconds") + "Z"
        return {"id": self.id, "name": self.name, "text": self.text, "written_at": written_at}


class Admin(db.Model):
    """Someone who may delete messages."""

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(LONGEST_NAME), nullable=False, unique=True)
    password_hash = db.Column(db.String(256), nullable=False)

    def set_password(self, password):
        """Keep only a hash: nobody can read the password back."""
        # Not every Python has scrypt (werkzeug's default); all have pbkdf2.
        self.password_hash = generate_password_hash(password, method="pbkdf2")

    def has_password(self, password):
        """Whether PASSWORD is the right one."""
        return check_password_hash(self.password_hash, password)


def latest_messages(limit=100):
    """The newest messages first."""
    return db.session.scalars(db.select(Message).order_by(Message.id.desc()).limit(limit)).all()


def add_message(name, text):
    """Store a message and return it. Raises MessageError. Pages and API share these rules."""
    if not isinstance(name, str) or not isinstance(text, str):
        raise MessageError("name and text have to be text.")
    name, text = name.strip(), text.strip()
    if not name or not text:
        raise MessageError("Please give a name and a message.")
    if len(name) > LONGEST_NAME or len(text) > LONGEST_TEXT:
        raise MessageError(f"At most {LONGEST_NAME} characters for the name, {LONGEST_TEXT} for the message.")
    written_at = datetime.now(timezone.utc).replace(tzinfo=None)  # SQLite keeps no time zone
    message = Message(name=name, text=text, written_at=written_at)
    db.session.add(message)
    db.session.commit()
    return message
