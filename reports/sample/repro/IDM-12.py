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

PLAN = {'finding': 'IDM-12',
 'requirement': 'IDM-12',
 'kind': 'another body',
 'sentence': 'A key still replays just inside 24 hours, and is free again after them.',
 'message': 'A replay of createContent with job job_01M8EJAJS9ZSQ6PK3W2W5CV45P was answered 202, but another body than the original: '
            'startedAt differ.',
 'evidence': ['main-6', 'main-1426', 'main-2103'],
 'pointer': '/response/body/startedAt',
 'actual': '2026-11-27T14:15:43.079Z',
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
 'expected': '{{id7}}',
 'price': 9,
 'requests': 12,
 'crowded': 75,
 'crowdPrice': 8,
 'pause': 3.5,
 'tries': 1,
 'fresh': [['mark1', 'mark', 'lcm-8f70359d-main2'],
           ['key2', 'key', '60a091f6-3994-4287-832f-64be16a61732'],
           ['mark4', 'mark', 'lcm-8f70359d-main278'],
           ['mark6', 'mark', 'lcm-8f70359d-main167'],
           ['mark8', 'mark', 'lcm-8f70359d-main169']],
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
              'gives': [['id3', ['body', 'containerId']], ['id7', ['body', 'startedAt']]],
              'answered': 202}],
            [{'id': 'main-1426',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours {{mark4}}", "targetPlatforms": '
                               '["tiktok", "instagram"], "themeTags": ["launch", "calendar"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'answered': 409,
              'waits': [['/v1/content/{{id3}}', 'owner']],
              'crowd': [[0, 7], [1, 1]]}],
            [{'id': 'main-2079',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{\n'
                               '  "brief": {\n'
                               '    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: '
                               '{{mark1}}",\n'
                               '    "targetPlatforms": [\n'
                               '      "tiktok",\n'
                               '      "instagram"\n'
                               '    ],\n'
                               '    "themeTags": [\n'
                               '      "launch",\n'
                               '      "calendar",\n'
                               '      "launch",\n'
                               '      "Launch",\n'
                               '      "a week, or two",\n'
                               '      "no",\n'
                               '      "007"\n'
                               '    ],\n'
                               '    "language": "en-US",\n'
                               '    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n'
                               '    "referenceMediaIds": [\n'
                               '      "med_01HX9Y6K7EJ4T2ABCDEF",\n'
                               '      "med_01HX9Y6K7EJ4T2ABCDEA"\n'
                               '    ]\n'
                               '  },\n'
                               '  "format": "video_remix"\n'
                               '}'},
              'answered': 202,
              'crowd': [[2, 67]]}],
            [{'id': 'main-2082',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{\n'
                               '  "brief": {\n'
                               '    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: '
                               '{{mark1}}",\n'
                               '    "targetPlatforms": [\n'
                               '      "tiktok",\n'
                               '      "instagram"\n'
                               '    ],\n'
                               '    "themeTags": [\n'
                               '      "launch",\n'
                               '      "calendar",\n'
                               '      "launch",\n'
                               '      "Launch",\n'
                               '      "a week, or two",\n'
                               '      "no",\n'
                               '      "007"\n'
                               '    ],\n'
                               '    "language": "en-US",\n'
                               '    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n'
                               '    "referenceMediaIds": [\n'
                               '      "med_01HX9Y6K7EJ4T2ABCDEF",\n'
                               '      "med_01HX9Y6K7EJ4T2ABCDEA"\n'
                               '    ]\n'
                               '  },\n'
                               '  "format": "video_remix"\n'
                               '}'},
              'answered': 202,
              'waits': [['/v1/content/{{id3}}', 'owner']]}],
            [{'id': 'main-2085',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{\n'
                               '  "brief": {\n'
                               '    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: '
                               '{{mark1}}",\n'
                               '    "targetPlatforms": [\n'
                               '      "tiktok",\n'
                               '      "instagram"\n'
                               '    ],\n'
                               '    "themeTags": [\n'
                               '      "launch",\n'
                               '      "calendar",\n'
                               '      "launch",\n'
                               '      "Launch",\n'
                               '      "a week, or two",\n'
                               '      "no",\n'
                               '      "007"\n'
                               '    ],\n'
                               '    "language": "en-US",\n'
                               '    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n'
                               '    "referenceMediaIds": [\n'
                               '      "med_01HX9Y6K7EJ4T2ABCDEF",\n'
                               '      "med_01HX9Y6K7EJ4T2ABCDEA"\n'
                               '    ]\n'
                               '  },\n'
                               '  "format": "video_remix"\n'
                               '}'},
              'answered': 202,
              'waits': [['/v1/content/{{id3}}', 'owner']]}],
            [{'id': 'main-2089',
              'actor': 'harness',
              'method': 'POST',
              'url': '/_sandbox/clock',
              'headers': [['content-type', 'application/json']],
              'body': {'text': '{"advanceSeconds": 0.0}'},
              'answered': 200,
              'waits': [['/v1/content/{{id3}}', 'owner']]}],
            [{'id': 'main-2090',
              'actor': 'harness',
              'method': 'POST',
              'url': '/_sandbox/clock',
              'headers': [['content-type', 'application/json']],
              'body': {'text': '{"advanceSeconds": 592.4580256938934}'},
              'answered': 200}],
            [{'id': 'main-2091',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                               'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                               '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'answered': 202}],
            [{'id': 'main-2092',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                               'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                               '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'gives': [['id5', ['body', 'containerId']]],
              'answered': 202}],
            [{'id': 'main-2101',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/content/{{id3}}/regenerate',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"patch": {"hook": "Mornings that are yours {{mark6}}", "targetPlatforms": ["instagram"]}}'},
              'answered': 202}],
            [{'id': 'main-2102',
              'actor': 'harness',
              'method': 'POST',
              'url': '/_sandbox/clock',
              'headers': [['content-type', 'application/json']],
              'body': {'text': '{"advanceSeconds": 3029.9492275714874}'},
              'answered': 200}],
            [{'id': 'main-2103',
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
 'crowd': [{'id': 'main-1124',
            'actor': 'owner',
            'method': 'POST',
            'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content',
            'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']],
            'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours {{mark8}}", "targetPlatforms": [], '
                             '"themeTags": [], "language": "pt-BR"}}'},
            'answered': 202},
           {'id': 'main-158',
            'actor': 'owner',
            'method': 'POST',
            'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
            'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']],
            'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                             'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                             '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                             '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
            'answered': 202},
           {'id': 'main-847',
            'actor': 'owner',
            'method': 'POST',
            'url': '/v1/content/{{id3}}/reject',
            'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']],
            'body': {'text': '{"format": "auto", "brief": {"hook": "cut sho'},
            'answered': 400}],
 'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id5}}', 'owner']],
 'again': [],
 'wider': None}

