"""Who has acknowledged a memo and who has not yet, for those who publish it and for coordinators."""
