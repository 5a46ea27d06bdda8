"""The proof that each player trains its own network and nothing of the other's."""
import dataclasses
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


def check_freeze(gan, batch_sizes):
    """See `Game.check_freeze`."""
    report = FreezeReport(type(gan).__name__)
    variables = all_variables(gan)
    state, turns = [keras.ops.convert_to_numpy(v) for v in variables], gan.turns
    rng = np.random.default_rng(0)
    moves = {"discriminator": lambda x, y: gan.discriminator.train_on_batch(x, y, return_dict=True),
             "generator": lambda x, y: gan.combined.train_on_batch(x, y, return_dict=True)}
    ways = {"call by call": moves}
    if not gan.run_eagerly:
        ways["compiled"] = {player: one_graph(move, gan.uses_xla) for player, move in moves.items()}
    try:
        with many_shapes():
            rounds = list(itertools.product(ways, batch_sizes))
            for way, batch_size in track(rounds, "checking the freeze", transient=True):
                images = rng.uniform(-1, 1, (batch_size, *gan.img_shape)).astype(keras.config.floatx())
                noise = rng.standard_normal((batch_size, gan.latent_dim)).astype(keras.config.floatx())
                valid = np.ones((batch_size, 1), keras.config.floatx())
                for player, x in {"discriminator": images, "generator": noise}.items():
                    _check_move(report, gan, f"{way}, batch of {batch_size}", player, ways[way][player], x, valid)
    finally:
        for variable, value in zip(variables, state):
            variable.assign(value)
        gan.turns = turns
    return report


def all_variables(gan):
    """Every variable of a model, once: weights, statistics, random seeds and optimizer state."""
    variables = [*gan.generator.variables, *gan.discriminator.variables,
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


def _check_move(report, gan, how, player, move, x, valid):
    """Play one move of one player and note what has changed in both networks."""
    own, other = (gan.discriminator, gan.generator) if player == "discriminator" else (gan.generator, gan.discriminator)
    call = "discriminator.train_on_batch" if player == "discriminator" else "combined.train_on_batch"
    other_name = "generator" if player == "discriminator" else "discriminator"
    before = {id(v): keras.ops.convert_to_numpy(v) for v in (*own.weights, *other.weights)}

    try:
        move(x, valid)
    except Exception as error:       # whatever a user's model raises is a finding, not the end of the report
        advice = ("One optimizer can't serve two models in Keras 3: give the discriminator and the combined model an optimizer each."
                  if "nknown variable" in str(error) else "Call it by hand with the same arrays to see where.")
        report.moves.append(f"{how}: {call} raised {type(error).__name__}")
        report.add(f"{call} raises {type(error).__name__}: {str(error).strip().splitlines()[0]} {advice}")
        return

    changed = {id(v) for v in (*own.weights, *other.weights)
               if not np.array_equal(before[id(v)], keras.ops.convert_to_numpy(v))}
    trainable = _trainable_weights(own)
    still = [v.path for v in trainable if id(v) not in changed]
    intruded = [v for v in other.weights if id(v) in changed]
    report.moves.append(f"{how}: {call} moved {len(trainable) - len(still)} of {len(trainable)} trainable weights of the "
                        f"{player} and {len(intruded)} of {len(other.weights)} weights of the {other_name}")

    if len(still) == len(trainable):
        why = (" Its flag `trainable` is False: Keras 3 reads it when train_on_batch is traced, so freezing it for the "
               "combined model froze it for good. Leave it trainable and put Frozen(discriminator) into the combined model."
               if not own.trainable else " No gradient reaches it: look at what lies between it and the loss.")
        report.add(f"{call} moves nothing of the {player}, which learns nothing.{why}")
    elif still:
        report.add(f"{call} leaves part of the {player} where it was: {', '.join(still)}. No gradient reaches these weights.")
    if any(v.trainable for v in intruded):
        report.add(f"{call} changes the {other_name}: {', '.join(v.path for v in intruded)}. "
                   "Put Frozen(discriminator) into the combined model.")
    elif intruded:
        report.add(f"{call} changes statistics of the {other_name}: {', '.join(v.path for v in intruded)}. "
                   "Put Frozen(discriminator) into the combined model: it keeps moving averages too.")
