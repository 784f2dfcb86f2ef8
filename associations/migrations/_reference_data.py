"""Programs, workloads and products as of the founding document (domain.md 3.2-3.4, D2, D8, D9)."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PROGRAMS = (
    # activity, code, name, pays incentives
    ("M365_USAGE", "OSU_M365", "Online Services Usage - Microsoft 365", True),
    ("BA_USAGE", "OSU_BA", "Online Services Usage - Business Applications", True),
    ("BA_PRESALES", "OSA_SELL", "Online Services Advisory Sell", True),
    ("BA_REVENUE", "REV_ASSOC", "Revenue association", False),
)

WORKLOADS = (
    # code, name, can be claimed (D9), counts for payment
    ("EXO", "Exchange Online", True, True),
    ("SPO", "SharePoint Online", True, True),
    ("TEAMS", "Microsoft Teams", True, False),
    ("M365APPS", "Microsoft 365 Apps for enterprise", True, True),
    ("YAMMER", "Yammer", True, False),
    ("INTUNE", "Microsoft Intune", True, True),
    ("AADP", "Azure Active Directory Premium", True, True),
    ("AIP", "Azure Information Protection", True, False),
    ("MDO", "Microsoft Defender for Office 365", True, True),
    ("MDE", "Microsoft Defender for Endpoint", True, True),
    ("MDI", "Microsoft Defender for Identity", False, True),
    ("MCAS", "Microsoft Cloud App Security", False, True),
    ("AADP2", "Azure Active Directory Premium P2", False, True),
    ("TEAMS_MEET", "Teams Meetings", False, True),
    ("TEAMS_PHONE", "Teams Phone", False, True),
    ("TEAMS_PLAT", "Teams Platform", False, True),
    ("TEAMS_ROOMS", "Teams Rooms", False, True),
    ("TEAMS_FLW", "Teams for frontline workers", False, True),
    ("OUTLOOK_MOB", "Outlook Mobile", False, False),
    ("IRM", "Insider Risk Management", False, True),
    ("SFB", "Skype for Business Online", False, True),
    ("VIVA_CONN", "Viva Connections", False, True),
    ("VIVA_INS", "Viva Insights", False, True),
    ("VIVA_LEARN", "Viva Learning", False, True),
    ("VIVA_TOPICS", "Viva Topics", False, True),
    ("VIVA_GOALS", "Viva Goals", False, True),
)

PRODUCTS = (
    # code, name, group
    ("D365_SALES", "Dynamics 365 Sales", "CE"),
    ("D365_CS", "Dynamics 365 Customer Service", "CE"),
    ("D365_FS", "Dynamics 365 Field Service", "CE"),
    ("D365_PSA", "Dynamics 365 Project Operations", "CE"),
    ("D365_MKT", "Dynamics 365 Marketing", "CE"),
    ("D365_MRS", "Microsoft Relationship Sales", "CE"),
    ("D365_CEPLAN", "Dynamics 365 Customer Engagement Plan", "CE"),
    ("D365_CI", "Dynamics 365 Customer Insights", "CE"),
    ("D365_OMNI", "Omnichannel for Customer Service", "CE"),
    ("D365_FIN", "Dynamics 365 Finance", "FO"),
    ("D365_SCM", "Dynamics 365 Supply Chain Management", "FO"),
    ("D365_COM", "Dynamics 365 Commerce", "FO"),
    ("D365_RET", "Dynamics 365 Retail", "FO"),
    ("D365_HR", "Dynamics 365 Human Resources", "FO"),
    ("D365_UO", "Dynamics 365 Unified Operations Plan", "FO"),
    ("D365_FRAUD", "Dynamics 365 Fraud Protection", "FO"),
    ("D365_IOM", "Dynamics 365 Intelligent Order Management", "FO"),
    ("D365_GUIDES", "Dynamics 365 Guides", "FO"),
    ("D365_REMOTE", "Dynamics 365 Remote Assist", "FO"),
    ("D365_BC", "Dynamics 365 Business Central", "SMB"),
    ("D365_TM", "Dynamics 365 Team Members", "X"),
    ("PBI", "Power BI", "PP"),
    ("PAPPS", "Power Apps", "PP"),
    ("PAUTO", "Power Automate", "PP"),
    ("PVA", "Power Virtual Agents", "PP"),
    ("AIB", "AI Builder", "PP"),
    ("PPAGES", "Power Apps portals", "PP"),
)

REVENUE_ONLY = frozenset({"PBI"})
NOT_YET_CLAIMABLE = frozenset({"D365_IOM", "PPAGES"})


def load(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    program, product = apps.get_model("associations", "IncentiveProgram"), apps.get_model("associations", "Product")
    program.objects.bulk_create(
        program(activity=activity, code=code, name=name, is_paid=is_paid) for activity, code, name, is_paid in PROGRAMS
    )
    product.objects.bulk_create(
        product(
            code=code,
            name=name,
            solution_area="M365",
            group="M365",
            is_claimable=is_claimable,
            is_paid_eligible=is_paid_eligible,
        )
        for code, name, is_claimable, is_paid_eligible in WORKLOADS
    )
    product.objects.bulk_create(
        product(
            code=code,
            name=name,
            solution_area="BA",
            group=group,
            is_dynamics_365=code.startswith("D365_"),
            is_claimable=code not in NOT_YET_CLAIMABLE,
            is_revenue_only=code in REVENUE_ONLY,
        )
        for code, name, group in PRODUCTS
    )


def unload(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    codes = [row[0] for row in WORKLOADS + PRODUCTS]
    apps.get_model("associations", "Product").objects.filter(code__in=codes).delete()
    apps.get_model("associations", "IncentiveProgram").objects.filter(code__in=[row[1] for row in PROGRAMS]).delete()
