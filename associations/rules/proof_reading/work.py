"""The work done: sentences that say what was carried out, not the instructions of a form or a general confirmation."""

import re
from collections.abc import Iterator, Sequence

from associations.rules.proof_reading.dates import without_dates
from associations.rules.proof_reading.lines import ReadLine
from associations.rules.proof_reading.paragraphs import Paragraphs
from associations.rules.proof_reading.parties import Seen
from associations.rules.proof_reading.scope import OUT_OF_SCOPE

DONE = re.compile(
    r"\b(?:deploy(?:ed|ment)|roll(?:ed)?[- ]?out|configur(?:ed|ation)|migrat(?:ed|ion)|train(?:ed|ing)"
    r"|workshops?|adoption|install(?:ed|ation)"
    r"|enabl(?:ed|ement)|onboard(?:ed|ing)|implement(?:ed|ation)|set up|deliver(?:ed|y)|advis(?:ed|ory)"
    r"|design(?:ed)?|assess(?:ed|ment)|demonstrat(?:ed|ion)s?"
    r"|fit-gap|go-live|integrat(?:ed|ion)|customi[sz](?:ed|ation)|test(?:ed|ing)|moved|piloted|coached"
    r"|supported|documented|connected|enrolled|protected|helped|taught|switch(?:ed)? on|built|created"
    r"|rolling out|provision(?:ed|ing)|secured|upgraded|transferred|introduced|launched|activated|set[- ]up"
    r"|distribui\w+|distribuzione|configura\w+|migra(?:to|ta|ti|te|zione)|formazione|formato|formati"
    r"|addestra\w+|installa\w+|adozione|attiva(?:to|ta|ti|te|zione)"
    r"|implementa\w+|realizza\w+|consegna\w*|affianca\w+|progetta\w+|analizza\w+|analisi|dimostrazion\w+"
    r"|integra(?:to|ta|ti|te|zione)|personalizza\w+|collaud\w+"
    r"|avvia(?:to|ta|ti|te)|avvio|supporto|consulenza|spostat\w+|collega(?:to|ta|ti|te)|protett\w+"
    r"|assisti(?:to|ta|ti|te)|assistenza|registrat[ioae]|abilita(?:to|ta|ti|te|zione)|trasferi\w+|aggiorna(?:to|ta|ti|te)"
    r"|introdott[oaie]|predispost[oaie]|insegnat[oaie])\b",
    re.IGNORECASE,
)
NOT_TOLD = re.compile(
    r"^\W*(?:describe|list|give|attach|state|name every|partner:|customer:|cliente:|for usage, for example"
    r"|for pre-sales, for example"
    r"|per l['’]utilizzo, ad esempio|per la prevendita, ad esempio|descrivere|indicare|elencare|allegare"
    r"|inserire|specificare|esempio|example|e\.g\.|<|\[|_{3,})"
    r"|\b(?:the customer (?:hereby )?confirms that|il cliente conferma che|this document proves"
    r"|questo documento dimostra|we (?:offer|are|can|would)|offriamo|siamo"
    r""
    r"|our company (?:is|has|offers?|delivers?)|la nostra azienda (?:è|ha|offre)|wants? to|vuole|desidera"
    r"|will|would|could|should|going to|potrebbe\w*|dovrebbe\w*|vorremmo"
    r"|shall|is planned|are planned|plans? to|would|sarà|saranno|verrà|verranno|si prevede"
    r"|è previst\w+|if you|se desider\w+|kind regards|cordiali saluti"
    r"|not been|was not|were not|non (?:è|sono) stat\w)\b",
    re.IGNORECASE,
)
HEADING = re.compile(
    r"\b(?:work (?:done|performed|carried out|completed)|engagement activities|activities (?:and services"
    r"|performed|carried out)|services (?:delivered|provided|performed)|what we did"
    r"|work description|description of (?:the )?(?:work|services|engagement)|project activities"
    r"|deliverables|lavoro svolto|lavori svolti|attivit[àa] (?:svolte|eseguite|di progetto)"
    r"|servizi (?:erogati|svolti|forniti)|descrizione (?:del|delle|dei) (?:lavor|attivit|serviz)\w*"
    r"|interventi eseguiti)\b",
    re.IGNORECASE,
)
FEWEST_WORDS = 5
LINES_UNDER_A_HEADING = 12


def work_in(lines: Sequence[ReadLine], paragraphs: Paragraphs) -> Iterator[Seen]:
    """Yield the lines that say what was done, those under a heading of the work first."""
    told = [line for line in lines if tells_of_work(line, paragraphs)]
    under = [line for line in told if is_under_a_heading(lines, line)]
    for line in under or told:
        yield Seen(line, 0, len(line.text))


def tells_of_work(line: ReadLine, paragraphs: Paragraphs) -> bool:
    if not line.counts or line.text.rstrip().endswith(":") or len(without_dates(line.text).split()) < FEWEST_WORDS:
        return False
    sentences = {paragraphs.sentence(line, done.start()) for done in DONE.finditer(line.text)}
    return any(not (NOT_TOLD.search(each) or OUT_OF_SCOPE.search(each)) for each in sentences)


def is_under_a_heading(lines: Sequence[ReadLine], line: ReadLine) -> bool:
    above = lines[max(0, line.index - LINES_UNDER_A_HEADING) : line.index]
    return HEADING.search(line.part.name) is not None or any(HEADING.search(each.text) for each in above)
