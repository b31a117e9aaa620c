"""Every way a page has to reach another origin, by name: markup that does it by itself, and scripts.

In markup `@` stands for the address to reach; a script finds it in `url` and the portal's own helper pages under
`/hostile/`. Each way's address ends in its name, so that whoever listens at the canary origin can tell which arrived.
"""

from __future__ import annotations

from typing import Final

LOOKED_UP_URLS: Final = (
    "turn:turn-tcp.elsewhere.example:3478?transport=tcp",
    "turns:turns-tcp.elsewhere.example:5349?transport=tcp",
    "turn:turn-udp.elsewhere.example:3478",
)
"""Names that the way "web-rtc-names" has looked up: nobody needs to answer, the question alone has left."""

MARKUP: Final[dict[str, str]] = {
    "image": '<img src="@">',
    "image-srcset": '<img srcset="@ 1x">',
    "picture-source": '<picture><source srcset="@"><img alt=""></picture>',
    "input-image": '<input type="image" src="@">',
    "table-background": '<table background="@"><tr><td>x</td></tr></table>',
    "style-link": '<link rel="stylesheet" href="@">',
    "style-import": "<style>@import url('@');</style>".replace("@import", "\x00import"),
    "style-background": "<div style=\"background-image: url('@')\">x</div>",
    "style-list": "<ul><li style=\"list-style-image: url('@')\">x</li></ul>",
    "style-border": "<div style=\"border: 1px solid; border-image-source: url('@')\">x</div>",
    "style-mask": "<div style=\"mask-image: url('@'); -webkit-mask-image: url('@')\">x</div>",
    "style-cursor": "<div style=\"cursor: url('@'), auto\">x</div>",
    "style-filter": "<div style=\"filter: url('@#f')\">x</div>",
    "style-clip": "<div style=\"clip-path: url('@#c')\">x</div>",
    "style-shape": "<div style=\"float: left; shape-outside: url('@')\">x</div>",
    "style-content": "<style>.hostile-content::before { content: url('@'); }</style><i class=\"hostile-content\"></i>",
    "style-image-set": "<div style=\"background: image-set('@' 1x)\">x</div>",
    "font-face": "<style>@font-face { font-family: hostile; src: url('@'); }</style>".replace("@font", "\x00font")
    + '<i style="font-family: hostile">x</i>',
    "script": '<script src="@"></script>',
    "script-module": '<script type="module" src="@"></script>',
    "frame": '<iframe src="@"></iframe>',
    "frame-srcdoc": "<iframe srcdoc=\"<img src='@'>\"></iframe>",
    "frame-data": "<iframe src=\"data:text/html,<img src='@'>\"></iframe>",
    "frame-refresh": "<iframe srcdoc=\"<meta http-equiv='refresh' content='0;url=@'>\"></iframe>",
    "frame-base": "<iframe srcdoc=\"<base href='@/'><img src='base'>\"></iframe>",
    "frame-fenced": '<fencedframe src="@"></fencedframe>',
    "portal-element": '<portal src="@"></portal>',
    "object": '<object data="@"></object>',
    "embed": '<embed src="@">',
    "audio": '<audio preload="auto" src="@"></audio>',
    "video": '<video preload="auto" src="@"></video>',
    "video-poster": '<video poster="@"></video>',
    "video-source": '<video preload="auto"><source src="@" type="video/mp4"></video>',
    "video-track": '<video src="/hostile/none.mp4"><track default kind="subtitles" src="@"></video>',
    "svg-image": '<svg width="9" height="9"><image href="@" width="9" height="9"/></svg>',
    "svg-use": '<svg width="9" height="9"><use href="@#u"/></svg>',
    "svg-script": '<svg><script href="@"></script></svg>',
    "link-preload": '<link rel="preload" as="image" href="@">',
    "link-prefetch": '<link rel="prefetch" href="@">',
    "link-prerender": '<link rel="prerender" href="@">',
    "link-preconnect": '<link rel="preconnect" href="@">',
    "link-dns": '<link rel="dns-prefetch" href="@">',
    "link-module": '<link rel="modulepreload" href="@">',
    "link-icon": '<link rel="icon" href="@">',
    "link-manifest": '<link rel="manifest" href="@">',
    "redirected-image": '<img src="/hostile/redirect/redirected-image">',
    "redirected-script": '<script src="/hostile/redirect/redirected-script"></script>',
    "redirected-style": '<link rel="stylesheet" href="/hostile/redirect/redirected-style">',
    "redirected-frame": '<iframe src="/hostile/redirect/redirected-frame"></iframe>',
    "header-link": '<iframe src="/hostile/headers/header-link"></iframe>',
    "header-refresh": '<iframe src="/hostile/headers/header-refresh"></iframe>',
    "header-csp-report": '<iframe src="/hostile/headers/header-csp-report"></iframe>',
    "header-reporting": '<iframe src="/hostile/headers/header-reporting"></iframe>',
    "sheet-xslt": '<iframe src="/hostile/sheet/sheet-xslt"></iframe>',
    "speculation-prefetch": '<script type="speculationrules">{"prefetch": [{"source": "list", "urls": ["@"], '
    '"eagerness": "immediate"}]}</script>',
    "speculation-prerender": '<script type="speculationrules">{"prerender": [{"source": "list", "urls": ["@"], '
    '"eagerness": "immediate"}]}</script>',
}

