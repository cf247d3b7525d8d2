"""Strings and files that somebody with bad intent would send."""

from itertools import product

_STEPS = (
    "../", "..\\", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%252f", "..%c0%af", "..;/", "....//", "..././", "..%5c",
    "%252e%252e%252f", "..\u2215", "\uff0e\uff0e/", "..%00/", "./../", ".%2e/", "..//", "/../", "\\..\\",
)  # fmt: skip
_GOALS = (
    "secret",
    "../secret",
    "etc/passwd",
    "waia.db",
    ".env",
    "proc/self/environ",
    "windows/win.ini",
    "tmp/x",
    "x.jpg",
)
TRAVERSALS = [
    *(f"{step * depth}{goal}" for step, goal, depth in product(_STEPS, _GOALS, (2,))),
    "/etc/passwd", "//etc/passwd", "file:///etc/passwd", "C:\\windows\\win.ini", "\\\\host\\share", "aa/../../secret",
    "aa/" + "0" * 31 + "/", "aa/" + "0" * 33, "aa/" + "G" * 32, "aa\0/" + "0" * 32, "tmp/" + "0" * 32, "..", ".", "",
    "aa/", "/aa/" + "0" * 32, "aa/" + "0" * 32 + "\n", "aa/" + "0" * 32 + "\0.jpg", "AA/" + "0" * 32, "~/x", "CON",
    "aa//" + "0" * 31, "aa/./" + "0" * 30, "a/" + "0" * 32, "tmp/../secret",
    "a" * 300, "ñ" * 200,
]  # fmt: skip
FILENAMES = [
    "../../etc/passwd", "..\\..\\boot.ini", "a\0b.png", "a\r\nSet-Cookie: x=1.png", 'x".png', "x'.png", "a;b.png",
    "<img src=x onerror=alert(1)>.png", "\"><script>alert(1)</script>.pdf", "'-alert(1)-'.png", "x.php.png",
    "invoice.pdf.exe", "CON.txt", "aux", "\u202egnp.exe", "café ñandú.pdf", "\u6587\u4ef6.pdf", "\U0001f600.pdf",
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0629.pdf", "a" * 300 + ".pdf", ".htaccess", "", " ", ".", "..", "-rf",
    "$(reboot).pdf", "`id`.pdf", "|id.pdf", "%2e%2e%2fx.pdf", "a/b/c.pdf", "{{7*7}}.pdf", "=1+1.csv", "a\tb.pdf",
    "x\u2028y.pdf", "\ufeffx.pdf", "filename*=UTF-8''evil.html", "a.pdf; filename=evil.html", "attachment", "x%00.png",
    "javascript:alert(1)", "data:text/html,x.png", "\u0000", "a\x7fb.pdf", "<svg onload=alert(1)>", "&lt;b&gt;.png",
    "x.svg", "x.html", "x.shtml", "x.xhtml", "x.js", "x.hta", "..%c0%af..%c0%afetc", "a" * 255, "\u00ad.pdf",
    "nul.", "x .pdf", "x..pdf", "//x.pdf", "\\x.pdf", "C:x.pdf", "x:stream.pdf", "%s%n.pdf", "{0.__class__}.pdf",
    "on click.png", "hx-get=x.png", "<div hx-get=/x hx-trigger=load>.png", "a,b.pdf", "a=b.pdf", "(x).pdf", "[x].pdf",
    "Mañana.ogg", "\u0e44\u0e17\u0e22.pdf", "e\u0301.pdf", "z\u0300\u0301\u0302.pdf", "\ud7ff.pdf", "x\u0085.pdf",
    "tab\x0bx.pdf", "\x1b[31mred.pdf", "\u200b.pdf", "COM1", "LPT1.txt", "desktop.ini", "Thumbs.db", "a'b\"c.pdf",
    "../../../../../../../../tmp/x", "....//....//x", "x/..", "%00", "%0d%0aX: y.pdf", "\r\n\r\n<html>", "a?b.pdf",
    "a#b.pdf", "a*b.pdf", "é" * 200 + ".pdf", "\U0001f469\u200d\U0001f469.png", "x\\", "x\"; y=\"z.pdf", "`", "'", '"',
]  # fmt: skip
HTML = b"<!doctype html><script>fetch('/evil')</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
POLYGLOTS = {
    "gifar": b"GIF89a" + b"\x01\0\x01\0" + b"\0" * 20 + b"PK\x03\x04" + b"\0" * 40,
    "pdf_html": b"%PDF-1.4\n%<script>alert(1)</script>\n" + HTML,
    "png_php": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"<?php system($_GET[0]); ?>",
    "jpeg_html": b"\xff\xd8\xff\xe0" + HTML,
    "html": HTML,
    "html_after_spaces": b" \r\n\t" + HTML,
    "html_with_bom": b"\xef\xbb\xbf" + HTML,
    "svg": SVG,
    "svg_after_text": b"hola\n" + SVG,
    "html_in_utf16": HTML.decode().encode("utf-16"),
    "ogg_html": b"OggS" + HTML,
    "script": b"#!/bin/sh\nreboot\n",
    "exe": b"MZ\x90\0" + b"\0" * 60,
    "empty": b"",
}
PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\n{url}/hls.ts\n#EXT-X-ENDLIST\n",
    "hls_file": "#EXTM3U\n#EXTINF:1.0,\nfile:///etc/passwd\n#EXTINF:1.0,\n{url}/file.ts\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile {url}/concat.ogg\nfile /etc/passwd\n",
    "concat_protocol": "concat:{url}/header.m3u8|/etc/passwd\n",
    "dash": '<?xml version="1.0"?><MPD><BaseURL>{url}/dash.mp4</BaseURL></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\na=control:{url}/sdp\n",
    "asx": '<asx version="3.0"><entry><ref href="{url}/asx"/></entry></asx>',
    "pls": "[playlist]\nFile1={url}/pls\nNumberOfEntries=1\n",
}
