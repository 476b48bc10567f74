"""What happened and why: questions, the fold over each person's events, answers."""
