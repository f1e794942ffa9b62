"""An OData 4.0 feed of responses, so that Excel and Power BI connect by address. Read only.

    model.py      the properties of an entity: the columns of a table under names that OData allows
    metadata.py   the service document and $metadata (CSDL)
    query.py      parses a request: the supported options; everything else is a numbered problem
    functions.py  the functions of a filter, in SQL
    feed.py       pages of entities, each with the address of the next one

The supported part of OData 4.0: `$filter` with comparisons, `in`, `and`, `or`, `not` and the functions into
which Excel and Power BI translate their own filters on our columns; `$select`, `$top`, `$skiptoken`,
`$count`, and `$orderby` only on the position, because no other order than that of arrival can include rows
that come late.
"""
