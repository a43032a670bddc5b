/** Loads the commands. The bundle has a loader of its own in place of this one: `compiler/bundle/loader.ts`. */
import { enableCompileCache } from "node:module";

export type Commands = typeof import("./cli.ts");

export async function load(_words: readonly string[]): Promise<Commands> {
  enableCompileCache?.();
  return import("./cli.ts");
}
