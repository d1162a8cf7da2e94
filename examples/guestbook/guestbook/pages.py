"""The pages that people see."""

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for

from .models import Admin, Message, MessageError, add_message, db, latest_messages

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index():
    """All messages, newest first."""
    return render_template("index.html", messages=latest_messages())


@blueprint.route("/sign", methods=["GET", "POST"])
def sign():
    """The form to write a message."""
    if request.method == "GET":
        return render_template("sign.html", name="", text="")
    name, text = request.form.get("name", ""), request.form.get("text", "")
    try:
        add_message(name, text)
    except MessageError as reason:
        flash(str(reason))
        return render_template("sign.html", name=name, text=text), 400
    flash("Thank you for signing! 谢谢你的留言！")
    return redirect(url_for("pages.index"))


@blueprint.route("/login", methods=["GET", "POST"])
def login():
    """Sign in as an admin (made by ``flask create-admin``)."""
    if request.method == "GET":
        return render_template("login.html")
    admin = db.session.scalar(db.select(Admin).filter_by(name=request.form.get("name", "")))
    if admin is None or not admin.has_password(request.form.get("password", "")):
        flash("Wrong name or password.")
        return render_template("login.html"), 401
    session["admin"] = admin.name
    return redirect(url_for("pages.index"))


@blueprint.post("/logout")
def logout():
    """Sign out."""
    session.clear()
    return redirect(url_for("pages.index"))


@blueprint.post("/messages/<int:message_id>/delete")
def delete(message_id):
    """Delete a message; only admins may."""
    if "admin" not in session:
        abort(403)
    db.session.delete(db.get_or_404(Message, message_id))
    db.session.commit()
    flash("The message is gone.")
    return redirect(url_for("pages.index"))
