"""Containers whose creates have a part of the first one's in common, made once: several drivers regenerate and decide on them afterwards."""

from __future__ import annotations

from conformance.run.calls.api import Api
from conformance.suite.stock import Made, Stock, body_of

IN_REVIEW, IN_ANOTHER_FORMAT, BY_ITS_HOOK = "alike in review", "alike in another format", "alike by its hook"


def alike_in_review(api: Api, stock: Stock) -> Made:
    """Return a container, perhaps in flight, of the first one's body and another key in the project with review, or else beside the first."""
    body = body_of(stock.first_call())
    project = api.target.target.review_project_id
    call = api.create_call(project, body["brief"], body["format"], key=api.key())
    return stock.once(IN_REVIEW, lambda: stock.start(call))


def alike_in_another_format(api: Api, stock: Stock) -> Made:
    """Return a container, perhaps in flight, of the first one's brief in another format."""
    call = api.create_call(brief=body_of(stock.first_call())["brief"], format="ugc_remix", key=api.key())
    return stock.once(IN_ANOTHER_FORMAT, lambda: stock.start(call))


def alike_by_its_hook(api: Api, stock: Stock) -> Made:
    """Return a container, perhaps in flight, of the first one's hook alone, in another format and without a key."""
    hook = body_of(stock.first_call())["brief"]["hook"]
    call = api.create_call(brief={"hook": hook}, format="slideshow_remix")
    return stock.once(BY_ITS_HOOK, lambda: stock.start(call))
