"""Addresses that an email provider calls."""

from django.urls import URLPattern, path

from notifications import views

urlpatterns: list[URLPattern] = [
    path("reports/", views.delivery_reports, name="delivery_reports"),
]
