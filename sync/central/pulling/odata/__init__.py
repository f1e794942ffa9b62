"""An OData 4.0 feed of responses, so that Excel and Power BI connect by address. Read only.

    model.py      what an entity has: the columns of a table under names that OData allows
    metadata.py   the service document and $metadata (CSDL)
    query.py      what a request asks: the few options there are, everything else a numbered problem
    functions.py  the functions of a filter, in SQL
    feed.py       pages of entities, each with the address of the next one

The part of OData 4.0 that is here: `$filter` with comparisons, `in`, `and`, `or`, `not` and the
functions that Excel and Power BI make of their own filters on our columns; `$select`, `$top`,
`$skiptoken`, `$count`, and `$orderby` on the position alone, for the order of arrival is the only one that
never misses a row that comes late.
"""
