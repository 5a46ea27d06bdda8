"""What a compiled turn was traced from: where that may have changed, it is compiled
anew."""
import functools
import re
import types

import keras
import numpy as np

from keras_gan.backend.kernels import looked_at

PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic)
# What never changes, but may be replaced by another
CODE = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, np.ufunc,
        staticmethod, classmethod, property, re.Pattern)
# Of a game
SET_BY_A_RUN = {"bands", "turns", "_turns", "_reached", "window", "examples", "class_names",
                "in_a_run", "kept"}
SET_BY_KERAS = {"built", "factors"}                      # of optimizers, losses, metrics
OF_A_LIBRARY = re.compile(r"__|_abc_|_self_|_tracker$")  # how names begin of others' bookkeeping
SMALL = 2 ** 20               # bytes of an array that is kept, to be compared


def traced_from(game):
    """All that decides what the graph of a turn does, besides the values of variables.

    A list of objects and of plain values, see `same`. In it are what the game holds,
    its methods, its models and what they were compiled with, their layers, and some
    global settings. What can't be compared is a new object in each list: where in
    doubt, the turn is compiled anew. Not in it are functions and values that a method
    finds in its module.
    """
    found = [keras.config.floatx(), keras.config.dtype_policy().name, keras.config.epsilon(),
             looked_at(), bool(game.uses_xla), game.stage]
    known = set()
    _look_into(game, SET_BY_A_RUN, found, known)
    for part in (*game.trainers.values(), *game.parts.values()):
        _look(part, found, known)
    return found


def same(one, other):
    """Whether two such lists hold the same objects, and equal plain values."""
    return len(one) == len(other) and all(
        a is b or (type(a) is type(b) and isinstance(a, PLAIN) and bool(a == b))
        for a, b in zip(one, other))


def _look(thing, found, known, strict=True):
    """Note a thing and what it holds.

    Args:
        thing: what is looked at.
        found: list, to which it is added.
        known: set, the ids of what has been looked into.
        strict: bool, whether a thing of another kind may hide a change. In what Keras
            itself holds, it doesn't.
    """
    kind = type(thing)
    if isinstance(thing, (PLAIN, CODE)) or id(thing) in known:
        found.append(thing)
    elif isinstance(thing, (list, tuple, dict, set, frozenset)):
        parts = [*thing.items()] if isinstance(thing, dict) else [*thing]
        found += [kind, len(parts)]
        for part in parts:
            _look(part, found, known, strict)
    elif isinstance(thing, types.MethodType):
        _look((thing.__func__, thing.__self__), found, known, strict)
    elif isinstance(thing, functools.partial):
        _look((thing.func, thing.args, thing.keywords), found, known, strict)
    elif isinstance(thing, np.ndarray) and thing.dtype != object and thing.nbytes <= SMALL:
        found += [thing.dtype.str, str(thing.shape), thing.tobytes()]
    elif isinstance(thing, (keras.Variable, keras.KerasTensor)) or _is_of(kind, "tensorflow"):
        found.append(thing)
    elif any(_is_of(part, "keras") for part in kind.__mro__):
        left_out = SET_BY_KERAS
        if isinstance(thing, keras.Layer):
            left_out = _names_of_keras()
            _look([thing.trainable, thing.trainable_variables, thing.activity_regularizer,
                   thing.dtype_policy, thing._layers], found, known, strict=False)
        if isinstance(thing, keras.Model) and thing.compiled:
            _look([thing.run_eagerly, thing.jit_compile, thing.loss, thing._compile_loss,
                   thing._compile_metrics], found, known, strict=False)
        _look_into(thing, left_out, found, known, strict=not _is_of(kind, "keras"))
    else:
        found.append(object() if strict else thing)


def _look_into(thing, left_out, found, known, strict=True):
    """Note an object, its attributes and those of its class."""
    known.add(id(thing))
    found.append(thing)
    for name, value in vars(thing).items():
        if name not in left_out and not OF_A_LIBRARY.match(name):
            found.append(name)
            _look(value, found, known, strict)
    for part in type(thing).__mro__:
        if id(part) not in known and not _is_of(part, "keras", "tensorflow", "builtins"):
            known.add(id(part))
            for name, value in vars(part).items():
                if isinstance(value, types.FunctionType) or not OF_A_LIBRARY.match(name):
                    found.append(name)
                    _look(value, found, known, strict=False)


def _is_of(kind, *libraries):
    """Whether a class is one of these libraries' own."""
    return kind.__module__.partition(".")[0] in libraries


@functools.cache
def _names_of_keras():
    """The attributes in which Keras keeps its books of a layer, or of a model."""
    inputs = keras.Input((1,), name="traced")
    blank = (keras.Layer(name="traced"), keras.Model(name="traced"),
             keras.Sequential(name="traced"), keras.Model(inputs, inputs, name="traced"))
    return frozenset(name for thing in blank for name in vars(thing))
