from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .models import PosterPage


def poster_list(request: HttpRequest) -> HttpResponse:
    """Every poster that the reader may see, in the language of the address, the newest first."""
    posters = [page.card() for page in PosterPage.objects.for_reader(request.user)]
    return render(request, "posters/poster_list.html", {"posters": posters})
