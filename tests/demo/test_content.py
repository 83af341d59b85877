"""The demo's content: whole, consistent, in two real languages."""

import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from intranet.demo.content import ContentError, Source, parse_source, read_documents, read_items, read_yaml
from intranet.demo.item_lines import NOTE_HEADINGS, sort_by_parent, topic_names

ITEMS = read_items()
BY_KEY = {item.key: item for item in ITEMS}
NETWORKS = {network["slug"]: network for network in read_yaml("networks.yaml")}
PEOPLE = read_yaml("people.yaml")
TEXTS = [pytest.param(item, text, id=f"{item.key}-{text.language}") for item in ITEMS for text in item.texts]
FIRST_DAY, LAST_DAY = date(2025, 9, 21), date(2026, 11, 21)
FRENCH_WORDS = "le la les des une un et est pour dans que qui ne sur avec du de au aux l d"
ENGLISH_WORDS = "the and of to is for with that you not are it who we in at by be this have your"
COMMON_WORDS = {"fr": frozenset(FRENCH_WORDS.split()), "en": frozenset(ENGLISH_WORDS.split())}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def whole(text) -> str:
    return "\n".join((text.title, text.summary, text.content_note, text.body))


def memos_by_number() -> dict[str, Source]:
    return {item.meta["number"]: item for item in ITEMS if item.meta.get("kind") == "memo"}


def effective_audience(item: Source) -> str | list[str]:
    while "audience" not in item.meta and "parent" in item.meta:
        item = BY_KEY[item.meta["parent"]]
    return item.meta.get("audience", "section")


def test_networks_of_each_kind():
    kinds = Counter(network["kind"] for network in NETWORKS.values())

    assert kinds == {"office": 1, "society": 8, "partner": 4, "local": 3, "table": 1}
    assert [slug for slug, network in NETWORKS.items() if not network.get("listed", True)] == ["directions"]


def test_people_in_every_role():
    people = PEOPLE["people"]
    memberships = [said for person in people for said in person["memberships"].values()]
    roles = {said if isinstance(said, str) else said["role"] for said in memberships}

    assert len({person["email"] for person in people}) == 40
    assert roles == {"reader", "contributor", "publisher", "coordinator", "guest"}
    assert {person["language"] for person in people} == {"fr", "en"}
    assert [person["email"] for person in people if not person["memberships"]] == ["chantal.ouimet@example.org"]
    assert len(next(p for p in people if p["email"] == "mai.nguyen@example.org")["memberships"]) == 3
    assert all(person["email"].endswith(("@example.org", ".example")) for person in people)
    assert {network for person in people for network in person["memberships"]} == set(NETWORKS)


def test_accounts_to_try_have_a_password():
    passwords = {person["email"]: person.get("password") for person in PEOPLE["people"]}
    chosen = [account["email"] for account in PEOPLE["accounts"]]

    assert len(set(chosen)) == 6
    assert all(re.fullmatch(r"[a-z]+-[a-z]+-\d\d", passwords[email]) for email in chosen)
    assert PEOPLE["administrator"] in chosen


def test_questions_are_asked_and_answered_by_people_of_the_demo_after_the_memo():
    people = {person["email"]: person for person in PEOPLE["people"]}
    memos = memos_by_number()
    questions = read_yaml("questions.yaml")

    assert {person for said in questions for person in (said["author"], said.get("by", said["author"]))} <= set(people)
    for said in questions:
        assert said.get("answered", said["asked"]) >= said["asked"]
        assert said["asked"].date() > memos[said["memo"]].meta["published"]
        if "by" in said:
            assert people[said["by"]]["memberships"][memos[said["memo"]].network] in ("publisher", "coordinator")
    assert {"private" in said for said in questions} == {"answer" in said for said in questions} == {True, False}


