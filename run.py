"""A stranger's two commands: ``python3 run.py demo`` and ``python3 run.py test``; ``check`` and ``docs`` are ours.

Everything is installed into ``.venv`` beside this file, pinned by ``requirements.lock``; what follows the command's
name is handed on to it. Needs Python 3.11 with pip 22.3, and nothing else: not even ``ensurepip``, which Debian ships
separately.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN, EXE = (VENV / "Scripts", ".exe") if os.name == "nt" else (VENV / "bin", "")
PYTHON = BIN / f"python{EXE}"
COMMANDS = {  # name → the extra it needs, and what is run of it
    "demo": ("demo", ("python -m kundorder demo",)),
    "test": ("test", ("python -m pytest -n 2 --dist loadfile --no-loadscope-reorder",)),
    "check": ("test", ("ruff check", "ruff format --check", "mypy", "basedpyright", "lint-imports --no-logo")),
    "docs": ("docs", ("sphinx-build -q -W --keep-going docs docs/_build",)),
}


def install(extra: str) -> int:
    """Bring ``.venv`` up to date, unless the stamp of this extra says that nothing has changed since the last time."""
    project = (ROOT / "pyproject.toml").read_text("utf-8").partition("\n[tool.")[0]  # the tools' settings come last
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    digest = hashlib.sha256(f"{sys.version}\n{project}\n{lock}".encode()).hexdigest()
    stamp, settings = VENV / f"installed-{extra}", VENV / "pyvenv.cfg"
    if PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == digest:
        return 0
    print(f"installing kundorder[{extra}] into {VENV.name}, which takes a minute the first time", file=sys.stderr)
    usable = PYTHON.exists() and f" {sys.version.split()[0]}\n" in settings.read_text("utf-8")
    venv.create(VENV, clear=not usable, symlinks=os.name != "nt", with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--disable-pip-version-check"]
    failed = subprocess.call([*pip, "-c", "requirements.lock", "-e", f".[{extra}]"], cwd=ROOT)
    if failed:
        print("installing failed: it needs pip 22.3 or later, and a package index within reach", file=sys.stderr)
    else:
        _ = stamp.write_text(digest, "utf-8")
    return failed


def main(name: str = "", *rest: str) -> int:
    """Install what the command needs, run it, and end as it ended: no failed step is hidden by the next."""
    if name not in COMMANDS:
        print(f"usage: python3 run.py {'|'.join(COMMANDS)} [arguments]", file=sys.stderr)
        return 2
    extra, steps = COMMANDS[name]
    if failed := install(extra):
        return failed
    where = None if name == "demo" else ROOT  # the demo writes where its user stands
    calls = [[f"{BIN / program}{EXE}", *words, *rest] for program, *words in map(str.split, steps)]
    codes = [subprocess.call(call, cwd=where) for call in calls]
    return max(map(abs, codes))  # a step killed by a signal has a negative code


if __name__ == "__main__":
    sys.exit("python3 run.py needs Python 3.11 or later" if sys.version_info < (3, 11) else main(*sys.argv[1:]))
