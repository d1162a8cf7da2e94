from guestbook.models import Admin, db


def test_create_admin_makes_one_and_renews_the_password(app):
    runner = app.test_cli_runner()
    for password in ("first", "second"):
        result = runner.invoke(args=["create-admin", "ada"], input=f"{password}\n{password}\n")
        assert result.exit_code == 0, result.output
    admins = db.session.scalars(db.select(Admin)).all()
    assert [admin.name for admin in admins] == ["ada"]
    assert admins[0].has_password("second")
    assert not admins[0].has_password("first")
