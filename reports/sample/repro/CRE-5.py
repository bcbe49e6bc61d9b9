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

PLAN = {'finding': 'CRE-5',
 'requirement': 'CRE-5',
 'kind': 'another hook',
 'sentence': "A container's brief carries each documented brief field that was sent, with the value that was sent.",
 'message': 'Container cnt_01M8TNEQS644XRC57DMQY0GZVC shows "  Evenings that are yours, mornings that begin with coffee in silence; '
            'nothing t…" as brief.hook, but the create sent "  Evenings that are yours, mornings that begin with coffee in silence; '
            'nothing t…".',
 'evidence': ['main-1042', 'main-1043'],
 'pointer': '/response/body/brief/hook',
 'actual': '  Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until '
           'Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a '
           'table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to '
           'plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet '
           'hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that '
           'begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your '
           'mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks '
           'first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until '
           'Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a '
           'table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to '
           'plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet '
           'hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that '
           'begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your '
           'mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks '
           'first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until '
           'Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a '
           'table at the window for w… (4054 characters more)',
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
 'expected': '  Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until '
             'Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a '
             'table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to '
             'plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet '
             'hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that '
             'begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or '
             'your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks '
             'first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one '
             'until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, '
             'and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; '
             'nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it '
             'was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, '
             'mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a '
             'neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for '
             'whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. '
             'Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music '
             'from nine, and a table at the window for w… (4056 characters more)',
 'compared': None,
 'price': 1,
 'requests': 2,
 'crowded': 0,
 'crowdPrice': 0,
 'pause': 3.0,
 'turns': False,
 'tries': 1,
 'fresh': [['mark1', 'mark', 'lcm-be4277c9-main226'],
           ['key2',
            'key',
            'ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531-2']],
 'derived': [],
 'stock': [],
 'groups': [[{'id': 'main-1042',
              'actor': 'owner',
              'method': 'POST',
              'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content',
              'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']],
              'body': {'text': '{"format": "ugc_remix", "brief": {"hook": "  Evenings that are yours, mornings that begin with coffee in '
                               'silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your '
                               'mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for '
                               'whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, '
                               'nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it '
                               'was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings '
                               'that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one '
                               'until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, '
                               'music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that '
                               'begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, '
                               'a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table '
                               'at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; '
                               'nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, '
                               'and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever '
                               'asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing '
                               'to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. '
                               'Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that '
                               'are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until '
                               'Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music '
                               'from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin '
                               'with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a '
                               'neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at '
                               'the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; '
                               'nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, '
                               'and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever '
                               'asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing '
                               'to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. '
                               'Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that '
                               'are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until '
                               'Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music '
                               'from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin '
                               'with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a '
                               'neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at '
                               'the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; '
                               'nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, '
                               'and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever '
                               'asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing '
                               'to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. '
                               'Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that '
                               'are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until '
                               'Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music '
                               'from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin '
                               'with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a '
                               'neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at '
                               'the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; '
                               'nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, '
                               'and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever '
                               'asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing '
                               'to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. '
                               'Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that '
                               'are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until '
                               'Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music '
                               'from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin '
                               'with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a '
                               'neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at '
                               'the window for whoever asks first.Café Å Café Å 👩\u200d💻 launch 🚀🇫🇷 \u202egnp.exe\u202c \u200fאב '
                               'zero\u200bwidth\ufeffmark \'; DROP TABLE containers; -- \\" OR 1=1 <script>alert(1)</script>&amp;&lt; '
                               '{{7*7}} ${7*7} %s %(name)s {0} back\\\\slash \\"quote\\" \\\\u0041 \\\\n   lead\\tand trail   '
                               'one\\r\\ntwo\\nthree\u2028'
                               'four\x85'
                               'five ﬁ ＦＵＬＬ İı ß 007 null “Evenings” {{mark1}}  \\u0000.", "themeTags": ["Café Å", "Café Å", "👩\u200d💻 '
                               'launch 🚀🇫🇷", "\u202egnp.exe\u202c \u200fאב", "zero\u200bwidth\ufeffmark", "\'; DROP TABLE containers; -- '
                               '\\" OR 1=1", "<script>alert(1)</script>&amp;&lt;", "{{7*7}} ${7*7} %s %(name)s {0}", "back\\\\slash '
                               '\\"quote\\" \\\\u0041 \\\\n", "  lead\\tand trail  ", "one\\r\\ntwo\\nthree\u2028'
                               'four\x85'
                               'five", "ﬁ ＦＵＬＬ İı ß", "007", "null"], "targetPlatforms": ["tiktok", "youtube"], "referenceMediaIds": '
                               '["med_01HX9Y6K7EJ4T2ABCDEF"]}}'},
              'gives': [['id3', ['body', 'containerId']]],
              'answered': 202}],
            [{'id': 'main-1043',
              'actor': 'owner',
              'method': 'GET',
              'url': '/v1/content/{{id3}}',
              'headers': [['x-api-key', '[secret:owner]']],
              'answered': 200}]],
 'crowd': [],
 'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id3}}', 'owner']],
 'again': [{'id': '',
            'actor': 'owner',
            'method': 'GET',
            'url': '/v1/content/{{id3}}',
            'headers': [['x-api-key', '[secret:owner]']],
            'answered': 200}],
 'wider': None,
 'fewer': None,
 'amid': None}

