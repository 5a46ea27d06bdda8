"""Ctrl-C while a command starts: a line, and no traceback."""
import contextlib
import os
import signal
import sys
from pathlib import Path

STATUS = 130                  # what shells say of a process that Ctrl-C has ended
caught = False                # whether the command is so far that it catches KeyboardInterrupt


def is_ours():
    """Whether this process is `keras-gan`, or a file of the package that is run."""
    program = sys.argv[0] if getattr(sys, "argv", None) else ""
    if program == "-m":                          # Python doesn't know the file yet
        return ["-m", "keras_gan"] in [[option, module.partition(".")[0]] for option, module
                                       in zip(sys.orig_argv, sys.orig_argv[1:])]
    # A file of a clone may be run while another copy of the package is installed
    return (Path(program).stem == "keras-gan"
            or (Path(program).resolve().parent / Path(__file__).name).is_file())


def _end(_, frame):
    """Handle Ctrl-C. While something is imported, an exception may be lost."""
    while frame is not None and frame.f_code.co_filename != "<frozen importlib._bootstrap>":
        frame = frame.f_back
    if caught and frame is None:
        raise KeyboardInterrupt
    # Not on stderr: that is held back while TensorFlow starts
    with contextlib.suppress(OSError):
        os.write(1, b"\nkeras-gan: stopped at once.\n")
    os._exit(STATUS)


_end.ends_the_process = True  # keras_gan/training/signals.py may do so too, once it has taken over


def take():
    """Answer Ctrl-C from here on, in a process that is ours."""
    # None of a process that was begun without Ctrl-C, or of one in a thread
    if is_ours() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGINT, _end)


take()
