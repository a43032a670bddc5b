/** Absolute URLs with an authority (RFC 3986), as far as policies compare them. */
import { checked, type Parsed, parsed, problem } from "./parsed.ts";

const shape = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:([^/?#@\s]*)@)?(\[[0-9A-Fa-f:.]+\]|[^/?#:@[\]\s]*)(?::(\d*))?([/?#].*)?$/;
const defaultPorts: Readonly<Record<string, string>> = {
  http: "80",
  https: "443",
  ssh: "22",
  git: "9418",
  ftp: "21",
  ws: "80",
  wss: "443",
};
/** Neither a character of RFC 3986 nor a whole percent-escape. */
const stray = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})/;

/**
 * Reads a URL and gives it in the form in which equal texts mean equal URLs (RFC 3986, section 6.2.2 and 6.2.3): scheme
 * and host in lower case, no default port, percent-escapes in upper case. The path is kept as it is, its case and
 * trailing slash too, except that an empty one after a host is `/` only where a query or fragment follows.
 */
export function parseUrl(text: string): Parsed<string> {
  return checked(read(text), read);
}

function read(text: string): Parsed<string> {
  const match = shape.exec(text);
  if (match === null) return problem(`\`${text}\` is not an absolute URL`, suggestion(text));
  const found = stray.exec(text);
  if (found !== null) return problem(`\`${text}\` has \`${found[0]}\`, which a URL must percent-encode`);
  const [, schemeText = "", user, hostText = "", portText = "", rest = ""] = match;
  const scheme = schemeText.toLowerCase();
  if (hostText === "" && scheme !== "file") return problem(`\`${text}\` has no host`);
  if (portText !== "" && Number(portText) > 65_535) return problem(`\`${portText}\` is not a port: ports end at 65535`);
  const port = portText === "" || defaultPorts[scheme] === portText ? "" : `:${Number(portText)}`;
  const tail = rest.replace(/%[0-9a-f]{2}/gi, (encoded) => encoded.toUpperCase());
  const path = tail !== "" && !tail.startsWith("/") ? `/${tail}` : tail;
  return parsed(`${scheme}://${user === undefined ? "" : `${user}@`}${hostText.toLowerCase()}${port}${path}`);
}

function suggestion(text: string): string | undefined {
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+(\/[^\s]*)?$/i.test(text)) return `https://${text}`;
  const scp = /^git@([\w.-]+):([^\s:]+)$/.exec(text);
  return scp === null ? undefined : `ssh://git@${scp[1]}/${scp[2]}`;
}

/** As `parseUrl` reads it. */
export function showUrl(url: string): string {
  return url;
}
