"""Search in a record shows where the words stand, as text and never as markup (REC-4)."""

import base64
import json

from tests.actions.clinic import Clinic, row
from tests.signin.person import Browser
from unidossier.kernel.uuid7 import new_id


def test_found_words_are_marked_and_markup_of_the_text_is_text(clinic: Clinic, physician: Browser) -> None:
    item, text = new_id(), 'Bekend met <b onclick="x()">hartfalen</b> & angina sinds 2019.'
    file = {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}
    resource = {"resourceType": "DocumentReference", "id": str(item), "content": [{"attachment": file}]}
    clinic.store(row(item, language="nl", search_text=text, resource=json.dumps(resource)))
    for extra in ({}, {"headers": {"HX-Request": "true", "HX-Target": "items"}}):
        page = physician.get(f"/ward/patient/{clinic.patient}/?q=hartfalen", **extra).content.decode()
        (excerpt,) = [line for line in page.splitlines() if "item__excerpt" in line]
        assert "<mark>hartfalen</mark>" in excerpt
        assert "&amp; angina sinds 2019" in excerpt
        assert "&lt;b onclick=" in excerpt
        assert excerpt.count("<mark>") == 1
        assert "<b" not in excerpt
    assert "item__excerpt" not in physician.get(f"/ward/patient/{clinic.patient}/").content.decode()
