"""How one file adds one thing: plugins are found by looking in their folder, then in entry points."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from tidewheel.core.errors import unknown
from tidewheel.core.text import Text

T = TypeVar("T")


class Registry(Generic[T]):
    """The plugins of one contract, by name; modules are imported at first use.

    ``base`` is the abstract class, ``folder`` the dotted package of the built-ins, ``group`` the entry
    point group in which other packages offer theirs, ``kind`` what a person calls such a thing.
    """

    def __init__(self, base: type[T], folder: str, group: str, kind: Text) -> None:
        self._base, self._folder, self._group, self._kind = base, folder, group, kind
        self._found: dict[str, type[T]] | None = None

    def all(self) -> dict[str, type[T]]:
        """Return every plugin class by its ``name``, sorted."""
        if self._found is None:
            found: dict[str, type[T]] = {}
            package = importlib.import_module(self._folder)
            modules = [f"{self._folder}.{info.name}" for info in pkgutil.iter_modules(package.__path__)]
            modules += [point.value.partition(":")[0] for point in entry_points(group=self._group)]
            for module_name in modules:
                self._collect(module_name, found)
            self._found = dict(sorted(found.items()))
        return self._found

    def get(self, name: str, *, field: str | None = None) -> type[T]:
        """Return the plugin called ``name``; an unknown name is answered with the nearest one."""
        plugins = self.all()
        if name not in plugins:
            raise unknown(self._kind, name, plugins, field=field)
        return plugins[name]

    def _collect(self, module_name: str, found: dict[str, type[T]]) -> None:
        module = importlib.import_module(module_name)
        own = [
            thing
            for _, thing in inspect.getmembers(module, inspect.isclass)
            if issubclass(thing, self._base)
            and thing.__module__ == module_name
            and not inspect.isabstract(thing)
        ]
        if not own:
            raise TypeError(f"{module_name} defines no {self._base.__name__}; move it out of {self._folder}.")
        for thing in own:
            name: str = thing.name  # type: ignore[attr-defined]
            if name in found:
                raise TypeError(f"{module_name} and {found[name].__module__} both define {name}.")
            found[name] = thing
