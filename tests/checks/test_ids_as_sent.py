"""Where two organizations have one id, what is shown of it is what the target sent: JOB-8, IDM-2 and CRE-5."""

from __future__ import annotations

from histories import FACTS, FOREIGN, HistoryBuilder, envelope, failures, job, judge_of
from runs import record
from test_ids_of_organizations import JOB_PATH, THEIR, THEIRS, both, other, own

from conformance.contract.document import load
from conformance.replay.dependencies import Dependencies
from conformance.run.conclude import concluded


def test_a_quoted_id_is_as_it_was_sent() -> None:
    story, tag = both(), {"ETag": '"tag-1"'}
    for status in ("running", "completed"):
        shown = job(1, status=status, projectId=FOREIGN, startedAt=THEIRS)
        other(story, "GET", JOB_PATH, shown, answer_headers=tag)
    sentence = 'Job "job_1" of the other organization kept the ETag "tag-1" although it went from running to completed.'
    assert failures(story)["JOB-8"] == [sentence]


def test_what_should_stand_and_what_stands_there_are_ids_as_they_were_sent() -> None:
    story = own()
    for n in (1, 2):
        answer = envelope(n, FOREIGN, container_id="cnt_1") | {"startedAt": THEIRS}
        story.create(project=FOREIGN, actor="other", key="k-1", brief=THEIR, answer=answer)
    [found] = judge_of(story)[0].tallies["IDM-2"].failures
    assert found.difference is not None
    assert (found.difference.expected, found.difference.actual) == ("job_1", "job_2")


def test_a_text_that_only_looks_like_a_name_stays_as_it_was_sent() -> None:
    story = HistoryBuilder()
    story.create(brief={"hook": "The gift of the owner"})
    story.read(brief={"hook": "The gift of the other organization"})
    [message] = failures(story)["CRE-5"]
    assert '"The gift of the other organization"' in message


def test_a_report_names_what_a_run_made_as_it_was_sent() -> None:
    judge, exchanges = judge_of(both())
    report = concluded(load(), judge, record(), Dependencies(exchanges, FACTS.clock_url))
    assert [each.id for each in report.containers] == ["cnt_1", "cnt_1"]
    assert [(each.container_id, each.job_id) for each in report.generations] == [("cnt_1", "job_1")] * 2
