"""The look of every page of the cloud: plain, readable, light or dark, any width."""

from html import escape
from typing import Final

from aiohttp import web

STYLE: Final = """
:root { color-scheme: light dark; --edge: #0002; --card: #fff; --back: #f3f4f6;
  --text: #14171c; --soft: #5b6472; --accent: #2f5fd0; --warn: #b42318; }
@media (prefers-color-scheme: dark) { :root { --edge: #fff2; --card: #1c2129;
  --back: #12151b; --text: #e8ebf0; --soft: #97a1b0; --accent: #7ea2ff;
  --warn: #ff8a7a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.25rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; }
main.narrow { max-width: 28rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 12px;
  padding: 1rem 1.25rem; margin: 0 0 1rem; overflow-x: auto; }
.grid { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); }
.soft { color: var(--soft); } .warn { color: var(--warn); }
.grid > .card { margin: 0; } .grid { margin: 0 0 1rem; }
button { font: inherit; padding: .4rem .9rem; margin: .15rem .1rem; cursor: pointer;
  border: 1px solid var(--edge); border-radius: 8px; background: transparent;
  color: var(--text); }
button.main { background: var(--accent); border-color: var(--accent);
  color: var(--card); }
button:focus-visible, a:focus-visible { outline: 2px solid var(--accent);
  outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; white-space: nowrap; }
td.number, th.number { text-align: right; }
label { display: block; padding: .2rem 0; }
code { font-size: .9em; overflow-wrap: anywhere; }
"""


def render(
    title: str, body: str, *, status: int = 200, wide: bool = False
) -> web.Response:
    """Give a page; `body` is HTML already."""
    kind = "" if wide else ' class="narrow"'
    return web.Response(
        status=status,
        content_type="text/html",
        headers={"Cache-Control": "no-store"},
        text=(
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<link rel="icon" href="data:,">'
            f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
            f"<body><main{kind}><h1>{escape(title)}</h1>{body}</main></body></html>"
        ),
    )


def problem(text: str, *, status: int = 400) -> web.Response:
    """Give the page Tesla shows when it cannot go on."""
    body = (
        f'<div class="card"><p class="warn">{escape(text)}</p>'
        '<p class="soft">Reference ID: 00000000-0000-4000-8000-000000000000</p></div>'
    )
    return render("Something went wrong. Try again later", body, status=status)
