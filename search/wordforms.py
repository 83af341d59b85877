"""Forms of words that stemmers keep apart: inclusive writing, feminine forms, Canadian and American spelling.

Both engines read these rules. They are regular expressions that Python and Java understand alike; letters are written
``{letter}``, because the two spell that class differently.
"""

import re
from collections.abc import Mapping

_DOTS = "·•‧∙⋅・⸱"
_DOT = f"[{_DOTS}]"
_FEMININE = (
    "(?:trices?|rices?|euses?|[eè]res?|i[eè]res?|ennes?|elles?|esses?|sses?|ives?|ves?|nes?|les?|tes?|ses?|fes?|es?)"
)
#: At almost every place of a text this fails at once.
INCLUSIVE_BEGINNING = rf"(?=[{_DOTS}(\[./\u2010\u2011-])(?<={{letter}}{{3}})"
_SHORT = "(?:e|es|trices?|rices?|euses?|[eè]res?)"

_SIGN = r"[./\u2010\u2011-]"

#: What inclusive writing hangs on a word: *directeur·rice*, *intervenant[e]s*, *usager(ère)*, *étudiant-e-s*.
#: A dot, a hyphen or a stroke has other uses, so after these only endings that are nothing else count: alone, or with a
#: plural hung on (*citoyen.ne.s*).
INCLUSIVE_ENDING = (
    f"(?:(?:{_DOT}s)?{_DOT}{_FEMININE}(?:{_DOT}x)?(?:{_DOT}?s)?"
    rf"|[(\[]{_FEMININE}[)\]](?:s|[(\[]s[)\]])?"
    rf"|{_SIGN}(?:{_FEMININE}{_SIGN}s|{_SHORT}))(?!{{letter}})"
)


def _after(beginnings: str) -> str:
    """A condition on what stands before: one of these. A condition is quicker than a group that is put back."""
    return "(?:" + "|".join(f"(?<={beginning})" for beginning in beginnings.split()) + ")"


def _not_after(beginnings: str) -> str:
    """A condition on what stands before: none of these."""
    return "".join(f"(?<!{beginning})" for beginning in beginnings.split())


#: The end of a word that ends in s; asked first, it fails at once at almost every place.
_S = "(?=s$)"
#: What an s follows that is no plural's, in words whose other forms have it too (*avis*, *aviser*; *français*,
#: *française*). Another word that is the same in the plural may lose it.
_KEEPS_ITS_S = "ai oi ^avi ^devi ^gri ^assi pri qui ^abu ^refu ^intru ^confu ^diffu propo ^repo ^dispo clo"
#: The plurals among those in *-ais* and *-ois*.
_LOSES_ITS_S = (
    "^essai ^delai ^balai ^quai ^minerai ^vrai ^gai ^loi ^emploi ^convoi ^renvoi ^tournoi ^roi ^octroi ^paroi ^pourvoi"
)
#: The singulars among those in *-ers*.
_ERS = "^tier ^diver ^univer ^traver ^enver ^perver ^rever"
#: What *-ère* follows in the feminine of a word in *-er*; elsewhere it belongs to a verb or a word of its own.
_ERE = "[a-z]{2}i ag ang ong erg ^leg [a-z]{2}ch [a-z]{2}ill uy"
#: What *-ive* follows in verbs and their nouns, which have no masculine in *-if*.
_IVE = "^arr ^arch ^mot ^cult ^der surv"
#: What the vowel of an English *-ise* follows that is also written *-ize*, as *supervise* and *precise* are not.
_ISE = (
    "[aeiou]l [aeiou]n [aeiou]r [aeiou]t ll gn rn ic im am ym og id ard path"
    " ^custom ^econom ^random ^emphas ^hypothes ^synthes"
)
#: Participles and adjectives whose feminine adds nothing but an e, where stemmers take more away. Not every word in
#: *-ise* or *-ie* is one (*économise*, *maladie*).
_TAKES_AN_E = (
    "^pris ^appris ^compris ^repris ^surpris quis ^permis ^admis ^remis ^commis ^promis"
    " ^inclus ^exclus ^suivi ^poursuivi ^fourni ^etabli ^defini ^reuni ^subi ^garanti ^rempli ^accompli ^choisi ^saisi"
    " ^averti ^apprenti ^ami ^vrai ^gai ^elu"
)
#: What the *-ent* of a verb in *-er* follows, and that of hardly another word (*agent*, *client*, *présent*).
_ENT = (
    "[a-z]{2}ip [a-z]{2}ill [a-z]{2}and [a-z]{3}nc [a-z]{3}rc [a-z]{2}[a-tv-z]is [a-z]{2}os [a-z]{2}us [a-z]{3}ct"
    " [a-z]{3}rt [a-z]{3}st [a-z]{3}pt [a-z]{3}ut [a-z]{2}it [a-z]{2}ntr [a-z]{3}bu [a-z]{3}tu [a-z]alu [a-z]{3}iqu"
    " [a-z]{2}ifi publi [a-z]onn [a-z]{2}gn [a-z]{2}ch [a-z]{2}ang [a-z]{3}ag [a-z]{2}bl parl trouv prouv"
)
#: What an English *-men* is the plural of, as it is not in *specimen*.
_MEN = (
    "^ ^wo ^police ^fire ^chair ^alder ^fisher ^trades ^crafts ^service ^sales ^spokes ^ombuds ^business ^fore ^country"
)

