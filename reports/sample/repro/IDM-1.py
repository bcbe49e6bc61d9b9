"""Reproduces one finding of a conformance run: sends the smallest history that showed it anew.

Needs Python 3.11, httpx, and resending.py and renewing.py beside this file, or the layers-conformance package. That judges, and where it is not installed,
only what was answered is shown. Keys are read from the environment.

    python THIS_FILE [--base-url URL] [--yes]
"""

import sys

try:
    from resending import main
except ImportError:
    from conformance.door.resending import main
try:
    from conformance.run.evidence.retrial import retried
except ImportError:
    retried = None

PLAN = {'finding': 'IDM-1',
 'requirement': 'IDM-1',
 'kind': 'another body',
 'sentence': 'The same key with the same body within 24 hours brings the original 202 again, with the same JSON body, also after the job '
             'has ended.',
 'message': 'A replay of createContent with job job_01M8TNEP4AEHJ3CFF63JD58SGQ was answered 202, but another body than the original: '
            'startedAt differ.',
 'evidence': ['main-6', 'main-9'],
 'pointer': '/response/body/startedAt',
 'actual': '2026-12-02T06:00:46.482Z',
 'baseUrl': 'http://127.0.0.1:37833',
 'keys': {'owner': 'LAYERS_API_KEY'},
 'forged': [],
 'reading': [['X-Api-Key', '[secret:owner]']],
 'timeout': 30.0,
 'generationTimeout': 30.0,
 'pollInterval': 0.02,
 'target': {'target': {'base_url': 'http://127.0.0.1:37833',
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
            'hooks': {'clock_url': 'http://127.0.0.1:37833/_sandbox/clock'}},
 'expected': '{{id4}}',
 'compared': {'with': 'main-6', 'how': 'same'},
 'price': 2,
 'requests': 2,
 'crowded': 0,
 'crowdPrice': 0,
 'pause': 3.0,
 'turns': False,
 'tries': 3,
 'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'], ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b80']],
 'derived': [],
 'stock': [],
 'groups': [[{'id': 'main-6',
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
              'answered': 202,
              'moment': 0.473}],
            [{'id': 'main-9',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                               'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                               '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'answered': 202,
              'gap': 0.007,
              'moment': 0.482}]],
 'crowd': [],
 'watched': [['/v1/content/{{id3}}', 'owner']],
 'again': [],
 'wider': None,
 'fewer': None,
 'amid': None}

# What was done to the containers of a walk between its pages: sent where the smallest history shows nothing.
PLAN["amid"] = None

# More of what the run had sent before, a request a line: sent where the smallest history shows nothing.
PLAN["wider"] = {
    'expected': '{{id5}}',
    'compared': {'with': 'main-6', 'how': 'same'},
    'price': 2,
    'requests': 4,
    'crowded': 0,
    'crowdPrice': 0,
    'pause': 3.0,
    'turns': False,
    'tries': 3,
    'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'], ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b80']],
    'derived': [],
    'stock': [],
    'crowd': [],
    'watched': [['/v1/content/{{id3}}', 'owner']],
    'again': [{'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/jobs/{{id4}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
    'groups': [
        [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id3', ['body', 'containerId']], ['id4', ['body', 'jobId']], ['id5', ['body', 'startedAt']]], 'answered': 202, 'moment': 0.473}],
        [{'id': 'main-7', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
        [{'id': 'main-8', 'actor': 'owner', 'method': 'GET', 'url': '/v1/jobs/{{id4}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
        [{'id': 'main-9', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.001, 'moment': 0.482}],
    ],
}

# What the check names alone: sent where a call that was accepted in the run is refused now, since what came before it has taken effect.
PLAN["fewer"] = None

sys.exit(main(PLAN, retried))
