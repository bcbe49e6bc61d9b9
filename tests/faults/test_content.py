"""Faults of regenerating, cloning, rejecting and assets show."""

from faulty_api import api_with


def test_a_patch_that_adds_to_arrays() -> None:
    api = api_with("patch-adds-to-arrays", generation_seconds=0)
    made = api.started(themeTags=["one"])
    assert api.act(made, "regenerate", patch={"themeTags": ["two"]}).status_code == 202
    assert api.read(made)["brief"]["themeTags"] == ["one", "two"]


def test_a_clone_that_changes_a_neighbour() -> None:
    api = api_with("clone-changes-a-neighbour", generation_seconds=0)
    neighbour, source = api.started(), api.started()
    before = api.read(neighbour)
    answer = api.act(source, "clone-from-post", sourcePlatformPostId=api.settings.source_post_id)
    assert answer.status_code == 202
    assert api.read(neighbour) != before


def test_a_refused_clone_that_leaves_a_container() -> None:
    api = api_with("unknown-post-leaves-a-container-of-its-own", generation_seconds=0)
    source = api.started()
    assert api.act(source, "clone-from-post", sourcePlatformPostId="0").status_code == 404
    left = [name for name in api.page()[0] if name != source["containerId"]]
    assert [api.read({"containerId": name})["brief"] for name in left] == [{"hook": "A post"}]


def test_a_refused_reject_that_rejects() -> None:
    api = api_with("reject-with-bad-patch-rejects", generation_seconds=0)
    made = api.started(under_review=True)
    assert api.act(made, "reject", reason="Dull", regenerate={"hook": 1}).status_code == 422
    assert api.read(made)["approvalStatus"] == "rejected"


def test_the_beginning_of_an_asset_id_is_enough() -> None:
    api = api_with("asset-id-cut-short-answered", generation_seconds=0)
    made = api.started()
    asset_id = api.read(made)["assets"][0]["id"]
    assert api.http.get(f"/v1/content/{made['containerId']}/assets/{asset_id[:-3]}").status_code == 200
