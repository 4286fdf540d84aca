"""Every page that shows code is run; every link from page to page leads somewhere."""

import re
from pathlib import Path

import pytest
from sybil import Document, Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

ROOT = Path(__file__).resolve().parents[1]
PAGES = tuple(
    page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if "_build" not in page.parts
)
RUN = tuple(page for page in PAGES if "```python" in page.read_text("utf-8") and page.name != "journal.md")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def run(page: Path, namespace: dict[str, object]) -> Document:
    document = Sybil(parsers=[PythonCodeBlockParser()], path=str(page.parent), pattern=page.name).parse(page)
    document.namespace.update(namespace)
    for example in document.examples():
        example.evaluate()
    return document


@pytest.mark.parametrize("page", RUN, ids=name)
def test_the_code_of_a_page_runs_as_it_stands(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run(page, {})


def test_the_readme_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run(ROOT / "README.md", {})
    printed = capsys.readouterr().out
    assert f"```text\n{printed}```" in (ROOT / "README.md").read_text("utf-8")


def test_the_page_on_the_journal_runs_on_a_portal_with_a_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tutorial = run(ROOT / "docs" / "tutorial" / "first-order.md", {})
    run(ROOT / "docs" / "explanation" / "journal.md", {"portal": tutorial.namespace["portal"]})


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_leads_somewhere(page: Path) -> None:
    missing = [link for link in _LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert not missing
