"""One page, which says which machine answers, and one for each group."""

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import path


def whoami(request: HttpRequest) -> JsonResponse:
    """Say which machine answers, and its groups."""
    cluster = settings.PEAK.running.cluster
    return JsonResponse({"host": cluster.hostname, "groups": cluster.group_names})


def group(request: HttpRequest, name: str) -> JsonResponse:
    """Give the hosts of a group."""
    groups = settings.PEAK.running.cluster.groups
    if name not in groups:
        raise Http404(f"no group {name!r}")
    return JsonResponse({"group": name, "hosts": groups[name]})


urlpatterns = [path("", whoami), path("groups/<name>", group)]
