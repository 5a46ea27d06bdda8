"""The referee: watches the numbers of each turn and says in words how it goes."""
import collections
import math

import numpy as np
from keras import ops

WINDOW = 100                  # turns that a verdict is based on
GRACE = 300                   # turns in which a generator may still be finding its first shapes
COLLAPSED = 0.25              # diversity below this is suspicious
# It goes well where the means of a window lie in here, in three windows one after the
# other. In six runs of `gan` and `cgan` on digits that was so as soon as there were
# shapes to see, at steps 700 to 900. What has diversity above 1.2 there is noise still.
WELL = {"D(x)": (0.4, 0.95), "D(G(z))": (0.05, 0.6), "diversity": (0.6, 1.2)}
WINDOWS = 3
LIKELY_CAUSES = ("a learning rate that is too high, or a sigmoid or logarithm at its limit "
                 "(from_logits=True helps)")               # of a loss that isn't finite


class Referee:
    """Watches a game.

    What is wrong is said once, and again only if it has been right in between. So is
    that it goes well.

    Args:
        game: the model that is trained.
    """

    def __init__(self, game):
        self.game = game
        self.recent = collections.deque(maxlen=WINDOW)
        self.weights_before = {}                 # by the name of the player
        self.wrong = set()
        self.well, self.praised = 0, False       # windows in which it has gone well; whether told

    def watch(self, step, logs):
        """Look at the numbers of a finished turn.

        Args:
            step: int, the turn.
            logs: dict of floats, what the turn returned.

        Returns:
            list of str: what has just gone wrong, in words, with what to do about it;
            or that it goes well. Usually empty.
        """
        self.recent.append(logs)
        found = dict(self._not_finite(step, logs))
        if len(self.recent) == WINDOW and step % WINDOW == 0:
            found |= dict(self._in_the_window(step))
        elif not found:
            return []                                    # a verdict stands until the next look
        news = [text for kind, text in found.items() if kind not in self.wrong]
        self.wrong = set(found)
        return news + list(self._praise(step))

    def _not_finite(self, step, logs):
        bad = [f"{name} is {value}" for name, value in logs.items() if not math.isfinite(value)]
        if bad:
            yield "not finite", (f"step {step}: a loss is not finite ({', '.join(bad)}): the "
                                 "weights are lost.")

    def _mean(self, name, without=math.nan):
        """Of a number in the window; `without` where the game has no such number."""
        return float(np.mean([logs.get(name, without) for logs in self.recent]))

    def _praise(self, step):
        mean = {name: self._mean(name) for name in WELL}
        well = not self.wrong and step > GRACE and all(
            low <= mean[name] <= high for name, (low, high) in WELL.items())
        self.well = self.well + 1 if well else 0
        if self.wrong:
            self.praised = False
        elif self.well >= WINDOWS and not self.praised:
            self.praised = True
            yield (f"step {step}: it goes well so far: neither player wins (D(x) "
                   f"{mean['D(x)']:.2f}, D(G(z)) {mean['D(G(z))']:.2f}), and two generated samples "
                   f"differ about as much as two real ones (diversity {mean['diversity']:.2f}). "
                   "The sample sheets show more than these numbers.")

    def _in_the_window(self, step):
        mean = {name: self._mean(name) for name in self.recent[-1]}
        for player, network in self.game.players.items():
            weights = [ops.convert_to_numpy(v) for v in network.trainable_weights]
            before, self.weights_before[player] = self.weights_before.get(player), weights
            if not weights or (before is not None and all(map(np.array_equal, before, weights))):
                yield f"dead {player}", (
                    f"step {step}: the {player} has stopped learning: not one of its weights has "
                    f"moved for {WINDOW} steps. Is it frozen (trainable=False)? gan.check_freeze() "
                    "looks for the cause.")
        if mean.get("D(x)", 0.5) > 0.99 and mean.get("D(G(z))", 0.5) < 0.01:
            yield "wins", (
                f"step {step}: the discriminator wins: D(x) is {mean['D(x)']:.3f} and D(G(z)) is "
                f"{mean['D(G(z))']:.3f}, so the generator learns next to nothing. Make the "
                "discriminator weaker (Dropout, spectral norms, a lower learning rate).")
        if step > GRACE and mean.get("diversity", 1.0) < COLLAPSED:
            yield "collapse", (
                f"step {step}: collapse is suspected: two generated samples differ "
                f"{mean['diversity']:.2f} times as much as two real ones. Look at the sample "
                "sheet; another seed or lower learning rates may help.")
