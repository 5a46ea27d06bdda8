"""The proof that each model trains its own networks and nothing of the others."""
import contextlib
import dataclasses
import functools
import math
import textwrap
from typing import ClassVar

import keras
import numpy as np
from rich.progress import track

from keras_gan.backend.one_graph import many_shapes, one_graph
from keras_gan.players.ends import contradictions


@dataclasses.dataclass
class FreezeReport:
    """What `check_freeze` saw.

    Attributes:
        model: name of the class that was checked.
        moves: one line of text for every move that was played.
        findings: what is broken, in words, and what to do about it; empty if nothing
            is.
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
        verdict = self.fine if self.ok else "BROKEN"
        return "\n".join([f"{self.title} {self.model}: {verdict}",
                          *(f"  {move}" for move in self.moves),
                          *(f"  ! {finding}" for finding in self.findings)])

    def add(self, finding):
        """Note a finding, once."""
        if finding not in self.findings:
            self.findings.append(finding)


TURN = "train_on_batch"


def check_freeze(game, batch_sizes):
    """See `Game.check_freeze`."""
    report = FreezeReport(type(game).__name__)
    for contradiction in contradictions(game):
        report.add(contradiction)
    players, turns, moved = game.players, game.turns, set()
    trained = {f"{name}.{TURN}": game.trains[name] for name in game.trainers}
    trained[TURN] = list(players)
    calls = {f"{name}.{TURN}": functools.partial(move, model)
             for name, model in game.trainers.items()} | {TURN: game.train_on_batch}
    ways = {"call by call": calls}
    if not game.run_eagerly:
        ways["compiled"] = {name: one_graph(call, game.uses_xla, game.jit_compile is not False)
                            for name, call in calls.items()}
    rounds = [(way, batch_size) for way in ways for batch_size in batch_sizes]
    variables = [v for part in game.parts.values() for v in part.variables]
    rng = np.random.default_rng(0)
    try:
        with put_back(variables, players.values()), many_shapes():
            given = {}
            for batch_size in batch_sizes:
                with put_back(variables, players.values()):
                    given[batch_size] = what_each_call_is_given(game, batch_size, rng)
            for optimizer in game.optimizers.values():
                # A loss that is scaled by 2^15 for float16 leaves its range, and Keras
                # leaves out the first steps
                if hasattr(optimizer, "dynamic_scale"):
                    optimizer.dynamic_scale.assign(64.0)
            for way, batch_size in track(rounds, "checking the freeze", transient=True):
                for name, call in ways[way].items():
                    play = functools.partial(call, *given[batch_size][name])
                    moved |= make_move(report, players, f"{way}, batch of {batch_size}", name,
                                       trained[name], play)
    finally:
        game.turns = turns
    if max(batch_sizes) > 1:           # of one picture, BatchNormalization makes zero: no gradient
        note_still_weights(report, players, moved)
    return report


def move(model, *arrays):
    """Train a model on a batch, as often as its optimizer needs for a step.

    Returns:
        dict of the numbers of its last `train_on_batch`.
    """
    for _ in range(model.optimizer.gradient_accumulation_steps or 1):
        logs = model.train_on_batch(*arrays, return_dict=True)
    return logs


def what_each_call_is_given(game, batch_size, rng):
    """Play a turn on random data, and note what it gives each model to train on.

    So each can be trained again alone, without a guess at what it takes.

    Returns:
        dict, a tuple of arrays by the name of the call, also of `train_on_batch`
        itself.
    """
    n = batch_size * game.k * game.together
    turn = (*(kind.random(n, rng) for kind in game.takes.values()), game.random_numbers(n))
    given = {TURN: turn}

    def note(name, model, *arrays, **how):
        given[f"{name}.{TURN}"] = arrays
        return type(model).train_on_batch(model, *arrays, **how)

    models = game.trainers
    for name, model in models.items():
        object.__setattr__(model, TURN, functools.partial(note, name, model))
    try:
        with contextlib.suppress(Exception):             # the report will say what it raises
            game.train_on_batch(*turn)
    finally:
        for model in models.values():
            object.__delattr__(model, TURN)
    for name, model in models.items():                   # one that only people call, by hand
        given.setdefault(f"{name}.{TURN}", by_hand(model, batch_size, rng))
    return given


def by_hand(model, batch_size, rng):
    """Random samples for each input of a model, and ones for each output."""
    x = [rng.uniform(-1, 1, (batch_size, *tensor.shape[1:])).astype(tensor.dtype)
         for tensor in model.inputs]
    y = [np.ones((batch_size, *tensor.shape[1:]), tensor.dtype) for tensor in model.outputs]
    return tuple(arrays if len(arrays) > 1 else arrays[0] for arrays in (x, y))


@contextlib.contextmanager
def put_back(variables, networks=()):
    """Whatever is done in here: afterwards the variables have their values again, and
    all layers of the networks their flags `trainable`."""
    state = [keras.ops.convert_to_numpy(v) for v in variables]
    layers = [layer for network in networks for layer in network._flatten_layers()]
    flags = [(layer, layer.trainable) for layer in layers]
    try:
        yield
    finally:
        for variable, value in zip(variables, state):
            variable.assign(value)
        for layer, flag in flags:          # a model before its layers: its flag changes theirs
            if layer.trainable != flag:
                layer.trainable = flag


@contextlib.contextmanager
def thawed(network):
    """In here a network that is frozen, as a whole or layer by layer, is one that is
    trained."""
    with put_back([], [network]):
        if not network.trainable_weights:
            # Each: a model whose flag is True already hands it on to nobody
            for layer in network._flatten_layers():
                layer.trainable = True
        yield network


def weights_to_train(network):
    """The weights that a network trains, also where it is frozen."""
    with thawed(network):
        return network.trainable_weights


def make_move(report, networks, how, call, trains, play):
    """Make one call and note what it has changed in the networks.

    Args:
        report: the `FreezeReport` that is written.
        networks: dict of the models, by name.
        how: str, how the call is made: for the report.
        call: str, the name of the call: for the report.
        trains: list, the names of the networks that the call should move.
        play: a function that makes the call, and returns a dict of numbers.

    Returns:
        The ids of the weights that it moved, of those that should move.
    """
    weights = {name: network.weights for name, network in networks.items()}
    before = {id(v): keras.ops.convert_to_numpy(v) for name in networks for v in weights[name]}
    try:
        logs = play()
    except Exception as error:       # whatever a user's model raises is a finding, not the end
        if "nknown variable" in str(error):
            advice = ("One optimizer can't serve two models in Keras 3: give the discriminator and "
                      "the combined model an optimizer each.")
        elif "No gradients provided" in str(error):
            advice = " ".join(_why_nothing_moves(name, networks[name]) for name in trains)
        elif "float16" in str(error) or "half tensor" in str(error):       # also in bfloat16
            advice = ("Under mixed precision Keras adds a loss of half precision (add_loss, "
                      "activity_regularizer) to one of float32. Cast it, "
                      "self.add_loss(keras.ops.cast(loss, 'float32')), or give that layer "
                      "dtype='float32'.")
        else:
            advice = "Call it by hand with the same arrays to see where."
        report.moves.append(f"{how}: {call} raised {type(error).__name__}")
        # Of a variable Keras prints all the numbers
        said = textwrap.shorten(str(error) or "-", 160, placeholder=" ...")
        report.add(f"{call} raises {type(error).__name__}: {said} {advice}")
        return set()

    changed = {name: [v for v in weights[name]
                      if not np.array_equal(before[id(v)], keras.ops.convert_to_numpy(v))]
               for name in networks}
    said = []
    for name, network in networks.items():
        trainable = {id(v) for v in weights_to_train(network)}
        if name not in trains:
            said.append(f"{len(changed[name])} of {len(weights[name])} weights of the {name}")
            _note_intrusion(report, call, name, changed[name], trainable)
            continue
        moved = trainable & {id(v) for v in changed[name]}
        said.append(f"{len(moved)} of {len(trainable)} trainable weights of the {name}")
        if not moved:
            report.add(f"{call} moves nothing of the {name}, which learns nothing. "
                       f"{_why_nothing_moves(name, network)}")
    report.moves.append(f"{how}: {call} moved {' and '.join(said)}")
    for name, number in logs.items():
        if not math.isfinite(number):
            report.add(f"{call} returns {name}={number}: look for a logarithm or a division at its "
                       "limit (from_logits=True helps).")
    return {id(v) for name in trains for v in changed[name]}


def note_still_weights(report, networks, moved):
    """After all moves: note the weights that none of them moved.

    A network that didn't move at all has been noted before.
    """
    for name, network in networks.items():
        trainable = weights_to_train(network)
        still = [v.path for v in trainable if id(v) not in moved]
        if 0 < len(still) < len(trainable):
            report.add(f"No call moves these weights of the {name}: {', '.join(still)}. No "
                       "gradient reaches them.")


def _why_nothing_moves(name, network):
    if network.trainable_weights:
        return ("No gradient reaches it: look at what lies between it and the loss; or the "
                "learning rate is 0.")
    flag = "Its flag `trainable` is False"
    if network.trainable:
        flag = "The flags `trainable` of its layers are False"
    return (f"{flag}: Keras 3 reads it when train_on_batch is traced, so a network that was frozen "
            f"for another model is frozen for good. Leave it trainable, and put Frozen({name}) "
            "into each model that must not train it.")


def _note_intrusion(report, call, name, changed, trainable):
    """A call that trains other networks has changed this one: say what, and what to
    do."""
    model = call.split(".")[0]
    weights = [v.path for v in changed if id(v) in trainable]
    statistics = [v.path for v in changed if id(v) not in trainable]
    if weights:
        report.add(f"{call} changes the {name}: {', '.join(weights)}. Put Frozen({name}) into "
                   f"{model}.")
    if statistics:
        report.add(f"{call} changes statistics of the {name}: {', '.join(statistics)}. Put "
                   f"Frozen({name}) into {model}: it keeps moving averages too.")
