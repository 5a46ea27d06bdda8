"""The networks of Keras-GAN in plain Keras layers; the DCGAN's for 128x160."""
import math

import keras
from keras import layers

from worker import CLASSES, IMG_SHAPES, LATENT_DIM


def generator(work):
    """Noise (batch, 100), and for CGAN labels (batch, 1) -> pictures in [-1, 1]."""
    img_shape = IMG_SHAPES[work]
    model = keras.Sequential([keras.Input((LATENT_DIM,))])
    if work == "dcgan":
        model.add(layers.Dense(8 * 10 * 512, activation="relu"))
        model.add(layers.Reshape((8, 10, 512)))
        for filters in (256, 128, 64, 32):
            model.add(layers.UpSampling2D())
            model.add(layers.Conv2D(filters, 3, padding="same"))
            model.add(layers.BatchNormalization(momentum=0.8))
            model.add(layers.Activation("relu"))
        model.add(layers.Conv2D(3, 3, padding="same"))
        model.add(layers.Activation("tanh"))
    else:
        for width in (256, 512, 1024):
            model.add(layers.Dense(width))
            model.add(layers.LeakyReLU(negative_slope=0.2))
            model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.Dense(math.prod(img_shape), activation="tanh"))
        model.add(layers.Reshape(img_shape))
    if work != "cgan":
        return model
    noise, label = keras.Input((LATENT_DIM,)), keras.Input((1,), dtype="int32")
    label_embedding = layers.Flatten()(layers.Embedding(CLASSES, LATENT_DIM)(label))
    return keras.Model([noise, label], model(layers.multiply([noise, label_embedding])))


def discriminator(work):
    """Pictures, and for CGAN labels -> probability that they are real, (batch, 1)."""
    img_shape = IMG_SHAPES[work]
    flat = (math.prod(img_shape),)
    model = keras.Sequential([keras.Input(img_shape if work != "cgan" else flat)])
    if work == "dcgan":
        for i, filters in enumerate((32, 64, 128, 256, 512)):
            model.add(layers.Conv2D(filters, 3, strides=2, padding="same"))
            if i == 1:
                model.add(layers.ZeroPadding2D(((0, 1), (0, 1))))
            if i:
                model.add(layers.BatchNormalization(momentum=0.8))
            model.add(layers.LeakyReLU(negative_slope=0.2))
            model.add(layers.Dropout(0.25))
        model.add(layers.Flatten())
    else:
        if work == "gan":
            model.add(layers.Flatten())
        for i, width in enumerate((512, 256) if work == "gan" else (512, 512, 512)):
            model.add(layers.Dense(width))
            model.add(layers.LeakyReLU(negative_slope=0.2))
            if work == "cgan" and i:
                model.add(layers.Dropout(0.4))
    model.add(layers.Dense(1, activation="sigmoid"))
    if work != "cgan":
        return model
    img, label = keras.Input(img_shape), keras.Input((1,), dtype="int32")
    label_embedding = layers.Flatten()(layers.Embedding(CLASSES, math.prod(img_shape))(label))
    model_input = layers.multiply([layers.Flatten()(img), label_embedding])
    return keras.Model([img, label], model(model_input))
