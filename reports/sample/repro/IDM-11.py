"""Reproduces one finding of a conformance run: sends the smallest history that showed it anew.

Needs Python 3.11, httpx and resending.py beside this file. The layers-conformance package judges, and where it is not installed, only what was
answered is shown. Keys are read from the environment.

    python THIS_FILE [--base-url URL] [--yes]
"""

import sys

from resending import main

try:
    from conformance.run.retrial import retried
except ImportError:
    retried = None

PLAN = {'finding': 'IDM-11',
 'requirement': 'IDM-11',
 'kind': 'another body',
 'sentence': 'Regenerate and clone-from-post replay and conflict in the way that create does.',
 'message': 'A replay of regenerateContent with job job_01M8EJAK5T2V4T7BKNGJ8H02JK was answered 202, but another body than the original: '
            'startedAt differ.',
 'baseUrl': 'http://127.0.0.1:43021',
 'price': 4,
 'requests': 4,
 'tries': 1,
 'keys': {'owner': 'LAYERS_API_KEY'},
 'forged': [],
 'reading': [['X-Api-Key', '[secret:owner]']],
 'timeout': 30.0,
 'generationTimeout': 30.0,
 'pollInterval': 0.02,
 'target': {'target': {'base_url': 'http://127.0.0.1:43021',
                       'api_key_env': 'LAYERS_API_KEY',
                       'project_id': '254a4ce1-f4ca-42b1-9e36-17ca45ef3d39',
                       'review_project_id': '5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8',
                       'archive_project_id': '8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10',
                       'other_api_key_env': 'LAYERS_OTHER_KEY',
                       'other_project_id': 'c2b8e6d4-91a3-47f5-b6c7-3e0f1d2a5b94'},
            'fixtures': {'influencer_id': 'inf_01HX9Y6K7EJ4T2ABCDEF',
                         'reference_media_ids': ['med_01HX9Y6K7EJ4T2ABCDEF', 'med_01HX9Y6K7EJ4T2ABCDEA'],
                         'source_post_id': '7358219046120934574',
                         'failing_brief': {'hook': 'A brief whose generation ends badly [fail]'}},
            'dialect': {'clone_id': 'existing'},
            'timing': {'generation_timeout': 30.0,
                       'poll_interval': 0.02,
                       'request_timeout': 30.0,
                       'generation_seconds': 0.3,
                       'outage_timeout': 60.0,
                       'settling': 2.0,
                       'read_lag': 0.0},
            'hooks': {'clock_url': 'http://127.0.0.1:43021/_sandbox/clock'}},
 'fresh': [['key1', 'key', 'c7172910-428a-4e8e-88fd-bb84725944e1'],
           ['mark3', 'mark', 'lcm-8f70359d-main13'],
           ['key4', 'key', '13afdde6-a481-40f8-a47a-b1c1035da8fc'],
           ['key5', 'key', '3ce81d2b-f3ad-4c55-9f4b-b69efcb8a107']],
 'derived': [],
 'stock': [],
 'groups': [[{'id': 'main-18',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key1}}']],
              'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'},
              'gives': [['id2', ['body', 'containerId']]],
              'untilEnded': False,
              'tags': {},
              'waits': [],
              'crowd': None}],
            [{'id': 'main-115',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/content/{{id2}}/regenerate',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key4}}']],
              'body': {'text': '{"patch": {"hook": "Now it works {{mark3}}", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF"}}'},
              'gives': [],
              'untilEnded': False,
              'tags': {},
              'waits': [['/v1/content/{{id2}}', 'owner']],
              'crowd': None}],
            [{'id': 'main-208',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/content/{{id2}}/regenerate',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key5}}']],
              'body': {'text': '{"patch": {"hook": "A brief whose generation ends badly [fail]"}}'},
              'gives': [],
              'untilEnded': False,
              'tags': {},
              'waits': [['/v1/content/{{id2}}', 'owner']],
              'crowd': None}],
            [{'id': 'main-315',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/content/{{id2}}/regenerate',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key4}}']],
              'body': {'text': '{"patch": {"hook": "Now it works {{mark3}}", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF"}}'},
              'gives': [],
              'untilEnded': False,
              'tags': {},
              'waits': [['/v1/content/{{id2}}', 'owner']],
              'crowd': None}]],
 'watched': [['/v1/content/{{id2}}', 'owner']],
 'again': []}

sys.exit(main(PLAN, retried))