def test_numbers_of_items_and_languages():
    languages = Counter(tuple(sorted(item.languages)) for item in ITEMS)
    kinds = Counter(item.meta.get("kind", "page") for item in ITEMS)

    assert len(ITEMS) >= 120
    assert languages["en", "fr"] >= 70
    assert min(languages["fr",], languages["en",]) >= 10
    assert min(kinds.values()) >= 15
    assert set(kinds) == {"page", "memo", "training_note"}
    assert {item.network for item in ITEMS} == set(NETWORKS)


def test_parents_exist_in_the_same_network():
    parents = {item.key: item.meta["parent"] for item in ITEMS if "parent" in item.meta}

    assert len(parents) >= 30
    assert [key for key, parent in parents.items() if BY_KEY[parent].network != BY_KEY[key].network] == []
    assert [key for key, parent in parents.items() if BY_KEY[parent].meta.get("kind", "page") != "page"] == []
    assert len(sort_by_parent(ITEMS)) == len(ITEMS)


def test_parents_in_a_circle_are_named():
    circle = [
        Source("halifax/a", {"parent": "halifax/b", "draft": True}),
        Source("halifax/b", {"parent": "halifax/a", "draft": True}),
    ]

    with pytest.raises(ContentError, match="halifax/a, halifax/b"):
        sort_by_parent(circle)


def test_audiences_are_valid_and_varied():
    named = set()
    for item in ITEMS:
        audience = item.meta.get("audience", "section")
        if isinstance(audience, str):
            assert audience in {"section", "members", "partners", "everyone"}, item.key
            named.add(audience)
            continue
        for entry in audience:
            slug = entry.removeprefix("network:")
            assert entry == "guests" or (slug in NETWORKS and slug not in ("directions", item.network)), item.key
        named.add("guests" if "guests" in audience else "chosen")

    assert named == {"section", "members", "partners", "everyone", "guests", "chosen"}


def test_internal_texts_stay_in_their_section():
    marked = re.compile(r"\b(internal\.|interne|members only|réservé au personnel municipal|not for circulation)", re.I)
    internal = [item for item in ITEMS if any(marked.search(text.summary) for text in item.texts)]

    assert len(internal) >= 8
    assert {item.key for item in internal if effective_audience(item) not in ("section", ["guests"])} == set()
    assert {str(effective_audience(item)) for item in ITEMS if item.network == "directions"} == {
        "section",
        "['guests']",
    }


def test_topics_are_known_and_bilingual():
    used = {slug for item in ITEMS for slug in item.meta["topics"]}

    assert used == set(topic_names())
    assert len(used) >= 20
    assert all(names["fr"] and names["en"] for names in topic_names().values())


def test_documents_are_bilingual_and_attached():
    attached = {key for item in ITEMS for key in item.meta.get("attachments", ())}

    assert attached == set(read_documents())
    assert sum(len(document.texts) for document in read_documents().values()) >= 12
    assert {document.languages for document in read_documents().values()} == {("fr", "en")}
    assert {document.meta["format"] for document in read_documents().values()} == {"pdf", "docx"}


def test_memo_numbers_are_gapless_in_order_of_publication():
    found = defaultdict(list)
    for item in sorted(memos_by_number().values(), key=lambda item: item.meta["published"]):
        code, year, number = item.meta["number"].split("-")
        assert code == NETWORKS[item.network]["code"]
        assert int(year) == item.meta["published"].year
        found[code, year].append(int(number))

    assert {series: numbers for series, numbers in found.items() if numbers != list(range(1, len(numbers) + 1))} == {}
    assert found["NAT", "2026"] == list(range(1, 15))


def test_memos_replace_older_memos_of_their_network():
    replacing = [item for item in ITEMS if "supersedes" in item.meta]

    assert len(replacing) >= 3
    for item in replacing:
        replaced = BY_KEY[item.meta["supersedes"]]
        assert replaced.network == item.network
        assert replaced.meta["kind"] == "memo"
        assert replaced.meta["published"] < item.meta["published"]


