/** CSAF 2.0, profile 5 (VEX): section 4.5, and the mandatory tests of section 6.1, which `vex convert` runs on what is written. */
import type { VexDocument } from "../../../engine/decide/vex/document.ts";
import { trackingOf } from "./csaf/tracking.ts";
import { treeBuilder } from "./csaf/tree.ts";
import { vulnerabilitiesOf } from "./csaf/vulnerabilities.ts";
import { namespaceOf, type VexOptions } from "./loss.ts";
import { ofProductAlone, suppresses } from "./words.ts";

const categories: ReadonlySet<string> = new Set(["coordinator", "discoverer", "other", "translator", "user", "vendor"]);

/** Undefined: no statement can be said, and CSAF has no document without one. */
export function csafOf(issued: VexDocument, options: VexOptions): unknown {
  const statements = issued.statements.map(ofProductAlone);
  const time = releaseOf({ ...issued, statements }, options.now);
  const document: VexDocument = { ...issued, timestamp: time, statements };
  const tree = treeBuilder(document);
  const vulnerabilities = vulnerabilitiesOf(document, tree, time);
  const namespace = namespaceOf(document, options);
  const role = document.role ?? options.role;
  const id = idOf(document, options, namespace);
  return {
    document: {
      category: "csaf_vex",
      csaf_version: "2.0",
      publisher: {
        category: role !== undefined && categories.has(role) ? role : "other",
        name: document.author ?? options.author,
        namespace,
      },
      title: document.title ?? options.title ?? `VEX document ${id}`,
      tracking: trackingOf(document, id, options),
    },
    product_tree: tree.finish(),
    vulnerabilities,
  };
}

/** What warns holds from the release of the document, which may not make it older than it is: what came before it would outlast it. */
function releaseOf({ timestamp, statements }: VexDocument, now: number): number {
  const warnings = statements.filter(({ status }) => !suppresses(status));
  return warnings.reduce((latest, one) => Math.max(latest, one.timestamp ?? latest), timestamp ?? now);
}

/** A CSAF document is named by its publisher's namespace and its tracking id together. */
function idOf(document: VexDocument, options: VexOptions, namespace: string | undefined): string {
  const given = document.id?.replace(/\s+/g, " ").trim() ?? "";
  const id = given === "" ? options.uuid("") : given;
  const prefix = `${namespace}#`;
  return id.startsWith(prefix) && id.length > prefix.length ? id.slice(prefix.length) : id;
}
