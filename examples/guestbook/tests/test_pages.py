import pytest

from guestbook import create_app


def sign(client, name="小明", text="你好，世界"):
    return client.post("/sign", data={"name": name, "text": text}, follow_redirects=True)


def sign_in(app, client):
    app.test_cli_runner().invoke(args=["create-admin", "ada", "--password", "enchantress"])
    return client.post("/login", data={"name": "ada", "password": "enchantress"})


def test_an_empty_guestbook_invites(client):
    assert "还没有留言" in client.get("/").text


def test_a_signed_message_is_shown(client):
    page = sign(client).text
    assert "小明" in page
    assert "你好，世界" in page


def test_the_newest_message_is_on_top(client):
    sign(client, text="first")
    page = sign(client, text="second").text
    assert page.index("second") < page.index("first")


def test_a_message_cannot_bring_its_own_html(client):
    assert "<script>" not in sign(client, text="<script>alert(1)</script>").text


@pytest.mark.parametrize(("name", "text"), [("", "hello"), ("Ada", "  "), ("x" * 41, "hello"), ("Ada", "x" * 1001)])
def test_a_bad_message_is_refused_and_what_was_typed_is_kept(client, name, text):
    answer = sign(client, name, text)
    assert answer.status_code == 400
    assert name in answer.text


def test_only_an_admin_may_delete(app, client):
    sign(client)
    assert client.post("/messages/1/delete").status_code == 403
    sign_in(app, client)
    assert "你好，世界" not in client.post("/messages/1/delete", follow_redirects=True).text


def test_a_wrong_password_does_not_sign_in(app, client):
    sign_in(app, client)
    client.post("/logout")
    assert client.post("/login", data={"name": "ada", "password": "guess"}).status_code == 401
    assert client.post("/messages/1/delete").status_code == 403


def test_without_a_secret_key_the_app_does_not_start(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(RuntimeError, match="SECRET_KEY"):
        create_app()
