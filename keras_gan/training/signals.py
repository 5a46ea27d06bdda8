"""Requests to end: Ctrl-C, SIGTERM, a closed terminal. The turn is finished first."""
import contextlib
import os
import signal

# Windows has no SIGHUP
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP")
           if hasattr(signal, name)]


class Signals:
    """Notes that somebody asks for an end, and ends nothing. A context manager.

    But a second Ctrl-C ends at once, and so does the first one as long as there is
    nothing to lose.

    Args:
        say: function of a str, which tells people.

    Attributes:
        received: int, the number of the signal; None if there was none.
        nothing_to_lose: bool, whether no turn is finished yet.
    """

    def __init__(self, say):
        self.say = say
        self.received = None
        self.nothing_to_lose = True
        self._handlers = {}

    def __enter__(self):
        for number in SIGNALS:
            with contextlib.suppress(ValueError):          # not the main thread: no signal comes
                # A terminal that closes ends the run, unless it was begun with nohup
                if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                    self._handlers[number] = signal.signal(number, self._note)
        return self

    def _note(self, number, _):
        """Note a request: the turn is finished first."""
        again, self.received = self.received is not None, self.received or number
        if number == signal.SIGINT and (again or self.nothing_to_lose):
            # Where the garbage collector calls back, this exception is lost. What was
            # noted still ends the run after this turn.
            raise KeyboardInterrupt
        if again:                                # a terminal that closes may say so twice
            return
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
