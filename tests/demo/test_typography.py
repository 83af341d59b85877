"""No-break spaces and apostrophes."""

import pytest

from intranet.demo.typography import polish


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("l'aide : « oui »", "l’aide\u00a0: «\u00a0oui\u00a0»"),
        ("**Route** : fermée", "**Route**\u00a0: fermée"),
        ("de 8 h 15 à 16 h.", "de 8\u00a0h\u00a015 à 16\u00a0h."),
        ("4 812 fouilles, 80 %, 12 000 $", "4\u00a0812 fouilles, 80\u00a0%, 12\u00a0000\u00a0$"),
        ("| Étape |\n|---|\n| un : deux |", "| Étape |\n|---|\n| un\u00a0: deux |"),
    ],
)
def test_polish_french(typed, printed):
    assert polish(typed, "fr") == printed


def test_polish_english_changes_apostrophes_alone():
    assert polish("Don't wait: 4 812 « x »", "en") == "Don’t wait: 4 812 « x »"
