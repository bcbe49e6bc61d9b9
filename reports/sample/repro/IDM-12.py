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

PLAN = {'finding': 'IDM-12',
 'requirement': 'IDM-12',
 'kind': 'another body',
 'sentence': 'A key still replays just inside 24 hours, and is free again after them.',
 'message': 'A replay of createContent with job job_01M8TNEP4AEHJ3CFF63JD58SGQ was answered 202, but another body than the original: '
            'startedAt differ.',
 'evidence': ['main-6', 'main-1341', 'main-2123'],
 'pointer': '/response/body/startedAt',
 'actual': '2026-12-02T07:01:16.481Z',
 'baseUrl': 'http://127.0.0.1:37833',
 'keys': {'owner': 'LAYERS_API_KEY', 'other': 'LAYERS_OTHER_KEY'},
 'forged': ['made-up-key', 'other-case', 'wrong-bearer'],
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
 'expected': '{{id8}}',
 'compared': {'with': 'main-6', 'how': 'same'},
 'price': 8,
 'requests': 11,
 'crowded': 75,
 'crowdPrice': 7,
 'pause': 3.6,
 'tries': 1,
 'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'],
           ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b80'],
           ['mark4', 'mark', 'lcm-be4277c9-main309'],
           ['mark7', 'mark', 'lcm-be4277c9-main225']],
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
              'gives': [['id3', ['body', 'containerId']], ['id8', ['body', 'startedAt']]],
              'answered': 202}],
            [{'id': 'main-1341',
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
              'crowd': [[0, 2], [1, 3]]}],
            [{'id': 'main-2046',
              'actor': 'other',
              'method': 'POST',
              'url': '/v1/projects/c2b8e6d4-91a3-47f5-b6c7-3e0f1d2a5b94/content',
              'headers': [['x-api-key', '[secret:other]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
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
              'gives': [['id5', ['body', 'containerId']]],
              'answered': 202,
              'crowd': [[1, 2], [2, 68]]}],
            [{'id': 'main-2102',
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
              'waits': [['/v1/content/{{id5}}', 'other']]}],
            [{'id': 'main-2110',
              'actor': 'harness',
              'method': 'POST',
              'url': '/_sandbox/clock',
              'headers': [['content-type', 'application/json']],
              'body': {'text': '{"advanceSeconds": 0.0}'},
              'answered': 200,
              'waits': [['/v1/content/{{id3}}', 'owner']]}],
            [{'id': 'main-2111',
              'actor': 'harness',
              'method': 'POST',
              'url': '/_sandbox/clock',
              'headers': [['content-type', 'application/json']],
              'body': {'text': '{"advanceSeconds": 594.2672431468964}'},
              'answered': 200}],
            [{'id': 'main-2112',
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
            [{'id': 'main-2113',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until '
                               'the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                               '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                               '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", '
                               '"med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
              'gives': [['id6', ['body', 'containerId']]],
              'answered': 202}],
            [{'id': 'main-2121',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/content/{{id3}}/regenerate',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"patch": {"hook": "Mornings that are yours {{mark7}}", "targetPlatforms": ["instagram"]}}'},
              'answered': 202}],
            [{'id': 'main-2122',
              'actor': 'harness',
              'method': 'POST',
              'url': '/_sandbox/clock',
              'headers': [['content-type', 'application/json']],
              'body': {'text': '{"advanceSeconds": 3029.982565879822}'},
              'answered': 200}],
            [{'id': 'main-2123',
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
 'crowd': [{'id': 'main-72',
            'actor': 'owner',
            'method': 'POST',
            'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
            'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']],
            'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'},
            'answered': 202},
           {'id': 'main-1195',
            'actor': 'owner',
            'method': 'POST',
            'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content',
            'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']],
            'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday '
                             'until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", '
                             '"calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": '
                             '"inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'},
            'answered': 202},
           {'id': 'main-772',
            'actor': 'owner',
            'method': 'POST',
            'url': '/v1/content/{{id3}}/reject',
            'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']],
            'body': {'text': '{"format": "auto", "brief": {"hook": "cut sho'},
            'answered': 400}],
 'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id5}}', 'other'], ['/v1/content/{{id6}}', 'owner']],
 'again': [],
 'wider': None,
 'fewer': None}

