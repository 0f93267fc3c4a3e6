"""Bad input, by what is bad about it: filters, forms, fields."""

from urllib.parse import quote
from uuid import UUID

from unidossier.demo.fill.ids import patient_id

RITA = patient_id("p-000001")
MB = 1024 * 1024
UNKNOWN = str(UUID("01890000-0000-7000-8000-00000000beef"))

# filters of a list
LIST_QUERIES = {
    "half a surrogate": "q=%ED%A0%80",
    "bytes that are no UTF-8": "q=%FF%FE",
    "a search of 5,000 characters": "q=" + "hart" * 1250,
    "a search of operators": "q=" + quote("' | !( & :* <-> \\ %_ -- ;"),
    "a search of signs alone": "q=" + quote("\u202e\ufeff\U0001f9ea"),
    "a kind that does not exist": "kind=astrology&kind=",
    "an institution that does not exist": "institution=nowhere",
    "30 February": "from=2026-02-30&to=2026-02-31",
    "the year 0": "from=0000&to=0000",
    "the first year and the last": "from=0001&to=9999",
    "the last day of all": "from=9999-12-31&to=9999-12-31",
    "the first day of all": "from=0001-01-01&to=0001-01-01",
    "a period the wrong way round": "from=2026-01-01&to=1990-01-01",
    "garbage after": "after=garbage",
    "half a place": "after=2026-01-01T00:00:00_",
    "a place without zone": f"after=2026-01-01T00:00:00_{RITA}",
    "a place in the first year, far east": f"after=0001-01-01T00:00:00%2B14:00_{RITA}",
    "a place in the last year, far west": f"after=9999-12-31T23:59:59-14:00_{RITA}",
    "a place with seconds in its zone": f"after=2026-01-01T00:00:00%2B00:17:30_{RITA}",
    "an item that is none": "item=x",
    "a version that is none": "version=-1",
    "a thousand filters": "&".join(["kind=report"] * 900),
    "everything twice": "q=a&q=b&from=2020&from=2021&item=x&item=y&after=a&after=b",
}

# whom one looks for
SOUGHT = {
    "30 February": "30.02.1950",
    "30 February, the other way": "1950-02-30",
    "day 0": "0/0/0000",
    "a national number with a wrong check digit": "50.04.12-123.00",
    "a number of 100 digits": "9" * 100,
    "superscript digits": "%C2%B2%C2%B2%C2%B2",
    "digits of another script": quote("٣٠.٠٢.١٩٥٠"),
    "a date in digits of another script": quote("١٩٥٠-٠٢-٢٨"),
    "5,000 characters": "a" * 5000,
    "a quote": "'%20OR%201=1--",
}

# a report that can be stored, and what spoils it
REPORT = {
    "kind": "progress-note",
    "title": "Round",
    "at": "2026-01-05T10:00",
    "text": "Well.",
    "deed": "keep",
    "expected": "0",
}
BAD_FIELDS = {
    "no field": {name: "" for name in REPORT},
    "30 February": {"at": "2026-02-30T10:00"},
    "the last year": {"at": "9999-12-31T23:59"},
    "a kind that does not exist": {"kind": "horoscope"},
    "a version that is none": {"expected": "x"},
    "a version below all": {"expected": "-1"},
    "a title of 5,000 characters": {"title": "a" * 5000},
    "a text of 3 MB": {"text": "a" * (3 * MB)},
}

# content types and bodies
BROKEN_FORMS = [
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
    ("multipart/form-data; boundary=x", b"no boundary at all"),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x--"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="\x00"\r\n\r\n\x00\xff\r\n--x--',
    ),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--',
    ),
    ("application/x-www-form-urlencoded; charset=nonsense", b"text=a"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"text=a"),
    ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(5000))),
    ("application/x-www-form-urlencoded", b"text=%ZZ%FF%00"),
    ("application/json", b"{"),
    ("text/plain", b"\x00"),
]

# addresses and fields
SIGN_IN_FIELDS = [
    ("/preferences", {"language": "xx"}),
    ("/preferences", {"language": "nl", "theme": "\x00"}),
    ("/preferences", {}),
    ("/places", {"place": "\x00", "purpose": "\x00"}),
    ("/places", {"place": "00000000-0000-4000-8000-000000000001", "purpose": "insurance"}),
    ("/sign-in/demo", {"username": "nobody\x00"}),
    ("/sign-in/demo", {}),
    ("/sign-in", {"login": "a\x00", "password": "b\x00"}),
    ("/sign-in", {"login": "a" * 5000, "password": "b" * 5000}),
    ("/sign-in", {}),
    ("/sign-in/code", {"code": "\x00"}),
    ("/sign-in/passkey", {"credential": "{"}),
]
