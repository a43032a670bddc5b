import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `.ci/run` names a folder for machine-readable results; people see the default reporter. */
const reports = process.env["WAYBILL_TEST_REPORTS"];

/** Suites that start programs of others: registries, a local Sigstore, cosign; `test/e2e/tools.sh` builds them. */
const servers = ["test/e2e/sigstore/**/*.test.ts", "test/e2e/registry/**/*.test.ts", "test/e2e/consumers/**/*.test.ts"];

/**
 * `product` needs nothing but a checkout; `e2e` starts real servers and skips, saying so, what has none; `corpus` reads third-party
 * suites beside the checkout and skips where there are none.
 */
export default defineConfig({
  test: {
    reporters: reports ? ["default", ["json", { outputFile: join(reports, `${process.pid}.json`) }]] : ["default"],
    projects: [
      {
        test: {
          name: "product",
          include: ["language/**/*.test.ts", "engine/**/*.test.ts", "compiler/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["test/corpus/**", "test/bench/**", ...servers],
          setupFiles: ["test/seed.ts"],
          testTimeout: 60_000,
          // Some bundle the command line first, which takes its time where others are at work.
          hookTimeout: 120_000,
        },
      },
      { test: { name: "e2e", include: servers, setupFiles: ["test/seed.ts"], testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: {
          name: "corpus",
          include: ["test/corpus/**/*.test.ts"],
          setupFiles: ["test/seed.ts"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
