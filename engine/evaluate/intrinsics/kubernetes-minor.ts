const release = /^v?1\.(\d{1,9})(?:\.\d+)?(?:[-+][0-9A-Za-z.+-]*)?$/;

/**
 * `kubernetes.minor(String) -> Int`: the minor release that a version names, so that versions can be ordered.
 * `v1.29`, `1.29` and `v1.29.3-gke.1` are 29; `latest` is the greatest. Undefined, to be read as malformed: no version
 * of Kubernetes.
 */
export function kubernetesMinor(version: string): number | undefined {
  // Policies ask about one version, mostly an input, for every workload.
  if (version !== last.version) last = { version, minor: minorOf(version) };
  return last.minor;
}

let last: { readonly version: string; readonly minor: number | undefined } = { version: "", minor: undefined };

function minorOf(version: string): number | undefined {
  if (version === "latest") return Number.MAX_SAFE_INTEGER;
  const minor = release.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}
