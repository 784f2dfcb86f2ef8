"""Build the masters of the proof-of-execution template, one per language, from the words below.

Run it after a change here and commit what it writes. What stands in braces is filled in by `associations.proof_template`;
the masters can also be polished in a word processor, as long as the braces stay.
"""
# ruff: noqa: E501 - each text of the document is on one line, as it is read

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as Master
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

FOLDER = Path(__file__).resolve().parent.parent / "associations" / "proof_templates"
ACCENT = RGBColor(0x0F, 0x6C, 0xBD)
LINES_TO_FILL = 4

ENGLISH = {
    "language": "en-US",
    "title": "Proof of execution",
    "lead": "Claim {{ number }}: {{ partner }} for {{ customer }}",
    "purpose": (
        "This document proves to Microsoft that the partner named below did the work for which it asks to be the customer's "
        "partner of record. It is no contract, changes no price and gives no access to the customer's systems."
    ),
    "how": "How to complete it",
    "how_check": "Partner: check section 1. It was filled in from the claim and must stay equal to it.",
    "how_work": "Partner: describe the work in section 3 and attach the documents that support it.",
    "how_revenue": "Partner: check section 3 and attach the documents that support it.",
    "how_products": "Partner: in section 4 mark, for every product, what was done and say where the documents show it.",
    "how_documents": "Partner: in section 4 say, for every product, where the documents show the work.",
    "how_sign": "Customer: read everything, then sign and date section 2. The date may be at most {{ months }} {% if months == 1 %}month{% else %}months{% endif %} before submission.",
    "how_upload": "Partner: upload the signed document as a PDF to the claim. Hide personal data that is not needed; keep the "
    "domain of email addresses readable.",
    "parties": "1. Partner and customer",
    "number": "Claim number",
    "partner": "Partner company",
    "location": "Partner location and MPN ID",
    "customer": "Customer company",
    "domain": "Customer domain name",
    "tenant": "Customer tenant ID (directory ID)",
    "area": "Solution area",
    "activity": "Activity",
    "products": "Products claimed",
    "project": "Project name (optional)",
    "public": "Public-sector customer in the United States or Puerto Rico",
    "public_answer": "☐ No    ☐ Yes: the signed disclosure is attached",
    "acknowledgement": "2. Customer acknowledgement",
    "says_usage": (
        "The customer confirms that the partner deployed the products named in this document at the customer, or drove their "
        "adoption and use, as described in section 3."
    ),
    "says_presales": (
        "The customer confirms that the partner advised it before the purchase of the products named in this document, as "
        "described in section 3."
    ),
    "says_revenue": (
        "The customer confirms that the partner influenced its choice of the products named in this document, as stated in "
        "section 3."
    ),
    "says_other": (
        "The customer confirms that the partner did the work of the activity “{{ activity.name }}” for the products named in this "
        "document, as described in section 3. The program guide tells partners: “{{ activity.choose_when }}”"
    ),
    "sign_name": "Name",
    "sign_title": "Job title",
    "sign_signature": "Signature",
    "sign_date": "Date",
    "work": "3. Work done and supporting documents",
    "work_usage": "For usage, for example: project plan, deployment summary, training or adoption report. Give measurable results, such "
    "as users or devices before and after.",
    "work_presales": "For pre-sales, for example: agenda of a demonstration or workshop, fit-gap analysis, proposal.",
    "work_done": "Work done by the partner",
    "work_when": "From - to",
    "work_result": "Result",
    "work_document": "Document attached",
    "revenue": "3. Revenue association",
    "seller": "Dynamics solution seller name",
    "revenue_customer": "Customer name",
    "isv": "ISV product/solution name",
    "by_product": "4. Products by activity",
    "by_product_hint": "Name every product line by line: a product that appears only in a title does not count.",
    "product": "Product",
    "subscription": "Subscription ID",
    "deploy": "Deployed",
    "adopt": "Adoption and use",
    "where": "Document and page",
    "footer": "{{ number }}, proof of execution",
}

