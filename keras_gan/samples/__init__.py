"""What a sample is, a picture or a point: ranges, checks, diversity, drawing."""
import keras_gan.backend  # noqa: F401  before keras, so that TensorFlow starts without its chatter
