"""Reproduces one finding of a conformance run: sends the smallest history that showed it anew.

Needs Python 3.11, httpx, and resending.py and renewing.py beside this file. The layers-conformance package judges, and where it is not installed, only what was
answered is shown. Keys are read from the environment.

    python THIS_FILE [--base-url URL] [--yes]
"""

import sys

from resending import main

try:
    from conformance.run.retrial import retried
except ImportError:
    retried = None

PLAN = {'finding': 'IDM-6',
 'requirement': 'IDM-6',
 'kind': 'parallel retry accepted anew',
 'sentence': 'Parallel retries with one key and one body make exactly one container between them.',
 'message': 'A retry in parallel to createContent with job job_01M8EJAKAS1S8SEFPJ2QER7AH3 was accepted with another answer: job '
            'job_01M8EJAKAS1S8SEFPJ2QER7AH3 and container cnt_01M8EJAKASAWPEPGZ17CC4751X.',
 'evidence': ['main-158', 'main-157'],
 'pointer': '/response/body/startedAt',
 'actual': '2026-11-27T13:15:13.625Z',
 'baseUrl': 'http://127.0.0.1:43021',
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
 'expected': '{{id4}}',
 'price': 2,
 'requests': 2,
 'crowded': 0,
 'crowdPrice': 0,
 'pause': 1.0,
 'tries': 3,
 'fresh': [['mark1', 'mark', 'lcm-8f70359d-main2'], ['key2', 'key', '60a091f6-3994-4287-832f-64be16a61737']],
 'derived': [],
 'stock': [],
 'groups': [[{'id': 'main-158',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                               'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                               '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'gives': [['id3', ['body', 'containerId']], ['id4', ['body', 'startedAt']]],
              'answered': 202},
             {'id': 'main-157',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                               'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                               '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'answered': 202}]],
 'crowd': [],
 'watched': [['/v1/content/{{id3}}', 'owner']],
 'again': [],
 'wider': None}

# More of what the run had sent before, a request a line: sent where the smallest history shows nothing.
PLAN["wider"] = {
    'expected': '{{id10}}',
    'price': 4,
    'requests': 8,
    'crowded': 0,
    'crowdPrice': 0,
    'pause': 1.0,
    'tries': 3,
    'fresh': [['mark1', 'mark', 'lcm-8f70359d-main2'], ['key2', 'key', '60a091f6-3994-4287-832f-64be16a61732'], ['mark4', 'mark', 'lcm-8f70359d-main9'], ['key5', 'key', '76f1a6ea-b7c4-41db-ae9d-b5277726d22e'], ['key8', 'key', '60a091f6-3994-4287-832f-64be16a61737']],
    'derived': [],
    'stock': [],
    'crowd': [],
    'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id6}}', 'owner'], ['/v1/content/{{id9}}', 'owner']],
    'again': [{'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id6}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/jobs/{{id7}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id6}}/progress', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=1&format=video_remix', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
    'groups': [
        [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id3', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-60', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key5}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark4}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id6', ['body', 'containerId']], ['id7', ['body', 'jobId']]], 'answered': 202}],
        [{'id': 'main-153', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id6}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed', 'waits': [['/v1/content/{{id3}}', 'owner']]}],
        [{'id': 'main-154', 'actor': 'owner', 'method': 'GET', 'url': '/v1/jobs/{{id7}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed', 'waits': [['/v1/content/{{id6}}', 'owner']]}],
        [{'id': 'main-155', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id6}}/progress', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}],
        [{'id': 'main-156', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=1&format=video_remix', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
        [{'id': 'main-158', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key8}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id9', ['body', 'containerId']], ['id10', ['body', 'startedAt']]], 'answered': 202}, {'id': 'main-157', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key8}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}],
    ],
}

sys.exit(main(PLAN, retried))
