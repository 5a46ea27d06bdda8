"""What a compiled turn was traced from: where that has changed, it is compiled anew."""
import keras

PLAIN = (bool, int, float, str, bytes, tuple, type(None))
# By a turn; they change while it goes
NOT_READ = {"turns", "window", "in_a_run", "kept", "built", "factors"}


def traced_from(game):
    """All that decides what the graph of a turn does, besides the values of variables.

    A list of objects and of plain values, see `same`: the models and what they were
    compiled with, flags, numbers and weights of their layers, and what stands in the
    game itself.
    """
    # Of a copy of a game the numbers are equal: its variables are others
    found = [id(game), keras.config.floatx(), keras.config.dtype_policy().name,
             type(game).train_on_batch, *_plain(game),
             *(v for _, v in sorted(vars(game).items()) if callable(v))]
    for model in game.trainers.values():
        optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
        found += [model, model.run_eagerly, model.jit_compile, vars(model).get("train_on_batch"),
                  model.loss, model._compile_loss, model._compile_metrics,
                  optimizer, optimizer._learning_rate, *_plain(optimizer)]
    models = [*game.trainers.values(), *game.parts.values()]
    layers = {id(layer): layer for model in models if isinstance(model, keras.Layer)
              for layer in model._flatten_layers()}
    for layer in layers.values():
        found += [layer, layer.trainable, *layer.trainable_variables]
        found += [] if isinstance(layer, keras.Model) else _plain(layer)
    return found


def same(one, other):
    """Whether two such lists hold the same objects, and equal plain values."""
    return len(one) == len(other) and all(
        a is b or (type(a) is type(b) and isinstance(a, PLAIN) and a == b)
        for a, b in zip(one, other))


def _plain(thing):
    """The public numbers, flags and words that an object holds, and their names."""
    return [item for name, value in sorted(vars(thing).items()) for item in (name, value)
            if isinstance(value, PLAIN) and name not in NOT_READ and not name.startswith("_")]
