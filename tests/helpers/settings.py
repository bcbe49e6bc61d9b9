"""A conformance.toml with every setting, for the tests of reading it."""

from __future__ import annotations

from pathlib import Path

KEY, OTHER = "lk_secret-of-the-owner", "lk_secret-of-the-other"
LEAST = "[target]\nbase_url = 'http://a.test'\nproject_id = 'p'\n"
WHOLE = """
[target]
base_url = "https://api.example.com/"
project_id = "prj_1"
review_project_id = "prj_2"
archive_project_id = "prj_3"
other_api_key_env = "LAYERS_OTHER_KEY"
other_project_id = "prj_4"
[fixtures]
influencer_id = "inf_1"
reference_media_ids = ["med_1", "med_2"]
source_post_id = "post_1"
failing_brief = { hook = "fail", language = "en" }
[dialect]
clone_id = "fresh"
[timing]
generation_timeout = 90
poll_interval = 0.5
[hooks]
clock_url = "https://api.example.com/clock"
[budget]
generations = 7
requests_per_second = 3.5
"""


def written(folder: Path, text: str = WHOLE) -> Path:
    path = folder / "conformance.toml"
    path.write_text(text, encoding="utf-8")
    return path
