"""The proof that each player trains its own network and nothing of the other's."""
import contextlib
import dataclasses
import functools
import itertools
import math
import textwrap
from typing import ClassVar

import keras
import numpy as np
from rich.progress import track

from keras_gan.backend.one_graph import many_shapes, one_graph


@dataclasses.dataclass
class FreezeReport:
    """What `check_freeze` saw.

    Attributes:
        model: name of the class that was checked.
        moves: one line of text for every move that was played.
        findings: what is broken, in words, and what to do about it; empty if nothing is.
    """
    model: str
    moves: list = dataclasses.field(default_factory=list)
    findings: list = dataclasses.field(default_factory=list)
    title: ClassVar = "Freeze check of"
    fine: ClassVar = "OK, each player trains its own network alone"

    @property
    def ok(self):
        """True if nothing is broken."""
        return not self.findings

    def __str__(self):
        return "\n".join([f"{self.title} {self.model}: {self.fine if self.ok else 'BROKEN'}", *(f"  {move}" for move in self.moves),
                          *(f"  ! {finding}" for finding in self.findings)])

    def add(self, finding):
        if finding not in self.findings:
            self.findings.append(finding)


def _move_of_discriminator(gan, *arrays):
    *real, noise, valid = arrays
    return gan.discriminator.train_on_batch(real if len(real) > 1 else real[0], valid, return_dict=True)


def _move_of_combined(gan, *arrays):
    images, *labels, noise, valid = arrays
    noise = noise[:, :gan.latent_dim]            # without what the game draws besides z
    return gan.combined.train_on_batch([noise, *labels] if labels else noise, valid, return_dict=True)


def _turn(gan, *arrays):
    *real, noise, valid = arrays
    return gan.train_on_batch(*real, noise)


MOVES = {"discriminator.train_on_batch": _move_of_discriminator, "combined.train_on_batch": _move_of_combined, "train_on_batch": _turn}
PLAYERS = {"discriminator.train_on_batch": ["discriminator"], "combined.train_on_batch": ["generator"]}      # of all other calls: both


