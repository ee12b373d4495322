"""Meta's Graph API as such: what every network behind it shares. Nothing is imported from here but the modules.

``errors`` the error body, its common codes, when to come back; ``calls`` requests with token and proof; ``webhooks`` the
handshake and the signature; ``simulated`` the ground of a simulated Graph. Ads: the Marketing API's modules beside them.
"""
