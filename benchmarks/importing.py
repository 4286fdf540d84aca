"""``import kundorder``, against the libraries its types and lifecycles are made of."""

import os
import subprocess
import sys
import tempfile

from measuring import Sample, Section, at_most, interleaved, measured, ratio, worth_knowing

FLOOR, OURS, NOTHING = "import attrs, transitions", "import kundorder", "(the interpreter alone)"
PARTS = {
    FLOOR: "import attrs, transitions",
    "import attrs, transitions, msgspec": "import attrs, transitions, msgspec",
    OURS: "import kundorder",
}
_PROGRAM = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"


def section(*, quick: bool) -> Section:
    """Measure."""
    with tempfile.TemporaryDirectory(prefix="kundorder-bench-") as compiled:
        contenders = {name: _import(what, compiled) for name, what in PARTS.items()}
        samples = interleaved(contenders, 7 if quick else 25)
    return Section(
        name="Importing, each time in a new interpreter, compiled files at hand",
        unit="ms",
        measured=measured(samples),
        ratios=(
            at_most("import kundorder / import attrs, transitions", ratio(samples, OURS, FLOOR), 2.5),
            worth_knowing(
                "import kundorder / import attrs, transitions, msgspec",
                ratio(samples, OURS, "import attrs, transitions, msgspec"),
            ),
        ),
    )


def _import(what: str, compiled: str) -> Sample:
    """Milliseconds, measured inside; the compiled files are our own, for a setting could withhold them."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONPYCACHEPREFIX"] = compiled

    def sample() -> float:
        call = [sys.executable, "-c", _PROGRAM.format(what)]
        printed = subprocess.run(call, env=environment, check=True, capture_output=True, text=True).stdout
        return float(printed) * 1000

    return sample
