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

PLAN = {'finding': 'IDM-6',
 'requirement': 'IDM-6',
 'kind': 'parallel retry accepted anew',
 'sentence': 'Parallel retries with one key and one body make exactly one container between them.',
 'message': 'A retry in parallel to createContent with job job_01M8TNEPYZK97KDY9A41EEC5DA was accepted with another answer: job '
            'job_01M8TNEPYZK97KDY9A41EEC5DA and container cnt_01M8TNEPYZ9ZNZNQYHG31F75YB.',
 'evidence': ['main-601', 'main-602'],
 'pointer': '/response/body/startedAt',
 'actual': '2026-12-02T06:00:47.328Z',
 'baseUrl': 'http://127.0.0.1:37833',
 'keys': {'owner': 'LAYERS_API_KEY', 'other': 'LAYERS_OTHER_KEY'},
 'forged': ['first-character-off', 'key-cut-short', 'key-with-more', 'made-up-key', 'other-header', 'wrong-bearer'],
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
 'compared': {'with': 'main-601', 'how': 'same'},
 'price': 3,
 'requests': 3,
 'crowded': 0,
 'crowdPrice': 0,
 'pause': 3.0,
 'turns': False,
 'tries': 3,
 'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'], ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b87']],
 'derived': [],
 'stock': [],
 'groups': [[{'id': 'main-601',
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
              'moment': 0.322},
             {'id': 'main-602',
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
              'moment': 0.324},
             {'id': 'main-603',
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
              'moment': 0.324}]],
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
    'expected': '{{id10}}',
    'compared': {'with': 'main-601', 'how': 'same'},
    'price': 24,
    'requests': 40,
    'crowded': 3,
    'crowdPrice': 3,
    'pause': 3.0,
    'turns': False,
    'tries': 3,
    'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'], ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b80'], ['key7', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b87'], ['mark9', 'mark', 'lcm-be4277c9-main12']],
    'derived': [],
    'stock': [],
    'crowd': [{'id': 'main-72', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'}, 'answered': 202}],
    'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id4}}', 'owner'], ['/v1/content/{{id5}}', 'owner'], ['/v1/content/{{id6}}', 'owner'], ['/v1/content/{{id8}}', 'owner']],
    'again': [{'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=1&format=video_remix', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
    'groups': [
        [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id3', ['body', 'containerId']]], 'answered': 202, 'moment': 0.473}],
        [{'id': 'main-11', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.011, 'moment': 0.486}],
        [{'id': 'main-16', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id4', ['body', 'containerId']]], 'answered': 202, 'gap': 0.008, 'moment': 0.495}],
        [{'id': 'main-50', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id5', ['body', 'containerId']]], 'answered': 202, 'moment': 0.544}, {'id': 'main-51', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id6', ['body', 'containerId']]], 'answered': 202, 'moment': 0.544}],
        [{'id': 'main-219', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'waits': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id4}}', 'owner']], 'moment': 0.807, 'crowd': [[0, 1]]}],
        [{'id': 'main-220', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.001, 'moment': 0.809}],
        [{'id': 'main-418', 'actor': 'first-character-off', 'method': 'POST', 'url': '/v1/content/{{id3}}/approve', 'headers': [], 'answered': 401, 'waits': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id4}}', 'owner'], ['/v1/content/{{id5}}', 'owner'], ['/v1/content/{{id6}}', 'owner']]}],
        [{'id': 'main-431', 'actor': 'key-cut-short', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"reason": "Off brand"}'}, 'answered': 401, 'gap': 0.02}],
        [{'id': 'main-432', 'actor': 'key-cut-short', 'method': 'POST', 'url': '/v1/content/{{id3}}/approve', 'headers': [], 'answered': 401}],
        [{'id': 'main-445', 'actor': 'key-with-more', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"reason": "Off brand"}'}, 'answered': 401, 'gap': 0.013}],
        [{'id': 'main-446', 'actor': 'key-with-more', 'method': 'POST', 'url': '/v1/content/{{id3}}/approve', 'headers': [], 'answered': 401}],
        [{'id': 'main-459', 'actor': 'other-header', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"reason": "Off brand"}'}, 'answered': 401, 'gap': 0.013}],
        [{'id': 'main-460', 'actor': 'other-header', 'method': 'POST', 'url': '/v1/content/{{id3}}/approve', 'headers': [], 'answered': 401}],
        [{'id': 'main-473', 'actor': 'word-null', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['x-api-key', 'null'], ['content-type', 'application/json']], 'body': {'text': '{"reason": "Off brand"}'}, 'answered': 401, 'gap': 0.012}],
        [{'id': 'main-474', 'actor': 'word-null', 'method': 'POST', 'url': '/v1/content/{{id3}}/approve', 'headers': [['x-api-key', 'null']], 'answered': 401}],
        [{'id': 'main-487', 'actor': 'made-up-key', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"reason": "Off brand"}'}, 'answered': 401, 'gap': 0.014}],
        [{'id': 'main-488', 'actor': 'made-up-key', 'method': 'POST', 'url': '/v1/content/{{id3}}/approve', 'headers': [], 'answered': 401, 'gap': 0.001}],
        [{'id': 'main-501', 'actor': 'wrong-bearer', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"reason": "Off brand"}'}, 'answered': 401, 'gap': 0.012}],
        [{'id': 'main-502', 'actor': 'wrong-bearer', 'method': 'POST', 'url': '/v1/content/{{id3}}/approve', 'headers': [], 'answered': 401}],
        [{'id': 'main-515', 'actor': 'empty-bearer', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['authorization', 'Bearer'], ['content-type', 'application/json']], 'body': {'text': '{"reason": "Off brand"}'}, 'answered': 401, 'gap': 0.013}],
        [{'id': 'main-516', 'actor': 'empty-bearer', 'method': 'POST', 'url': '/v1/content/{{id3}}/approve', 'headers': [['authorization', 'Bearer']], 'answered': 401}],
        [{'id': 'main-571', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.095, 'moment': 0.272, 'crowd': [[0, 2]]}],
        [{'id': 'main-572', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}'], ['user-agent', 'another-client/1.0']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.001, 'moment': 0.274}],
        [{'id': 'main-573', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}'], ['accept-language', 'pt-BR']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.001, 'moment': 0.277}],
        [{'id': 'main-574', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}'], ['x-request-id', 'retry-1'], ['traceparent', '00-1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f-2e2e2e2e2e2e2e2e-01']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.001, 'moment': 0.279}],
        [{'id': 'main-575', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.001, 'moment': 0.281}],
        [{'id': 'main-576', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "format": "video_remix",\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n    "referenceMediaIds": [\n      "med_01HX9Y6K7EJ4T2ABCDEF",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  }\n}'}, 'answered': 202, 'gap': 0.001, 'moment': 0.283}],
        [{'id': 'main-577', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"brief": {"referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"], "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "language": "en-US", "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "targetPlatforms": ["tiktok", "instagram"], "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}"}, "format": "video_remix"}'}, 'answered': 202, 'gap': 0.001, 'moment': 0.285}],
        [{'id': 'main-579', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.002, 'moment': 0.288}],
        [{'id': 'main-596', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.025, 'moment': 0.314}],
        [{'id': 'main-598', 'actor': 'anonymous', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key7}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 401}],
        [{'id': 'main-599', 'actor': 'other', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:other]'], ['content-type', 'application/json'], ['idempotency-key', '{{key7}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 404}],
        [{'id': 'main-600', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=1&format=video_remix', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
        [{'id': 'main-601', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key7}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id8', ['body', 'containerId']], ['id10', ['body', 'startedAt']]], 'answered': 202, 'gap': 0.001, 'moment': 0.322}, {'id': 'main-602', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key7}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'moment': 0.324}, {'id': 'main-603', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key7}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'moment': 0.324}, {'id': 'main-604', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key7}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark9}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 409}, {'id': 'main-605', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key7}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark9}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 409}, {'id': 'main-606', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key7}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark9}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 409}],
    ],
}

# What the check names alone: sent where a call that was accepted in the run is refused now, since what came before it has taken effect.
PLAN["fewer"] = {
    'expected': '{{id4}}',
    'compared': {'with': 'main-601', 'how': 'same'},
    'price': 3,
    'requests': 3,
    'crowded': 0,
    'crowdPrice': 0,
    'pause': 3.0,
    'turns': False,
    'tries': 3,
    'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'], ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b87']],
    'derived': [],
    'stock': [],
    'crowd': [],
    'watched': [['/v1/content/{{id3}}', 'owner']],
    'again': [],
    'groups': [
        [{'id': 'main-598', 'actor': 'anonymous', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 401}],
        [{'id': 'main-601', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id3', ['body', 'containerId']], ['id4', ['body', 'startedAt']]], 'answered': 202, 'gap': 0.004, 'moment': 0.322}, {'id': 'main-602', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'moment': 0.324}],
    ],
}

sys.exit(main(PLAN, retried))
