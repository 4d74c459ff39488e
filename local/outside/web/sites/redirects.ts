/** redirects.example.net: ways to somewhere else, most of which nobody should go. */
import { failed, found, HTML, page, redirect, type Page } from "../site.ts";

const ARTICLE = "https://news.example.com/articles/grid-storage";
const STATUSES = [301, 302, 303, 307, 308];

/** Path → where it leads. */
const TARGETS: Readonly<Record<string, string>> = {
  "/article": ARTICLE,
  "/relative": "landing?from=relative#part",
  "/no-scheme": "//news.example.com/articles/grid-storage",
  "/loop": "/loop/back",
  "/loop/back": "/loop",
  "/self": "/self",
  "/insecure": "http://news.example.com/articles/grid-storage",
  "/credentials": "https://user:password@news.example.com/articles/grid-storage",
  "/port": "https://news.example.com:8443/articles/grid-storage",
  "/unknown-host": "https://nowhere.example.net/",
  "/missing": "https://news.example.com/articles/none",
  "/search": "https://vertexaisearch.cloud.google.com/grounding-api-redirect/report",
  // Other schemes.
  "/file": "file:///etc/passwd",
  "/ftp": "ftp://news.example.com/report",
  "/data": "data:text/html,<script>alert(1)</script>",
  "/javascript": "javascript:alert(1)",
  "/gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
  // Addresses inside, in each way to write one.
  "/private": "https://10.0.0.7/",
  "/private-172": "https://172.16.5.4/",
  "/private-192": "https://192.168.1.1/",
  "/loopback": "https://127.0.0.1/",
  "/loopback-name": "https://localhost/",
  "/loopback-6": "https://[::1]/",
  "/mapped": "https://[::ffff:127.0.0.1]/",
  "/unique-local": "https://[fd00::7]/",
  "/link-local": "https://[fe80::1]/",
  "/any": "https://0.0.0.0/",
  "/shared": "https://100.64.0.1/",
  "/decimal": "https://2130706433/",
  "/octal": "https://0177.0.0.1/",
  "/hex": "https://0x7f.1/",
  "/metadata": "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token",
  "/metadata-name":
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token",
  "/metadata-6": "https://[fd00:ec2::254]/latest/meta-data/",
  // Names whose addresses are inside.
  "/name-private": "https://private.example.net/",
  "/name-mixed": "https://mixed.example.net/",
  "/rebinding": "https://rebinding.example.net/",
};

/** `?status=` is any of 301, 302 (default), 303, 307 and 308. */
export const REDIRECTS: readonly Page[] = [
  ...Object.entries(TARGETS).map(([path, target]) =>
    page(path, ({ number }) => {
      const status = number("status", 302, 999);
      return redirect(target, STATUSES.includes(status) ? status : 302);
    }),
  ),
  page("/landing", () => found(HTML, "<!doctype html><title>Landed</title><p>Landed.</p>\n")),
  /** So many redirects until the article. */
  page("/chain/{left}", ({ param }) => {
    const left = /^\d{1,4}$/.test(param("left")) ? Number(param("left")) : 0;
    return redirect(left <= 1 ? ARTICLE : `/chain/${left - 1}`);
  }),
  page("/no-location", () => failed(302, "Moved, and nobody says where to")),
  page("/bad-location", () => redirect("https://[")),
  page("/long-location", () => redirect(`https://news.example.com/${"a".repeat(20_000)}`)),
  page("/many-choices", () => failed(300, "Choose")),
  page("/refresh", () =>
    found(
      HTML,
      '<!doctype html><meta http-equiv="refresh" content="0; url=http://169.254.169.254/"><p>Wait.</p>\n',
    ),
  ),
];
