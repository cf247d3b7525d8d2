"""Files that customers and agents send: kinds, storage, conversion, serving."""
