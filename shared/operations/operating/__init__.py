"""What operators of an installation do, across its workspaces. No API leads here: ``scripts/operate`` does."""
