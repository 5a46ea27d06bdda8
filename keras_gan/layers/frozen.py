"""Layers around a whole model. `Frozen` keeps it as it is inside another model."""
import keras
from keras import ops


class AroundModel(keras.layers.Layer):
    """Base of layers around a built model that is compiled by itself.

    The layer has the model's weights. It does not have the model's loss and metrics.

    Args:
        model: a built `keras.Model`.
    """

    def __init__(self, model, **kwargs):
        super().__init__(**kwargs)
        self.model = model

    def build(self, input_shape):
        pass  # the model comes with its weights

    def compute_output_shape(self, input_shape):
        return self.model.compute_output_shape(input_shape)

    @property
    def metrics(self):
        return []  # the model's own loss and accuracy are not those of the model it is used in


@keras.saving.register_keras_serializable("keras_gan")
class Frozen(AroundModel):
    """A model inside another model that trains everything but this one.

    `combined = generator -> Frozen(discriminator)` trains the generator against the
    discriminator *as it is trained*: batch statistics in BatchNormalization, Dropout
    active. Still none of its weights moves, moving averages included. The discriminator
    itself stays trainable, so no flag is ever toggled.

    Why not `discriminator.trainable = False`? Keras 3 reads that flag when
    `train_on_batch` is traced, so the classic recipe trains no discriminator at all.
    And a frozen BatchNormalization runs in inference mode, so the generator plays
    against another network than the one that was trained.

    Args:
        model: a built `keras.Model`. The layer has its inputs and outputs.
    """

    def __init__(self, model, **kwargs):
        kwargs.setdefault("name", f"frozen_{model.name}")
        super().__init__(model, **kwargs)

    def get_config(self):
        return {**super().get_config(), "model": keras.saving.serialize_keras_object(self.model)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config.pop("model")), **config)

    def call(self, inputs, training=False):
        # What the call would write (moving averages, spectral norms) comes back as
        # values ...
        before = self.model.non_trainable_variables
        outputs, after = self.model.stateless_call(
            [ops.stop_gradient(v.value) for v in self.model.trainable_variables],
            [v.value for v in before],
            inputs, training=training)
        # ... and is dropped. Only random seeds move on, so that Dropout draws a new
        # mask each time.
        weights = {id(v) for v in self.model.weights}
        for variable, value in zip(before, after):
            if id(variable) not in weights:
                variable.assign(value)
        return outputs
