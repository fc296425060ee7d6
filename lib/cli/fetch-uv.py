"""Fetches the pinned uv wheel and unpacks its program. Arguments: version, target file, allowed sha256 sums...

Runs under the Python that was found, because Python's urllib honours proxies on every Node version, and because the
index that pip is configured for is read here. Standard library only, Python 3.10 or later. Ends with one JSON line on
stdout; with `--settings` it prints only what pip is configured for.
"""

import base64
import configparser
import hashlib
import html
import io
import json
import os
import platform
import re
import sys
import urllib.parse
import urllib.request
import zipfile

TIMEOUT_S = 60


def pip_settings():
    """What pip would use: its configuration files, weakest first, then the environment."""
    home = os.path.expanduser("~")
    files = [
        "/Library/Application Support/pip/pip.conf",
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
        os.path.join(home, ".pip", "pip.conf"),
        os.path.join(home, "Library", "Application Support", "pip", "pip.conf"),
        os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config"), "pip", "pip.conf"),
        os.path.join(sys.prefix, "pip.conf"),
    ]
    own = os.environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        files = []
    elif own:
        files.append(own)
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(files, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        pass
    found = {}
    for name in ("index-url", "extra-index-url", "cert", "trusted-host"):
        for section in ("global", "install"):
            if parser.has_option(section, name):
                found[name] = parser.get(section, name)
        value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            found[name] = value
    return found


def wheel_pattern():
    """A pattern for the file names of the wheels that run on this machine."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if sys.platform == "darwin":
        return r"macosx_\d+_\d+_" + ("arm64" if machine == "aarch64" else machine) + r"\.whl$"
    if sys.platform.startswith("linux"):
        libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
        return libc + r"[^-]*_" + re.escape(machine) + r"[^-]*\.whl$"
    raise SystemExit("uv: no wheel is known for " + sys.platform)


def download(url):
    parts = urllib.parse.urlsplit(url)
    request = urllib.request.Request(
        urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])),
        headers={"Accept": "application/vnd.pypi.simple.v1+html, text/html;q=0.9, */*;q=0.1"},
    )
    if parts.username:
        pair = urllib.parse.unquote(parts.username) + ":" + urllib.parse.unquote(parts.password or "")
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        return answer.geturl(), answer.read()


def candidates(index_url, version):
    base, page = download(index_url.rstrip("/") + "/uv/")
    pattern = re.compile(r"^uv-" + re.escape(version) + r"-py3-none-.*" + wheel_pattern())
    for href in re.findall(r"<a\s[^>]*?href=[\"']([^\"']+)[\"']", page.decode("utf-8", "replace")):
        link = urllib.parse.urljoin(base, html.unescape(href))
        if pattern.match(os.path.basename(urllib.parse.unquote(urllib.parse.urlsplit(link).path))):
            # An index behind a password serves its files behind the same one.
            mine, theirs = urllib.parse.urlsplit(index_url), urllib.parse.urlsplit(link)
            if mine.username and theirs.hostname == mine.hostname and not theirs.username:
                link = urllib.parse.urlunsplit(theirs._replace(netloc=mine.netloc))
            yield link


def unpack(wheel, target):
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        member = next(n for n in archive.namelist() if n.endswith("/scripts/uv"))
        part = f"{target}.{os.getpid()}.part"
        with open(part, "wb") as out:
            out.write(archive.read(member))
        os.chmod(part, 0o755)
        os.replace(part, target)


def main():
    settings = pip_settings()
    if sys.argv[1:] == ["--settings"]:
        print(json.dumps(settings))
        return
    version, target, allowed = sys.argv[1], sys.argv[2], set(sys.argv[3:])
    cert = settings.get("cert")
    if cert and "SSL_CERT_FILE" not in os.environ:
        os.environ["SSL_CERT_FILE"] = cert
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL") or settings.get("index-url")
    seen = 0
    for link in candidates(index or "https://pypi.org/simple", version):
        seen += 1
        wheel = download(link)[1]
        if hashlib.sha256(wheel).hexdigest() in allowed:
            unpack(wheel, target)
            print(json.dumps({"uv": target, "from": os.path.basename(link)}))
            return
    raise SystemExit(f"uv {version}: {seen} wheels for this machine in the index, none with a pinned hash")


if __name__ == "__main__":
    main()
