"""Deletes what ended sessions leave: typed input and network addresses."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef


def discard_ended_sessions(*, now: datetime) -> int:
    """Delete the sessions that ended by *now*, and the network address and browser noted of them; return how many."""
    deleted, _rows = Session.objects.filter(expire_date__lte=now).delete()
    # Who is signing in at this moment is noted before their session is.
    noted = UserSession.objects.filter(created_at__lte=now - timedelta(minutes=1))
    noted.filter(~Exists(Session.objects.filter(pk=OuterRef("session_key")))).delete()
    return deleted
