/** Whether a list of an SBOM is the whole list (design: semantics, section 5; library, "SBOM"). */
import { type DataValue, Lack, OpenList } from "../../../language/core/data.ts";

/**
 * `complete`: the document says that nothing is left out. `undeclared`: it does not say. `incomplete`: it says that
 * something is, in its own word.
 */
export type Completeness =
  | { readonly kind: "complete" }
  | { readonly kind: "undeclared" }
  | { readonly kind: "incomplete"; readonly said: string };

/** A list by what its document says about it. `lacks` are members that it is known to miss. */
export function listOf(items: readonly DataValue[], completeness: Completeness, lacks: readonly Lack[] = []): DataValue {
  switch (completeness.kind) {
    case "complete":
      return lacks.length === 0 ? items : new OpenList(items, false, lacks);
    case "undeclared":
      return new OpenList(items, true, lacks);
    case "incomplete":
      return new OpenList(items, false, [
        new Lack("missing", `the document says that the list is incomplete (\`${completeness.said}\`)`),
        ...lacks,
      ]);
  }
}
