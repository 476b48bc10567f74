"""The command line: nouns are groups, verbs are commands, ``--json`` works everywhere."""