SCRIPTS: Final[dict[str, str]] = {
    "fetch": "fetch(url).catch(() => 0)",
    "fetch-opaque": "fetch(url, {mode: 'no-cors', method: 'POST', body: 'x'}).catch(() => 0)",
    "fetch-keepalive": "fetch(url, {mode: 'no-cors', keepalive: true}).catch(() => 0)",
    "fetch-redirected": "fetch('/hostile/redirect/fetch-redirected', {mode: 'no-cors'}).catch(() => 0)",
    "xhr": "const ask = new XMLHttpRequest(); ask.open('GET', url); ask.send()",
    "beacon": "navigator.sendBeacon(url, 'x')",
    "image-object": "new Image().src = url",
    "audio-object": "new Audio(url).load()",
    "font-object": "new FontFace('hostile2', 'url(' + url + ')').load().catch(() => 0)",
    "import": "import(url).catch(() => 0)",
    "websocket": "new WebSocket(url.replace('http', 'ws'))",
    "event-source": "new EventSource(url)",
    "web-transport": "new WebTransport(url.replace('http:', 'https:')).ready.catch(() => 0)",
    "web-rtc": "const peer = new RTCPeerConnection({iceServers: [{urls: 'stun:' + new URL(url).host}, "
    "{urls: 'turn:' + new URL(url).host + '?transport=tcp', username: 'u', credential: 'c'}]}); "
    "peer.createDataChannel('x'); peer.createOffer().then((offer) => peer.setLocalDescription(offer))",
    "web-rtc-names": "const peer = new RTCPeerConnection({iceServers: [{urls: "
    + str([*LOOKED_UP_URLS])
    + ", username: 'u', credential: 'c'}]}); "
    "peer.createDataChannel('x'); peer.createOffer().then((offer) => peer.setLocalDescription(offer))",
    "worker": "new Worker(URL.createObjectURL(new Blob(['fetch(\"' + url + '\", {mode: \"no-cors\"})'])))",
    "worker-import": "const code = 'try { importScripts(\"' + url + '\") } catch (error) {}'; "
    "new Worker(URL.createObjectURL(new Blob([code])))",
    "worker-socket": "const socket = url.replace('http', 'ws'); "
    "new Worker(URL.createObjectURL(new Blob(['new WebSocket(\"' + socket + '\")'])))",
    "shared-worker": "new SharedWorker('/hostile/worker/shared-worker')",
    "service-worker": "navigator.serviceWorker.register('/hostile/worker/service-worker').catch(() => 0)",
    "worklet-audio": "new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule(url).catch(() => 0)",
    "worklet-paint": "CSS.paintWorklet.addModule(url).catch(() => 0)",
    "form-post": "form(url, 'post', 'hostile-post')",
    "form-get": "form(url, 'get', 'hostile-get')",
    "window-open": "window.open(url)",
    "window-later": "const other = window.open('about:blank'); if (other) other.location = url",
    "window-noopener": "window.open(url, '_blank', 'noopener')",
    "link-blank": "link(url, {target: '_blank'})",
    "link-ping": "link('#', {ping: url})",
    "link-download": "frame('hostile-download'); link(url, {download: 'file.bin', target: 'hostile-download'})",
    "frame-location": "const frame = document.createElement('iframe'); box.append(frame); "
    "frame.contentWindow.location = url",
    "frame-script": "const inner = document.createElement('iframe'); box.append(inner); "
    "inner.contentWindow.eval('new Image().src = \"' + url + '\"')",
    "style-sheet-object": "const sheet = document.createElement('style'); "
    "sheet.textContent = '@import \"' + url + '\";'; document.head.append(sheet)",
    "markup-written": "box.insertAdjacentHTML('beforeend', '<img src=\"' + url + '\">')",
}

LAST_SCRIPT: Final = ("top-location", "window.location = url")
"""Leaves the page; so it runs 4 s after the others."""

WAYS: Final = (*MARKUP, *SCRIPTS, LAST_SCRIPT[0])
"""The names of all ways."""
