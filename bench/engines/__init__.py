"""One engine a module: ``Engine(folder)``, ``version()``, ``load()``, ``ask(question, turn)``."""
