"""The pages of administrators: HTML made at the centre, for a browser and for paper.

A page is a frozen struct made by a pure function, and a template that only draws it. What a page shows comes
from the same functions as an answer of the API, and what it changes is the same act as that of a command.

    routes.py         who may ask for a page, and what holds for every route
    visit.py          one request of a person: reads, acts, and answers with a page
    look.py           what a page reads with: a connection, who looks, and at which units they may look
    rendering.py      templates to HTML, in Vietnamese or English
    frame.py          what surrounds every page
    figure_links.py   where each number of a page is in the answers of /v1/summary (`data-v`)
    static_files.py   style and script, by addresses that name their content
    pages/            one noun a file; templates/ has a template of the same name

Promises, each held for every route by the router and by a test that walks all of them:
- a page is shown to a person whose role allows it at that unit, and to nobody else; what a person may not
  see answers the same bytes as what there is not;
- nothing changes on GET; a change comes from a form of this session (a token of the session in the form, and
  the browser's own word that the form is of this site);
- no script, style or picture comes from another host, and none is written inside a page;
- what reveals single responses, words or officers' figures leaves one line in the audit log per request.
"""
