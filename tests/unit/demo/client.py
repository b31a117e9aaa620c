"""A small HTTP client with a cookie jar: what a browser sends, without one."""

import re
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from fossatray.demo.portal import PracticePortal

TOKEN = re.compile(r'name="_token"[^>]*value="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """Status, Location header (path and query), text, and the Set-Cookie headers."""

    status: int
    location: str
    text: str
    cookies: list[str]


class Client:
    """Keeps cookies and follows no redirect by itself."""

    def __init__(self, portal: PracticePortal) -> None:
        self.portal = portal
        self.jar: dict[str, str] = {}

    def request(self, method: str, path: str, form: dict[str, str] | None = None, timeout: float = 10) -> Answer:
        connection = HTTPConnection(urlsplit(self.portal.origin).netloc, timeout=timeout)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "surrogatepass")
        finally:
            connection.close()
        cookies = response.headers.get_all("Set-Cookie") or []
        for cookie in cookies:
            name, _, value = cookie.split(";")[0].partition("=")
            self.jar[name] = value
        location = (response.headers.get("Location") or "").removeprefix(self.portal.origin)
        return Answer(response.status, location, text, cookies)

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def token(self) -> str:
        found = TOKEN.search(self.get("/login").text)
        assert found is not None
        return found[1]

    def sign_in(self, password: str | None = None, token: str | None = None) -> Answer:
        form = {
            "_token": token if token is not None else self.token(),
            "email": self.portal.username,
            "password": password if password is not None else self.portal.password,
        }
        return self.request("POST", "/login", form)
