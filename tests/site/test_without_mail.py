"""A site without a mail server: invited, signed up, forgot the password, helped back in, phone paired; all of it."""

import re

import given
from flask import Flask

CONFIRM = {"confirm_password": given.PASSWORD}
NEW = "another long passphrase"


def test_everything_works_without_mail(app: Flask, users) -> None:
    app.config["STREAM"] = given.replaced(app, registration="invite")
    assert users("create", "boss", "--admin", "--password-stdin", input=f"{given.PASSWORD}\n").exit_code == 0
    admin = given.Visitor(app).sign_in("boss")
    admin.get("/en/admin/invites")
    page = admin.post("/en/admin/invites", places=1, days=14).text
    invite = re.search(r'readonly value="http://localhost([^"]+)"', page)[1]

    laptop = given.Visitor(app)
    laptop.get(invite)
    assert laptop.post(invite, username="minji", password=given.PASSWORD).status_code == 303
    laptop.username = "minji"
    laptop.get("/en/lessons/dial")
    laptop.post("/en/lessons/dial/complete")
    laptop.post("/en/sign-out")

    assert "the person who runs it helps you back in" in laptop.get("/en/reset").text
    person = re.search(r'<a href="([^"]+)"><bdi>minji', admin.get("/en/admin/members?q=minji").text)[1]
    admin.get(person)
    page = admin.post(f"{person}/reset-link", why="asked in class", **CONFIRM).text
    link = re.search(r'readonly value="http://localhost([^"]+)"', page)[1]
    laptop.get(link)
    assert laptop.post(link, password=NEW).status_code == 303

    laptop.get("/en/me/pair")
    code = re.search(r'class="pair-code"><b>(\d{3} \d{3})</b>', laptop.post("/en/me/pair").text)[1]
    phone = given.Visitor(app)
    phone.get("/en/pair")
    assert phone.post("/en/pair", username="minji", code=code).status_code == 303
    phone.username = "minji"
    assert phone.standing().xp == laptop.standing().xp > 0