ITALIAN = {
    "language": "it-IT",
    "title": "Prova di esecuzione",
    "lead": "Richiesta {{ number }}: {{ partner }} per {{ customer }}",
    "purpose": (
        "Questo documento dimostra a Microsoft che il partner indicato di seguito ha svolto il lavoro per il quale chiede di essere "
        "il partner di riferimento del cliente. Non è un contratto, non modifica i prezzi e non dà accesso ai sistemi del cliente."
    ),
    "how": "Come compilarlo",
    "how_check": "Partner: verificare la sezione 1, compilata in base alla richiesta. Deve restare identica alla richiesta.",
    "how_work": "Partner: descrivere il lavoro nella sezione 3 e allegare i documenti che lo dimostrano.",
    "how_revenue": "Partner: verificare la sezione 3 e allegare i documenti che la dimostrano.",
    "how_products": "Partner: nella sezione 4 indicare, per ogni prodotto, che cosa è stato fatto e dove risulta nei documenti.",
    "how_documents": "Partner: nella sezione 4 indicare, per ogni prodotto, dove il lavoro risulta nei documenti.",
    "how_sign": "Cliente: leggere tutto, poi firmare e datare la sezione 2. La data può precedere l'invio di {{ months }} {% if months == 1 %}mese{% else %}mesi{% endif %} al massimo.",
    "how_upload": "Partner: caricare nella richiesta il documento firmato, in formato PDF. Nascondere i dati personali non necessari, "
    "lasciando leggibile il dominio degli indirizzi email.",
    "parties": "1. Partner e cliente",
    "number": "Numero della richiesta",
    "partner": "Società del partner",
    "location": "Sede del partner e ID MPN",
    "customer": "Società del cliente",
    "domain": "Nome di dominio del cliente",
    "tenant": "ID tenant del cliente (ID directory)",
    "area": "Area di soluzione",
    "activity": "Attività",
    "products": "Prodotti richiesti",
    "project": "Nome del progetto (facoltativo)",
    "public": "Cliente del settore pubblico negli Stati Uniti o a Porto Rico",
    "public_answer": "☐ No    ☐ Sì: la dichiarazione firmata è allegata",
    "acknowledgement": "2. Conferma del cliente",
    "says_usage": (
        "Il cliente conferma che il partner ha distribuito presso il cliente i prodotti indicati in questo documento, o ne ha promosso "
        "l'adozione e l'utilizzo, come descritto nella sezione 3."
    ),
    "says_presales": (
        "Il cliente conferma che il partner lo ha consigliato prima dell'acquisto dei prodotti indicati in questo documento, come "
        "descritto nella sezione 3."
    ),
    "says_revenue": (
        "Il cliente conferma che il partner ha influenzato la scelta dei prodotti indicati in questo documento, come dichiarato nella "
        "sezione 3."
    ),
    "says_other": (
        "Il cliente conferma che il partner ha svolto il lavoro dell'attività “{{ activity.name }}” per i prodotti indicati in questo "
        "documento, come descritto nella sezione 3. La guida del programma la descrive così al partner: “{{ activity.choose_when }}”"
    ),
    "sign_name": "Nome e cognome",
    "sign_title": "Qualifica",
    "sign_signature": "Firma",
    "sign_date": "Data",
    "work": "3. Lavoro svolto e documenti a supporto",
    "work_usage": "Per l'utilizzo, ad esempio: piano di progetto, riepilogo della distribuzione, report di formazione o di adozione. "
    "Indicare risultati misurabili, come utenti o dispositivi prima e dopo.",
    "work_presales": "Per la prevendita, ad esempio: programma di una dimostrazione o di un workshop, analisi fit-gap, proposta.",
    "work_done": "Lavoro svolto dal partner",
    "work_when": "Dal - al",
    "work_result": "Risultato",
    "work_document": "Documento allegato",
    "revenue": "3. Associazione dei ricavi",
    "seller": "Nome del venditore della soluzione Dynamics",
    "revenue_customer": "Nome del cliente",
    "isv": "Nome del prodotto o della soluzione ISV",
    "by_product": "4. Prodotti per attività",
    "by_product_hint": "Indicare ogni prodotto su una riga propria: un prodotto che compare solo in un titolo non vale.",
    "product": "Prodotto",
    "subscription": "ID sottoscrizione",
    "deploy": "Distribuito",
    "adopt": "Adozione e utilizzo",
    "where": "Documento e pagina",
    "footer": "{{ number }}, prova di esecuzione",
}


