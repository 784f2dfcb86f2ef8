"""Editions of the program guide, as drafts."""

import factory
from factory.django import DjangoModelFactory

from associations.models import IncentiveProgram, Product
from guides import models
from guides.choices import Grain, ProofElement, SalesChannel, SignatureKind


class ProgramGuideFactory(DjangoModelFactory):
    """A draft without areas."""

    class Meta:
        model = models.ProgramGuide

    code = factory.Sequence(lambda n: f"draft-{n}")
    title = "An edition for tests"


class GuideAreaFactory(DjangoModelFactory):
    """Succeeds both areas of the first edition, so that none is lost."""

    class Meta:
        model = models.GuideArea

    guide = factory.SubFactory(ProgramGuideFactory)
    code = factory.Sequence(lambda n: f"AREA{n}")
    name = factory.LazyFunction(lambda: {"en": "AI Business Solutions", "it": "Soluzioni aziendali di IA"})
    succeeds = factory.LazyFunction(lambda: ["M365", "BA"])


class GuideActivityFactory(DjangoModelFactory):
    class Meta:
        model = models.GuideActivity

    area = factory.SubFactory(GuideAreaFactory)
    guide = factory.SelfAttribute("area.guide")
    code = factory.Sequence(lambda n: f"ADOPT{n}")
    name = factory.LazyAttribute(lambda row: {"en": f"Adoption {row.code}", "it": f"Adozione {row.code}"})
    choose_when = factory.LazyFunction(lambda: {"en": "You drive use.", "it": "L'azienda promuove l'utilizzo."})
    choice_group = "usage"
    grain = Grain.WORKLOAD
    program = factory.LazyFunction(lambda: IncentiveProgram.objects.get(code="OSU_M365"))
    proof_elements = factory.LazyFunction(lambda: list(ProofElement.values))
    signature_kinds = factory.LazyFunction(lambda: list(SignatureKind.values))
    sales_channels = factory.LazyFunction(lambda: list(SalesChannel.values))


class GuideProductFactory(DjangoModelFactory):
    class Meta:
        model = models.GuideProduct

    area = factory.SubFactory(GuideAreaFactory)
    guide = factory.SelfAttribute("area.guide")
    product = factory.Iterator(Product.objects.all())
    group = "M365"
    name = factory.SelfAttribute("product.name")
