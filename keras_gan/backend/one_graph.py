"""One turn of a game as one compiled graph. The only room that knows TensorFlow's tracing."""
import contextlib
import logging

import keras
import tensorflow as tf
from tensorflow.python.client import device_lib

from keras_gan.layers.layers import Frozen

# TensorFlow's remapper gives up on Conv2D + LeakyReLU in a training graph and says so as an error, once a model. It fuses
# layers for inference; training graphs have nothing for it. Its dependency optimizer now and then loses the order of a read and a write:
# some fresh models that call another model twice (a critic, of real and of generated samples) trained on weights that were half updated already.
tf.config.optimizer.set_experimental_options({"remapping": False, "dependency_optimization": False})

OUT_OF_MEMORY = (MemoryError, tf.errors.ResourceExhaustedError)        # what an allocation that fails may raise


@keras.saving.register_keras_serializable("keras_gan")
class Player(keras.Model):
    """A `keras.Model` whose `train_on_batch` can also be one move inside a larger graph.

    Called from Python it is Keras's own `train_on_batch`. Called while a `tf.function` is traced it adds one training
    step to that graph, so a whole turn of the game (two moves of the discriminator, one of the generator)
    compiles as one.

    Weights under a `Frozen` layer belong to the other player: they count as non-trainable here.
    """

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)
        # Whatever has variables of its own must be built before a graph is traced.
        self.optimizer.build(self.trainable_variables)
        ones = [keras.ops.ones((1, 1)) for _ in self.outputs]
        ones = ones if len(ones) > 1 else ones[0]
        self.compute_loss(None, ones, ones)
        self.compute_metrics(None, ones, ones)
        self.reset_metrics()

    def get_compile_config(self):
        """Nothing: a network in a `.keras` file of its own is a network. What trains it, and how, belongs to the game, and `Game.save` keeps it."""
        return {}

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, return_dict=False):
        if not being_compiled():
            return super().train_on_batch(x, y, sample_weight, class_weight, return_dict)
        # The discriminator moves several times in a turn, the same move on other samples. The generator moves once, and inline: the pictures
        # that it makes for its own move are those that the discriminator is shown, and what is the same is computed once.
        move = self._move if self._frozen_ids else self._move_in(tf.compat.v1.get_default_graph())
        return move(x, y, sample_weight)

    def _move(self, x, y, sample_weight):
        self.reset_metrics()
        return self.train_step((x, y, sample_weight))

    def _move_in(self, graph):
        """`_move` as a function of the graph that is being traced: however often it is called there, it is traced once."""
        moves = graph.moves_of_players = getattr(graph, "moves_of_players", {})
        if self not in moves:
            moves[self] = tf.function(with_shared_reads(self._move))
        return moves[self]

    @property
    def _frozen_ids(self):
        return {id(v) for layer in self._flatten_layers() if isinstance(layer, Frozen) for v in layer.variables}

    @property
    def trainable_variables(self):
        return [v for v in super().trainable_variables if id(v) not in self._frozen_ids]

    @property
    def non_trainable_variables(self):
        trainable = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in trainable]

    @property
    def trainable_weights(self):
        return [v for v in super().trainable_weights if id(v) not in self._frozen_ids]

    @property
    def non_trainable_weights(self):
        trainable = {id(v) for v in self.trainable_weights}
        return [v for v in self.weights if id(v) not in trainable]


def being_compiled():
    """Whether the code that asks is being traced into a graph, where what NumPy draws or looks at now would stay for ever."""
    return tf.inside_function()


def backend_version():
    """What a run's numbers depend on besides Keras: `"tensorflow 2.21.0"`."""
    return f"tensorflow {tf.__version__}"


def bytes_of(dtype):
    """Bytes of one number of a dtype: `"float32"` -> 4."""
    return tf.as_dtype(dtype).size


def gpu_memory():
    """Bytes that TensorFlow may take of the first GPU; None without one."""
    return next((device.memory_limit for device in device_lib.list_local_devices() if device.device_type == "GPU"), None)


def as_player(model):
    """The functional or sequential `keras.Model` as a `Player`: the same layers, weights and name."""
    if isinstance(model, Player):
        return model
    inputs, outputs = (tensors if len(tensors) > 1 else tensors[0] for tensors in (model.inputs, model.outputs))
    return Player(inputs, outputs, name=model.name)


def xla_pays(model):
    """Whether a compiled turn of this model is quicker with XLA.

    Keras's own "auto" leaves XLA off where there is only a CPU. For a whole turn of fully connected networks it was measured to pay
    there too (`benchmarks/speed.py`): their many small steps become few. Convolutions are quicker without, in TensorFlow's own kernels.
    Where there is a GPU, Keras chooses.
    """
    convolutions = any(len(weight.shape) == 4 for weight in model.weights)
    return model.jit_compile or not (convolutions or tf.config.list_physical_devices("GPU"))


def one_graph(turn, jit_compile):
    """Compile a turn.

    Args:
        turn: a function of arrays that returns a dict of scalars, such as `gan.train_on_batch`.
        jit_compile: True for XLA, False without it.

    Returns:
        A function of the same arguments that returns a dict of floats. Each new batch shape is compiled once.
    """
    graph = tf.function(with_shared_reads(turn), jit_compile=jit_compile)

    def play(*arrays):
        logs = graph(*[tf.convert_to_tensor(a) for a in arrays])
        return {name: float(value) for name, value in logs.items()}

    return play


def with_shared_reads(function):
    """A function that is about to be traced, so that its graph reads each variable once between two writes."""
    def function_with_shared_reads(*arrays):
        share_reads(tf.compat.v1.get_default_graph())
        return function(*arrays)
    return function_with_shared_reads


@tf.autograph.experimental.do_not_convert        # it would rewrite what runs for every operation
def share_reads(graph):
    """Let the graph that is being traced read each variable once between two writes.

    The generator makes its pictures twice in a turn: for the discriminator, and for its own step. What both have in common
    TensorFlow computes once, as it does with all that is equal, but it takes two reads of a variable for two different things.
    """
    create = graph._create_op_internal
    reads = {}                    # of a variable's handle, by its name: none has been written to since

    def create_op(kind, inputs, *args, **kwargs):
        variables = [graph.capture(tensor).name for tensor in inputs if tensor.dtype == tf.resource]
        if kind != "ReadVariableOp":
            for variable in variables:
                reads.pop(variable, None)
            return create(kind, inputs, *args, **kwargs)
        if variables[0] not in reads:
            reads[variables[0]] = create(kind, inputs, *args, **kwargs)
        return reads[variables[0]]

    graph._create_op_internal = create_op


@contextlib.contextmanager
def many_shapes():
    """In here new batch shapes are meant, and TensorFlow's advice against retracing is kept back."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
