"""Make the sample documents: nine that become summaries, and three that show why a document cannot be read.

Run by `make samples`. All people and firms are invented; mail goes to example domains, phone numbers
come from ranges that are reserved for fiction. Two runs give the same bytes.

Most texts are written with four marks at the start of a line: "#" name or title, "##" heading,
"###" an entry as "when | what | where", "-" a point of a list. Any other line is a paragraph.
"""

from __future__ import annotations

import io
import random
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from importlib import resources
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont
from reportlab import platypus  # type: ignore[import-untyped]  # reportlab ships no types
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_LEFT, TA_RIGHT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4, LETTER  # type: ignore[import-untyped]
from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]

# --- What the documents say -------------------------------------------------------------------------------------------

WAREHOUSE = """
# Ada Kowalczyk
Warehouse shift supervisor
Leeds, United Kingdom · 07700 900142 · ada.kowalczyk@example.org
## Profile
Supervisor with thirteen years on the warehouse floor, from order picking to leading a night shift of 24 people. At home with cold storage, stock audits and the induction of new staff.
## Work experience
### 03/2019 – present | Shift Supervisor | Brackenfield Logistics Ltd, Leeds
- Lead 24 pickers and forklift drivers on the night shift of a chilled distribution centre.
- Cut mispicks from 1.8% to 0.6% within a year by pairing new starters with experienced pickers.
- Plan rotas and holiday cover, and run the quarterly stock audit.
### 06/2015 – 02/2019 | Forklift Operator | Hollowgate Cold Storage, Wakefield
- Loaded and unloaded up to 30 trailers a shift at –22 °C, without a reportable accident.
- Trained eleven colleagues on the handheld scanners.
### 09/2013 – 05/2015 | Order Picker | Merrow & Pike Wholesale, Bradford
- Picked and packed dry goods for 60 independent shops.
## Education
### 2011 – 2013 | Level 3 Diploma in Logistics | Airevale College, Leeds
## Certificates
- Counterbalance and reach truck certificate, renewed May 2024
- First Aid at Work, 11/2025
## Skills
Warehouse management systems, stock audits, rota planning, cold chain, staff induction, Excel
## Languages
English (C1), Polish (native)
## Driving licence
Categories B and C1
"""

DEVELOPER_BAR = """
## Contact
Chicago, IL, USA
(312) 555-0142
marcus.delgado@example.com
https://marcus.example.com
## Skills
TypeScript, React
CSS, design systems
Web accessibility
Node.js, PostgreSQL
## Languages
English – native
Spanish – fluent
## Certifications
Web Accessibility Specialist, October 2023
"""

DEVELOPER = """
# Marcus Delgado
Front-end developer
## Summary
I build web applications that people can use with a keyboard, a screen reader or a phone on a slow train. Nine years of experience in health care and ticketing.
## Experience
### Jun 2021 – Present | Senior Front-End Developer | Copperline Health Software, Chicago, IL
- Lead a team of four that rebuilt the patient portal for 310,000 patients in React and TypeScript.
- Brought the portal from 46 open accessibility findings to none in the March 2024 audit.
- Introduced a design system that six product teams now share.
### Aug 2017 – May 2021 | Front-End Developer | Blue Heron Ticketing, Milwaukee, WI
- Built the seat map that sells up to 900 tickets a minute on the first day of a tour.
- Reduced the size of the checkout page from 2.1 MB to 480 KB.
- Wrote the end-to-end tests that run before every release.
### May 2016 – Aug 2016 | Web Development Intern | Prairie Lantern Media, Chicago, IL
- Moved the archive of a local newspaper to a searchable site.
## Education
### 2013 – 2017 | B.S. in Computer Science | Lake Meridian University, Chicago, IL
"""

ACCOUNTANT_HEADER = "Åsa Lindqvist · 070-174 06 33 · asa.lindqvist@example.org · Göteborg, Sverige"
ACCOUNTANT_BOX = ["Kompetenser", "Bokslut · Moms och skatt · Löner · Excel · Handledning"]
ACCOUNTANT = """
# Redovisningsekonom
Noggrann ekonom med vana vid hela kedjan från leverantörsfaktura till årsbokslut. Trivs där siffrorna ska förklaras för människor som inte är ekonomer.
## Arbetslivserfarenhet
### Period | Befattning | Arbetsgivare
### aug 2020 – pågående | Redovisningsekonom: bokslut för tre dotterbolag, handleder två assistenter | Tallvik Möbler AB, Göteborg
### mars 2016 – juli 2020 | Ekonomiassistent: kund- och leverantörsreskontra, momsdeklarationer | Skärgårdsbryggan AB, Kungälv
### jan 2013 – feb 2016 | Löneassistent: löner för 180 anställda | Västra Bageriet i Borås AB, Borås
## Utbildning
### 2009 – 2012 | Kandidatexamen i företagsekonomi | Högskolan i Vätterstad
## Språk
Svenska (modersmål), engelska (C1), tyska (A2)
## Körkort
B
"""

