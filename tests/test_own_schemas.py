"""Schemas of users' own, filled by the offline engine from labels and tables in any language."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.inference.offline.engine import answer

TEXT = {"type": ["string", "null"]}
NUMBER = {"type": ["number", "null"]}
FLAG = {"type": ["boolean", "null"]}


def read(text: str, **properties: dict[str, Any]) -> dict[str, Any]:
    """Return what is found of these properties."""
    return answer(text, "custom", {"type": "object", "properties": properties})


@pytest.mark.parametrize(
    ("name", "kind", "line", "value"),
    [
        ("lieferschein_nr", TEXT, "Lieferschein-Nr.: LS-2026-04", "LS-2026-04"),
        ("move_in_date", TEXT, "Move-in date: 15 August 2026", "2026-08-15"),
        ("email_copy", TEXT, "E-mail copy: yes", "yes"),
        ("name", {**TEXT, "description": "Familienname"}, "Name der Behörde: Amt\nFamilienname: Brandis", "Brandis"),
        ("資格", {"type": "array", "items": TEXT}, "資格：簿記2級、普通自動車免許", ["簿記2級", "普通自動車免許"]),
        ("delivery_note_number", TEXT, "Delivery note no: DN-20931", "DN-20931"),
        ("numero_factura", TEXT, "Número de factura: F-2026/88", "F-2026/88"),
        ("date_naissance", TEXT, "Date de naissance : 14/08/1979", "1979-08-14"),
        ("wohnflaeche", NUMBER, "Wohnfläche (m²): 71,5", 71.5),
        ("depot_de_garantie", NUMBER, "Dépôt de garantie : 1 560,00 €", 1560),
        ("patient_name", TEXT, "Patient: Maureen Tully", "Maureen Tully"),
        ("landlord", TEXT, "Vermieter: Anneliese Korb", "Anneliese Korb"),
        ("tenant", TEXT, "Locataire : Inès Bouchard", "Inès Bouchard"),
        ("employee", TEXT, "Pracownik: Tomasz Zarzycki", "Tomasz Zarzycki"),
        ("iva", NUMBER, "IVA 21%: 210,00 €", 210),
        ("membership", TEXT, "Membership: [ ] basic [x] premium", "premium"),
        ("remarks", TEXT, "Remarks: -", None),
        ("client", {**TEXT, "description": "Auftraggeber"}, "Auftraggeber: Spedition Holm KG", "Spedition Holm KG"),
        ("plate", {**TEXT, "description": "Kennzeichen"}, "Kennzeichen: HH-AB 1234", "HH-AB 1234"),
        ("purchase_date", TEXT, "Date of purchase: 2 Nov 2026", "2026-11-02"),
        ("date_entree", TEXT, "Date d'entrée : 01/09/2026", "2026-09-01"),
        ("matrikelnummer", TEXT, "Matrikel-Nr.: 0448812", "0448812"),
        ("bl_number", TEXT, "B/L Number: HLCU 0045512", "HLCU 0045512"),
        ("age", {"type": ["string", "null"], "enum": ["18-25", "26-40", None]}, "Age: [ ] 18-25 [x] 26-40", "26-40"),
        ("serial", {"type": ["integer", "null"]}, "Serial: 98765432109876543", 98765432109876543),
        (
            "keeper",
            {"type": "object", "properties": {"name": TEXT}},
            "Keeper: Ida Faulk\nAddress: 2 Pond Lane",
            {"name": "Ida Faulk"},
        ),
        ("host", {"type": "object", "properties": {"city": TEXT}}, "City: Leeds\nHost city: Hull", {"city": "Hull"}),
        ("steps", {"type": "array", "items": TEXT}, "Steps:\n1. Chop.\n2. Blend.\n\nServe", ["Chop.", "Blend."]),
        ("steps", {"type": "array", "items": TEXT}, "Steps\n- Chop\n- Blend\nServe", ["Chop", "Blend"]),
        ("steps", {"type": "array", "items": TEXT}, "Steps:\nName: Ida", []),
        ("comment", TEXT, "Comment:\nIt is\nlate.\n\nSigned", "It is late."),
        ("comment", TEXT, "Comment:\nSignature of applicant", None),
    ],
)
def test_a_property_is_found_behind_its_label(name: str, kind: dict[str, Any], line: str, value: object) -> None:
    assert read(f"Form\n{line}\nEnd of the form", **{name: kind})[name] == value


def test_dates_behind_labels_know_the_order_of_the_document() -> None:
    text = "FOR SALE\nAddress: 118 Juniper Lane, Boise, ID 83702\nPrice: $489,000\nListed on: 03/04/2026\nOpen house: 03/08/2026"
    assert read(text, listed_on=TEXT, open_house=TEXT) == {"listed_on": "2026-03-04", "open_house": "2026-03-08"}


def test_a_table_is_read_by_heads_in_the_document_s_language_and_without_its_sum() -> None:
    row = {"type": "object", "properties": {"date": TEXT, "activity": TEXT, "hours": NUMBER}}
    text = "Stundenzettel\nDatum\tTätigkeit\tStunden\n16.03.2026\tEstrich\t8,0\n17.03.2026\tFliesen\t7,5\nSumme\t\t15,5"
    assert read(text, entries={"type": "array", "items": row})["entries"] == [
        {"date": "2026-03-16", "activity": "Estrich", "hours": 8},
        {"date": "2026-03-17", "activity": "Fliesen", "hours": 7.5},
    ]


def test_a_row_with_an_empty_cell_is_kept_and_what_follows_the_table_is_not() -> None:
    row = {"type": "object", "properties": {"item": TEXT, "status": TEXT, "remark": TEXT}}
    text = "Report\nItem\tStatus\tRemark\nDoors\tfair\t\nLamps\tpoor\tTwo out\nBank\tHSBC"
    assert read(text, findings={"type": "array", "items": row})["findings"] == [
        {"item": "Doors", "status": None, "remark": None},  # which of its cells is empty, the text does not tell
        {"item": "Lamps", "status": "poor", "remark": "Two out"},
    ]
