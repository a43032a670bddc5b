/** Every format that the door knows. */
import type { Adapter } from "./evidence.ts";

/** Loads one adapter: a file of one format needs not wait for the libraries of the others. */
export type LoadAdapter = () => Promise<Adapter>;

/** In the order in which they are tried, which is that of how often they are given. */
export const adapters: readonly LoadAdapter[] = [
  async () => (await import("./cyclonedx/adapter.ts")).cyclonedx,
  async () => (await import("./kubernetes/adapter.ts")).kubernetes,
  async () => (await import("./spdx/adapter.ts")).spdx,
  async () => (await import("./openvex/adapter.ts")).openvex,
  async () => (await import("./trivy/adapter.ts")).trivy,
  async () => (await import("./grype/adapter.ts")).grype,
  async () => (await import("./osv-scanner/adapter.ts")).osvScanner,
  async () => (await import("./sarif/adapter.ts")).sarif,
  async () => (await import("./feeds/kev.ts")).kevCatalogue,
  async () => (await import("./feeds/epss.ts")).epssAnswer,
  async () => (await import("./feeds/cve.ts")).cveRecord,
  async () => (await import("./feeds/osv.ts")).osvRecord,
  async () => (await import("./feeds/govulncheck.ts")).govulncheck,
  async () => (await import("./feeds/requirements.ts")).exploitRequirements,
  // Its tests are a library of their own, which whoever gives no CSAF need not wait for.
  async () => (await import("./csaf/adapter.ts")).csaf,
];