#: Words whose forms have too little in common, or are too short, for a rule, folded: what they meet as, and the forms.
#: The rules and the stemmer come after. The name of what is done meets its verb where stemmers keep the two apart.
WORDS: dict[str, dict[str, str]] = {
    "fr": {
        "nouvel": "nouveau nouveaux",
        "vieil": "vieux vieille vieilles",
        "public": "publique publiques",
        "epoux": "epouse epouses",
        "jaloux": "jalouse jalouses",
        "doux": "douce douces",
        "gros": "grosse grosses",
        "bas": "basse basses",
        "beau": "bel belle belles",
        "sec": "seche seches",
        "frais": "fraiche fraiches",
        "favori": "favorite favorites",
        "grec": "grecque grecques",
        "turc": "turque turques",
        "naif": "naive naives",
        "bref": "breve breves",
        "ambassadeur": "ambassadrice ambassadrices",
        "oeil": "yeux",
        # Not those of *refuge*, nor is the English word.
        "refugiant": "refugie refugies refugiee refugiees refugee refugees",
        "bon": "bonne bonnes",
        "faux": "fausse fausses",
        "fou": "folle folles",
        "chef": "cheffe cheffes",
        "metis": "metisse metisses",
        "egal": "egaux",
        "confidentiel": "confidentialite",
        "benevole": "benevolat benevolats",
        "budget": "budgetaire budgetaires",
        "mentor": "mentorat mentorats",
        "accueillir": "accueil",
        "adherer": "adhesion adhesions",
        "adopter": "adoption adoptions",
        "agresser": "agression agressions",
        "apprendre": "apprentissage apprentissages",
        "appuyer": "appui appuis",
        "archiver": "archivage",
        "communiquer": "communique communiques communication communications",
        "concevoir": "conception conceptions concu concue concus concues",
        "congedier": "congediement congediements",
        "convoquer": "convocation convocations",
        "coordonner": "coordination coordinations coordinateur coordinateurs coordinatrice coordinatrices",
        "creer": "cree crees creee creees creation creations",
        "deleguer": "delegation delegations",
        "denoncer": "denonciation denonciations",
        "depister": "depistage",
        "detenir": "detention detentions detenu detenue detenus detenues",
        "diffuser": "diffusion diffusions",
        "discuter": "discussion discussions",
        "elire": "election elections",
        "envoyer": "envoi envois",
        "fermer": "fermeture fermetures",
        "gerer": "gestion",
        "guerir": "guerison guerisons",
        "inscrire": "inscription inscriptions inscrit inscrite inscrits inscrites",
        "inserer": "insertion insertions",
        "jumeler": "jumelage jumelages",
        "loger": "logement logements",
        "negocier": "negociation negociations",
        "nommer": "nomination nominations",
        "obtenir": "obtenu obtenue obtenus obtenues obtention",
        "offrir": "offrent offre offres offert offerte offerts offertes",
        # Not the stem of *ouvrier*.
        "ouvert": "ouvrir ouvrent ouverte ouverts ouvertes ouverture ouvertures",
        "parrainer": "parrainage parrainages",
        "partenariat": "partenariats partenaire partenaires",
        "payer": "paiement paiements",
        "prevenir": "prevention",
        "proteger": "protection protections",
        "recevoir": "recoivent recu recue recus recues",
        "rediger": "redaction redactions",
        "referer": "reference references",
        "reflechir": "reflexion reflexions",
        "reinserer": "reinsertion",
        "reperer": "reperage",
        "resoudre": "resolution resolutions resolu resolue resolus resolues",
        "reunir": "reunion reunions",
        "reviser": "revision revisions",
        "signer": "signature signatures",
        "sonder": "sondage sondages",
        "soumettre": "soumission soumissions soumis soumise soumises",
        "soutenir": "soutien soutiens",
        "superviser": "supervision",
        "temoigner": "temoignage temoignages",
        "traduire": "traduction traductions",
        "transferer": "transfert transferts",
        "transmettre": "transmission transmissions transmis transmise transmises",
        "traumatisme": "trauma traumas",
        "travailler": "travail travaux",
    },
    "en": {
        "child": "children childrens",
        # The stem of *person* is that of *personal*.
        "people": "person persons",
        "life": "lives",
        "wife": "wives",
        "foot": "feet",
        "criterion": "criteria",
        "crisis": "crises",
        "diagnosis": "diagnoses",
        "maneuver": "manoeuvre manoeuvres",
        "story": "storey storeys",
        "advocate": "advocacy",
        "apply": "application applications",
        "decide": "decision decisions",
        "deliver": "delivery deliveries",
        "detain": "detention detentions",
        "donate": "donor donors",
        "employ": "employment",
        "fund": "funder funders",
        "partner": "partnership partnerships",
        "pay": "payment payments",
        "recover": "recovery recoveries",
        "reduce": "reduction reductions",
        "refer": "referral referrals",
        "resolve": "resolution resolutions",
        "respond": "response responses",
        "retain": "retention",
        "settle": "settlement settlements",
        "submit": "submission submissions",
        "supervise": "supervisor supervisors",
        "survive": "survivor survivors",
        "train": "trainer trainers",
    },
}
#: Applied in their order to a word in lower case that still has its accents: what is replaced, by what. Without them a
#: participle would be taken for an adjective (*activé*, *active*).
ACCENTED_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "fr": ((r"(?=ée?s?$)(?<={letter}{2})" + _after("[eé]r iv iqu") + "ée?s?", "er"),),
    "en": (),
}
#: Applied in their order to a folded word, after ``WORDS`` and before it is stemmed: what is replaced, by what.
RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "fr": (
        # What several people do (*participent*), which the stemmer leaves as it is.
        ("(?=ent$)" + _after(_ENT) + _not_after("penit") + "ent", "er"),
        ("(?=ent$)" + _after("[a-z]end [a-z]ond") + "ent", "re"),
        (r"(?<=[a-z]u)isent$", "ire"),
        (r"(?<=[tv])iennent$", "enir"),
        (r"(?<=pr)ennent$", "endre"),
        (r"(?<=[a-z]{2})trices?$", "teur"),
        (r"(?<=[a-z]{2}[ltdghscmpnfv])euses?$", "eur"),
        # When *-ation* is gone, stemmers take the *-r* or *-is* before it for an ending too; they leave *planification*
        # without its verb, and make *publication* the same as *public*.
        (r"(?=ations?$)(?:(?<=[a-z]{3}r)|(?<=[a-z]{2}is))ations?", "er"),
        ("(?=ications?$)" + _after("[a-z]{2}if ^publ ^multipl") + "ications?", "ie"),
        ("(?=ications?$)" + _after("^appl ^expl ^impl ^compl ^ind ^revend") + "ications?", "iquer"),
        # Of these verbs they leave the *-i* of the infinitive, and take it from the participle.
        ("(?=er$)" + _after("[a-z]{2}ifi graphi ^publi ^multipli ^confi ^etudi ^copi ^oubli") + "er", "e"),
        (r"(?<=[a-z]{2}[ai])bilites?$", "ble"),
        # Of an adjective in *-el* or *-al*, unless it is a thing of its own (*qualité*, *réalité*, *personnalité*).
        ("(?=alites?$)" + _after("nn xu [a-z]{2}itu ^crimin") + _not_after("^personn") + "alites?", "el"),
        ("(?=alites?$)" + _after("cip eg neutr norm parti") + "alites?", "al"),
        (r"(?<=^recidiv)es?$", "er"),
        ("(?=eres?$)" + _after(_ERE) + _not_after("^exag") + "eres?", "er"),
        (r"(?=eures?$)(?<=[a-z]{3})" + _not_after("^dem fl") + "eures?", "eur"),
        (r"(?=ives?$)(?<=[a-z]{3})" + _not_after(_IVE) + "ives?", "if"),
        (r"(?<=[a-z]{2}[eo])nnes?$", "n"),
        (r"(?<=[a-z]{3}e)lles?$", "l"),
        (r"(?<=[a-z]{3})ees?$", "e"),
        (r"(?<=[a-z]{3}[ao]is)es?$", ""),
        (_after("eau ^lieu ^milieu ^jeu ^enjeu ^feu ^voeu ^aveu ^neveu ^cheveu") + "x$", ""),
        (_after("^trav ^vitr ^b") + "aux$", "ail"),
        (_after("^long") + "ues?$", ""),
        (_after("^blan ^fran") + "ches?$", "c"),
        (_after("^neu ^veu ^jui") + "ves?$", "f"),
        ("(?=es?$)" + _after(_TAKES_AN_E) + "es?", ""),
        # A plural loses its s here where the stemmer leaves it, and where it takes only the singular for a verb.
        (r"(?<=[a-z]{2}[b-df-hj-np-tv-z])its?$", "ite"),
        (_S + _after("[a-z]{2}er [a-z]{2}ir [a-z]{2}ait [a-z]ion") + _not_after(_ERS) + "s", ""),
        (_S + "(?<=[a-z]{2}[aiou])" + _not_after(_KEEPS_ITS_S) + "s", ""),
        (_S + _after(_LOSES_ITS_S) + "s", ""),
        # Else they have the stem of *loi* and *foi*.
        (_after("^loy ^foy") + "ers?$", "r"),
    ),
    "en": (
        (r"(?=is(?:e|es|ed|ing|ers?|ations?|ational)$)(?<=[a-z]{3})" + _after(_ISE) + "is", "iz"),
        (
            _after("col lab hon fav hum rum vig arm harb neighb behavi endeav ^od ^vap ^tum ^rig ^sav ^clam") + "our",
            "or",
        ),
        (r"(?<=^m)ou(?=ld)", "o"),
        (r"(?<=^s)c(?=eptic)", "k"),
        (r"(?<=^skil)(?=ful)", "l"),
        (r"(?<=^co)s(?=(?:y|ier|iest|ily|iness)$)", "z"),
        (_after("cent ^theat met lit ^fib ^calib") + "re(?=s?$)", "er"),
        (r"(?<=^cent)r(?=(?:ed|ing)$)", "er"),
        (r"(?<=^program)me(?=s?$)", ""),
        (_after("^travel ^counsel ^cancel ^label ^model ^signal ^channel ^level") + "l(?=(?:ed|ing|ers?|ors?)$)", ""),
        (_after("^enrol ^fulfil ^instal") + "l?(?=(?:ments?|s)$)", "l"),
        (_after("^licen ^defen ^offen ^preten") + "c(?=(?:e[sd]?|ing)$)", "s"),
        (r"(?<=^practi)[sz](?=(?:e[sd]?|ers?|ing)$)", "c"),
        ("(?=[sz](?:is|e[sd]?|ers?|ing)$)" + _after("^analy ^paraly ^cataly") + ".+", "se"),
        (r"(?<=[a-z]{2}log)u(?:e(?=s?$)|(?=(?:ed|ing)$))", ""),
        ("(?=ae[a-z])" + _after("^p ^orthop ^gyn ^an ^h ^arch") + "ae", "e"),
        (r"(?<=^f)oe(?=t)", "e"),
        (r"(?<=^gr)e(?=y(?:s|ed|er|est|ing|ish|scale)?$)", "a"),
        ("(?=mens?$)" + _after(_MEN) + "mens?", "man"),
        (r"(?<=^kni)ves$", "fe"),
        (_after("^shel ^hal ^wol") + "ves$", "f"),
        (_after("^judg ^acknowledg") + "ement(?=s?$)", "ment"),
    ),
}