# What was done to the containers of a walk between its pages: sent where the smallest history shows nothing.
PLAN["amid"] = None

# More of what the run had sent before, a request a line: sent where the smallest history shows nothing.
PLAN["wider"] = {
    'expected': '  Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for w… (4056 characters more)',
    'compared': None,
    'price': 8,
    'requests': 13,
    'crowded': 3,
    'crowdPrice': 3,
    'pause': 3.0,
    'turns': False,
    'tries': 1,
    'fresh': [['mark1', 'mark', 'lcm-be4277c9-main2'], ['key2', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b80'], ['key4', 'key', 'fd06de4f-20e0-4f49-914e-b0be10fa7b87'], ['mark6', 'mark', 'lcm-be4277c9-main225'], ['mark7', 'mark', 'lcm-be4277c9-main226'], ['key8', 'key', 'ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531ab9f9782dd0276b531-2']],
    'derived': [],
    'stock': [{'read': {'id': 'main-1038', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?&limit=200', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'tags': {}}, 'count': 5, 'creates': [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{fillKey}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}, {'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{fillKey}}']], 'body': {'text': '{"format": "slideshow_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}, {'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{fillKey}}']], 'body': {'text': '{"format": "ugc_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202}], 'container': '/v1/content/{{}}'}],
    'crowd': [{'id': 'main-72', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['Idempotency-Key', '{{crowdKey}}']], 'body': {'text': '{"format": "auto", "brief": {"hook": "A brief whose generation ends badly [fail]"}}'}, 'answered': 202}],
    'watched': [['/v1/content/{{id3}}', 'owner'], ['/v1/content/{{id5}}', 'owner'], ['/v1/content/{{id9}}', 'owner'], ['/v1/content/{{id9}}', 'owner']],
    'again': [{'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=1', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=2', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=2&status=completed', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=200', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'follows': True}, {'id': '', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id9}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
    'groups': [
        [{'id': 'main-6', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id3', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-598', 'actor': 'anonymous', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['content-type', 'application/json'], ['idempotency-key', '{{key4}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 401, 'waits': [['/v1/content/{{id3}}', 'owner']]}],
        [{'id': 'main-779', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key4}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'gives': [['id5', ['body', 'containerId']]], 'answered': 202, 'gap': 0.319}],
        [{'id': 'main-781', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key4}}']], 'body': {'text': '{"format": "video_remix", "brief": {"hook": "Evenings that are yours, launch day and every Thursday until the end of the summer: {{mark1}}", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["launch", "calendar", "launch", "Launch", "a week, or two", "no", "007"], "language": "en-US", "influencerId": "inf_01HX9Y6K7EJ4T2ABCDEF", "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF", "med_01HX9Y6K7EJ4T2ABCDEA"]}}'}, 'answered': 202, 'gap': 0.004}],
        [{'id': 'main-1023', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"patch": {"hook": "Mornings that are yours {{mark6}}", "targetPlatforms": ["instagram"]}}'}, 'answered': 202, 'gap': 0.481, 'crowd': [[0, 3]]}],
        [{'id': 'main-1029', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{"patch": {"hook": "Mornings that are yours {{mark6}}", "targetPlatforms": ["instagram"]}}'}, 'answered': 202, 'gap': 0.009}],
        [{'id': 'main-1030', 'actor': 'owner', 'method': 'POST', 'url': '/v1/content/{{id3}}/regenerate', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key2}}']], 'body': {'text': '{\n  "patch": {\n    "hook": "Mornings that are yours {{mark6}}",\n    "targetPlatforms": [\n      "instagram"\n    ]\n  }\n}'}, 'answered': 202, 'gap': 0.001}],
        [{'id': 'main-1038', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=1', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
        [{'id': 'main-1039', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=2', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
        [{'id': 'main-1040', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=2&status=completed', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
        [{'id': 'main-1041', 'actor': 'owner', 'method': 'GET', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content?limit=200', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200, 'follows': True}],
        [{'id': 'main-1042', 'actor': 'owner', 'method': 'POST', 'url': '/v1/projects/254a4ce1-f4ca-42b1-9e36-17ca45ef3d39/content', 'headers': [['x-api-key', '[secret:owner]'], ['content-type', 'application/json'], ['idempotency-key', '{{key8}}']], 'body': {'text': '{"format": "ugc_remix", "brief": {"hook": "  Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Evenings that are yours, mornings that begin with coffee in silence; nothing to plan, nothing to miss. Two for one until Sunday; bring a friend, a neighbour or your mother, and tell us how it was. Quiet hours on weekdays, music from nine, and a table at the window for whoever asks first.Café Å Café Å 👩\u200d💻 launch 🚀🇫🇷 \u202egnp.exe\u202c \u200fאב zero\u200bwidth\ufeffmark \'; DROP TABLE containers; -- \\" OR 1=1 <script>alert(1)</script>&amp;&lt; {{7*7}} ${7*7} %s %(name)s {0} back\\\\slash \\"quote\\" \\\\u0041 \\\\n   lead\\tand trail   one\\r\\ntwo\\nthree\u2028four\x85five ﬁ ＦＵＬＬ İı ß 007 null “Evenings” {{mark7}}  \\u0000.", "themeTags": ["Café Å", "Café Å", "👩\u200d💻 launch 🚀🇫🇷", "\u202egnp.exe\u202c \u200fאב", "zero\u200bwidth\ufeffmark", "\'; DROP TABLE containers; -- \\" OR 1=1", "<script>alert(1)</script>&amp;&lt;", "{{7*7}} ${7*7} %s %(name)s {0}", "back\\\\slash \\"quote\\" \\\\u0041 \\\\n", "  lead\\tand trail  ", "one\\r\\ntwo\\nthree\u2028four\x85five", "ﬁ ＦＵＬＬ İı ß", "007", "null"], "targetPlatforms": ["tiktok", "youtube"], "referenceMediaIds": ["med_01HX9Y6K7EJ4T2ABCDEF"]}}'}, 'gives': [['id9', ['body', 'containerId']]], 'answered': 202}],
        [{'id': 'main-1043', 'actor': 'owner', 'method': 'GET', 'url': '/v1/content/{{id9}}', 'headers': [['x-api-key', '[secret:owner]']], 'answered': 200}],
    ],
}

# What the check names alone: sent where a call that was accepted in the run is refused now, since what came before it has taken effect.
PLAN["fewer"] = None

sys.exit(main(PLAN, retried))
