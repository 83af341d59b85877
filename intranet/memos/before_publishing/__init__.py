"""What an editor sees before a memo or a note is published: who gets it, how, and what is missing."""
