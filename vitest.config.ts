import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["language/**/*.test.ts", "engine/**/*.test.ts", "compiler/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["test/corpus/**", "test/bench/**", "node_modules/**", "dist/**"],
  },
});