def build(words: dict[str, str]) -> Master:
    """Return one master with the sections of domain.md 4.1, those that depend on the activity between conditions."""
    master = blank(words)
    master.add_heading(words["title"], level=0)
    paragraph = master.add_paragraph(words["lead"])
    paragraph.runs[0].bold = True
    master.add_paragraph(words["purpose"])
    add_instructions(master, words)
    add_parties(master, words)
    add_acknowledgement(master, words)
    add_work(master, words)
    add_revenue(master, words)
    add_products(master, words)
    return master


def blank(words: dict[str, str]) -> Master:
    """Return an empty page in the portal's type, its footer and its properties set."""
    master = Document()
    section = master.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name, size in (("Normal", 10.5), ("Title", 22), ("Heading 1", 14), ("Heading 2", 12)):
        set_type(master, name, size=size)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), words["language"])
    master.styles["Normal"].element.get_or_add_rPr().append(language)
    footer = section.footer.paragraphs[0]
    footer.text = words["footer"]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    properties = master.core_properties
    properties.title, properties.author, properties.comments = words["title"], "CPOR portal", ""
    properties.created = properties.modified = datetime(2020, 9, 11, tzinfo=UTC)
    return master


def set_type(master: Master, name: str, *, size: float) -> None:
    """Give a style the portal's typeface, for every script that a style tells apart."""
    style = master.styles[name]
    style.font.name, style.font.size = "Segoe UI", Pt(size)
    if name != "Normal":
        style.font.color.rgb = ACCENT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), "Segoe UI")


def add_instructions(master: Master, words: dict[str, str]) -> None:
    master.add_heading(words["how"], level=2)
    step(master, words["how_check"])
    only_if(master, "not is_revenue", lambda: step(master, words["how_work"]))
    only_if(master, "is_revenue", lambda: step(master, words["how_revenue"]))
    only_if(master, "is_usage", lambda: step(master, words["how_products"]))
    only_if(master, "other_activities and not is_usage", lambda: step(master, words["how_documents"]))
    step(master, words["how_sign"])
    step(master, words["how_upload"])


def add_parties(master: Master, words: dict[str, str]) -> None:
    master.add_heading(words["parties"], level=1)
    add_facts(
        master,
        (
            (words["number"], "{{ number }}"),
            (words["partner"], "{{ partner }}"),
            (words["location"], "{{ location }}"),
            (words["customer"], "{{ customer }}"),
            (words["domain"], "{{ domain_name }}"),
            (words["tenant"], "{{ tenant_id }}"),
            (words["area"], "{{ solution_area }}"),
            (words["activity"], "{{ activities }}"),
            (words["products"], "{{ products }}"),
            (words["project"], ""),
            (words["public"], words["public_answer"]),
        ),
    )


def add_acknowledgement(master: Master, words: dict[str, str]) -> None:
    master.add_heading(words["acknowledgement"], level=1)
    only_if(master, "is_usage", lambda: master.add_paragraph(words["says_usage"]))
    only_if(master, "is_presales", lambda: master.add_paragraph(words["says_presales"]))
    only_if(master, "is_revenue", lambda: master.add_paragraph(words["says_revenue"]))
    marker(master, "{%p for activity in other_activities %}")
    master.add_paragraph(words["says_other"])
    marker(master, "{%p endfor %}")
    names = ("sign_name", "sign_title", "sign_signature", "sign_date")
    table = add_facts(master, ((words[name], "") for name in names))
    for row in table.rows:
        row.height = Cm(1.1)


