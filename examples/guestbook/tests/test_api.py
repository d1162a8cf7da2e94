import pytest


def test_a_posted_message_is_listed(client):
    answer = client.post("/api/messages", json={"name": "小红", "text": "到此一游"})
    assert answer.status_code == 201
    assert client.get("/api/messages").json == {"messages": [answer.json]}
    assert answer.json["name"] == "小红"
    assert answer.json["written_at"].endswith("Z")


def test_chinese_is_readable_in_the_answer(client):
    assert "到此一游" in client.post("/api/messages", json={"name": "小红", "text": "到此一游"}).text


def test_the_list_can_be_short(client):
    for number in range(3):
        client.post("/api/messages", json={"name": "Ada", "text": str(number)})
    assert [message["text"] for message in client.get("/api/messages?limit=2").json["messages"]] == ["2", "1"]


@pytest.mark.parametrize("body", [{}, {"name": "Ada"}, {"name": 1, "text": "hello"}, [1], None])
def test_a_bad_message_is_refused_with_a_reason(client, body):
    answer = client.post("/api/messages", json=body)
    assert answer.status_code == 400
    assert answer.json["error"]


def test_what_is_not_json_is_refused(client):
    assert client.post("/api/messages", data="name=Ada").status_code == 400
