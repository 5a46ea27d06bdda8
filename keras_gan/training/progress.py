"""The progress of a run: a bar in a terminal or notebook, lines in a log file."""
import contextlib
import time

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


def readable(logs):
    """`{"d_loss": 0.69314, ...}` -> `"d_loss 0.693  ..."`"""
    return "  ".join(f"{name} {value:.3f}" for name, value in logs.items())


class _PicturesPerSecond(ProgressColumn):
    def render(self, task):
        size = task.fields["batch_size"]
        return f"{task.speed * size:.0f} pictures/s" if task.speed and size else ""


class TrainingProgress:
    """A bar with losses, D's accuracy, pictures a second, time spent and time left.

    Args:
        done, steps: ints, where the run stands and where it ends.
        batch_size: int, pictures a turn; None if every step may have another number.
    """

    def __init__(self, done, steps, batch_size):
        self.console = Console()
        self.live = self.console.is_terminal or self.console.is_jupyter
        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=20),
            TextColumn("{task.completed}/{task.total}"), TextColumn("{task.fields[logs]}"),
            _PicturesPerSecond(), TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn(),
            console=self.console, disable=not self.live, refresh_per_second=4)
        self.task = self.bar.add_task("compiling", total=steps, completed=done, logs="",
                                      batch_size=batch_size)
        self.steps = steps
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

    def say(self, text):
        """A line above the bar."""
        self._show(self.console.print, text, highlight=False, markup=False, soft_wrap=True)

    def update(self, step, logs):
        """Show the losses of a finished step."""
        self._show(self.bar.update, self.task, description="training", completed=step,
                   logs=readable(logs))

    def milestone(self, step, logs):
        """Where there is no bar to look at, a line now and then."""
        if not self.live:
            seconds = time.monotonic() - self.started
            self.say(f"step {step}/{self.steps}  {readable(logs)}  {seconds:.0f} s")
