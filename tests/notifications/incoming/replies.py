"""Emails that come in, and what is kept of them."""

from email.message import EmailMessage

from notifications.models import IncomingEmail

READER = "carla@customer.example"


def email_from(sender, *, to, text="", subject="Re: Notice", **fields):
    """An email as the server of the mailbox keeps it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def came_to(address, raw):
    return f"Return-Path: <>\nDelivered-To: {address}\n".encode() + raw


def kept():
    return list(IncomingEmail.objects.order_by("pk").values_list("kind", "email__key"))
