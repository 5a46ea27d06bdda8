"""Requests to end: Ctrl-C, SIGTERM, a closed terminal. The turn is finished first."""
import contextlib
import os
import signal

# Windows has no SIGHUP
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP")
           if hasattr(signal, name)]


class Signals:
    """Notes that somebody asks for an end, and ends nothing. A context manager.

    Args:
        say: function of a str, which tells people.
    """

    def __init__(self, say):
        self.say = say
        self.received = None                     # the number of the signal
        self._handlers = {}

    def __enter__(self):
        for number in SIGNALS:
            with contextlib.suppress(ValueError):          # not the main thread: no signal comes
                # A terminal that closes ends the run, unless it was begun with nohup
                if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                    self._handlers[number] = signal.signal(number, self._note)
        return self

    def _note(self, number, _):
        """Note a request: the turn is finished first. A second Ctrl-C ends at once."""
        if self.received is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self.received is not None:            # a terminal that closes may say so twice
            return
        self.received = number
        name = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
        self.say(f"{name}: this turn is finished, everything is written. "
                 "(Ctrl-C once more to stop at once.)")

    def __exit__(self, *exception):
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def obey(self):
        """Do as was asked, now that all is written. (Ctrl-C only ends the training.)"""
        if self.received not in (None, signal.SIGINT):
            os.kill(os.getpid(), self.received)