ELECTRICIAN = """
# Jonas Brückner
Elektroniker für Betriebstechnik
## Persönliche Daten
### Anschrift | Weißdornweg 12, 13086 Berlin, Deutschland
### Telefon | +49 30 23125 417
### E-Mail | jonas.brueckner@example.org
### Geburtsdatum | 14.06.1992 in Halle (Saale)
## Berufserfahrung
### seit April 2021 | Schichtführer Instandhaltung | Gießerei Löwenbruch GmbH, Berlin
- Führung von acht Elektronikern und Schlossern im Dreischichtbetrieb
- Ungeplante Stillstände der Schmelzöfen um ein Drittel verringert
- Ansprechpartner für Prüfungen der Arbeitssicherheit
### 08/2016 – 03/2021 | Elektroniker | Spreeau Förderanlagen GmbH, Fürstenwalde
- Montage und Inbetriebnahme von Förderbändern bei Kunden in sechs Ländern
- Fehlersuche an Steuerungen, auch außerhalb der Regelarbeitszeit
### 03/2013 – 07/2016 | Elektroniker | Süßwaren Mühlgraben KG, Halle (Saale)
- Wartung der Verpackungslinien, Prüfung ortsfester Anlagen
## Ausbildung
### 09/2009 – 02/2013 | Ausbildung zum Elektroniker für Betriebstechnik | Süßwaren Mühlgraben KG
### 2009 | Realschulabschluss | Händelschule am Saalebogen, Halle (Saale)
## Zertifikate
### November 2022 | Schaltberechtigung bis 30 kV
### 2019 | Ausbildereignungsprüfung (AdA-Schein)
## Kenntnisse
### Fachlich | Speicherprogrammierbare Steuerungen, Antriebstechnik, Schaltpläne
### Sprachen | Deutsch (Muttersprache), Englisch (B2), Polnisch (A2)
### Führerschein | Klasse B, BE
"""