# More of what the run had sent before, a request a line: sent where the smallest history shows nothing.
PLAN["wider"] = {
    'expected': '{{id34}}',
    'compared': {'with': 'main-6', 'how': 'same'},
    'price': 39,
    'requests': 45,
    'crowded': 581,
    'crowdPrice': 39,
    'pause': 3.6,
    'tries': 2,
    'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'], ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b80'], ['mark4', 'mark', 'lcm-be4277c9-main7'], ['key5', 'key', '70086d7d-b7f4-4525-916d-b01d0189a8e2'], ['mark6', 'mark', 'lcm-be4277c9-main6'], ['mark8', 'mark', 'lcm-be4277c9-main13'], ['key9', 'key', 'ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531-1'], ['mark10', 'mark', 'lcm-be4277c9-main12'], ['key12', 'key', 'AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531AB9F9782DD0276B531-1'], ['key14', 'key', '37859c40-edc4-4b37-9ca9-11947a7a4bb2'], ['key16', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b87'], ['mark19', 'mark', 'lcm-be4277c9-main226'], ['key20', 'key', 'ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531-2'], ['key23', 'key', 'e86ef96c-6b22-498c-b4cf-b31829bad92c'], ['mark25', 'mark', 'lcm-be4277c9-main309'], ['mark26', 'mark', 'lcm-be4277c9-main332'], ['mark28', 'mark', 'lcm-be4277c9-main334'], ['mark29', 'mark', 'lcm-be4277c9-main340'], ['mark30', 'mark', 'lcm-be4277c9-main341'], ['mark33', 'mark', 'lcm-be4277c9-main225']],
    'derived': [['like18', 'id17', ['edit', 0, 21, 'med']]],
    'stock': [{'read': {'id': 'main-122', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?&limit=200', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'follows': True, 'tags': {}}, 'count': 2, 'creates': [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{fillKey}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}, {'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{fillKey}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}, {'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{fillKey}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}], 'container': '/v1/content/{{}}'}],
    'crowd': [{'id': 'main-72', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'}, 'answered': 202}, {'id': 'main-1195', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}, {'id': 'main-772', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "cut sho'}, 'answered': 400}],
    'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id7}}', 'owner'], ['/v1/content/{{id11}}', 'owner'], ['/v1/content/{{id13}}', 'owner'], ['/v1/content/{{id15}}', 'owner'], ['/v1/content/{{id21}}', 'owner'], ['/v1/content/{{id22}}', 'owner'], ['/v1/content/{{id24}}', 'owner'], ['/v1/content/{{id27}}', 'other'], ['/v1/content/{{id31}}', 'owner'], ['/v1/content/{{id32}}', 'owner']],
    'again': [{'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=200', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'follows': True}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed'}, {'id': '', 'actor': 'other', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:other]']], 'answered': 404}],
    'groups': [
        [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id3', ['body', 'containerId']], ['id34', ['body', 'startedAt']]], 'answered': 202}],
        [{'id': 'main-21', 'actor': 'anonymous', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key5}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours {{mark4}}"}}'}, 'answered': 401}],
        [{'id': 'main-25', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key5}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first. {{mark6}}", "targetPlatforms": ["instagram"], "themeTags": ["no", "off", "true", "null", "1.50", "007", "1e3", "2026-01-02", "12:30", "~", "NaN"], "language": "es-419", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id7', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-32', 'actor': 'anonymous', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key9}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours {{mark8}}"}}'}, 'answered': 401}],
        [{'id': 'main-36', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key9}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark10}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id11', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-72', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key12}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'}, 'gives': [['id13', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-122', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=200', 'headers': [['x-api-key', '[secret:owner]']], 'gives': [['id17', ['body', 'items', 1, 'influencerId']]], 'answered': 200, 'follows': True}],
        [{'id': 'main-253', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id11}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key14}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'gives': [['id15', ['body', 'containerId']]], 'answered': 202, 'waits': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id7}}', 'owner'], ['/v1/content/{{id11}}', 'owner']]}, {'id': 'main-254', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id11}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key14}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'answered': 202}, {'id': 'main-255', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id11}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key14}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'answered': 202}, {'id': 'main-256', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id11}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key14}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'answered': 202}],
        [{'id': 'main-598', 'actor': 'anonymous', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key16}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 401, 'waits': [['/v1/content/{{id11}}', 'owner'], ['/v1/content/{{id13}}', 'owner'], ['/v1/content/{{id15}}', 'owner']]}],
        [{'id': 'main-1042', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key20}}']], 'body': {'text': '{"format": "ugc_remix", "brief": {"hook": "  Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Café Å Café Å 👩\u200d💻 launch 🚀🇫🇷 \u202egnp.exe\u202c \u200fאב zero\u200bwidth\ufeffmark \'; DROP TABLE containers; -- \\" OR 1=1 <script>alert(1)</script>&amp;&lt; {{7*7}} ${7*7} %s %(name)s {0} back\\\\slash \\"quote\\" \\\\u0041 \\\\n   lead\\tand trail   one\\r\\ntwo\\nthree\u2028four\x85five ﬁ ＦＵＬＬ İı ß 007 null “Evenings” {{mark19}}  \\u0000.", "themeTags": ["Café Å", "Café Å", "👩\u200d💻 launch 🚀🇫🇷", "\u202egnp.exe\u202c \u200fאב", "zero\u200bwidth\ufeffmark", "\'; DROP TABLE containers; -- \\" OR 1=1", "<script>alert(1)</script>&amp;&lt;", "{{7*7}} ${7*7} %s %(name)s {0}", "back\\\\slash \\"quote\\" \\\\u0041 \\\\n", "  lead\\tand trail  ", "one\\r\\ntwo\\nthree\u2028four\x85five", "ﬁ ＦＵＬＬ İı ß", "007", "null"], "targetPlatforms": ["tiktok", "youtube"], "referenceMediaIds": ["{{like18}}"]}}'}, 'gives': [['id21', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-1187', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id7}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'gives': [['id22', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-1195', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key23}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id24', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-1341', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours {{mark25}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 409, 'waits': [['/v1/content/{{id21}}', 'owner']], 'crowd': [[0, 2], [1, 3]]}],
        [{'id': 'main-2041', 'actor': 'made-up-key', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "{{id17}}",\n    "referenceMediaIds": [\n      "{{like18}}",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  },\n  "format": "video_remix"\n}'}, 'answered': 401, 'waits': [['/v1/content/{{id7}}', 'owner'], ['/v1/content/{{id22}}', 'owner'], ['/v1/content/{{id24}}', 'owner']], 'crowd': [[1, 2], [2, 68]]}],
        [{'id': 'main-2044', 'actor': 'anonymous', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Abende, die dir gehören ❤ {{mark26}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 401}],
        [{'id': 'main-2046', 'actor': 'other', 'method': 'POST', 'url': '/v1/projects/c2b8e6d4-91a3-47f5-b6c7-3e0f1d2a5b94/content', 'headers': [['x-api-key', '[secret:other]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "{{id17}}",\n    "referenceMediaIds": [\n      "{{like18}}",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  },\n  "format": "video_remix"\n}'}, 'gives': [['id27', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-2051', 'actor': 'wrong-bearer', 'method': 'POST', 'url': '/v1/content/{{id22}}/regenerate', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"patch": {"hook": "  Evenings   {{mark28}} "}}'}, 'answered': 401, 'waits': [['/v1/content/{{id27}}', 'other']]}],
        [{'id': 'main-2057', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id7}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': "{'format': 'auto'}"}, 'answered': 400}, {'id': 'main-2058', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id7}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': "{'format': 'auto'}"}, 'answered': 400}],
        [{'id': 'main-2086', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id15}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "auto" "brief": {"hook": "a"}}'}, 'answered': 400}],
        [{'id': 'main-2090', 'actor': 'other-case', 'method': 'POST', 'url': '/v1/content/{{id15}}/regenerate', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"patch": {"hook": "Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours, Evenings that are yours,  {{mark29}}"}}'}, 'answered': 401}],
        [{'id': 'main-2092', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "no_such_format", "brief": {"hook": "Evenings that are yours {{mark30}}"}}'}, 'answered': 422}],
        [{'id': 'main-2094', 'actor': 'anonymous', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'base64': 'eyJmb3JtYXQiOiAiYXV0byIsICJicmllZiI6IHsiaG9vayI6ICL//iJ9fQ=='}, 'answered': 401}],
        [{'id': 'main-2102', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "brief": {\n    "hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}",\n    "targetPlatforms": [\n      "tiktok",\n      "instagram"\n    ],\n    "themeTags": [\n      "launch",\n      "calendar",\n      "launch",\n      "Launch",\n      "a week, or two",\n      "no",\n      "007"\n    ],\n    "language": "en-US",\n    "influencerId": "{{id17}}",\n    "referenceMediaIds": [\n      "{{like18}}",\n      "med_01HX9Y6K7EJ4T2ABCDEA"\n    ]\n  },\n  "format": "video_remix"\n}'}, 'answered': 202}],
        [{'id': 'main-2104', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'until': 'completed', 'waits': [['/v1/content/{{id3}}', 'owner']]}],
        [{'id': 'main-2105', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 422}],
        [{'id': 'main-2107', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"patch": {"hook": "", "targetPlatforms": ["instagram"]}}'}, 'answered': 422}],
        [{'id': 'main-2108', 'actor': 'other', 'method': 'GET', 'url': '/v1/content/{{id3}}', 'headers': [['x-api-key', '[secret:other]']], 'answered': 404}],
        [{'id': 'main-2110', 'actor': 'harness', 'method': 'POST', 'url': '/_sandbox/clock', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"advanceSeconds": 0.0}'}, 'answered': 200}],
        [{'id': 'main-2111', 'actor': 'harness', 'method': 'POST', 'url': '/_sandbox/clock', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"advanceSeconds": 594.2672431468964}'}, 'answered': 200}],
        [{'id': 'main-2112', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}],
        [{'id': 'main-2113', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id31', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-2114', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/5c7e9b52-0d4f-4b39-8a55-d0a2f6f3c1e8/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key5}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first. {{mark6}}", "targetPlatforms": ["instagram"], "themeTags": ["no", "off", "true", "null", "1.50", "007", "1e3", "2026-01-02", "12:30", "~", "NaN"], "language": "es-419", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'crowd': [[0, 2], [1, 5], [2, 68]]}],
        [{'id': 'main-2115', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key9}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "One, two; three | four: every Thursday until the end of the summer, at the window, with coffee, in silence: {{mark10}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["two, three", "a;b", "a|b", "[x]", "{\\"a\\": 1}", "a&b=c", "#tag", "@name", "a/b", "100%"], "language": "zh-Hant-TW", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'crowd': [[0, 2], [1, 5], [2, 68]]}],
        [{'id': 'main-2116', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key12}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'}, 'answered': 202, 'crowd': [[0, 1], [1, 5], [2, 68]]}],
        [{'id': 'main-2117', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id11}}/clone-from-post', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key14}}']], 'body': {'text': '{"sourcePlatformPostId": "7358219046120934574", "mode": "fork", "projectId": "254a4ce1-f4ca-42b1-9e36-17ca45ef3d39"}'}, 'answered': 202, 'crowd': [[0, 1], [1, 4], [2, 68]]}],
        [{'id': 'main-2118', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key16}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id32', ['body', 'containerId']]], 'answered': 202, 'crowd': [[0, 1], [1, 3], [2, 68]]}],
        [{'id': 'main-2119', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key20}}']], 'body': {'text': '{"format": "ugc_remix", "brief": {"hook": "  Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Café Å Café Å 👩\u200d💻 launch 🚀🇫🇷 \u202egnp.exe\u202c \u200fאב zero\u200bwidth\ufeffmark \'; DROP TABLE containers; -- \\" OR 1=1 <script>alert(1)</script>&amp;&lt; {{7*7}} ${7*7} %s %(name)s {0} back\\\\slash \\"quote\\" \\\\u0041 \\\\n   lead\\tand trail   one\\r\\ntwo\\nthree\u2028four\x85five ﬁ ＦＵＬＬ İı ß 007 null “Evenings” {{mark19}}  \\u0000.", "themeTags": ["Café Å", "Café Å", "👩\u200d💻 launch 🚀🇫🇷", "\u202egnp.exe\u202c \u200fאב", "zero\u200bwidth\ufeffmark", "\'; DROP TABLE containers; -- \\" OR 1=1", "<script>alert(1)</script>&amp;&lt;", "{{7*7}} ${7*7} %s %(name)s {0}", "back\\\\slash \\"quote\\" \\\\u0041 \\\\n", "  lead\\tand trail  ", "one\\r\\ntwo\\nthree\u2028four\x85five", "ﬁ ＦＵＬＬ İı ß", "007", "null"], "targetPlatforms": ["tiktok", "youtube"], "referenceMediaIds": ["{{like18}}"]}}'}, 'answered': 202, 'crowd': [[1, 3], [2, 67]]}],
        [{'id': 'main-2120', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key23}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'crowd': [[2, 67]]}],
        [{'id': 'main-2121', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"patch": {"hook": "Mornings that are yours {{mark33}}", "targetPlatforms": ["instagram"]}}'}, 'answered': 202}],
        [{'id': 'main-2122', 'actor': 'harness', 'method': 'POST', 'url': '/_sandbox/clock', 'headers': [['content-type', 'application/json']], 'body': {'text': '{"advanceSeconds": 3029.982565879822}'}, 'answered': 200}],
        [{'id': 'main-2123', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "{{id17}}", "referenceMediaIds": ["{{like18}}", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}],
    ],
}

# What the check names alone: sent where a call that was accepted in the run is refused now, since what came before it has taken effect.
PLAN["fewer"] = {
    'expected': '{{id5}}',
    'compared': {'with': 'main-6', 'how': 'same'},
    'price': 3,
    'requests': 3,
    'crowded': 75,
    'crowdPrice': 7,
    'pause': 3.6,
    'tries': 1,
    'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'], ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b80'], ['mark4', 'mark', 'lcm-be4277c9-main309']],
    'derived': [],
    'stock': [],
    'crowd': [{'id': 'main-72', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'}, 'answered': 202}, {'id': 'main-1195', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/8f1d2a7c-63be-4c0e-9d8b-2f5b7e4a9c10/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}, {'id': 'main-772', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/reject', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "cut sho'}, 'answered': 400}],
    'watched': [['/v1/content/{{id3}}', 'owner']],
    'again': [],
    'groups': [
        [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id3', ['body', 'containerId']], ['id5', ['body', 'startedAt']]], 'answered': 202}],
        [{'id': 'main-1341', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours {{mark4}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 409, 'waits': [['/v1/content/{{id3}}', 'owner']], 'crowd': [[0, 2], [1, 3]]}],
        [{'id': 'main-2123', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'crowd': [[1, 2], [2, 68]]}],
    ],
}

sys.exit(main(PLAN, retried))
