"""Layers that the papers share, a module each, and the optimizer."""
import keras_gan.backend  # noqa: F401  before keras, so that TensorFlow starts without its chatter
from keras_gan.layers.augmentation import DiffAugment
from keras_gan.layers.conditional import ConditionalBatchNormalization
from keras_gan.layers.frozen import Frozen
from keras_gan.layers.fused import Adam, BatchNormalization, Dropout, PictureConv2D
from keras_gan.layers.image_pool import ImagePool
from keras_gan.layers.maxout import Maxout
from keras_gan.layers.orthogonal import OffDiagonal
from keras_gan.layers.pack import Pack
from keras_gan.layers.penalties import R1, R2, GradientPenalty
from keras_gan.layers.smoothing import SmoothedCrossentropy
from keras_gan.layers.units import Units
from keras_gan.layers.upsampling import UpSamplingConv2D

__all__ = ["R1", "R2", "Adam", "BatchNormalization", "ConditionalBatchNormalization", "DiffAugment",
           "Dropout", "Frozen", "GradientPenalty", "ImagePool", "Maxout", "OffDiagonal", "Pack",
           "PictureConv2D", "SmoothedCrossentropy", "Units", "UpSamplingConv2D"]
