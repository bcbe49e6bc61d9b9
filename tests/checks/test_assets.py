"""Judges of assets: what they must accuse, and what they must leave alone."""

import base64
import json
from typing import Any

import pytest
from histories import asset, failures, results
from moves import LATER, SIGNED, clone, fetch, read_once, regenerate

JWT = (
    "eyJhbGciOiJIUzI1NiJ9."
    + base64.urlsafe_b64encode(json.dumps({"exp": 1776514000}).encode()).decode().rstrip("=")
    + ".c2ln"
)
POLICY = (
    base64.b64encode(b'{"Statement":[{"Condition":{"DateLessThan":{"AWS:EpochTime":1776514000}}}]}')
    .decode()
    .rstrip("=")
)
POLICY += "_" * (-len(POLICY) % 4)
LASTING_JWT = JWT.split(".")[0] + "." + base64.urlsafe_b64encode(b'{"sub": 1}').decode().rstrip("=") + ".c2ln"


@pytest.mark.parametrize("status", [400, 404, 405, 410, 501, 409, 422])
def test_an_asset_of_a_completed_container_that_can_not_be_read_is_accused(status: Any) -> None:
    story = read_once()
    fetch(story, status=status)
    assert failures(story)["AST-1"] == [f'Reading asset "med_1" of completed container cnt_1 was answered {status}.']


@pytest.mark.parametrize("answer", [{"id": "med_1"}, {"id": "med_1", "url": ""}, {"id": "med_1", "url": None}, []])
def test_an_asset_without_a_url_is_accused(answer: Any) -> None:
    story = read_once()
    fetch(story, answer=answer)
    assert "without a URL" in failures(story)["AST-1"][0]


def test_an_asset_that_answers_with_another_is_accused() -> None:
    story = read_once()
    fetch(story, answer=SIGNED | {"id": "med_9"})
    assert 'was answered with asset "med_9"' in failures(story)["AST-1"][0]


@pytest.mark.parametrize("member", ["url", "signedUrl"])
def test_an_asset_that_can_be_read_passes(member: Any) -> None:
    story = read_once()
    fetch(story, answer={"id": "med_1", member: SIGNED["url"]})
    assert results(story, "AST-1") == ["passed"]
    assert results(story, "AST-4") == ["passed"]


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_an_asset_whose_read_was_put_off_is_not_judged(status: Any) -> None:
    story = read_once()
    fetch(story, status=status)
    assert results(story, "AST-1") == []


def test_an_asset_may_be_gone_after_a_regeneration() -> None:
    story = read_once()
    regenerate(story)
    fetch(story, status=404)
    assert results(story, "AST-1") == []


@pytest.mark.parametrize(
    "url", ["/media/1.mp4", "media.test/1.mp4", "//media.test/1.mp4", "https:///1.mp4", "http://[", ""]
)
def test_a_url_that_is_not_absolute_is_accused(url: Any) -> None:
    assert "is not absolute" in failures(read_once(assets=[asset(url=url)]))["AST-2"][0]


@pytest.mark.parametrize("url", ["http://media.test/1.mp4", "HTTPS://media.test/1.mp4", "https://10.0.0.7:8443"])
def test_a_url_of_the_web_is_absolute(url: Any) -> None:
    assert results(read_once(assets=[asset(url=url)]), "AST-2") == ["passed"]


def test_an_asset_without_a_url_hides_nothing_of_the_next() -> None:
    story = read_once(assets=[asset(url=None), asset("med_2", url="/2.mp4")])
    assert failures(story)["AST-2"] == ['The url "/2.mp4" of asset "med_2" in container cnt_1 is not absolute.']


def test_a_right_url_after_a_wrong_one_does_not_pass() -> None:
    story = read_once(assets=[asset(url="/1.mp4"), asset("med_2")])
    assert results(story, "AST-2") == ["failed"]


EXPIRING = [
    "X-Amz-Expires=900&X-Amz-Signature=ab",
    "Expires=1776514000&Signature=ab&Key-Pair-Id=K",
    "GoogleAccessId=a&Expires=1776514000&Signature=b",
    "X-Goog-Date=20260418T120000Z&X-Goog-Expires=900",
    "se=2026-04-18T13%3A00Z&sig=ab",
    f"Policy={POLICY}&Signature=ab",
    "expires_at=1776514000",
    "exp=1776514000&token=ab",
    "hdnts=st=1~exp=1776514000~acl=/*",
    f"token={JWT}",
]
LASTING = [
    "v=2",
    "w=1080&h=1920",
    "e=f",
    "token=ab",
    "sig=ab",
    "expires=never",
    "se=1",
    "t=1776514000",
    "token=ab&v=1776514000",
    f"t={LASTING_JWT}",
    "t=eyJ.eyJ!.x",
    "",
]

