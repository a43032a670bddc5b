/** The standard library and the packs that the command line carries. */

import type { SourceFile } from "../../../language/syntax/tree.ts";
import { library } from "../../bundle/generated/library.js";

/** `std/image.scp` is shown as `std:image.scp`, so that nobody looks for it on disk. */
function shown(path: string): string {
  return path.replace(/^(std|packs)\//, "$1:");
}

/** The name that a source declares; undefined where it has none. Comments may stand before it. */
export function moduleName(text: string): string | undefined {
  return /^\uFEFF?(?:\s|\/\/[^\n]*(?:\n|$))*module\s+([A-Za-z_][\w.]*)/.exec(text)?.[1];
}

let index: ReadonlyMap<string, SourceFile> | undefined;

/** Modules of the library by name. */
export function libraryModules(): ReadonlyMap<string, SourceFile> {
  if (!index) {
    const modules = new Map<string, SourceFile>();
    for (const [path, text] of Object.entries(library)) {
      const name = path.endsWith(".scp") ? moduleName(text) : undefined;
      if (name !== undefined && !modules.has(name)) modules.set(name, { path: shown(path), text });
    }
    index = modules;
  }
  return index;
}

/** A file of the library by its shown path: a table's rows. */
export function libraryText(path: string): string | undefined {
  const key = path.replace(/^(std|packs):/, "$1/");
  return Object.hasOwn(library, key) ? library[key] : undefined;
}
