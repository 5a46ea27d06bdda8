"""The line of a run in terminals of several widths, and in none."""
import functools
import io

import pytest
from rich.console import Console

from keras_gan.training import progress

LOGS = {"d_loss": 0.677, "d_accuracy": 0.5, "g_loss": 1.2345, "D(x)": 0.5, "D(G(z))": 0.4,
        "diversity": 0.99}
OF_TWO_DOMAINS = {f"{name}_{domain}": value for name, value in LOGS.items() for domain in "ab"}


def shown(monkeypatch, width, logs, terminal=True, minutes=None):
    """The bar at step 900 of 5,000, and all that was written."""
    console = functools.partial(Console, width=width, force_terminal=terminal, file=io.StringIO(),
                                legacy_windows=False, color_system=None, _environ={})
    monkeypatch.setattr(progress, "Console", console)
    run = progress.TrainingProgress(0, 5000, 32, minutes=minutes)
    with run:
        run.update(900, logs)
        bar = console(file=io.StringIO())
        for line in run.bar.get_renderables():
            bar.print(line)
        run.say("Some words that are longer than forty columns: runs/a-run-directory")
        run.milestone(900, logs)
    return bar.file.getvalue(), run.console.file.getvalue()


@pytest.mark.parametrize("width, figures", [(30, 0), (40, 0), (60, 0), (80, 2), (100, 2), (140, 5)])
@pytest.mark.parametrize("logs", [LOGS, OF_TWO_DOMAINS])
def test_step_percent_and_time_left_are_the_last_to_go(monkeypatch, width, figures, logs):
    bar, _ = shown(monkeypatch, width, logs)
    assert bar.count("\n") == 1 and len(bar.rstrip()) < width, "one line that is never broken"
    assert bar.startswith(" 900/5000   18 %")
    assert ("left -:--:--" in bar) == (width > 30) and ("━" in bar) == (width >= 60)
    losses_first = sorted(logs, key=lambda name: not name.endswith("loss"))
    assert sum(f"  {name} " in bar for name in logs) >= figures - (logs is not LOGS)
    assert [name for name in losses_first if f"  {name} " in bar] == losses_first[:sum(
        f"  {name} " in bar for name in logs)]


def test_lines_break_between_words_and_no_dead_bar_is_left(monkeypatch):
    _, written = shown(monkeypatch, 40, LOGS)
    assert "longer than forty\ncolumns: runs/a-run-directory\n" in written
    assert written.endswith("\x1b[1A\x1b[2K") or "900/5000" not in written.rpartition("\n")[2]
    assert "step 900" not in written


def test_without_a_terminal_there_are_whole_lines(monkeypatch):
    _, written = shown(monkeypatch, 40, LOGS, terminal=False)
    assert "columns: runs/a-run-directory\nstep 900/5000  d_loss 0.677  d_accuracy" in written
    assert " s, left 0:0" in written and "\x1b" not in written


@pytest.mark.parametrize("minutes, begin, left", [(200, "900    0 %", "3:19:5"),
                                                  (1e-9, "900  100 %", "0:00:00")])
def test_where_the_clock_ends_a_run_the_time_that_is_left_is_the_clocks(monkeypatch, minutes, begin,
                                                                        left):
    bar, _ = shown(monkeypatch, 80, LOGS, minutes=minutes)
    assert bar.startswith(begin) and f"left {left}" in bar
    # In a log the steps' own time is known: it ends 5,000 steps long before 200 minutes
    _, written = shown(monkeypatch, 80, LOGS, terminal=False, minutes=minutes)
    assert ("step 900/5000  d_loss" in written) == (minutes == 200)
    assert (" s, left 0:00" in written) == (minutes == 200)


@pytest.mark.parametrize("left, minutes, end", [
    (90, None, ("/50", 90)), (None, None, ("/50", None)), (90, 2, ("/50", 90)),
    (90, 1, ("", 40)), (None, 1, ("", 40)), (90, 0.1, ("", 0))])
def test_the_end_that_comes_first_is_shown(left, minutes, end):
    assert progress.nearest_end(50, left, minutes, elapsed=20) == end
