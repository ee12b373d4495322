"""Everything that is not a post: comments, messages, reviews, mentions, ads, and what a network has of its own.

*Writing* (``acting``): an act becomes an action, a target without a post, and is kept by the promise of
``operations.publishing``: armed, sent once, unknown is not failed, settled by reading. ``following`` says what became of it.
*Reading* (``reading``, ``ads``, ``resources``) asks the network at this moment and keeps nothing.
"""