_PYTHON_LETTER = r"[^\W\d_]"
_JAVA_LETTER = r"\p{L}"


def python_pattern(pattern: str) -> str:
    """The pattern for ``re``."""
    return pattern.replace("{letter}", _PYTHON_LETTER)


def java_pattern(pattern: str) -> str:
    """The pattern for Elasticsearch."""
    return pattern.replace("{letter}", _JAVA_LETTER)


_Rules = Mapping[str, tuple[tuple[str, str], ...]]


def _compiled(table: _Rules) -> dict[str, list[tuple[re.Pattern[str], str]]]:
    return {
        language: [(re.compile(python_pattern(rule)), new) for rule, new in rules] for language, rules in table.items()
    }


_ACCENTED = _compiled(ACCENTED_RULES)
_FOLDED = _compiled(RULES)
_WORD_OF = {
    language: {form: word for word, forms in words.items() for form in forms.split()}
    for language, words in WORDS.items()
}


def accented_form(word: str, language: str) -> str:
    """A word in lower case with its accents in the form that only these can tell: *activée* as *activer*."""
    return _applied(_ACCENTED[language], word)


def common_form(word: str, language: str) -> str:
    """A folded word in the form that its variants share: *directrice* as *directeur*, *labour* as *labor*."""
    return _applied(_FOLDED[language], _WORD_OF[language].get(word, word))


def _applied(rules: list[tuple[re.Pattern[str], str]], word: str) -> str:
    for rule, replacement in rules:
        word = rule.sub(replacement, word)
    return word
