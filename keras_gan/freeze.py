"""The proof that each player trains its own network and nothing of the other's."""
import dataclasses
import functools
import itertools

import keras
import numpy as np
from rich.progress import track

from keras_gan.one_graph import many_shapes, one_graph


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

    @property
    def ok(self):
        """True if nothing is broken."""
        return not self.findings

    def __str__(self):
        verdict = "OK, each player trains its own network alone" if self.ok else "BROKEN"
        return "\n".join([f"Freeze check of {self.model}: {verdict}", *(f"  {move}" for move in self.moves),
                          *(f"  ! {finding}" for finding in self.findings)])

    def add(self, finding):
        if finding not in self.findings:
            self.findings.append(finding)


def _move_of_discriminator(gan, *arrays):
    *real, noise, valid = arrays
    return gan.discriminator.train_on_batch(real if len(real) > 1 else real[0], valid, return_dict=True)


def _move_of_combined(gan, *arrays):
    images, *labels, noise, valid = arrays
    return gan.combined.train_on_batch([noise, *labels] if labels else noise, valid, return_dict=True)


def _turn(gan, *arrays):
    *real, noise, valid = arrays
    return gan.train_on_batch(*real, noise)


MOVES = {"discriminator.train_on_batch": _move_of_discriminator, "combined.train_on_batch": _move_of_combined, "train_on_batch": _turn}


def _random_arrays(gan, n, rng):
    """Random pictures, labels if the model takes them, noise, and ones: what a move is played with."""
    floats = [rng.uniform(-1, 1, (n, *gan.img_shape)), rng.standard_normal((n, gan.latent_dim)), np.ones((n, 1))]
    images, noise, valid = (array.astype(keras.config.floatx()) for array in floats)
    labels = [rng.integers(gan.num_classes, size=(n, 1)).astype("int32")] if gan.num_classes else []
    return images, *labels, noise, valid


def check_freeze(gan, batch_sizes):
    """See `Game.check_freeze`."""
    report = FreezeReport(type(gan).__name__)
    variables = all_variables(gan)
    state, turns = [keras.ops.convert_to_numpy(v) for v in variables], gan.turns
    flags = {network: network.trainable for network in (gan.discriminator, gan.generator)}
    calls = {call: functools.partial(move, gan) for call, move in MOVES.items()}
    ways = {"call by call": calls}
    if not gan.run_eagerly:
        ways["compiled"] = {call: one_graph(play, gan.uses_xla) for call, play in calls.items()}
    rng = np.random.default_rng(0)
    rounds = list(itertools.product(ways, batch_sizes, calls))
    ever_moved = set()
    try:
        with many_shapes():
            for way, batch_size, call in track(rounds, "checking the freeze", transient=True):
                arrays = _random_arrays(gan, batch_size * (gan.k if call == "train_on_batch" else 1), rng)
                ever_moved |= _play(report, gan, f"{way}, batch of {batch_size}", call, lambda: ways[way][call](*arrays))
    finally:
        for variable, value in zip(variables, state):
            variable.assign(value)
        for network, flag in flags.items():
            if network.trainable != flag:
                network.trainable = flag
        gan.turns = turns
    if max(batch_sizes) > 1:           # of one picture, BatchNormalization makes zero: no gradient reaches what is before it
        for player, network in {"discriminator": gan.discriminator, "generator": gan.generator}.items():
            still = [v.path for v in _trainable_weights(network) if id(v) not in ever_moved]
            if 0 < len(still) < len(_trainable_weights(network)):
                report.add(f"No call moves these weights of the {player}: {', '.join(still)}. No gradient reaches them.")
    return report


def all_variables(gan):
    """Every variable of a model, once: weights, statistics, random seeds and optimizer state."""
    variables = [*gan.generator.variables, *gan.discriminator.variables, *gan.generator_ema.variables,
                 *gan.combined.optimizer.variables, *gan.discriminator.optimizer.variables]
    return list({id(v): v for v in variables}.values())


def _trainable_weights(model):
    """What its layers train, also where the model as a whole is switched off."""
    if model.trainable:
        return model.trainable_weights
    model.trainable = True
    try:
        return model.trainable_weights
    finally:
        model.trainable = False


def _play(report, gan, how, call, play):
    """Make one call and note what it has changed in both networks. Returns the ids of the weights that it moved."""
    networks = {"discriminator": gan.discriminator, "generator": gan.generator}
    players = {"discriminator.train_on_batch": ["discriminator"], "combined.train_on_batch": ["generator"]}.get(call, list(networks))
    weights = {name: network.weights for name, network in networks.items()}
    before = {id(v): keras.ops.convert_to_numpy(v) for name in networks for v in weights[name]}
    try:
        play()
    except Exception as error:       # whatever a user's model raises is a finding, not the end of the report
        advice = ("One optimizer can't serve two models in Keras 3: give the discriminator and the combined model an optimizer each."
                  if "nknown variable" in str(error) else "Call it by hand with the same arrays to see where.")
        report.moves.append(f"{how}: {call} raised {type(error).__name__}")
        report.add(f"{call} raises {type(error).__name__}: {(str(error).strip() or '-').splitlines()[0]} {advice}")
        return set()

    changed = {name: [v for v in weights[name] if not np.array_equal(before[id(v)], keras.ops.convert_to_numpy(v))] for name in networks}
    said = []
    for name, network in networks.items():
        if name not in players:
            said.append(f"{len(changed[name])} of {len(weights[name])} weights of the {name}")
            _note_intrusion(report, call, name, changed[name])
            continue
        trainable = {id(v) for v in _trainable_weights(network)}
        moved = trainable & {id(v) for v in changed[name]}
        said.append(f"{len(moved)} of {len(trainable)} trainable weights of the {name}")
        if not moved:
            why = (" Its flag `trainable` is False: Keras 3 reads it when train_on_batch is traced, so freezing it for the "
                   "combined model froze it for good. Leave it trainable and put Frozen(discriminator) into the combined model."
                   if not network.trainable else " No gradient reaches it: look at what lies between it and the loss.")
            report.add(f"{call} moves nothing of the {name}, which learns nothing.{why}")
    report.moves.append(f"{how}: {call} moved {' and '.join(said)}")
    return {id(v) for name in players for v in changed[name]}


def _note_intrusion(report, call, name, changed):
    """A call that trains one network has changed the other: say what, and what to do."""
    paths = ", ".join(v.path for v in changed)
    if any(v.trainable for v in changed):
        report.add(f"{call} changes the {name}: {paths}. Put Frozen(discriminator) into the combined model.")
    elif changed:
        report.add(f"{call} changes statistics of the {name}: {paths}. "
                   "Put Frozen(discriminator) into the combined model: it keeps moving averages too.")