UNCLEAR = [
    "Expires=soon",
    "X-Amz-Expires=900",
    "Policy=abc&Signature=ab",
    "Policy=YQ__&Signature=ab",
    "t=1776514000&token=ab",
    "ts=1776514000&signature=ab",
    "e=1&hmac=ab",
    "ttl=900",
]
"""What may tell of an expiry by its name, but gives no moment (open reading 31)."""


@pytest.mark.parametrize("query", UNCLEAR)
def test_a_name_without_a_moment_accuses_neither_a_container_nor_get_asset(query: Any) -> None:
    url = f"https://media.test/1.mp4?{query}"
    story = read_once(assets=[asset(url=url)])
    assert results(story, "AST-2") == ["passed"]
    fetch(story, answer={"id": "med_1", "url": url})
    assert results(story, "AST-4") == ["passed"]


@pytest.mark.parametrize("query", EXPIRING)
def test_a_url_that_expires_is_accused_in_a_container_and_wanted_of_get_asset(query: Any) -> None:
    url = f"https://media.test/1.mp4?{query}"
    story = read_once(assets=[asset(url=url)])
    assert "expires, as shown by" in failures(story)["AST-2"][0]
    fetch(story, answer={"id": "med_1", "url": url})
    assert results(story, "AST-4") == ["passed"]


@pytest.mark.parametrize("query", LASTING)
def test_a_url_that_lasts_passes_in_a_container_and_is_accused_of_get_asset(query: Any) -> None:
    url = f"https://media.test/1.mp4?{query}"
    story = read_once(assets=[asset(url=url)])
    assert results(story, "AST-2") == ["passed"]
    fetch(story, answer={"id": "med_1", "url": url})
    assert "no expiry" in failures(story)["AST-4"][0]


@pytest.mark.parametrize(
    "more", [{"expiresAt": LATER}, {"expires_in": 900}, {"ttl": 60}, {"signed": {"validUntil": LATER}}]
)
def test_an_expiry_may_stand_in_the_body(more: Any) -> None:
    story = read_once()
    fetch(story, answer={"id": "med_1", "url": "https://media.test/1.mp4"} | more)
    assert results(story, "AST-4") == ["passed"]


def test_an_expiry_of_null_is_none() -> None:
    story = read_once()
    fetch(story, answer={"id": "med_1", "url": "https://media.test/1.mp4", "expiresAt": None})
    assert list(failures(story)) == ["AST-4"]


def test_a_url_that_changes_between_two_reads_is_accused() -> None:
    story = read_once()
    story.read(assets=[asset(url="https://media.test/other.mp4")])
    assert "changed from" in failures(story)["AST-2"][0]


def test_an_asset_that_vanishes_is_accused() -> None:
    story = read_once(assets=[asset(), asset("med_2")])
    story.read()
    assert failures(story)["AST-2"] == ['Container cnt_1 lost the asset "med_2" without a regeneration.']


def test_a_url_may_change_by_a_regeneration() -> None:
    story = read_once()
    regenerate(story)
    story.read(status="generating", assets=[])
    story.read(assets=[asset(url="https://media.test/new.mp4")])
    assert "AST-2" not in failures(story)


def test_a_url_may_change_over_a_regeneration_that_empties_the_assets() -> None:
    story = read_once()
    regenerate(story)
    story.read(status="generating")
    story.read(assets=[asset(url="https://media.test/new.mp4")])
    assert "AST-2" not in failures(story)


def test_a_url_may_change_at_the_end_of_a_regeneration_that_showed_the_old_one_to_several_reads() -> None:
    story = read_once()
    regenerate(story)
    for _ in range(2):
        story.read(status="generating", assets=[asset()], updatedAt=LATER)
    story.read(assets=[asset(url="https://media.test/new.mp4")], updatedAt=LATER)
    assert "AST-2" not in failures(story)


def test_every_asset_that_vanishes_is_named() -> None:
    story = read_once(assets=[asset(), asset("med_3"), asset("med_2")])
    story.read()
    assert 'lost the asset "med_2", "med_3" without' in failures(story)["AST-2"][0]


def test_a_url_that_changes_when_a_regeneration_has_ended_is_accused() -> None:
    story = read_once()
    regenerate(story)
    story.read(status="generating")
    story.read()
    story.read(assets=[asset(url="https://media.test/new.mp4")])
    assert "changed from" in failures(story)["AST-2"][0]


def test_urls_that_stay_pass() -> None:
    story = read_once()
    story.read()
    assert results(story, "AST-2") == ["passed", "passed"]


