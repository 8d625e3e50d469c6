"""A mypy plugin: a `Database` names its collections as classes, and its instances hold them bound. mypy is told the
latter.

    class MatchingStore(Database):
        offers = Offers                # store.offers is an Offers, not the class
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.nodes import TypeInfo
from mypy.plugin import AttributeContext, Plugin
from mypy.types import CallableType, Instance, Type, get_proper_type

DATABASE = "shared.platform.storage.Database"
COLLECTION = "shared.platform.storage.Collection"


class StoragePlugin(Plugin):
    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        owner = self.lookup_fully_qualified(fullname.rpartition(".")[0])
        if owner is not None and isinstance(owner.node, TypeInfo) and owner.node.has_base(DATABASE):
            return _bound
        return None


def _bound(context: AttributeContext) -> Type:
    declared = get_proper_type(context.default_attr_type)
    if isinstance(declared, CallableType) and declared.is_type_obj():
        made = get_proper_type(declared.ret_type)
        if isinstance(made, Instance) and made.type.has_base(COLLECTION):
            return made
    return context.default_attr_type


def plugin(version: str) -> type[Plugin]:
    return StoragePlugin
