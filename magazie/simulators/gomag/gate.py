"""Who may come in: key, shop and User-Agent."""

from urllib.parse import urlsplit

from magazie.simulators.gomag.answers import Reply, html_reply, json_reply, missing_api_user
from magazie.simulators.gomag.exchange import SimRequest
from magazie.simulators.gomag.state import ShopState

_API = "/api/v1/"


def refusal_at_the_door(request: SimRequest, state: ShopState) -> Reply | None:
    """Return the answer for a caller who may not come in, or None."""
    checks = [_key_refusal, _agent_refusal]
    if state.switches.door_order == "agent_first":
        checks.reverse()
    for check in checks:
        refusal = check(request, state)
        if refusal is not None:
            return refusal
    return None


def wrong_key(state: ShopState) -> Reply:
    """Return the answer to a missing or wrong key."""
    if state.switches.wrong_key == "http_401":
        return html_reply(401, "401 Unauthorized")
    return json_reply(missing_api_user(), state.switches)


def _key_refusal(request: SimRequest, state: ShopState) -> Reply | None:
    key = request.header("Apikey")
    rights = None if key is None else state.profile.api_keys.get(key)
    if rights is None or not _names_shop(request.header("ApiShop"), state):
        return wrong_key(state)
    address = request.path.removeprefix(_API)
    if not rights or any(address.startswith(right) for right in rights):
        return None
    if state.switches.lacking_right == "missing_api_user":
        return wrong_key(state)
    message = "Nu aveti permisiuni pentru aceasta metoda"
    return json_reply({"error": "101", "message": message}, state.switches)


def _names_shop(written: str | None, state: ShopState) -> bool:
    match = state.switches.api_shop_match
    if match == "ignored":
        return True
    own = state.profile.shop_url
    if match == "host":
        host = urlsplit(own).netloc
        return written is not None and (urlsplit(written).netloc or written) == host
    return written == own


def _agent_refusal(request: SimRequest, state: ShopState) -> Reply | None:
    agent = (request.header("User-Agent") or "").strip()
    if agent and not agent.startswith(state.switches.blocked_agents):
        return None
    return html_reply(404, "404 Not Found")
