"""An HTML answer taken apart: its links, and its texts with the language each is marked as."""

from html.parser import HTMLParser

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
SPOKEN = ("aria-label", "title", "placeholder", "alt")
SILENT = frozenset(("script", "style", "template"))


class HtmlPage(HTMLParser):
    """`links` are the addresses of <a>; `texts` are pairs (text, language) in reading order; `actions` are the addresses of <form>."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.actions: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    @property
    def language(self) -> str:
        """The language of the place that is being read."""
        return self._open[-1][1] if self._open else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links and spoken attributes; keep the language of what is inside."""
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self.language)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form" and given.get("action"):
            self.actions.append(given["action"])
        self.texts += [(given[name].strip(), language) for name in SPOKEN if given.get(name, "").strip()]
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of this name and what was left open in it."""
        names = [name for name, _ in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        text = " ".join(data.split())
        if text and not (self._open and self._open[-1][0] in SILENT):
            self.texts.append((text, self.language))
