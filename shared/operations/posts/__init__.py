"""What a caller can do with posts. Each module holds one operation, or a step that several share:

``creating.create`` · ``listing.list_`` · ``reading.get`` · ``editing.update`` · ``deleting.delete`` ·
``actions.publish``, ``.retry``, ``.unpublish`` and ``.resolve`` · ``checking.validate`` and ``.constraints`` ·
``measuring.metrics`` · ``importing.import_`` and ``batching.make`` · ``slots`` (queues) · ``approvals`` and ``settings`` ·
``histories.history`` · ``previewing`` · ``costing.cost`` · ``cancelling.cancel``.

Nothing is published here: these write what is wanted, and the publishing engine (``operations.publishing``) does it.
"""
