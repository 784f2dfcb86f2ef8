"""The pages of the usage data."""

from django.urls import URLPattern, path

from insights import views

urlpatterns: list[URLPattern] = [
    path("", views.usage_list, name="usage_list"),
    path("export.csv", views.usage_csv, name="usage_csv"),
    path("<uuid:tenant_id>/", views.usage_customer, name="usage_customer"),
]
