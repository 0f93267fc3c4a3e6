"""Addresses that take a form and have no page of their own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

View = Callable[..., HttpResponse]


def posted(stands_on: Callable[..., str]) -> Callable[[View], View]:
    """Take forms alone; whoever comes without one is led to the page that the form stands on.

    A reload, the way back after signing in again, a page that is asked anew because rights changed (ACD-7): none of them
    is a mistake of the person's. `stands_on(request, ...)`: the address of that page; it decides who may see it.
    """

    def only(view: View) -> View:
        @wraps(view)
        def taken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method in ("GET", "HEAD"):
                return redirect(stands_on(request, *args, **kwargs))
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

        return taken

    return only
