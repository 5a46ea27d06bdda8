"""Requests to end: Ctrl-C, SIGTERM, a closed terminal. The turn is finished first."""
import contextlib
import os
import signal
import socket
import threading

# Windows has no SIGHUP
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP")
           if hasattr(signal, name)]
PATIENCE = 0.5                # seconds in which Python answers Ctrl-C, unless a library holds it


class Signals:
    """Notes that somebody asks for an end, and ends nothing. A context manager.

    But a second Ctrl-C ends at once, and so does the first one as long as there is
    nothing to lose.

    Python answers a signal when it is back from whatever library it has called. While
    XLA compiles, that may take half a minute. So a thread listens too: it says that
    Ctrl-C was heard, and a second one ends a process that is the command's.

    Args:
        say: function of a str, which tells people.
        last_words: function that returns what is said at a sudden end, a str.

    Attributes:
        received: int, the number of the signal; None if there was none.
        nothing_to_lose: bool, whether no turn is finished yet.
    """

    def __init__(self, say, last_words):
        self.say, self.last_words = say, last_words
        self.received, self._heard, self._wire = None, 0, None
        self._answered = threading.Event()
        self.nothing_to_lose = True
        self._handlers = {}

    def __enter__(self):
        for number in SIGNALS:
            with contextlib.suppress(ValueError):          # not the main thread: no signal comes
                # A terminal that closes ends the run, unless it was begun with nohup
                if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                    self._handlers[number] = signal.signal(number, self._note)
        with contextlib.suppress(ValueError, OSError):
            self._listen()
        return self

    def _listen(self):
        """Let the system write the number of each signal on a wire to a thread."""
        before = signal.set_wakeup_fd(-1)
        if before != -1:                               # an event loop's, which needs it
            signal.set_wakeup_fd(before)
            return
        self._wire, its = socket.socketpair()
        self._wire.setblocking(False)
        signal.set_wakeup_fd(self._wire.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=self._answer, args=(its,), name="Ctrl-C", daemon=True).start()

    def _answer(self, wire):
        """Answer each Ctrl-C that Python doesn't, until the wire ends."""
        may_end = getattr(self._handlers.get(signal.SIGINT), "ends_the_process", False)
        with wire:
            while number := wire.recv(1):
                if number[0] != signal.SIGINT:
                    continue
                self._heard += 1
                if self._answered.wait(PATIENCE):
                    self._answered.clear()
                elif self._heard == 1:
                    again = " (Ctrl-C once more to stop at once.)" if may_end else ""
                    self.say("Ctrl-C: this stops as soon as TensorFlow is back, which compiles or "
                             f"plays a long turn.{again}")
                elif may_end:
                    os.write(1, f"\nkeras-gan: {self.last_words()}\n".encode())
                    os._exit(130)                      # as shells say of what Ctrl-C has ended

    def _note(self, number, _):
        """Note a request: the turn is finished first."""
        again = self.received is not None
        if number == signal.SIGINT:
            self._answered.set()
            again = again or self._heard > 1
        self.received = self.received or number
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
        self._answered.set()
        if self._wire is not None:
            signal.set_wakeup_fd(-1)
            self._wire.close()                         # and with it the thread ends
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def obey(self):
        """Do as was asked, now that all is written. (Ctrl-C only ends the training.)"""
        if self.received not in (None, signal.SIGINT):
            os.kill(os.getpid(), self.received)
