"""One turn of a game as one compiled graph: all about TensorFlow's tracing."""
import contextlib
import logging

import keras
import tensorflow as tf
from tensorflow.python.client import device_lib

from keras_gan.backend.kernels import kernels_by_xla, looked_at

# TensorFlow's remapper gives up on Conv2D + LeakyReLU in a training graph and says so
# as an error, once a model. It fuses layers for inference; in training graphs there is
# nothing for it. Its dependency optimizer now and then loses the order of a read and a
# write. Some fresh models that call another model twice (a critic, with real and with
# generated samples) were then trained on weights that were half updated already.
tf.config.optimizer.set_experimental_options({"remapping": False, "dependency_optimization": False})

OUT_OF_MEMORY = (MemoryError, tf.errors.ResourceExhaustedError)  # what a failed allocation raises


def being_compiled():
    """Whether the code that asks is being traced into a graph.

    What NumPy draws or looks at there becomes a constant of the graph.
    """
    return tf.inside_function()


def backend_version():
    """What a run's numbers depend on besides Keras: `"tensorflow 2.21.0"`."""
    return f"tensorflow {tf.__version__}"


def bytes_of(dtype):
    """Bytes of one number of a dtype: `"float32"` -> 4."""
    return tf.as_dtype(dtype).size


def gpu_memory():
    """Bytes that TensorFlow may take of the first GPU; None without one."""
    gpus = (device for device in device_lib.list_local_devices() if device.device_type == "GPU")
    return next((gpu.memory_limit for gpu in gpus), None)


def xla_pays(model):
    """Whether a compiled turn of this model is quicker with XLA.

    Keras's own "auto" leaves XLA off where there is only a CPU. For a whole turn of
    fully connected networks it was measured to pay there too (`benchmarks/speed.py`):
    their many small steps become few. Convolutions are quicker without it, in
    TensorFlow's own kernels: those of pictures, and those of signals along one axis.
    Where there is a GPU, Keras chooses. A debugger that looks at each operation
    (`tf.debugging.enable_check_numerics`) can't look into XLA.
    """
    if looked_at():
        return False
    convolutions = any(len(weight.shape) == 4 for weight in model.weights) or any(
        isinstance(layer, keras.layers.Conv1D) for layer in model._flatten_layers())
    return model.jit_compile or not (convolutions or tf.config.list_physical_devices("GPU"))


def one_graph(turn, jit_compile, single_kernels=True):
    """Compile a turn.

    Args:
        turn: a function of arrays, and of lists and dicts of arrays, that returns a
            dict of scalars, such as `gan.train_on_batch`.
        jit_compile: True for XLA, False without it.
        single_kernels: whether XLA may still compile single kernels (see `one_pass`).

    Returns:
        A function of the same arguments that returns a dict of floats. Each new batch
        shape is compiled once.
    """
    structure = []                # of the arguments, noted at the first call

    def turn_of_flat(*flat):
        with kernels_by_xla(single_kernels):
            return turn(*tf.nest.pack_sequence_as(structure[0], flat))

    # A tf.function looks through dicts and lists at each call: a flat list is quicker
    graph = tf.function(with_shared_work(turn_of_flat), jit_compile=jit_compile)

    def play(*arrays):
        if not structure:
            structure.append(tf.nest.map_structure(lambda _: None, arrays))
        logs = graph(*map(tf.convert_to_tensor, tf.nest.flatten(arrays)))
        return {name: float(value) for name, value in logs.items()}

    return play


def traced_once(function):
    """`function` as a function of the graph that is being traced.

    However often it is called there, it is traced once for each shape.
    """
    graph = tf.compat.v1.get_default_graph()
    known = graph.functions_traced_once = getattr(graph, "functions_traced_once", {})
    if function not in known:
        known[function] = tf.function(with_shared_work(function))
    return known[function]


def with_shared_work(function):
    """`function`, whose graph computes once what is equal: see `share_work`."""
    def function_with_shared_work(*arrays):
        share_work(tf.compat.v1.get_default_graph())
        return function(*arrays)
    return function_with_shared_work


@tf.autograph.experimental.do_not_convert        # it would rewrite what runs for every operation
def share_work(graph):
    """Let the graph that is being traced compute once what is equal.

    The generator makes its pictures twice in a turn: for the discriminator, and for its
    own step. TensorFlow itself finds operations that are equal, but for two kinds. It
    takes two reads of a variable for two different things; here a variable is read once
    between two writes. And a function of the graph (see `one_pass`) is another function
    where its gradient is wanted; here the second call is the first one, before there
    are gradients.
    """
    create = graph._create_op_internal
    reads = {}            # by the name of a variable's handle: since this read nothing wrote to it
    known = {}            # operations by all that decides what they compute

    def create_op(kind, inputs, *args, **kwargs):
        inputs = [graph.capture(tensor) for tensor in inputs]
        variables = [tensor.name for tensor in inputs if tensor.dtype == tf.resource]
        if kind == "ReadVariableOp":
            if variables[0] not in reads:
                reads[variables[0]] = create(kind, inputs, *args, **kwargs)
            return reads[variables[0]]
        for variable in variables:
            reads.pop(variable, None)
        attributes = {name: value.SerializeToString(deterministic=True)
                      for name, value in (kwargs.get("attrs") or {}).items()}
        # (With `tf.custom_gradient` an operation has a gradient of its own)
        key = (kind, graph._gradient_override_map.get(kind), *sorted(attributes.items()),
               *(tensor.name for tensor in inputs), "after",
               *sorted(before.name for before in graph._current_control_dependencies()))
        if key in known:
            return known[key]
        operation = create(kind, inputs, *args, **kwargs)
        if not (operation.op_def.is_stateful or variables or kind == "Placeholder"):
            known[key] = operation
        return operation

    graph._create_op_internal = create_op


@contextlib.contextmanager
def many_shapes():
    """In here new batch shapes are meant: TensorFlow does not advise against them."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