ENGINEER = """
# Eleanor Whitfield
Programme director, civil engineering and infrastructure
York, United Kingdom · 020 7946 0857 · eleanor.whitfield@example.net
## Profile
Chartered civil engineer with 32 years in rail, water, ports and energy, from the drawing board to the board room. I take over large programmes at the point where they are late, over budget or no longer believed in, and hand them back with a plan that the people on site can keep. Used to public clients, joint ventures and contracts in which risk is shared.
## Professional experience
### since September 2021 | Programme Director | Halden Bridge Rail Ltd, York
- Answer for the renewal of 214 km of track and 38 bridges with a budget of £410 million, and report to the board every month.
- Rebuilt the programme plan after a lost winter; 31 of the 38 bridges have since been handed over, the last twelve of them within two weeks of the promised date.
- Lead a team of 46 planners, engineers and commercial managers in York, Derby and Carlisle, eleven of whom joined as trainees.
- Introduced one register of risks for client and contractors, which replaced nine spreadsheets and ended the monthly dispute over whose figures count.
### January 2018 – August 2021 | Senior Programme Manager | Severnlea Water Partnership, Gloucester
- Delivered 27 treatment works and 90 km of trunk main under one framework, £18 million below its target price of £236 million.
- Negotiated with five contractors the shared use of plant and tunnelling crews, so that no drive stood idle for more than three weeks in four years.
- Kept all sites open through the spring of 2020 with split shifts, and wrote the guidance that the partnership then made its standard.
- Chaired the design review of the Aldcombe pumping station, which won an award from the county for the way it sits in its valley.
### 04/2016 – 12/2017 | Programme Manager (contract) | Tollgate Interchange Joint Venture, Birmingham
- Planned the building of a bus and tram interchange in eleven stages around a road with 60,000 vehicles a day, of which no more than one lane was ever closed.
- Settled 140 open compensation events in nine months and agreed a final account without adjudication.
- Recruited and trained the team of six that took the interchange into operation.
### 10/2014 – 03/2016 | Project Manager (contract) | Maresby Port Expansion, Hull
- Built 620 m of quay wall and two ferry berths in a working port, with 14,000 tonnes of steel piles driven outside the fish migration season.
- Brought a piling contract that was seven weeks late back to its programme by a second rig and a change of sequence, agreed on one page.
- Looked after the marine licence, the harbour master's conditions and the complaints of 300 neighbours.
### 11/2013 – 09/2014 | Interim Head of Project Controls | Corvane Energy Networks, Leeds
- Set up planning, cost control and reporting for a substation programme of 22 sites that had run for two years without a baseline.
- Hired eight planners and cost engineers and handed over to a permanent head of department in September 2014.
### May 2011 – October 2013 | Senior Project Manager | Arkwell & Dunmore Engineers, Manchester
- Managed the design of four railway stations and a depot for three clients, with up to 35 engineers in two offices.
- Won follow-on work of £6.2 million and brought late payment down from 71 to 38 days.
- Mentored nine graduates to their professional review; all nine passed at the first attempt.
### 02/2010 – 04/2011 | Project Manager (secondment) | Kestrelholm Metro Consortium, Copenhagen
- Coordinated the interfaces between tunnels, stations and signalling for a line of 15 km in a consortium of firms from four countries.
- Ran weekly meetings in English and Danish, and kept a list of 600 open interface points that had 40 left when I returned.
### June 2008 – January 2010 | Project Manager | Arkwell & Dunmore Engineers, Manchester
- Led the design of a flood relief channel of 3.4 km and its nine footbridges, from options to tender.
- Presented the scheme at eleven public meetings and to the inquiry, which approved it without conditions.
### 03/2006 – 05/2008 | Project Engineer | Lindisvale Tram Company, Newcastle upon Tyne
- Supervised the renewal of 12 km of street track in night closures of six hours, 340 nights in all.
- Wrote the handover procedure that brought the tram back into service within 25 minutes of the last weld.
### 09/2004 – 02/2006 | Site Manager | Brough & Tarrant Construction, Sheffield
- Ran the site of a hospital car park and energy centre with up to 120 workers, next to a maternity ward that never closed.
- Finished five weeks early; no lost-time accident in 210,000 working hours.
### 01/2003 – 08/2004 | Site Engineer | Brough & Tarrant Construction, Sheffield
- Set out and checked foundations, retaining walls and drainage for a retail park and two schools.
- Introduced weekly concrete cube reviews, after which no pour had to be broken out.
### March 2001 – December 2002 | Site Engineer | Glen Farrow Dam Refurbishment, Perthshire
- Supervised the grouting and the new spillway of a masonry dam from 1908, with the reservoir in use throughout.
- Kept the instrument readings of 64 points and wrote the monthly letter to the inspecting engineer.
### 07/1999 – 02/2001 | Structural Engineer | Pellow Hartnell Consulting, Bristol
- Designed steel and concrete frames for warehouses, a swimming pool and a library, and checked the work of two graduates.
- Assessed 70 road bridges for 40-tonne vehicles; 58 were kept in service without strengthening.
### 10/1997 – 06/1999 | Volunteer Engineer | Wexcombe Wells Trust, Zomba, Malawi
- Built 41 wells and a gravity water supply for 9,000 people together with village committees, and trained 26 pump mechanics.
### 09/1995 – 09/1997 | Graduate Engineer | Pellow Hartnell Consulting, Bristol
- Calculations and drawings for schools, footbridges and a sea wall; two summers on site as assistant resident engineer.
### 07/1994 – 08/1995 | Research Assistant | University of Wexcombe
- Tested the bond of stainless steel bars in marine concrete; co-author of two papers.
## Education
### 2009 – 2011 | MSc in Programme Management (part-time) | University of Wexcombe
### 1991 – 1994 | BEng in Civil Engineering, first class | University of Wexcombe
## Qualifications
- Chartered Civil Engineer, 2002
- Accredited mediator for construction disputes, June 2017
- Site safety for managers, renewed 02/2025
## Skills
Programme planning, earned value, target cost contracts, risk registers, interface management, stakeholder engagement, mediation, mentoring
## Languages
English (native), Danish (B2), French (B1)
## Driving licence
Category B
"""

