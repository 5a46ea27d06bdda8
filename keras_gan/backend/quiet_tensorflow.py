"""Import TensorFlow without its start-up chatter.

TensorFlow writes to file descriptor 2 before its own log filter is set up, so no
environment variable helps. Here descriptor 2 is caught while TensorFlow starts; what is
not known chatter is handed on.
"""
import os
import re
import sys
import tempfile

CHATTER = re.compile(
    r"All log messages before absl::InitializeLog\(\)"
    r"|^I\d{4} "                                   # an absl line of level INFO ...
    r"|^To enable the following instructions"      # ... and where it goes on in a second line
)
# What TensorFlow says where there is no GPU at all
NO_GPU = re.compile(r"failed call to cuInit|Could not find cuda drivers")


def _import_tensorflow():
    import tensorflow as tf
    tf.config.list_physical_devices()    # looks for GPUs, the last thing that chatters


def _quietly(start):
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile(mode="w+", errors="replace") as caught:
        os.dup2(caught.fileno(), 2)
        try:
            start()
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)
            caught.seek(0)
            has_gpu = os.path.exists("/dev/nvidia0")
            for line in caught:
                if not CHATTER.search(line) and (has_gpu or not NO_GPU.search(line)):
                    sys.stderr.write(line)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")      # without INFO, with warnings and errors
is_backend = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
if is_backend and "tensorflow" not in sys.modules:
    _quietly(_import_tensorflow)