def _random_arrays(gan, n, rng):
    """n random samples (times those that the discriminator judges together), labels if the model takes them, noise, and ones: what a move is played with."""
    n *= gan.packing
    images, valid = (array.astype(keras.config.floatx()) for array in (rng.uniform(-1, 1, (n, *gan.img_shape)), np.ones((n // gan.packing, 1))))
    labels = [rng.integers(gan.num_classes, size=(n, 1)).astype("int32")] if gan.num_classes else []
    return images, *labels, gan.sample_noise(n), valid


def check_freeze(gan, batch_sizes):
    """See `Game.check_freeze`."""
    report = FreezeReport(type(gan).__name__)
    networks = {"discriminator": gan.discriminator, "generator": gan.generator}
    turns = gan.turns
    calls = {call: functools.partial(move, gan) for call, move in MOVES.items()}
    ways = {"call by call": calls}
    if not gan.run_eagerly:
        ways["compiled"] = {call: one_graph(play, gan.uses_xla) for call, play in calls.items()}
    rng = np.random.default_rng(0)
    rounds = list(itertools.product(ways, batch_sizes, calls))
    moved = set()
    try:
        with put_back(all_variables(gan), networks.values()), many_shapes():
            for way, batch_size, call in track(rounds, "checking the freeze", transient=True):
                arrays = _random_arrays(gan, batch_size * (gan.k if call == "train_on_batch" else 1), rng)
                moved |= make_move(report, networks, f"{way}, batch of {batch_size}", call, lambda: ways[way][call](*arrays))
    finally:
        gan.turns = turns
    if max(batch_sizes) > 1:           # of one picture, BatchNormalization makes zero: no gradient reaches what is before it
        note_still_weights(report, networks, moved)
    return report


def all_variables(gan):
    """Every variable of a model, once: weights, statistics, random seeds and optimizer state."""
    variables = [*gan.generator.variables, *gan.discriminator.variables, *gan.generator_ema.variables,
                 *gan.combined.optimizer.variables, *gan.discriminator.optimizer.variables]
    return list({id(v): v for v in variables}.values())


@contextlib.contextmanager
def put_back(variables, networks=()):
    """Whatever is done in here: afterwards the variables have their values again, and all layers of the networks their flags `trainable`."""
    state = [keras.ops.convert_to_numpy(v) for v in variables]
    flags = [(layer, layer.trainable) for network in networks for layer in network._flatten_layers()]
    try:
        yield
    finally:
        for variable, value in zip(variables, state):
            variable.assign(value)
        for layer, flag in flags:          # a model comes before its layers, which a change of its own flag changes too
            if layer.trainable != flag:
                layer.trainable = flag


@contextlib.contextmanager
def thawed(network):
    """In here a network that is frozen, as a whole or layer by layer, is one that is trained."""
    with put_back([], [network]):
        if not network.trainable_weights:
            for layer in network._flatten_layers():      # each: a model whose flag is True already hands it on to nobody
                layer.trainable = True
        yield network


def weights_to_train(network):
    """The weights that a network trains, also where it is frozen."""
    with thawed(network):
        return network.trainable_weights


def make_move(report, networks, how, call, play):
    """Make one call and note what it has changed in both networks.

    Args:
        report: the `FreezeReport` that is written.
        networks: dict of the two models, "discriminator" and "generator".
        how: str, how the call is made: for the report.
        call: str, the name of the call, which says who should move.
        play: a function that makes the call, and returns a dict of numbers.

    Returns:
        The ids of the weights that it moved, of those that should move.
    """
    players = PLAYERS.get(call, list(networks))
    weights = {name: network.weights for name, network in networks.items()}
    before = {id(v): keras.ops.convert_to_numpy(v) for name in networks for v in weights[name]}
    try:
        logs = play()
    except Exception as error:       # whatever a user's model raises is a finding, not the end of the report
        if "nknown variable" in str(error):
            advice = "One optimizer can't serve two models in Keras 3: give the discriminator and the combined model an optimizer each."
        elif "No gradients provided" in str(error):
            advice = " ".join(_why_nothing_moves(name, networks[name]) for name in players)
        else:
            advice = "Call it by hand with the same arrays to see where."
        report.moves.append(f"{how}: {call} raised {type(error).__name__}")
        said = textwrap.shorten(str(error) or "-", 160, placeholder=" ...")          # of a variable Keras prints all the numbers
        report.add(f"{call} raises {type(error).__name__}: {said} {advice}")
        return set()

    changed = {name: [v for v in weights[name] if not np.array_equal(before[id(v)], keras.ops.convert_to_numpy(v))] for name in networks}
    said = []
    for name, network in networks.items():
        trainable = {id(v) for v in weights_to_train(network)}
        if name not in players:
            said.append(f"{len(changed[name])} of {len(weights[name])} weights of the {name}")
            _note_intrusion(report, call, name, changed[name], trainable)
            continue
        moved = trainable & {id(v) for v in changed[name]}
        said.append(f"{len(moved)} of {len(trainable)} trainable weights of the {name}")
        if not moved:
            report.add(f"{call} moves nothing of the {name}, which learns nothing. {_why_nothing_moves(name, network)}")
    report.moves.append(f"{how}: {call} moved {' and '.join(said)}")
    for name, number in logs.items():
        if not math.isfinite(number):
            report.add(f"{call} returns {name}={number}: look for a logarithm or a division at its limit (from_logits=True helps).")
    return {id(v) for name in players for v in changed[name]}


def note_still_weights(report, networks, moved):
    """After all moves: note the weights that none of them moved. A network that didn't move at all has been noted before."""
    for name, network in networks.items():
        trainable = weights_to_train(network)
        still = [v.path for v in trainable if id(v) not in moved]
        if 0 < len(still) < len(trainable):
            report.add(f"No call moves these weights of the {name}: {', '.join(still)}. No gradient reaches them.")


def _why_nothing_moves(name, network):
    if network.trainable_weights:
        return "No gradient reaches it: look at what lies between it and the loss; or the learning rate is 0."
    flag = "The flags `trainable` of its layers are False" if network.trainable else "Its flag `trainable` is False"
    if name == "generator":
        return f"{flag}: leave it trainable, and train the generator through the combined model."
    return (f"{flag}: Keras 3 reads it when train_on_batch is traced, so freezing it for the combined model froze it "
            "for good. Leave it trainable and put Frozen(discriminator) into the combined model.")


def _note_intrusion(report, call, name, changed, trainable):
    """A call that trains one network has changed the other: say what, and what to do."""
    weights = [v.path for v in changed if id(v) in trainable]
    statistics = [v.path for v in changed if id(v) not in trainable]
    if weights:
        report.add(f"{call} changes the {name}: {', '.join(weights)}. Put Frozen(discriminator) into the combined model.")
    if statistics:
        report.add(f"{call} changes statistics of the {name}: {', '.join(statistics)}. "
                   "Put Frozen(discriminator) into the combined model: it keeps moving averages too.")