def test_dates_are_within_fourteen_months():
    drafts = [item.key for item in ITEMS if item.meta.get("draft")]
    days = {item.key: item.meta["published"] for item in ITEMS if item.key not in drafts}

    assert drafts == ["quebec/accueil-brouillon"]
    assert {key: day for key, day in days.items() if not FIRST_DAY <= day <= LAST_DAY} == {}
    assert [i.key for i in ITEMS if i.meta.get("acknowledge_by", LAST_DAY) < i.meta.get("published", FIRST_DAY)] == []


def test_named_memos_exist_and_are_older():
    numbers = memos_by_number()
    for item in ITEMS:
        for text in item.texts:
            for number in re.findall(r"\b[A-Z]{3}-20\d\d-\d{3}\b", whole(text)):
                assert number in numbers, item.key
                assert numbers[number].meta["published"] <= item.meta["published"], item.key


@pytest.mark.parametrize(("item", "text"), TEXTS)
def test_text_is_long_enough_and_in_its_language(item, text):
    found = words(whole(text))
    counts = {language: sum(word in common for word in found) for language, common in COMMON_WORDS.items()}
    other = "en" if text.language == "fr" else "fr"

    assert 120 <= len(found) <= 500
    assert text.summary
    assert len(text.summary) <= 250
    assert len(text.content_note) <= 250
    assert counts[text.language] >= 0.12 * len(found)
    assert counts[text.language] >= 4 * counts[other]
    assert not re.search(r"lorem|ipsum|TODO|TBD|XXX|\bfoo\b|à compléter|\?\?", whole(text))


@pytest.mark.parametrize(("item", "text"), TEXTS)
def test_typography_follows_the_language(item, text):
    content = whole(text)

    assert '"' not in content
    if text.language == "fr":
        assert not re.search(r" [;!?](\s|$)", content, re.MULTILINE), "no space before ; ! ? in Canadian French"
        assert not re.search(r"\w:(\s|$)", content, re.MULTILINE), "a space before the colon"
        assert not re.search(r"«\S|\S»|[“”]", content)
    else:
        assert not re.search(r"[«»]| [;:!?](\s|$)", content, re.MULTILINE)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_sentence_is_written_twice(language):
    lines = Counter(
        line.strip()
        for item in ITEMS
        for text in item.texts
        if text.language == language
        for line in text.body.splitlines()
        if len(line) > 60
    )

    assert [line for line, times in lines.items() if times > 1] == []


def test_training_notes_have_a_session_learnings_and_steps():
    notes = [item for item in ITEMS if item.meta.get("kind") == "training_note"]

    for item in notes:
        assert item.meta["session"]["date"] < item.meta["published"], item.key
        for text in item.texts:
            assert item.meta["session"]["title"][text.language]
            assert item.meta["session"]["hosts"][text.language]
            for headings in NOTE_HEADINGS.values():
                assert f"## {headings[text.language]}\n" in text.body, item.key


def test_source_without_front_matter_is_named():
    with pytest.raises(ContentError, match="halifax/new: begin the file with front matter"):
        parse_source("halifax/new", "# [en] Title\n")


def test_source_without_language_is_named():
    with pytest.raises(ContentError, match="halifax/new: begin each language"):
        parse_source("halifax/new", "---\ntopics: []\n---\n# Title\n")


def test_source_is_read_in_parts():
    source = parse_source(
        "halifax/new",
        "---\ntopics: [justice]\n---\n"
        "# [en] Title\n> One\n> two\n\n**Content note.** Loss.\n\nBody\n"
        "# [fr] Titre\n> Un\n\nTexte\n",
    )

    assert source.network == "halifax"
    assert source.languages == ("en", "fr")
    english, french = source.texts
    assert (english.title, english.summary, english.content_note, english.body) == ("Title", "One two", "Loss.", "Body")
    assert (french.title, french.summary, french.content_note, french.body) == ("Titre", "Un", "", "Texte")