COOK = """\
CAMILLE FOURNIER
Cheffe de partie – pâtisserie

Lyon, France
Tél. : 06 39 98 12 45
Courriel : camille.fournier@example.org

EXPÉRIENCE PROFESSIONNELLE
==========================

Depuis mai 2022         Cheffe de partie, Restaurant L'Œillet Gris, Lyon
                        * Carte des desserts renouvelée à chaque saison
                        * Encadrement de deux apprentis
                        * Coût matière réduit de 31 % à 26 %

09/2018 – avril 2022    Commis pâtissière, Hôtel du Vieux Cormoran, Annecy
                        * Petits déjeuners et banquets jusqu'à 220 couverts

juil. 2016 – août 2018  Pâtissière, Maison Garancière, Grenoble
                        * Viennoiserie, entremets, pièces montées

FORMATION
=========

2014 – 2016             CAP Pâtissier, Lycée hôtelier du Val-d'Ombre, Grenoble

COMPÉTENCES
===========

Entremets, travail du chocolat, gestion des stocks, hygiène HACCP

LANGUES
=======

Français (langue maternelle), anglais (B1), italien (A2)

Permis B
"""

INVOICE_HEAD = """
# Invoice
Quillmere Print Works Ltd, 4 Slate Quay, Galway, Ireland
020 910 0117 · accounts@quillmere.example.com · VAT number IE0000000XX
## Billed to
Ballyfen Theatre Company
17 Chapel Row, Sligo, Ireland
## Details
### Invoice number | 2026-0117
### Invoice date | 12 March 2026
### Your order | BT-2231 of 24 February 2026
### Due date | 11 April 2026
"""
INVOICE_ITEMS = [
    ("Programme booklet, 24 pages, stapled", 600, Decimal("1.85")),
    ("Poster A2, four colours", 150, Decimal("2.40")),
    ("Tickets, perforated, per 100", 25, Decimal("6.80")),
    ("Delivery to Sligo", 1, Decimal("38.00")),
]
VAT_PERCENT = 23
INVOICE_FOOT = """
## Payment
Please pay within 30 days by bank transfer and give the invoice number.
### Account holder | Quillmere Print Works Ltd
### IBAN | IE00 TEST 0000 0000 0000 00
"""

CONTRACT = """
# Service agreement
dated 1 June 2026
## Parties
(1) Fennimoor Dental Group Ltd, 8 Fellside Court, Sheffield (the “Client”), and
(2) Hollinbeck Cleaning Services LLP, Unit 3, Beck Lane, Rotherham (the “Contractor”).
## 1. Services
1.1 The Contractor cleans the Client's practices in Sheffield (8 Fellside Court) and Rotherham (21 Mill Green) on every working day between 18:30 and 22:00.
1.2 The work consists of the tasks in the Schedule. Treatment rooms are disinfected in accordance with the Client's written hygiene plan.
1.3 The Contractor provides staff, materials and machines. It names a supervisor whom the Client can reach on working days under 07700 900361.
## 2. Term
2.1 This agreement begins on 1 July 2026 and runs for 24 months, until 30 June 2028.
2.2 It is renewed for twelve months at a time unless one party gives three months' written notice before its end.
2.3 Either party may end it at once if the other commits a serious breach and does not put it right within 14 days of a written request.
## 3. Fee and payment
3.1 The Client pays a fixed fee of £1,450.00 a month plus VAT, which covers all tasks in the Schedule.
3.2 Additional work is charged at £19.50 an hour plus VAT if the Client has ordered it in writing.
3.3 Invoices are sent at the end of the month and are payable within 30 days.
3.4 The fee may be changed once a year, for the first time on 1 July 2027, by no more than the rise of the consumer price index.
## 4. Staff and confidentiality
4.1 The Contractor employs only persons who have passed a background check, and replaces a person at the reasonable request of the Client.
4.2 Everything that the Contractor's staff see or hear about patients is confidential. This duty continues after the end of this agreement.
## 5. Liability and insurance
5.1 The Contractor holds public liability insurance of at least £5,000,000 and shows the certificate on request.
5.2 Keys and alarm codes are returned on the last day of the agreement.
## 6. Law
This agreement is governed by the law of England and Wales. Changes to it are valid only in writing.
## Schedule: tasks
- Daily: floors, wash rooms, waiting area, kitchens and waste, with clinical waste kept apart
- Weekly: doors, skirting boards, telephones and keyboards
- Quarterly: windows inside and out, carpets, upholstery
## Signatures
"""
SIGNATURES = [
    ["For Fennimoor Dental Group Ltd", "For Hollinbeck Cleaning Services LLP"],
    ["_" * 30, "_" * 30],
    ["Dr Priya Ramanathan, Director", "Gareth Ainsworth, Partner"],
    ["Sheffield, 1 June 2026", "Rotherham, 1 June 2026"],
]

