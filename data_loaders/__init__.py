"""Pictures from files, folders and data sets, as uint8 RGB arrays. Knows nothing of networks."""
from data_loaders.batches import Batches
from data_loaders.datasets import Pictures, load_data
from data_loaders.image_file import NotAPicture, read_image
from data_loaders.image_folder import ImageFolder

__all__ = ["Batches", "ImageFolder", "NotAPicture", "Pictures", "load_data", "read_image"]
