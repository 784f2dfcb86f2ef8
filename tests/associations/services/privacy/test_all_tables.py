"""Every table says how the personal data in it is exported, erased and forgotten, or that it has none."""

import inspect

import pytest
from django.apps import apps
from django.db import models

from accounts import anonymizing
from associations.services.files import proof_files
from associations.services.privacy import erasure, personal_data, retention

APPS = ("accounts", "associations", "guides", "insights", "notifications")

# By table: the words of the modules that export, erase and forget it. A table joins one of the two lists.
PERSONAL = {
    "accounts.User": ("User", "erase_account", None),
    "associations.Contact": ("Contact", "claim.contacts", "claim.contacts"),
    "associations.CustomerNotice": ("CustomerNotice", "claim.notices", "claim.notices"),
    "associations.Acknowledgement": ("Acknowledgement", "forget_acknowledgement", "forget_acknowledgement"),
    "associations.AcknowledgementCode": ("AcknowledgementCode", "forget_acknowledgement", "AcknowledgementCode"),
    "associations.RequestsLink": ("RequestsLink", "RequestsLink", None),
    "associations.Claim": ("ClaimEvent", "NAMING_PEOPLE", "NAMING_PEOPLE"),
    "associations.ClaimEvent": ("ClaimEvent", "forget_lines", "forget_lines"),
    "associations.Comment": ("Comment", "claim.comments", "claim.comments"),
    "associations.ClaimHold": ("ClaimHold", "claim.holds", "claim.holds"),
    "associations.ReviewDraft": ("ReviewDraft", "claim.review_drafts", "claim.review_drafts"),
    "associations.PartnerMember": ("PartnerMember", "PartnerMember", None),
    "associations.SavedView": ("SavedView", "SavedView", None),
    "associations.CalendarFeed": (None, "CalendarFeed", None),
    "associations.SubscriptionWatch": (None, "SubscriptionWatch", None),
    "associations.CommentMark": ("CommentMark", None, None),
    "associations.CommentReply": ("CommentReply", "CommentReply", None),
    "associations.DigestLine": ("DigestLine", "DigestLine", "claim.digest_lines"),
    "associations.SubmitRequest": (None, "SubmitRequest", None),
    "associations.JobRow": ("JobRow", "imported_rows_about", None),
    "associations.ProofOfExecution": (None, None, "forget_proof"),
    "associations.ProofReading": ("ProofReading", "texts_of", "ProofReading"),
    "associations.ProofPointer": ("ProofPointer", "claim.proof_pointers", "claim.proof_pointers"),
    "notifications.OutboxEmail": ("OutboxEmail", "outbox.forget", "outbox.forget"),
    "notifications.IncomingEmail": ("IncomingEmail", "outbox.forget", "outbox.forget"),
    "notifications.Notification": ("Notification", "Notification", "in_app.discard"),
}
# Names of companies, products and files, numbers, and days; who did it is an account, which is forgotten itself.
NOT_PERSONAL = {
    "accounts.UsedCode",
    "associations.Association",
    "associations.BulkRow",
    "associations.BulkRun",
    "associations.ClaimedProduct",
    "associations.CustomerTenant",
    "associations.HolidayOverride",
    "associations.IncentiveProgram",
    "associations.Job",
    "associations.JobFile",
    "associations.LocationEnrolment",
    "associations.LooseFile",
    "associations.Partner",
    "associations.PartnerLocation",
    "associations.Product",
    "associations.Reminder",
    "associations.SealCertificate",
    "associations.Subscription",
    "associations.TenantDomain",
    "guides.GuideActivity",
    "guides.GuideArea",
    "guides.GuideProduct",
    "guides.ProgramGuide",
    "insights.MonthlyUsage",
    "insights.UsageImport",
    "notifications.ClockRun",
    "notifications.IncomingCount",
    "notifications.MailTrouble",
}


def test_every_table_is_in_one_of_the_lists():
    tables = {model._meta.label for app in APPS for model in apps.get_app_config(app).get_models()}

    assert tables == set(PERSONAL) | NOT_PERSONAL
    assert not set(PERSONAL) & NOT_PERSONAL


@pytest.mark.parametrize("table", PERSONAL)
def test_what_is_personal_is_named_where_it_is_exported_erased_and_forgotten(table):
    sources = [
        inspect.getsource(personal_data),
        inspect.getsource(erasure) + inspect.getsource(anonymizing),
        inspect.getsource(retention),
    ]

    missing = [word for word, source in zip(PERSONAL[table], sources, strict=True) if word and word not in source]

    assert missing == []
    assert any(PERSONAL[table])


def test_a_table_without_personal_data_has_no_column_for_an_address():
    columns = {
        f"{label}.{field.name}"
        for label in NOT_PERSONAL
        for field in apps.get_model(label)._meta.get_fields()
        if isinstance(field, models.EmailField | models.GenericIPAddressField)
    }

    assert columns == set()


def test_the_text_of_a_proof_goes_wherever_its_file_goes():
    assert "ProofReading" in inspect.getsource(proof_files)
    assert (
        apps.get_model("associations.ProofReading")._meta.get_field("proof").remote_field.on_delete is models.CASCADE
    )
