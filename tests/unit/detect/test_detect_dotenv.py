"""Which values of a .env file belong to the computer that they were written on."""

from __future__ import annotations

import pytest

from golive.config.dotenv_file import Assignment
from golive.detect.dotenv import belongs_here

HERE = """\
FLASK_DEBUG=1
DEBUG=True
SQLALCHEMY_DEBUG=yes
TESTING=on
FLASK_ENV=development
APP_ENV=dev
ENVIRONMENT=local
APP_SETTINGS=config.DevelopmentConfig
FLASK_CONFIG=testing
DATABASE_URL=postgresql://me:pw@localhost/shop
REDIS_URL=redis://127.0.0.1:6379/0
MAIL_SERVER=localhost
API_URL=http://[::1]:8000
ALLOWED_HOSTS=localhost,127.0.0.1
DB_HOST=host.docker.internal
SQLITE=sqlite:////home/ann/shop/app.db
SQLITE_WINDOWS=sqlite:///C:/Users/ann/app.db
DATA=C:\\data
UPLOADS=/Users/ann/uploads
SECRET_KEY=dev
JWT_SECRET_KEY=please-change-me-please
STRIPE_KEY=sk_test_4eC39Hq
DSN=postgres://${USER}@db.example/shop
"""
ANYWHERE = """\
DEBUG=0
FLASK_ENV=production
APP_SETTINGS=config.ProductionConfig
LATEST_CONFIG=latest
DATABASE_URL=postgresql://me:pw@db.example.com/shop
SQLITE=sqlite:///app.db
DATA=home/ann
MAIL_SERVER=smtp.localhost-mail.example
SECRET_KEY=8c0f3b0e1d8b4a7fa36c2f4a9d1e5b7c
STRIPE_KEY=sk_live_4eC39Hq
MAIL_PASSWORD=dev
"""


def _assignments(text: str) -> list[Assignment]:
    return [Assignment(*line.split("=", 1), 1) for line in text.splitlines()]


@pytest.mark.parametrize("item", _assignments(HERE), ids=lambda item: item.name)
def test_belongs_here(item: Assignment) -> None:
    assert belongs_here(item)


@pytest.mark.parametrize("item", _assignments(ANYWHERE), ids=lambda item: item.name)
def test_may_travel(item: Assignment) -> None:
    assert not belongs_here(item)
