/**
 * Which host a `github(...)` or `gitlab(...)` repository is on. The issuer says it: each host issues its own tokens, so a
 * repository of one server is never taken for that of another with the same name.
 */

/** The beginning of the repository's URI, without a slash at its end. */
export function hostOf(host: "github" | "gitlab", issuer: string): string {
  return host === "github" ? githubOf(issuer) : gitlabOf(issuer);
}

const hosted = "https://token.actions.githubusercontent.com";

/**
 * GitHub's issuers (GitHub documentation, "OpenID Connect reference"): github.com's own, with an enterprise's slug behind
 * it; `https://HOST/_services/token` on an Enterprise Server; `https://token.actions.SUBDOMAIN.ghe.com` with data residency.
 */
function githubOf(issuer: string): string {
  if (issuer === hosted || issuer.startsWith(`${hosted}/`)) return "https://github.com";
  const server = /^(https:\/\/[^/]+)\/_services\/token\/?$/.exec(issuer)?.[1];
  if (server !== undefined) return server;
  const resident = /^https:\/\/token\.actions\.([a-z0-9-]+\.ghe\.com)\/?$/.exec(issuer)?.[1];
  return resident === undefined ? "https://github.com" : `https://${resident}`;
}

/** A GitLab instance issues its tokens under its own URL (GitLab documentation, "ID token authentication"). */
function gitlabOf(issuer: string): string {
  return issuer.replace(/\/+$/, "");
}
