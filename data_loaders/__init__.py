"""Pictures from files, folders and data sets, as uint8 RGB arrays.

Nothing in here knows about networks.
"""
from data_loaders.batches import Batches, Unpaired
from data_loaders.datasets import Pictures, load_data
from data_loaders.domains import Domains, load_domains
from data_loaders.image_file import NotAPicture, read_image
from data_loaders.image_folder import ImageFolder

__all__ = ["Batches", "Domains", "ImageFolder", "NotAPicture", "Pictures", "Unpaired", "load_data",
           "load_domains", "read_image"]
