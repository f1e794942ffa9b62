"""The query parameters of a request as a struct with one field per parameter.

A field's name in JSON is the parameter's name; its `msgspec.Meta` is the description in the OpenAPI document,
and holds the constraints that Litestar checks.
"""

from inspect import Parameter, Signature
from keyword import iskeyword
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

from litestar import Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import QueryParameter
from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import FieldInfo, fields

from sync.contract.problem import ProblemError
from sync.contract.problem.wire import PARAMETER_INVALID

T = TypeVar("T", bound=Struct)


def names(asked: type[Struct]) -> frozenset[str]:
    """The names of the parameters of such a request."""
    return frozenset(field.encode_name for field in fields(asked))


def query(asked: type[T]) -> Provide:
    """A dependency: the parameters of a request; HL4013 if one is wrong, unknown or given twice."""
    known = names(asked)
    types, described = get_type_hints(asked), get_type_hints(asked, include_extras=True)
    called = {field.name: _called(field) for field in fields(asked)}

    def read(request: Request[Any, Any, State], **given: Any) -> T:
        _check_names(request, known)
        return asked(**{name: given[local] for name, local in called.items()})

    annotations: dict[str, Any] = {
        _called(field): Annotated[types[field.name], _described(field.encode_name, described[field.name])]
        for field in fields(asked)
    }
    annotations = {"request": Request[Any, Any, State], **annotations, "return": asked}
    defaults = {_called(field): field.default for field in fields(asked) if field.default is not NODEFAULT}
    # Litestar reads a dependency's parameters from its signature.
    read.__annotations__ = annotations
    read.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(
                name,
                Parameter.KEYWORD_ONLY,
                annotation=annotation,
                default=defaults.get(name, Parameter.empty),
            )
            for name, annotation in annotations.items()
            if name != "return"
        ],
        return_annotation=asked,
    )
    return Provide(read, sync_to_thread=False)


def _called(field: FieldInfo) -> str:
    """What Litestar calls a parameter whose value is wrong: as the address does, where Python allows it."""
    name = field.encode_name
    return name if name.isidentifier() and not iskeyword(name) else field.name


def _described(name: str, hint: Any) -> Any:
    """A field's Meta, or that of its value if it may be None, in Litestar's form."""
    every = (each for part in (hint, *get_args(hint)) for each in getattr(part, "__metadata__", ()))
    meta = next((each for each in every if isinstance(each, Meta)), Meta())
    return QueryParameter(
        name=name,
        description=meta.description,
        pattern=meta.pattern,
        ge=meta.ge,
        le=meta.le,
        schema_extra=meta.extra_json_schema,
    )


def _check_names(request: Request[Any, Any, State], known: frozenset[str]) -> None:
    """Refuse a parameter that is unknown or given twice: a misspelt filter must not mean "everything"."""
    given = [name for name, _ in request.query_params.multi_items()]
    if not known.issuperset(given) or len(set(given)) < len(given):
        raise ProblemError(PARAMETER_INVALID(where="query", detail="tham số lạ hoặc ghi hai lần"))
