"""Words meet in all their forms, names and numbers only as they are; the same on both engines."""

from collections.abc import Callable

import pytest

from search import Query, search
from tests.search.factories import entry, version, write

EVERYONE = frozenset({"everyone"})

#: Titles, and what must find them; none of the other titles may have it.
FORMS = {
    "La directrice du refuge": ["directeur", "directeur·rice", "directeurs", "directrices", "directeur(trice)"],
    "Rôle des intervenant[e]s": ["intervenante", "intervenants", "intervenant·e·s", "INTERVENANTES", "intervenant-e-s"],
    "Une coordonnatrice est nommée": [
        "coordonnateur",
        "coordonnateur.trice",
        "coordonnateurs",
        "coordination",
        "coordinatrices",
    ],
    "L’étudiant·e bénévole": [
        "étudiante",
        "etudiants",
        "étudiant(e)s",
        "étudiant(e)(s)",
        "étudiant/e/s",
        "étudiant‑e‑s",
    ],
    "Citoyennes sportives, travailleuses bispirituelles": [
        "citoyen.ne.s",
        "sportif-ve-s",
        "travailleur/se/s",
        "bispirituel⸱le⸱s",
        "TRAVAILLEUR·EUSE·S",
    ],
    "Femmes incarcérées, libérées, arrivées": [
        "incarcéré·e·s",
        "incarcéré",
        "libere",
        "libérer",
        "libération",
        "arrivés",
        "arriver",
    ],
    "Dossier archivé, référé, motivé, activé": [
        "archives",
        "référée",
        "referees",
        "références",
        "motivée",
        "activer",
        "activées",
    ],
    "Première ouvrière étrangère, conseillère": ["premiers", "ouvrier", "étrangers", "conseiller"],
    "Professeure, auteure, procureure, agresseure": ["professeur", "auteurs", "procureurs", "agresseur"],
    "Nouvelles règles publiques, permises, soumises, requises": [
        "nouveau",
        "nouvel",
        "nouveaux",
        "public",
        "permis",
        "soumis",
        "requis",
    ],
    "Une vieille maison": ["vieux", "vieil", "vieilles", "vieille"],
    "Compris et pris, admis et inclus, exclus": ["comprises", "prise", "admise", "incluse", "exclu", "exclue"],
    "Une longue feuille blanche, fausse mais neuve": ["longs", "blancs", "faux", "neufs"],
    "La veuve juive, la bonne amie métisse": ["veuf", "juifs", "bon", "ami", "métis"],
    "Cheffe folle et gaie, élue, réunie, suivie": ["chefs", "fou", "gai", "élu", "réunis", "suivi"],
    "Égaux": ["égal", "égales"],
    "Récidive d’un mineur": ["récidiver", "mineure"],
    "Accompagnement à l’hôpital": ["hopitaux", "l'hopital", "d'hôpital"],
    "Sœur et œuvre": ["soeurs", "oeuvre", "œuvres"],
    "Loi, emploi, essai, détenu, individu, revenu": [
        "lois",
        "emplois",
        "essais",
        "détenus",
        "détention",
        "individus",
        "revenus",
    ],
    "Abri, appui, mémo, numéro, photo, loyer": ["abris", "appuis", "mémos", "numéros", "photos", "loyers"],
    "Conflits, délits, crédits, dangers, foyers": ["conflit", "délit", "crédit", "danger", "foyer"],
    "Les portraits, usagers, désirs, permissions": ["portrait", "usager", "désir", "permission"],
    "Avis à la population québécoise, en français": ["avis", "française", "françaises", "québécois"],
    "Aujourd’hui, un agenda": ["aujourd'hui", "aujourd’hui"],
    "Note post-formation": ["post-formation", "post formation", "postformation"],
    "Courriel ou e-mails": ["email", "e-mail", "emails"],
    "Plan de désescalade": ["dés-escalade"],
    "Violence (V.F.G.)": ["VFG", "V.F.G."],
    "The YWCA’s report to IRCC's office": ["YWCA", '"YWCA"', "IRCC", "ircc"],
    "L’épouse jalouse": ["époux", "jaloux"],
    "Une basse et douce voix, sèche, fraîche": ["bas", "doux", "sec", "frais"],
    "La belle favorite grecque ou turque, naïve": ["beau", "favori", "grec", "turcs", "naïf"],
    "Ambassadrice au regard bref": ["ambassadeurs", "brève"],
    "Deux yeux": ["oeil", "œil"],
    "Sensibilisation, réalisation, élaboration": ["sensibiliser", "réaliser", "élaborer", "élaborations"],
    "Planifier, publier, expliquer": ["planification", "publications", "explications", "planifiée", "publiés"],
    "Date d’ouverture, de fermeture et d’adoption": ["ouvrir", "ouverte", "fermer", "fermée", "adopter", "adoptée"],
    "Le document reçu, signé, transmis": ["recevoir", "signatures", "transmettre", "transmission"],
    "Cartographie": ["cartographier", "cartographiée", "cartographies"],
    "Vulnérables et responsables": ["vulnérabilité", "responsabilités"],
    "Prévenir et protéger": ["prévention", "protections"],
    "Paiements, inscriptions et logement": ["payer", "inscrire", "inscrites", "loger"],
    "Immigrant·e·x·s": ["immigrant", "immigrantes"],
    "Accueil des réfugiées": ["réfugié", "refugie", "réfugiés", "REFUGIEES", "refugees"],
    "Municipalité, sexualité, intersectionnalité, confidentialité": [
        "municipaux",
        "municipal",
        "sexuelles",
        "intersectionnelles",
        "confidentiel",
    ],
    "Qualité, actualité, parentalité": ["qualités", "actualités"],
    "Guérison, discussion, conception, offre": ["guérir", "discuter", "concevoir", "conçue", "offrir", "offerts"],
    "Réflexion, résolution et délégation": ["réfléchir", "résoudre", "déléguer"],
    "Un partenaire qui a vécu un trauma": ["partenariats", "traumatisme"],
    "Ceux qui participent, rencontrent, vérifient": ["participer", "participation", "rencontrer", "vérification"],
    "Elles répondent, produisent, obtiennent, entreprennent": ["répondre", "produire", "obtenir", "entreprendre"],
    "La sergente, le talent, un couvent, un pénitent": ["talents", "couvents", "pénitents"],
    "The odour of mould, a sceptical manoeuvre": ["odor", "mold", "skeptical", "maneuvers"],
    "The skilful knives on cosy shelves": ["skillful", "knife", "cozy", "shelf"],
    "The criteria of two feet": ["criterion", "foot"],
    "The women’s centre": ["womens center", "women's centre", "woman", "womens", "centered", "centring"],
    "The specimens and regimens": ["specimen", "regimen"],
    "The crises, lives, wives, people, analyses and diagnoses": [
        "crisis",
        "life",
        "wife",
        "person",
        "analysis",
        "analyzed",
        "analyse",
        "diagnosis",
    ],
    "Behaviour and neighbours": ["behavior", "neighbor"],
    "Policies of organizations": ["policy", "organisation", "organization's"],
    "Licence for counselling": ["license", "counseling", "counselled"],
    "The supervised visit": ["supervision", "supervise"],
    "The precise revision, concisely": ["precision", "revised", "concise"],
    "The authorised and criminalized": ["authorization", "criminalisation"],
    "The practising nurse": ["practicing", "practice", "practise"],
    "The kilometres in a catalogue": ["kilometer", "catalogs"],
    "The paediatric dialogue": ["pediatric", "dialog"],
    "The greying and the grayest": ["gray", "grey", "graying", "greys", "greyest"],
    "The survivors and their trainers": ["survived", "train", "training"],
    "The settlement of a referral": ["settle", "settled", "refer", "referrals"],
    "Children at risk": ["child", "child's"],
    "The partnership, the response and its resolution": ["partner", "partners", "responded", "resolve"],
    "The delivery, recovery, reduction, retention, submission": ["deliver", "recovered", "reduce", "retain", "submits"],
}
NOT_FOUND = {
    "Formation 2026-014": ["2026-01", "2026-0144", "026-014"],
    "Le SIDA au travail": ["SID", "SIDAS"],
    "Écrire à aide@exemple.ca": ["aides@exemple.ca", "aide@exemple.com"],
    "Politique commune": ["polarité", "publicité", "communiqué", "communiques"],
    "A check": ["cheque"],
    "Téléphone mobile et voiture auto": ["mobilisation", "autorisation"],
    "Cote utile": ["cotisation", "utilisation"],
    "Le personnel": ["personnalités"],
}


