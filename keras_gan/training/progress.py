"""The progress of a run: a bar in a terminal or notebook, lines in a log file."""
import contextlib
import textwrap
import time
from datetime import timedelta

from rich.console import Console
from rich.progress import Progress
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

SMALL = 100                   # columns of a terminal: in a smaller one the bar is shorter


def readable(logs):
    """`{"d_loss": 0.69314, ...}` -> `"d_loss 0.693  ..."`"""
    return "  ".join(f"{name} {value:.3f}" for name, value in logs.items())


def fitting(width, texts):
    """The first ones of `texts` that fit into a line, with two spaces between them."""
    line = ""
    for text in filter(None, texts):
        longer = f"{line}  {text}" if line else text
        if len(longer) > width:
            break
        line = longer
    return line


def clock(seconds):
    """Seconds as `"0:01:20"`; `"-:--:--"` for None."""
    return "-:--:--" if seconds is None else str(timedelta(seconds=int(seconds)))


def nearest_end(steps, left, minutes, elapsed):
    """What ends a run first, its steps or the clock.

    Args:
        steps: int, how many it may have.
        left: seconds that they will take yet; None if nobody knows.
        minutes: how long it may take; None: there is no clock.
        elapsed: seconds that it has taken.

    Returns:
        What is shown after the number of the step, `"/5000"` or nothing; and the
        seconds that are left.
    """
    by_clock = None if minutes is None else max(0.0, 60 * minutes - elapsed)
    if by_clock is None or (left is not None and left <= by_clock):
        return f"/{steps}", left
    return "", by_clock


class _Line(Progress):
    """A line that fits its console.

    First come step, percent, the bar and the time left. Then there are as many figures
    as have room, losses first.
    """

    def get_renderables(self):
        yield from map(self._line, self.tasks)

    def _line(self, task):
        width = self.console.width - 1             # in the last column some terminals break
        of, left = nearest_end(task.total, task.time_remaining, task.fields["minutes"],
                               task.elapsed)
        share = task.percentage if of else 100 * task.elapsed / (task.elapsed + left)
        begin = f"{task.completed:>{len(of) - 1 if of else 0}}{of}  {share:3.0f} %"
        left = task.fields["waits_for"] or f"left {clock(left)}"
        bar = 20 if width >= SMALL else 10
        room = width - len(begin) - bar - 4
        if room < len(left):                       # not even the bar has room
            return Text(fitting(width, [begin, left]), no_wrap=True)
        logs, size = task.fields["logs"], task.fields["batch_size"]
        figures = [readable({name: logs[name]})
                   for name in sorted(logs, key=lambda name: not name.endswith("loss"))]
        pace = f"{task.speed * size:.0f} samples/s" if task.speed and size else ""
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_row(begin, ProgressBar(100, share, bar), Text(
            fitting(room, [left, *figures, pace, clock(task.elapsed)]), no_wrap=True))
        return line


class TrainingProgress:
    """Where a run stands: step, time left, and the numbers of the last turn.

    Args:
        done, steps: ints, where the run stands and where it ends.
        batch_size: int, samples a turn; None if every step may have another number.
        waits_for: str, what is shown until the first turn is finished.
        minutes: how long it may take; None: there is no clock.
    """

    def __init__(self, done, steps, batch_size, waits_for="compiling", minutes=None):
        self.console = Console()
        # A terminal that can't go back to the start of its line gets lines too
        self.live = self.console.is_interactive or self.console.is_jupyter
        self.bar = _Line(console=self.console, disable=not self.live, refresh_per_second=4,
                         transient=True)
        self.task = self.bar.add_task("training", total=steps, completed=done, logs={},
                                      batch_size=batch_size, waits_for=waits_for,
                                      minutes=minutes)
        self.done, self.steps, self.minutes = done, steps, minutes
        self.started = time.monotonic()

    def __enter__(self):
        self._show(self.bar.start)
        return self

    def __exit__(self, *exception):
        self._show(self.bar.stop)

    @staticmethod
    def _show(show, *what, **how):
        """Show something, if it can be shown.

        A terminal that was closed, or a log on a full disk, is no reason to lose a run.
        """
        # SystemExit is what rich makes of a broken pipe
        with contextlib.suppress(OSError, ValueError, RuntimeError, SystemExit):
            show(*what, **how)

    def say(self, text, whole=False):
        """A line above the bar. What is to be copied stays `whole`: a command, a path.

        In a terminal other lines break between words.
        """
        if self.live and not whole:
            width = self.console.width - 1
            text = "\n".join(textwrap.fill(line, width, break_long_words=False,
                                           break_on_hyphens=False) for line in text.split("\n"))
        self._show(self.console.print, text, highlight=False, markup=False, soft_wrap=True)

    def update(self, step, logs):
        """Show the losses of a finished step."""
        self._show(self.bar.update, self.task, completed=step, logs=logs, waits_for=None)

    def milestone(self, step, logs):
        """Where there is no bar to look at, a line now and then."""
        if not self.live:
            seconds = time.monotonic() - self.started
            by_steps = seconds / max(1, step - self.done) * (self.steps - step)
            of, left = nearest_end(self.steps, by_steps, self.minutes, seconds)
            left = f", left {clock(left)}" if left and step > self.done else ""
            self.say(f"step {step}{of}  {readable(logs)}  {seconds:.0f} s{left}")
