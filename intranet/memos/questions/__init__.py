"""Questions on a memo: asked by a reader, answered by whoever the memo names, seen by its audience or by these two."""