@pytest.fixture(autouse=True)
def _sync_is_there(engine: str) -> None:
    """Every test of this module runs on both engines."""


def found(text: str, **values: object) -> list[str]:
    results = search(Query(text, EVERYONE, size=50, **values))  # type: ignore[arg-type]
    return [] if results.is_corrected else [hit.title for hit in results.hits]


def test_words_meet_in_their_forms_and_only_there(sync: Callable[[], None]) -> None:
    write(
        *(entry(f"form-{n}", version(language_of(title), title)) for n, title in enumerate(FORMS)),
        *(entry(f"not-{n}", version("fr", title)) for n, title in enumerate(NOT_FOUND)),
    )
    sync()
    wrong = {
        asked: titles
        for title, texts in FORMS.items()
        for asked in texts
        for language in ("fr", "en")
        if (titles := found(asked, language=language))[:1] != [title]
    }
    wrong |= {asked: titles for texts in NOT_FOUND.values() for asked in texts if (titles := found(asked))}
    assert wrong == {}


def test_acronym_like_a_function_word_is_found_in_capitals(sync: Callable[[], None]) -> None:
    titles = {
        "fr": ["Ça va", "Réunion du CA", "Le C.A. se réunit", "L’IT"],
        "en": ["Ask for it", "IT’s support"],
    }
    write(
        *(
            entry(f"{language}-{number}", version(language, title))
            for language, said in titles.items()
            for number, title in enumerate(said)
        )
    )
    sync()

    assert set(found("CA")) == set(found('"CA"')) == {"Réunion du CA", "Le C.A. se réunit"}
    assert set(found("ca")) == {"Réunion du CA", "Le C.A. se réunit", "Ça va"}
    assert set(found("IT")) == {"IT’s support", "L’IT"}
    assert set(found("support IT")) == {"IT’s support", "L’IT"}


