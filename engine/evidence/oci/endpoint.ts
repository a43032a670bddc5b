/** Where the API of a registry is, and which addresses may be asked without TLS. */

/** Whether packets to the host stay on this machine: `localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname === "::1" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Docker Hub answers under another name than the one in references. */
const hosts: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/**
 * The origin of a registry's API. Without TLS only on this machine, or where the caller said so for that host.
 * `plain` is asked with the host as references write it (`registry.local:5000`).
 */
export function endpointOf(registry: string, plain: (registry: string) => boolean): string {
  const host = hosts[registry] ?? registry;
  const hostname = host.replace(/:\d+$/, "");
  return `${plain(registry) || isLoopback(hostname) ? "http" : "https"}://${host}`;
}