def test_an_id_that_stands_twice_is_compared_with_nothing() -> None:
    story = read_once(assets=[asset(), asset(url="https://media.test/b.mp4")])
    story.read(assets=[asset(url="https://media.test/b.mp4"), asset()])
    assert "AST-2" not in failures(story)


def test_an_asset_of_another_container_that_is_answered_is_accused() -> None:
    story = read_once()
    story.create(2)
    story.read(2)
    fetch(story, "med_2")
    assert failures(story)["AST-3"] == [
        'Container cnt_1 answered 200 for asset "med_2", which belongs to container cnt_2.'
    ]


UUID = "278f620f-2556-489f-9355-f1979c9a2bab"


def test_a_uuid_in_upper_case_is_the_same_asset() -> None:
    story = read_once(assets=[asset(UUID)])
    fetch(story, UUID.upper(), answer=SIGNED | {"id": UUID})
    assert "AST-3" not in failures(story)


@pytest.mark.parametrize(("known", "asked"), [("med_1", "MED_1"), (UUID, UUID[:-1].upper() + "C")])
def test_another_id_in_upper_case_is_accused(known: str, asked: str) -> None:
    story = read_once(assets=[asset(known)])
    fetch(story, asked, answer=SIGNED | {"id": known})
    assert "which no container has shown" in failures(story)["AST-3"][0]


def test_an_unknown_asset_that_is_answered_is_accused() -> None:
    story = read_once()
    fetch(story, "med_unknown")
    assert "which no container has shown" in failures(story)["AST-3"][0]


@pytest.mark.parametrize("status", [400, 404])
def test_an_unknown_asset_that_is_refused_passes(status: Any) -> None:
    story = read_once()
    fetch(story, "med_unknown", status)
    assert results(story, "AST-3") == ["passed"]


@pytest.mark.parametrize("status", [401, 429, 500])
def test_an_answer_that_says_nothing_of_an_unknown_asset_is_not_judged(status: Any) -> None:
    story = read_once()
    fetch(story, "med_unknown", status)
    assert results(story, "AST-3") == []


def test_an_asset_that_two_containers_show_belongs_to_both() -> None:
    story = read_once()
    story.create(2)
    story.read(2, assets=[asset("med_1"), asset("med_2")])
    fetch(story, "med_1", n=2)
    assert failures(story) == {}


def test_an_asset_that_a_regeneration_may_have_made_is_not_judged() -> None:
    story = read_once()
    regenerate(story)
    fetch(story, "med_new")
    assert results(story, "AST-3") == []


def test_an_asset_of_a_container_in_flight_is_not_judged() -> None:
    story = read_once(status="generating")
    fetch(story, "med_1")
    assert results(story, "AST-3") == []


def test_a_reference_medium_may_be_read_through_the_container() -> None:
    story = read_once(brief={"hook": "Evenings lcm-run-1", "referenceMediaIds": ["med_r1"]})
    fetch(story, "med_r1", answer=SIGNED | {"id": "med_r1"})
    assert "AST-3" not in failures(story)


def test_a_clone_of_the_container_does_not_move_its_assets() -> None:
    story = read_once()
    clone(story)
    story.read()
    assert "AST-2" not in failures(story)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"width": 0}, "has the width 0"),
        ({"height": -1}, "has the height -1"),
        ({"durationMs": 0}, "has the durationMs 0"),
        ({"width": "1080"}, 'has the width "1080"'),
        ({"height": True}, "has the height true"),
        ({"durationMs": None}, "is a video and has no durationMs"),
        ({"kind": "video/mp4", "durationMs": None}, "is a video and has no durationMs"),
        ({"width": None, "height": -1}, "has the height -1"),
    ],
)
def test_sizes_that_are_not_positive_are_accused(fields: Any, message: Any) -> None:
    assert message in failures(read_once(assets=[asset(**fields)]))["AST-5"][0]


@pytest.mark.parametrize(
    "fields",
    [
        {"width": 1, "height": 0.5, "durationMs": 1},
        {"width": None},
        {"kind": "image", "durationMs": None},
        {"kind": "video_thumbnail", "durationMs": None},
    ],
)
def test_sizes_that_are_positive_or_absent_pass(fields: Any) -> None:
    assert results(read_once(assets=[asset(**fields)]), "AST-5") == ["passed"]


def test_a_size_that_get_asset_alone_shows_is_judged_too() -> None:
    story = read_once()
    fetch(story, answer=SIGNED | {"width": 0})
    assert failures(story)["AST-5"] == [
        'Asset "med_1" of container cnt_1 has the width 0, which is not a positive number.'
    ]
