"""The inbox: comments, conversations, mentions and reviews of all of a workspace's accounts, and answering them.

What ``engaging`` does for one account by the network's own ids, here by ids of our own, over many accounts, page by page.
"""
