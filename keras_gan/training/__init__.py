"""What happens around the turns of a training run."""
import keras_gan.backend  # noqa: F401  before keras, so that TensorFlow starts without its chatter
