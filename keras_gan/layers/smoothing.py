"""Label smoothing, one-sided."""
import keras


@keras.saving.register_keras_serializable("keras_gan")
class SmoothedCrossentropy(keras.losses.BinaryCrossentropy):
    """Binary cross-entropy whose real targets are 1 - smoothing, and fake ones 0.

    Tim Salimans et al., 2016, "Improved techniques for training GANs",
    arXiv:1606.03498, section 3.4. Fake targets stay 0: with others, generated samples
    that lie where no real ones are would be as they should be. Keras's own
    `label_smoothing` moves both.

    Args:
        smoothing: from 0 up to 1. 0: plain cross-entropy.
        others: as for `keras.losses.BinaryCrossentropy`.
    """

    def __init__(self, smoothing=0.0, **kwargs):
        super().__init__(**kwargs)
        self.smoothing = smoothing

    def call(self, y_true, y_pred):
        return super().call(y_true * (1 - self.smoothing) if self.smoothing else y_true, y_pred)

    def get_config(self):
        return {**super().get_config(), "smoothing": self.smoothing}