def language_of(title: str) -> str:
    return "en" if title.split()[0] in ("The", "Behaviour", "Policies", "Licence", "Children") else "fr"


def test_a_number_and_its_end_find_the_memo_first(sync: Callable[[], None]) -> None:
    write(
        entry("memo", version("fr", "Fermeture"), identifiers=("HFX-2026-014",)),
        entry("dashed", version("fr", "Relâche"), identifiers=("YHZ–2026–007",)),
        entry("other", version("fr", "Fermeture d’été"), identifiers=("HFX-2026-015",)),
        entry("mention", version("fr", "Voir HFX-2026-014 et 2026-014", body="HFX-2026-014 " * 20)),
    )
    sync()
    for asked in ("HFX-2026-014", "hfx-2026-014?", "2026-014", '"2026-014"', "memo (HFX-2026-014)"):
        assert found(asked)[:2] == ["Fermeture", "Voir HFX-2026-014 et 2026-014"], asked
    for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212":
        assert found(f"HFX{dash}2026{dash}014")[:2] == ["Fermeture", "Voir HFX-2026-014 et 2026-014"], ascii(dash)
    assert found("YHZ-2026-007") == found("2026−007") == ["Relâche"]
    assert found("HFX-2026-014 -voir") == found("hfx2026014") == ["Fermeture"]


def test_a_phrase_is_found_as_it_was_typed(sync: Callable[[], None]) -> None:
    write(
        entry("a", version("fr", "Un plan de sécurité")),
        entry("b", version("fr", "Des plans de sécurité")),
        entry("c", version("fr", "La sécurité du plan")),
    )
    sync()
    assert found('"plan de sécurité"') == ["Un plan de sécurité"]
    assert found("« plan de securite »") == ["Un plan de sécurité"]
    assert set(found("plan de sécurité")) == {"Un plan de sécurité", "Des plans de sécurité", "La sécurité du plan"}
    assert found('"sécurité du plan" -"plan de sécurité"') == ["La sécurité du plan"]
    assert set(found('sécurité -"sécurité du plan"')) == {"Un plan de sécurité", "Des plans de sécurité"}
    assert found("-sécurité") == []


def test_an_acronym_is_not_a_word(sync: Callable[[], None]) -> None:
    write(entry("a", version("en", "An AID fund")), entry("b", version("en", "First aids for all")))
    sync()
    assert found("AID") == ["An AID fund"]
    assert set(found("aid")) == {"An AID fund", "First aids for all"}


def test_work_is_what_those_do_who_work(sync: Callable[[], None]) -> None:
    titles = {"Le travail", "Des travaux", "Elles travaillent"}
    write(*(entry(f"{n}", version("fr", title)) for n, title in enumerate(titles)))
    sync()
    for asked in ("travail", "travaux", "travailler", "travaillent"):
        assert set(found(asked)) == titles, asked


def test_unseen_signs_in_a_word_are_of_no_account(sync: Callable[[], None]) -> None:
    write(entry("a", version("fr", "Vio\u00adlence con\u200bjugale", body="Tra\u00adjec\u00adtoire")))
    sync()
    assert found("violence conjugale") == found("vio\u200blence") == found("trajectoire") == ["Violence conjugale"]


def test_words_with_a_sign_between_them_are_words(sync: Callable[[], None]) -> None:
    titles = {"Un abri pour la nuit", "Le refuge du village"}
    write(*(entry(f"{n}", version("fr", title)) for n, title in enumerate(titles)))
    sync()
    for asked in ("abri/refuge", "abri,refuge", "abri;refuge", "refuge—abri"):
        assert set(found(asked)) == titles, asked


def test_between_is_no_entrance(sync: Callable[[], None]) -> None:
    write(
        entry("door", version("fr", "L’entrée des collègues")),
        entry("conflict", version("fr", "Un conflit de travail")),
    )
    sync()
    assert set(found("un conflit entre collègues")) == {"L’entrée des collègues", "Un conflit de travail"}


def test_people_are_persons_but_not_personal(sync: Callable[[], None]) -> None:
    people = ("A person", "Two persons", "Some people", "Indigenous peoples")
    write(*(entry(f"{n}", version("en", title)) for n, title in enumerate((*people, "Personal files"))))
    sync()
    for asked in ("person", "persons", "people", "peoples"):
        assert set(found(asked)) == set(people), asked
    assert found("personal") == ["Personal files"]