COVER_LETTER = """\
<!DOCTYPE html>
<html lang="nl">
<head>
<meta charset="utf-8">
<title>Motivatiebrief Femke de Wit</title>
<style>
  body { font: 11pt/1.5 Georgia, serif; max-width: 42em; margin: 3em auto; color: #222 }
  header { border-bottom: 2px solid #3a6b5c; margin-bottom: 2em }
  h1 { font-size: 1.4em; margin-bottom: 0; color: #3a6b5c }
</style>
</head>
<body>
<header>
  <h1>Femke de Wit</h1>
  <p>Utrecht &middot; <a href="mailto:femke.dewit@example.org">femke.dewit@example.org</a></p>
</header>
<p>Groenhoek &amp; Tas Architecten<br>t.a.v. mevrouw S. Bouzidi<br>Arnhem</p>
<p>Utrecht, 9 september 2026</p>
<p><strong>Sollicitatie als projectleider (vacature 26-041)</strong></p>
<p>Geachte mevrouw Bouzidi,</p>
<p>Op uw website las ik dat u een projectleider zoekt voor houtbouw en renovatie. Na zes jaar als bouwkundig
  tekenaar en drie jaar als assistent-projectleider bij Bureau Elzenkade in Utrecht ben ik aan die stap toe.</p>
<p>Wat ik meebreng:</p>
<ul>
  <li>de begeleiding van 48 houten woningen, van vergunning tot oplevering;</li>
  <li>ervaring met bewoners die tijdens een renovatie in hun huis blijven wonen;</li>
  <li>rekenen aan kosten: mijn laatste project bleef &euro;&nbsp;120.000 onder het budget.</li>
</ul>
<p>Ik ben beschikbaar vanaf 1 december 2026, voor 32 tot 36 uur per week. Graag licht ik mijn brief toe in een
  gesprek.</p>
<p>Met vriendelijke groet,<br>Femke de Wit</p>
</body>
</html>
"""

OFFER = """
# Offer of employment
Hollinbeck Cleaning Services LLP, Unit 3, Beck Lane, Rotherham
3 August 2026
Dear Ms Hofmann,
we are pleased to offer you the position of operations manager from 1 October 2026, at a salary of £41,500 a year. Please sign the enclosed contract and send one copy back by 21 August 2026.
Yours sincerely, Gareth Ainsworth
"""

DRIVER = """
# TOM OKAFOR
Bus driver
Bristol · 07700 900275 · tom.okafor@example.com
## WORK
2017 – now   Bus driver, Avonbridge Buses, Bristol
2011 – 2017   Delivery driver, Pennant Parcels, Bath
2008 – 2011   Kitchen porter, The Gilded Heron, Bath
## LICENCES
Categories B, C and D; driver card valid until 2029
## LANGUAGES
English, Igbo
"""

# --- How a text becomes a PDF -----------------------------------------------------------------------------------------