def add_work(master: Master, words: dict[str, str]) -> None:
    marker(master, "{%p if not is_revenue %}")
    master.add_heading(words["work"], level=1)
    only_if(master, "is_usage", lambda: master.add_paragraph(words["work_usage"]))
    only_if(master, "is_presales", lambda: master.add_paragraph(words["work_presales"]))
    columns = ("work_done", "work_when", "work_result", "work_document")
    table = add_table(master, [words[name] for name in columns], widths=(6.6, 3, 3.5, 3.5))
    for _line in range(LINES_TO_FILL):
        new_row(table).height = Cm(1.3)
    marker(master, "{%p endif %}")


def add_revenue(master: Master, words: dict[str, str]) -> None:
    marker(master, "{%p if is_revenue %}")
    master.add_heading(words["revenue"], level=1)
    add_facts(
        master,
        (
            (words["seller"], "{{ seller }}"),
            (words["revenue_customer"], "{{ revenue_customer }}"),
            (words["isv"], "{{ isv_solution }}"),
        ),
    )
    marker(master, "{%p endif %}")


def add_products(master: Master, words: dict[str, str]) -> None:
    marker(master, "{%p if is_usage or other_activities %}")
    master.add_heading(words["by_product"], level=1)
    master.add_paragraph(words["by_product_hint"])
    for condition, columns, widths in (
        ("is_usage and not has_subscriptions", ("product", "deploy", "adopt", "where"), (5.6, 2.6, 3.4, 5)),
        (
            "is_usage and has_subscriptions",
            ("product", "subscription", "deploy", "adopt", "where"),
            (3.8, 4.6, 2.4, 2.6, 3.2),
        ),
        ("not is_usage and not has_subscriptions", ("product", "where"), (8.3, 8.3)),
        ("not is_usage and has_subscriptions", ("product", "subscription", "where"), (5, 5.8, 5.8)),
    ):
        marker(master, f"{{%p if {condition} %}}")
        table = add_table(master, [words[name] for name in columns], widths=widths)
        new_row(table).cells[0].text = "{%tr for item in items %}"
        filled = {"product": "{{ item.name }}", "subscription": "{{ item.subscription }}", "deploy": "☐", "adopt": "☐"}
        for cell, name in zip(new_row(table).cells, columns, strict=True):
            cell.text = filled.get(name, "")
        new_row(table).cells[0].text = "{%tr endfor %}"
        marker(master, "{%p endif %}")
    marker(master, "{%p endif %}")


def step(master: Master, text: str) -> None:
    master.add_paragraph(text, style="List Number")


def only_if(master: Master, condition: str, add: Callable[[], object]) -> None:
    """Add something that stays only where *condition* holds when the master is filled in."""
    marker(master, f"{{%p if {condition} %}}")
    add()
    marker(master, "{%p endif %}")


def marker(master: Master, text: str) -> None:
    """Add a paragraph that vanishes when the master is filled in."""
    master.add_paragraph(text)


def add_facts(master: Master, rows: Iterable[tuple[str, str]]) -> Table:
    """Add a table of questions in bold and their answers."""
    table: Table = master.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for label, value in rows:
        cells = new_row(table).cells
        cells[0].width, cells[1].width = Cm(6), Cm(10.6)
        cells[0].text = label
        make_bold(cells[0].paragraphs[0])
        cells[1].text = value
    return table


def add_table(master: Master, headings: list[str], *, widths: tuple[float, ...]) -> Table:
    """Add a table with one row of headings, which is repeated on every page."""
    table: Table = master.add_table(rows=1, cols=len(headings), style="Table Grid")
    table.autofit = False
    for cell, column, heading, width in zip(table.rows[0].cells, table.columns, headings, widths, strict=True):
        column.width = cell.width = Cm(width)
        cell.text = heading
        make_bold(cell.paragraphs[0])
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    return table


def new_row(table: Table) -> Any:
    """Return a row added to the end of *table*."""
    return table.add_row()  # type: ignore[no-untyped-call]  # python-docx leaves this one untyped


def make_bold(paragraph: Paragraph) -> None:
    for run in paragraph.runs:
        run.bold = True


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for language, words in (("en", ENGLISH), ("it", ITALIAN)):
        build(words).save(str(FOLDER / f"{language}.docx"))


if __name__ == "__main__":
    main()