# More of what the run had sent before, a request a line: sent where the smallest history shows nothing.
PLAN["wider"] = {
    'expected': '{{id31}}',
    'price': 37,
    'requests': 47,
    'crowded': 654,
    'crowdPrice': 52,
    'pause': 3.5,
    'tries': 1,
    'fresh': [['mark1', 'mark', 'lcm-8f70359d-main2'], ['key2', 'key', '60a091f6-3994-4287-832f-64be16a61732'], ['key5', 'key', 'c7172910-428a-4e8e-88fd-bb84725944e1'], ['mark7', 'mark', 'lcm-8f70359d-main6'], ['key8', 'key', 'e5a49d40-7c41-4683-a02f-e00f6c8db02b'], ['mark10', 'mark', 'lcm-8f70359d-main9'], ['key11', 'key', '76f1a6ea-b7c4-41db-ae9d-b5277726d22e'], ['mark13', 'mark', 'lcm-8f70359d-main11'], ['key14', 'key', '418c5a23-e38b-49a5-916f-331cbb02dcdd'], ['key15', 'key', '60a091f6-3994-4287-832f-64be16a61737'], ['mark17', 'mark', 'lcm-8f70359d-main14'], ['key18', 'key', '722e09f4-db48-4f94-8f96-0cb73984e00b'], ['key19', 'key', '517b4063-e0cf-4329-9f60-172dfaed4968'], ['mark21', 'mark', 'lcm-8f70359d-main169'], ['key22', 'key', 'c276bd26-046e-47a8-8657-897aec884099'], ['mark24', 'mark', 'lcm-8f70359d-main278'], ['mark25', 'mark', 'lcm-8f70359d-main315'], ['mark26', 'mark', 'lcm-8f70359d-main12'], ['mark28', 'mark', 'lcm-8f70359d-main15'], ['mark30', 'mark', 'lcm-8f70359d-main167']],
    'derived': [],
    'stock': [],
    'crowd': [{'id': 'main-1124', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours {{mark21}}", "targetPlatforms": [], "themeTags": [], "language": "pt-BR"}}'}, 'answered': 202}, {'id': 'main-158', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}, {'id': 'main-847', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "cut sho'}, 'answered': 400}],
    'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id4}}', 'owner'], ['/v1/content/{{id6}}', 'owner'], ['/v1/content/{{id9}}', 'owner'], ['/v1/content/{{id12}}', 'owner'], ['/v1/content/{{id16}}', 'owner'], ['/v1/content/{{id20}}', 'owner'], ['/v1/content/{{id23}}', 'owner'], ['/v1/content/{{id27}}', 'owner'], ['/v1/content/{{id29}}', 'owner']],
    'again': [{'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}],
    'groups': [
        [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id3', ['body', 'containerId']], ['id31', ['body', 'startedAt']]], 'answered': 202}],
        [{'id': 'main-13', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id4', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-18', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key5}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'}, 'gives': [['id6', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-23', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key8}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first. {{mark7}}", "targetPlatforms": ["instagram"], "themeTags": ["no", "off", "true", "null", "1.50", "007", "1e3", "2026-01-02", "12:30", "~", "NaN"], "language": "es-419", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id9', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-60', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key11}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark10}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id12', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-82', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key14}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours {{mark13}}", "targetPlatforms": "tiktok"}}'}, 'answered': 422}],
        [{'id': 'main-158', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key15}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id16', ['body', 'containerId']]], 'answered': 202, 'waits': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id4}}', 'owner'], ['/v1/content/{{id6}}', 'owner'], ['/v1/content/{{id9}}', 'owner'], ['/v1/content/{{id12}}', 'owner']]}, {'id': 'main-157', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key15}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}, {'id': 'main-159', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key15}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark10}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 409}, {'id': 'main-160', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key15}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark10}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 409}],
        [{'id': 'main-182', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key18}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours {{mark17}}", "targetPlatforms": "tiktok"}}'}, 'answered': 422}],
        [{'id': 'main-354', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id12}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key19}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'gives': [['id20', ['body', 'containerId']]], 'answered': 202, 'waits': [['/v1/content/{{id16}}', 'owner']]}, {'id': 'main-351', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id12}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key19}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'answered': 202}, {'id': 'main-352', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id12}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key19}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'answered': 202}, {'id': 'main-353', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id12}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key19}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'answered': 202}],
        [{'id': 'main-1124', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key22}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours {{mark21}}", "targetPlatforms": [], "themeTags": [], "language": "pt-BR"}}'}, 'gives': [['id23', ['body', 'containerId']]], 'answered': 202, 'waits': [['/v1/content/{{id12}}', 'owner'], ['/v1/content/{{id20}}', 'owner']]}],
        [{'id': 'main-1426', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours {{mark24}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 409, 'waits': [['/v1/content/{{id23}}', 'owner']], 'crowd': [[0, 7], [1, 1]]}],
        [{'id': 'main-2003', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['idempotency-key', '{{key2}}']], 'answered': 415, 'crowd': [[2, 67]]}],
        [{'id': 'main-2005', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'base64': 'eyJmb3JtYXQiOiAiYXV0byIsICJicmllZiI6IHsiaG9vayI6ICL//iJ9fQ=='}, 'answered': 400}],
        [{'id': 'main-2025', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n    "referenceMediaIds": [\n      "med_01HX9Y6K7EJ4T2ABCDEF",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  },\n  "format": "video_remix"\n}'}, 'answered': 202}],
        [{'id': 'main-2026', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}],
        [{'id': 'main-2028', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id4}}/reject', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json']], 'body': {'text': '{"reason": "Off brand"}'}, 'answered': 200, 'waits': [['/v1/content/{{id3}}', 'owner']]}],
        [{'id': 'main-2030', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}],
        [{'id': 'main-2061', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id4}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"patch": {"hook": "Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours,  {{mark25}}", "targetPlatforms": "tiktok"}}'}, 'answered': 422, 'waits': [['/v1/content/{{id4}}', 'owner']]}],
        [{'id': 'main-2076', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n    "referenceMediaIds": [\n      "med_01HX9Y6K7EJ4T2ABCDEF",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  },\n  "format": "video_remix"\n}'}, 'answered': 202}],
        [{'id': 'main-2078', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed', 'waits': [['/v1/content/{{id3}}', 'owner']]}],
        [{'id': 'main-2079', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n    "referenceMediaIds": [\n      "med_01HX9Y6K7EJ4T2ABCDEF",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  },\n  "format": "video_remix"\n}'}, 'answered': 202}],
        [{'id': 'main-2081', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed', 'waits': [['/v1/content/{{id3}}', 'owner']]}],
        [{'id': 'main-2082', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n    "referenceMediaIds": [\n      "med_01HX9Y6K7EJ4T2ABCDEF",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  },\n  "format": "video_remix"\n}'}, 'answered': 202}],
        [{'id': 'main-2084', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed', 'waits': [['/v1/content/{{id3}}', 'owner']]}],
        [{'id': 'main-2085', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF",\n    "referenceMediaIds": [\n      "med_01HX9Y6K7EJ4T2ABCDEF",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  },\n  "format": "video_remix"\n}'}, 'answered': 202}],
        [{'id': 'main-2087', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed', 'waits': [['/v1/content/{{id3}}', 'owner']]}],
        [{'id': 'main-2089', 'actor': 'harness', 'method': 'POST', 'url': '/_sandbox/clock', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"advanceSeconds": 0.0}'}, 'answered': 200}],
        [{'id': 'main-2090', 'actor': 'harness', 'method': 'POST', 'url': '/_sandbox/clock', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"advanceSeconds": 592.4580256938934}'}, 'answered': 200}],
        [{'id': 'main-2091', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}],
        [{'id': 'main-2092', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}],
        [{'id': 'main-2093', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key5}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'}, 'answered': 202, 'crowd': [[0, 7], [1, 1], [2, 67]]}],
        [{'id': 'main-2094', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key8}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first. {{mark7}}", "targetPlatforms": ["instagram"], "themeTags": ["no", "off", "true", "null", "1.50", "007", "1e3", "2026-01-02", "12:30", "~", "NaN"], "language": "es-419", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'crowd': [[0, 7], [1, 1], [2, 67]]}],
        [{'id': 'main-2095', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key11}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark10}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'crowd': [[0, 7], [1, 1], [2, 67]]}],
        [{'id': 'main-2096', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key14}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "Evenings that are yours {{mark26}}"}}'}, 'gives': [['id27', ['body', 'containerId']]], 'answered': 202, 'crowd': [[0, 7], [1, 1], [2, 67]]}],
        [{'id': 'main-2097', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key18}}']], 'body': {'text': '{"format": "ugc_remix", "brief": {"hook": "  Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Café Å Café Å 👩\u200d💻 launch 🚀🇫🇷 \u202egnp.exe\u202c \u200fאב zero\u200bwidth\ufeffmark \'; DROP TABLE containers; -- \\" OR 1=1 <script>alert(1)</script>&amp;&lt; {{7*7}} ${7*7} %s %(name)s {0} back\\\\slash \\"quote\\" \\\\u0041 \\\\n   lead\\tand trail   one\\r\\ntwo\\nthree\u2028four\x85five ﬁ ＦＵＬＬ İı ß 007 null “Evenings” {{mark28}}  ", "themeTags": ["Café Å", "Café Å", "👩\u200d💻 launch 🚀🇫🇷", "\u202egnp.exe\u202c \u200fאב", "zero\u200bwidth\ufeffmark", "\'; DROP TABLE containers; -- \\" OR 1=1", "<script>alert(1)</script>&amp;&lt;", "{{7*7}} ${7*7} %s %(name)s {0}", "back\\\\slash \\"quote\\" \\\\u0041 \\\\n", "  lead\\tand trail  ", "one\\r\\ntwo\\nthree\u2028four\x85five", "ﬁ ＦＵＬＬ İı ß", "007", "null"], "targetPlatforms": ["tiktok", "youtube"], "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF"]}}'}, 'gives': [['id29', ['body', 'containerId']]], 'answered': 202, 'crowd': [[0, 5], [2, 67]]}],
        [{'id': 'main-2098', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key15}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'crowd': [[0, 5], [2, 67]]}],
        [{'id': 'main-2099', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id12}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key19}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'answered': 202, 'crowd': [[0, 2], [2, 67]]}],
        [{'id': 'main-2100', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key22}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours {{mark21}}", "targetPlatforms": [], "themeTags": [], "language": "pt-BR"}}'}, 'answered': 202, 'crowd': [[2, 66]]}],
        [{'id': 'main-2101', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"patch": {"hook": "Mornings that are yours {{mark30}}", "targetPlatforms": ["instagram"]}}'}, 'answered': 202}],
        [{'id': 'main-2102', 'actor': 'harness', 'method': 'POST', 'url': '/_sandbox/clock', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"advanceSeconds": 3029.9492275714874}'}, 'answered': 200}],
        [{'id': 'main-2103', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}],
    ],
}

sys.exit(main(PLAN, retried))
