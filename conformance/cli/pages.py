"""The texts that the command line writes: the register of requirements, a new conformance.toml, and diagrams in a page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from conformance.checks.judge import check_classes
from conformance.contract.document import Contract, Requirement
from conformance.exceptions import ConfigurationError
from conformance.reporting.text import markdown_text
from conformance.run.planning.drivers import Driver, catalogue
from conformance.run.planning.profiles import ORDER
from conformance.run.settings.target import SETTING_OF_NEED

BEGIN, END = "<!-- diagram:begin -->", "<!-- diagram:end -->"

TEMPLATE = """\
# What `conformance run` needs to know about a target. Lines that begin with # are optional.

[target]
base_url = "{base_url}"
api_key_env = "LAYERS_API_KEY"            # the name of a variable that holds the key, never the key
project_id = "{project_id}"   # a project whose policy requires no review
# review_project_id = "prj_…1"            # a project whose policy requires review: approval and rejection
# archive_project_id = "prj_…2"           # a project that the run may archive, for good: each run needs a new one
# other_api_key_env = "LAYERS_OTHER_KEY"  # the variable with a key of another organization: access and isolation
# other_project_id = "prj_…3"             # a project of that organization

[fixtures]
# influencer_id = "inf_…"                 # an influencer that the project may use
# reference_media_ids = ["med_…"]         # media that a brief may refer to
# source_post_id = "…"                    # a post that can be cloned: cloning
# failing_brief = {{ hook = "…" }}          # a brief whose generation fails: failure of a generation

[dialect]
# The id in the path of clone-from-post: that of an "existing" container, or a "fresh" one that the caller chose.
clone_id = "existing"

[timing]
generation_timeout = 300                  # seconds until a generation counts as stuck
poll_interval = 2                         # seconds before the first poll; later ones come more slowly
request_timeout = 30                      # seconds until a request counts as unanswered
# generation_seconds = 30                 # seconds that a generation takes, by which the plan reckons minutes and budget
outage_timeout = 60                       # seconds to wait for a target that has stopped answering
settling = 2                              # seconds for which a job and its container may differ around a change
read_lag = 0                              # seconds for which a read may show what was before a write, as one by a replica does

[limits]
answer_bytes = 33554432                   # an answer of more bytes, as it comes or decoded, is cut off and not judged

[network]
# proxy = "http://proxy.example:3128"     # a forward proxy; variables such as HTTPS_PROXY are never asked
# proxy_auth_env = "PROXY_LOGIN"          # the variable with user:password for it
# ca_bundle = "ca.pem"                    # certification authorities to trust in place of the public ones; paths are from this file
# client_cert = "client.pem"              # a client certificate (mTLS), with its key in the same file or below
# client_key = "client-key.pem"
# client_key_password_env = "CLIENT_KEY_PASSWORD"
# headers = {{ "X-Gateway-Token" = "GATEWAY_TOKEN" }} # headers of a gateway, each with the variable that holds its value, a secret
# verify = false                          # check no certificate; every report says so
connect_timeout = 5                       # seconds that a connection, and then its TLS, may take
# read_timeout = 10                       # seconds without a byte of an answer; request_timeout bounds the whole call

[hooks]
# clock_url = "https://clock.example.com"   # takes POST {{"advanceSeconds": n}}: a test clock, for what takes a day

[budget]
# generations = 25                        # each one costs the owner of the target money
# requests = 4000
# seconds = 900
requests_per_second = 10
max_in_flight = 8                         # generations under way at once; fewer where the target refuses so many
"""


def write_template(path: Path, base_url: str, project_id: str, *, force: bool) -> None:
    """Write a new conformance.toml; raises ConfigurationError if it exists or cannot be written."""
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(TEMPLATE.format(base_url=_toml_text(base_url), project_id=_toml_text(project_id)))
    except FileExistsError:
        raise ConfigurationError(f"{path} exists already; give --force to overwrite it.") from None
    except OSError as error:
        raise ConfigurationError(f"Cannot write {path}: {error.strerror}; give another path.") from None


def _toml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def register_rows(contract: Contract) -> list[dict[str, Any]]:
    """Return every requirement with its checks, its drivers and the first profile that runs one of them."""
    checks: dict[str, list[str]] = {}
    for check in check_classes():
        for requirement in check.judges:
            checks.setdefault(requirement, []).append(check.__name__)
    drivers: dict[str, list[Driver]] = {}
    for driver in catalogue():
        for requirement in driver.requirements:
            drivers.setdefault(requirement, []).append(driver)
    return [
        _row(requirement, contract, checks.get(requirement.id, []), drivers.get(requirement.id, []))
        for requirement in contract.requirements.values()
    ]


def _row(requirement: Requirement, contract: Contract, checks: list[str], drivers: list[Driver]) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "family": contract.family_title(requirement.family),
        "level": requirement.level,
        "sentence": requirement.sentence,
        "sources": [contract.sources[source] for source in requirement.sources],
        "operations": list(requirement.operations),
        "needs": [SETTING_OF_NEED.get(need, f"capability {need}") for need in requirement.needs],
        "readings": [dict(reading) for reading in requirement.readings],
        "checks": checks,
        "drivers": [driver.name for driver in drivers],
        "profile": min((driver.profile for driver in drivers), key=ORDER.index, default=None),
    }


def register_json(contract: Contract) -> str:
    """Return the register as JSON."""
    return json.dumps({"version": contract.version, "requirements": register_rows(contract)}, indent=2) + "\n"


def register_markdown(contract: Contract) -> str:
    """Return the register as a Markdown page, one section a family."""
    lines = [
        "# Requirements",
        "",
        f"Version {contract.version} of the register. `conformance requirements --format markdown` writes this page.",
        "",
        "A MUST comes from the page on content items, a SHOULD from another page, and ADVICE is good practice that no page states.",
    ]
    family = None
    for row in register_rows(contract):
        if row["family"] != family:
            family = row["family"]
            prefix = row["id"].partition("-")[0]
            lines += ["", f"## {prefix} {family}", ""]
            lines += [
                "| Id | Level | Requirement | Source | Needs | Checks | Drivers | From profile |",
                "|---" * 8 + "|",
            ]
        lines.append(_markdown_row(row))
    return "\n".join(lines) + "\n"


def _markdown_row(row: dict[str, Any]) -> str:
    sentence = markdown_text(row["sentence"], 2000)
    for reading in row["readings"]:
        sentence += f"<br>*Open reading {reading['reading']}:* {markdown_text(reading['text'], 2000)}"
    cells = [
        row["id"],
        row["level"],
        sentence,
        "; ".join(row["sources"]),
        ", ".join(f"`{need}`" for need in row["needs"]),
        ", ".join(f"`{name}`" for name in row["checks"]),
        ", ".join(f"`{name}`" for name in row["drivers"]),
        row["profile"] or "—",
    ]
    return "| " + " | ".join(cells) + " |"


def replace_diagram(path: Path, diagram: str) -> None:
    """Write the diagrams between the two markers of a page; raises ConfigurationError if the page or a marker is missing."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"Cannot read {path}: {reason}; give --write a Markdown page.") from None
    block = f"{BEGIN}\n{fenced(diagram)}{END}"
    changed, count = re.subn(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, text, flags=re.DOTALL)
    if not count:
        raise ConfigurationError(f"{path} has no block from {BEGIN} to {END}; put both markers where the diagram goes.")
    path.write_text(changed, encoding="utf-8")


def fenced(diagram: str) -> str:
    """Return a diagram in the fenced block that GitHub renders."""
    return f"```mermaid\n{diagram.rstrip()}\n```\n"