MARGIN = 60.0
ALL = ((0, 0), (-1, -1))
FLUSH = [("VALIGN", *ALL, "TOP"), *((f"{side}PADDING", *ALL, 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM"))]
Story = list[Any]
"""Flowables of reportlab, which has no types."""
Paint = Callable[[Any, Any], None]
"""Draws on a canvas; the second argument is the document."""
Column = tuple[float, float]
"""Left edge and width."""


@dataclass(frozen=True)
class Look:
    """Fonts, colours and measures of a PDF, in points."""

    font: str = "Helvetica"
    bold: str = "Helvetica-Bold"
    size: float = 10
    colour: str = "#1f4e79"
    ink: str = "#222222"
    left: float = MARGIN
    width: float = A4[0] - 2 * MARGIN
    dates: float = 120
    dates_left: bool = False

    def styles(self) -> dict[str, Any]:
        """Return a paragraph style for each mark and for the parts of an entry; "" is the plain paragraph."""
        size, indent = self.size, self.dates if self.dates_left else 0
        plain = ParagraphStyle(
            "plain", fontName=self.font, fontSize=size, leading=size * 1.4, textColor=HexColor(self.ink), spaceAfter=2
        )
        head = ParagraphStyle("head", plain, fontName=self.bold, textColor=HexColor(self.colour), keepWithNext=True)
        return {
            "": plain,
            "#": ParagraphStyle("title", head, fontSize=size * 2.2, leading=size * 2.8, spaceAfter=4),
            "##": ParagraphStyle("heading", head, fontSize=size * 1.2, leading=size * 1.6, spaceBefore=size),
            "-": ParagraphStyle("point", plain, leftIndent=indent + 12, bulletIndent=indent + 2),
            "when": ParagraphStyle("when", plain, alignment=TA_LEFT if self.dates_left else TA_RIGHT),
            "what": ParagraphStyle("what", plain, fontName=self.bold),
            "where": ParagraphStyle("where", plain, leftIndent=indent, keepWithNext=True),
        }


def marked(text: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of a text as (mark, words)."""
    for line in text.strip().splitlines():
        mark, _, words = line.partition(" ")
        yield (mark, words) if mark in ("#", "##", "###", "-") else ("", line)


def story(text: str, look: Look) -> Story:
    """Lay out a marked text."""
    styles, laid = look.styles(), Story()
    for mark, line in marked(text):
        words = f'<a href="{line}">{line}</a>' if line.startswith("https://") else escape(line)
        if mark == "###":
            laid += _entry(words, look, styles)
        else:
            laid.append(platypus.Paragraph(words, styles[mark], bulletText="•" if mark == "-" else None))
        if mark == "##":
            rule = platypus.HRFlowable("100%", 0.6, color=HexColor(look.colour), spaceBefore=1, spaceAfter=4)
            rule.keepWithNext = True
            laid.append(rule)
    return laid


def _entry(words: str, look: Look, styles: dict[str, Any]) -> Story:
    """Lay out "when | what | where": the date at the left or at the right, the place, if any, in a line of its own."""
    when, what, *where = words.split(" | ")
    cells = [platypus.Paragraph(when, styles["when"]), platypus.Paragraph(what, styles["what"])]
    widths = [look.dates, look.width - look.dates]
    order = slice(None, None, 1 if look.dates_left else -1)
    line = platypus.Table([cells[order]], widths[order], style=FLUSH, spaceBefore=look.size * 0.6)
    line.keepWithNext = True
    return [line, *(platypus.Paragraph(place, styles["where"]) for place in where)]


def pdf(parts: Story, title: str, paint: Paint, *columns: Column, **settings: Any) -> bytes:
    """Print a story in columns. `paint` draws on every page what does not flow."""
    buffer = io.BytesIO()
    document = platypus.BaseDocTemplate(buffer, title=title, author="", invariant=1, **settings)
    height = document.pagesize[1] - 2 * MARGIN
    frames = [platypus.Frame(left, MARGIN, width, height, 0, 0, 0, 0) for left, width in columns]
    document.addPageTemplates(platypus.PageTemplate(frames=frames, onPage=paint))
    document.build(parts)
    return buffer.getvalue()


# --- The PDFs ---------------------------------------------------------------------------------------------------------


def one_column(text: str, look: Look, *more: Any, **settings: Any) -> bytes:
    """Make a PDF whose text begins with its title; from its second page on each has a line with title and number."""
    title = next(words for _, words in marked(text))

    def number(canvas: Any, document: Any) -> None:
        if document.page > 1:
            canvas.setFont(look.font, 9)
            canvas.drawRightString(look.left + look.width, A4[1] - MARGIN / 2, f"{title}, page {document.page}")

    return pdf([*story(text, look), *more], title, number, (look.left, look.width), **settings)


def developer() -> bytes:
    """Make a CV with a coloured bar at its side, on American paper."""
    bar, main = Look(size=9, colour="#f0b429", ink="#ffffff", left=22, width=143), Look(left=209, width=381)

    def paint_bar(canvas: Any, _: Any) -> None:
        canvas.setFillColor(HexColor("#243b53"))
        canvas.rect(0, 0, main.left - bar.left, LETTER[1], stroke=0, fill=1)

    parts = [*story(DEVELOPER_BAR, bar), platypus.FrameBreak(), *story(DEVELOPER, main)]
    columns = [(look.left, look.width) for look in (bar, main)]
    return pdf(parts, "Marcus Delgado", paint_bar, *columns, pagesize=LETTER)


def contract() -> bytes:
    """Make an agreement of two pages that ends with two signatures."""
    look = Look("Times-Roman", "Times-Bold", 11, "#000000")
    style = [*FLUSH, ("FONT", *ALL, look.font, look.size), ("VALIGN", *ALL, "BOTTOM")]
    return one_column(CONTRACT, look, platypus.Table(SIGNATURES, look.width / 2, [18, 44, 20, 18], style=style))


def invoice() -> bytes:
    """Make an invoice; its sums are computed, so they are right."""
    look = Look(colour="#5a189a", dates_left=True)
    net = sum((count * price for _, count, price in INVOICE_ITEMS), Decimal())
    vat = (net * VAT_PERCENT / 100).quantize(Decimal("0.01"))
    lines = [["Description", "Quantity", "Unit price", "Amount"]]
    lines += [[what, f"{count}", f"{price:,.2f}", f"{count * price:,.2f}"] for what, count, price in INVOICE_ITEMS]
    sums = {"Net": net, f"VAT {VAT_PERCENT} %": vat, "Total to pay": net + vat}
    lines += [["", "", label, f"EUR {amount:,.2f}"] for label, amount in sums.items()]
    style = [
        ("FONT", *ALL, look.font, look.size),
        ("FONT", (0, 0), (-1, 0), look.bold, look.size),
        ("FONT", (2, -1), (-1, -1), look.bold, look.size),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#ece4f5")),
        ("LINEBELOW", (0, 0), (-1, -4), 0.4, HexColor("#b9a7cf")),
        ("LINEABOVE", (2, -1), (-1, -1), 0.8, HexColor(look.colour)),
    ]
    items = platypus.Table(lines, [look.width - 270, 70, 90, 110], style=style, spaceBefore=14, spaceAfter=14)
    return one_column(INVOICE_HEAD, look, items, *story(INVOICE_FOOT, look))


def engineer() -> bytes:
    """Make a CV whose text runs over many pages."""
    look = Look("Times-Roman", "Times-Bold", 12, "#3d348b", left=85, width=A4[0] - 170, dates=170)
    return one_column(ENGINEER, look)


def broken_download() -> bytes:
    """Return the first half of a CV."""
    whole = engineer()
    return whole[: len(whole) // 2]


def offer() -> bytes:
    """Make a letter that opens with a password. RC4, because AES salts at random and no two runs would be the same."""
    return one_column(OFFER, Look(), encrypt=StandardEncryption("autumn", strength=128))


def scan() -> bytes:
    """Make a photocopied page: slightly crooked, grey, without any text but its picture."""
    page = Image.new("L", (827, 1169), 245)  # A4 at 100 dots per inch
    draw, top = ImageDraw.Draw(page), 100
    vera = str(resources.files("reportlab") / "fonts" / "Vera.ttf")
    for mark, words in marked(DRIVER):
        size = {"#": 36, "##": 22}.get(mark, 17)
        top += size if mark == "##" else 0
        draw.text((110, top), words, fill=50, font=ImageFont.truetype(vera, size))
        top += int(size * 1.7)
    noise = Image.frombytes("L", page.size, random.Random(1).randbytes(page.width * page.height))
    crooked = page.rotate(1.3, Image.Resampling.BICUBIC, fillcolor=225)
    buffer = io.BytesIO()
    Image.blend(crooked, noise, 0.12).save(buffer, "PDF", resolution=100, quality=30, creationDate=None, modDate=None)
    return buffer.getvalue()


# --- The DOCX, in the XML that Word writes ----------------------------------------------------------------------------

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    f'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:r="{OFFICE}"'
)
CONTENT_TYPES = f"""<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="{WORD_TYPE}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{WORD_TYPE}.styles+xml"/>
<Override PartName="/word/header1.xml" ContentType="{WORD_TYPE}.header+xml"/>
</Types>"""
STYLES = f"""<w:styles {NAMESPACES}>
<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri"/><w:sz w:val="22"/></w:rPr></w:rPrDefault>
<w:pPrDefault><w:pPr><w:spacing w:after="80"/></w:pPr></w:pPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:rPr><w:b/><w:sz w:val="44"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:pPr><w:keepNext/><w:spacing w:before="240"/>
<w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:color w:val="1F4E79"/><w:sz w:val="28"/></w:rPr></w:style>
</w:styles>"""
TEXT_BOX = """<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="5760000" cy="612000"/><wp:docPr id="1" name="Text Box 1"/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>
<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5760000" cy="612000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
<a:solidFill><a:srgbClr val="E3ECF5"/></a:solidFill></wps:spPr><wps:txbx><w:txbxContent>{lines}</w:txbxContent></wps:txbx><wps:bodyPr/>
</wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>
<v:rect style="width:453.5pt;height:48.2pt" fillcolor="#e3ecf5" stroked="f"><v:textbox><w:txbxContent>{lines}</w:txbxContent></v:textbox>
</v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"""
SECTION = """<w:sectPr><w:headerReference w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/>
<w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>"""
TABLE_LINES = '<w:tblBorders><w:insideH w:val="single" w:sz="4" w:space="0" w:color="9DB2C9"/></w:tblBorders>'
COLUMN_TWIPS = (2200, 4400, 2472)


def accountant() -> bytes:
    """Make a CV with the contact details in the page header, the skills in a text box and the work in tables."""
    body = ""
    for mark, lines in groupby(marked(ACCOUNTANT), key=itemgetter(0)):
        words = [line for _, line in lines]
        body += _table(words) if mark == "###" else "".join(_paragraph(line, mark) for line in words)
        body += TEXT_BOX.format(lines="".join(map(_paragraph, ACCOUNTANT_BOX))) if mark == "#" else ""
    return _package(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": _relations({"officeDocument": "word/document.xml"}),
            "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}{SECTION}</w:body></w:document>",
            "word/_rels/document.xml.rels": _relations({"styles": "styles.xml", "header": "header1.xml"}),
            "word/header1.xml": f"<w:hdr {NAMESPACES}>{_paragraph(ACCOUNTANT_HEADER)}</w:hdr>",
            "word/styles.xml": STYLES,
        }
    )


def _package(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, xml in parts.items():
            whole = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'
            archive.writestr(zipfile.ZipInfo(name), whole, zipfile.ZIP_DEFLATED)  # a ZipInfo is dated 1980
    return buffer.getvalue()


def _relations(targets: dict[str, str]) -> str:
    """Return the XML that numbers the parts another part refers to: rId1, rId2 and so on."""
    numbered = enumerate(targets.items(), 1)
    each = (f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{to}"/>' for n, (kind, to) in numbered)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(each)}</Relationships>'


def _paragraph(words: str, mark: str = "") -> str:
    style = {"#": "Title", "##": "Heading1"}.get(mark, "Normal")
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{escape(words)}</w:t></w:r></w:p>'


def _table(rows: list[str]) -> str:
    """Return a table, a line with " | " between its cells being a row."""
    grid = "".join(f'<w:gridCol w:w="{twips}"/>' for twips in COLUMN_TWIPS)
    return f"<w:tbl><w:tblPr>{TABLE_LINES}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(map(_row, rows))}</w:tbl>"


def _row(line: str) -> str:
    cells = zip(line.split(" | "), COLUMN_TWIPS, strict=True)
    width = '<w:tcPr><w:tcW w:w="{}" w:type="dxa"/></w:tcPr>'
    return f"<w:tr>{''.join(f'<w:tc>{width.format(twips)}{_paragraph(words)}</w:tc>' for words, twips in cells)}</w:tr>"


# --- All of them ------------------------------------------------------------------------------------------------------

DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "CV Ada Kowalczyk.pdf": partial(one_column, WAREHOUSE, Look(colour="#9c4221")),
    "Resume - Marcus Delgado (2026).pdf": developer,
    "CV Åsa Lindqvist.docx": accountant,
    "Lebenslauf_Jonas_Brückner.pdf": partial(one_column, ELECTRICIAN, Look(colour="#2f5d50", dates_left=True)),
    "Whitfield_Eleanor_CV.pdf": engineer,
    "cv_camille_fournier.txt": COOK.encode,
    "Invoice 2026-0117.pdf": invoice,
    "Service agreement Fennimoor - Hollinbeck.pdf": contract,
    "Motivatiebrief Femke de Wit.html": COVER_LETTER.encode,
    "Offer L. Hofmann (confidential).pdf": offer,  # quarantined as encrypted
    "Whitfield_Eleanor_CV (1).pdf": broken_download,  # damaged
    "scan0042.pdf": scan,  # no_text
}


def make(folder: Path) -> list[Path]:
    """Write the documents into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in DOCUMENTS.items():
        (folder / name).write_bytes(document())
    return [folder / name for name in DOCUMENTS]


def main(argv: list[str]) -> int:
    """Write the documents into the folder that is named on the command line."""
    if len(argv) != 1:
        sys.exit("usage: make_samples.py FOLDER")
    paths = make(Path(argv[0]))
    sys.stdout.write(f"Wrote {len(paths)} documents to {argv[0]}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
