import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** `.ci/run` names a folder for machine-readable results; people see the default reporter. */
const reports = process.env["WAYBILL_TEST_REPORTS"];

/** `product` needs nothing but a checkout; `corpus` reads third-party suites beside it and skips where there are none. */
export default defineConfig({
  test: {
    reporters: reports ? ["default", ["json", { outputFile: join(reports, `${process.pid}.json`) }]] : ["default"],
    projects: [
      {
        test: {
          name: "product",
          include: ["language/**/*.test.ts", "engine/**/*.test.ts", "compiler/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["test/corpus/**", "test/bench/**"],
          setupFiles: ["test/seed.ts"],
          testTimeout: 60_000,
        },
      },
      { test: { name: "corpus", include: ["test/corpus/**/*.test.ts"], setupFiles: ["test/seed.ts"], testTimeout: 300_000 } },
    ],
  },
});
