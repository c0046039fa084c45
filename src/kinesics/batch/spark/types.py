"""Arrow's types in Spark's words."""

from __future__ import annotations

from typing import Any

__all__ = ["ddl"]

NAMES = {
    "string": "string",
    "binary": "binary",
    "bool": "boolean",
    "int32": "int",
    "int64": "bigint",
    "float": "float",
    "double": "double",
}


def ddl(schema: Any) -> str:
    """An Arrow schema as Spark's DDL, for `mapInArrow`: `path` string, `shots` struct<`shot`: bigint, …>, and so on.

    Raises:
        TypeError: a column has a type that Spark does not know.
    """
    return ", ".join(f"`{field.name}` {_type(field.type)}" for field in schema)


def _type(kind: Any) -> str:
    import pyarrow.types as is_a

    if is_a.is_struct(kind):
        return f"struct<{', '.join(f'`{field.name}`: {_type(field.type)}' for field in kind)}>"
    if is_a.is_list(kind):
        return f"array<{_type(kind.value_type)}>"
    if str(kind) not in NAMES:
        raise TypeError(f"{kind}: not one of the types that Spark, DuckDB and Parquet share")
    return NAMES[str(kind)]
