"""Every address of the floor."""

from django.urls import path

from bench.floor import views, wizard

urlpatterns = [
    path("healthz", views.healthz),
    path("claims/<int:partner_id>/", views.claims_of_a_partner),
    path("claims/", views.all_claims),
    path("claim/<int:claim_id>/", views.one_claim),
    path("start/", wizard.start),
    path("step/<str:step>/<int:claim_id>/", wizard.step),
]
